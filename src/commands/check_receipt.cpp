// chayan check-receipt: what a receipt proves, from the file and the log's public key alone. It
// opens no data, asks no network and reads no configuration.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/text.h"
#include "commands/command.h"
#include "receipt/check.h"
#include "receipt/sentence.h"

namespace chayan::commands {
namespace {

struct CheckReceiptOptions {
  std::string file;
  std::string key;
  std::string key_file;
  bool json = false;
};

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  std::ifstream file(path, std::ios::binary);
  std::string content(std::istreambuf_iterator<char>(file), {});
  if (!file.is_open() || file.bad()) return io_error(path + " cannot be read.");
  if (content.size() > bytes_max) {
    return Error{ErrorCode::too_large, "format", {path + " is too long.", "文件过长。"}};
  }
  return content;
}

Result<log::NoteKey> read_key(const CheckReceiptOptions& options) {
  std::string line = options.key;
  if (line.empty()) {
    auto content = read_file(options.key_file, log::kNoteBytesMax);
    if (!content) return content.error();
    line = std::move(*content);
  }
  return log::parse_verifier_line(trim(line), options.key.empty() ? "--key-file" : "--key");
}

void print(const receipt::Proven& proven) {
  const Message said = receipt::sentence(proven);
  const Message caution = receipt::caution();
  std::cout << said.zh << '\n' << caution.zh << '\n' << said.en << '\n' << caution.en << '\n';
}

void print_json(const receipt::Proven& proven) {
  std::string out;
  JsonWriter json(out);
  const Certificate& certificate = proven.certificate;
  json.begin_object().key("genuine").boolean(true).member("origin", proven.checkpoint.origin);
  json.member("size", static_cast<std::int64_t>(proven.checkpoint.size));
  json.member("root", to_hex(view(proven.checkpoint.root)));
  json.member("status", certificate.status());
  json.member("certificate_number", certificate.secrets.number);
  json.optional_member("holder_name", certificate.secrets.holder_name);
  json.optional_member("document_number", certificate.secrets.document.number);
  json.key("facts");
  write_body(json, certificate.facts);
  json.key("history").begin_array();
  for (const CertificateStatusChange& change : certificate.history) {
    json.begin_object().member("status", code(change.kind)).member("on", change.on.text());
    json.member("seq", static_cast<std::int64_t>(change.seq)).end_object();
  }
  json.end_array().end_object();
  std::cout << out << '\n';
}

int refused(const Error& error, bool as_json) {
  if (as_json) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("genuine").boolean(false).member("wrong", error.field);
    json.member("detail", error.message.en).end_object();
    std::cout << out << '\n';
  } else {
    std::cerr << "chayan: " << error.field << ": " << error.message.en << '\n'
              << error.message.zh << '\n';
  }
  return 1;
}

int run(const CheckReceiptOptions& options) {
  const auto key = read_key(options);
  if (!key) return failed(key.error());
  const auto text = read_file(options.file, limits::kReceiptBytesMax);
  if (!text && text.error().code == ErrorCode::io) return failed(text.error());
  if (!text) return refused(text.error(), options.json);
  const auto proven = receipt::check(*text, *key);
  if (!proven) return refused(proven.error(), options.json);
  options.json ? print_json(*proven) : print(*proven);
  return 0;
}

}  // namespace

void add_check_receipt(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "check-receipt",
      "Say what a receipt proves, offline, with nothing but the log's public key; or name the "
      "first thing that is wrong with it: format, origin, signature, size, path, entry, fields, "
      "statements or answer");
  const auto options = std::make_shared<CheckReceiptOptions>();
  command->add_option("file", options->file, "The receipt, or the answer that holds it")
      ->required();
  auto* keys = command->add_option_group("key", "The log's key, as /v1/log or a paper tells it");
  keys->add_option("--key", options->key, "name+hash+key");
  keys->add_option("--key-file", options->key_file, "File that holds that line");
  keys->require_option(1);
  command->add_flag("--json", options->json, "Print what is proven as JSON");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace chayan::commands
