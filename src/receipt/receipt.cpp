#include "receipt/receipt.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/json_reader.h"
#include "base/limits.h"

namespace chayan::receipt {
namespace {

void write_hashes(JsonWriter& json, const std::vector<Hash>& hashes) {
  json.begin_array();
  for (const Hash& hash : hashes) json.string(to_base64(view(hash)));
  json.end_array();
}

void write_opening(JsonWriter& json, const log::Opening& opening) {
  json.key("opened").begin_object();
  for (const auto& [name, field] : opening.opened) {
    json.key(name).begin_object().member("salt", to_base64(view(field.salt)));
    json.member("value", field.value).end_object();
  }
  json.end_object().key("closed");
  write_hashes(json, opening.closed);
}

Error misformed(const std::string& en, const std::string& zh) {
  return invalid("format", "This is no receipt as Chayan writes them: " + en,
                 "这不是查验凭据的格式：" + zh);
}

constexpr std::array<std::string_view, 11> kNames = {
    "body",  "chayan_receipt", "checkpoint", "closed", "entry",     "inclusion",
    "index", "opened",         "salt",       "value",  "statements"};

// What the JSON reader found, told under our one field. A name that is none of ours is the file's
// own, and what reads the error may be a terminal: it is not repeated.
Error misformed(const Error& error) {
  const bool ours = std::find(kNames.begin(), kNames.end(), error.field) != kNames.end();
  if (!ours) return misformed(error.message.en, error.message.zh);
  return misformed(error.field + ": " + error.message.en, error.field + "：" + error.message.zh);
}

Error bad_hash(std::string_view member) {
  const std::string name(member);
  return misformed(name + " must hold 32 bytes in base64.", name + " 应为 32 字节的 base64。");
}

Result<Hash> read_hash(std::string_view text, std::string_view member) {
  const auto bytes = from_base64(text);
  const auto hash = bytes ? hash_from(*bytes) : std::nullopt;
  if (!hash || to_base64(view(*hash)) != text) return bad_hash(member);
  return *hash;
}

Result<std::vector<Hash>> read_hashes(JsonObject& object, std::string_view member) {
  std::vector<Hash> hashes;
  for (const std::string_view text : object.strings(member)) {
    const auto hash = read_hash(text, member);
    if (!hash) return hash.error();
    hashes.push_back(*hash);
  }
  return hashes;
}

Result<log::Opening> read_opening(JsonObject& statement) {
  log::Opening opening;
  if (auto opened = statement.optional_object("opened")) {
    for (const std::string_view name : opened->names()) {
      auto field = opened->optional_object(name);
      if (!field) return misformed("a field is no object.", "披露的项目不是对象。");
      log::OpenedField read;
      read.value = field->string("value");
      const auto salt = read_hash(field->string("salt"), "salt");
      if (const auto finished = field->finish(); !finished) return misformed(finished.error());
      if (!salt) return salt.error();
      read.salt = *salt;
      opening.opened.emplace(name, std::move(read));
    }
  }
  auto closed = read_hashes(statement, "closed");
  if (!closed) return closed.error();
  opening.closed = std::move(*closed);
  if (!std::is_sorted(opening.closed.begin(), opening.closed.end())) {
    return misformed("closed is not in ascending order.", "closed 未按升序排列。");
  }
  return opening;
}

Result<Statement> read_statement(JsonObject& object) {
  Statement statement;
  const std::int64_t index = object.integer("index");
  statement.entry = object.string("entry");
  auto inclusion = read_hashes(object, "inclusion");
  if (!inclusion) return inclusion.error();
  auto opening = read_opening(object);
  if (!opening) return opening.error();
  if (const auto finished = object.finish(); !finished) return misformed(finished.error());
  if (index < 0) return misformed("an index is negative.", "序号不能为负数。");
  statement.index = static_cast<std::uint64_t>(index);
  statement.inclusion = std::move(*inclusion);
  statement.opening = std::move(*opening);
  return statement;
}

Result<Receipt> read_object(JsonObject& object) {
  const std::int64_t version = object.integer("chayan_receipt");
  auto statements = object.objects("statements");
  Receipt receipt;
  receipt.checkpoint = object.string("checkpoint");
  if (const auto finished = object.finish(); !finished) return misformed(finished.error());
  if (version != kVersion) {
    return misformed("it is of another version; use the program that knows it.",
                     "凭据版本不同，请使用支持该版本的程序。");
  }
  if (statements.empty()) return misformed("it states nothing.", "其中没有任何记录。");
  for (JsonObject& statement : statements) {
    auto read = read_statement(statement);
    if (!read) return read.error();
    receipt.statements.push_back(std::move(*read));
  }
  return receipt;
}

}  // namespace

void write(JsonWriter& json, const Receipt& receipt) {
  json.begin_object().member("chayan_receipt", std::int64_t{kVersion});
  json.key("statements").begin_array();
  for (const Statement& statement : receipt.statements) {
    json.begin_object().member("index", static_cast<std::int64_t>(statement.index));
    json.member("entry", statement.entry).key("inclusion");
    write_hashes(json, statement.inclusion);
    if (statement.commits()) write_opening(json, statement.opening);
    json.end_object();
  }
  json.end_array().member("checkpoint", receipt.checkpoint).end_object();
}

Result<Receipt> read(std::string_view text) {
  if (text.size() > limits::kReceiptBytesMax) {
    return Error{ErrorCode::too_large,
                 "format",
                 {"This is too long for a receipt.", "内容过长，不是查验凭据。"}};
  }
  JsonParser parser;
  auto object = parser.parse_object(text);
  if (!object) return misformed(object.error());
  if (object->has("chayan_receipt")) return read_object(*object);
  auto inner = object->optional_object("receipt");
  if (!inner) {
    return misformed("it has no member chayan_receipt, and none named receipt that holds one.",
                     "其中没有 chayan_receipt，也没有包含凭据的 receipt。");
  }
  return read_object(*inner);
}

}  // namespace chayan::receipt
