// credentials: who may verify in batches, how many rows a day, until when and from where.
#include <charconv>
#include <iostream>

#include "base/json_writer.h"
#include "base/limits.h"
#include "commands/account_name.h"
#include "commands/command.h"
#include "commands/credential_file.h"
#include "crypto/bearer_secret.h"

namespace chayan::commands {
namespace {

struct CredentialsOptions {
  std::string data;
  std::string file;  // empty: beside the data
  std::string name;
  std::string quota;  // "N" or "N/day"
  std::string expires;
  std::vector<std::string> networks;
  bool json = false;

  std::string path() const { return file.empty() ? credential_file_of(data) : file; }
};

Result<std::uint64_t> rows_of_quota(std::string_view text) {
  if (text.empty()) return limits::kCredentialRowsPerDayDefault;
  constexpr std::string_view kUnit = "/day";
  if (text.ends_with(kUnit)) text.remove_suffix(kUnit.size());
  std::uint64_t rows = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), rows);
  if (failed == std::errc() && end == text.data() + text.size()) return rows;
  return invalid("--quota", "Write a quota as a number of rows a day: 5000 or 5000/day.",
                 "额度请写作每日行数，例如 5000 或 5000/day。");
}

Result<Credential> credential_of(const CredentialsOptions& options, const Hash& digest) {
  Credential credential;
  credential.name = options.name;
  credential.digest = digest;
  const auto rows = rows_of_quota(options.quota);
  if (!rows) return rows.error();
  credential.rows_per_day = *rows;
  if (!options.expires.empty()) {
    const auto date = Date::parse(options.expires, "--expires");
    if (!date) return date.error();
    if (*date < Date::from_days(shanghai_day(SystemClock().now()))) {
      return invalid("--expires", "That day is past: the credential would never count.",
                     "该日期已过，凭证将无法使用。");
    }
    credential.expires = *date;
  }
  for (const std::string& text : options.networks) {
    auto network = guard::Network::parse(text, "--networks");
    if (!network) return network.error();
    credential.networks.push_back(*network);
  }
  credential.added = rfc3339_utc(SystemClock().now());
  return credential;
}

std::string describe(const Credential& credential) {
  std::string text = std::to_string(credential.rows_per_day) + " rows a day";
  if (credential.expires) text += ", until " + credential.expires->text();
  if (!credential.networks.empty()) text += ", from";
  for (const guard::Network& network : credential.networks) text += " " + network.text();
  return text;
}

// The secret alone stands on stdout, so that it can be sent to a file without being seen.
int add(const CredentialsOptions& options) {
  if (options.file.empty()) {
    if (const auto there = check_data_directory(options.data); !there) return failed(there.error());
  }
  const auto secret = crypto::BearerSecret::make();
  auto credential = credential_of(options, secret.digest());
  if (!credential) return failed(credential.error());
  const auto edited = edit_credential_file(
      options.path(), [&](CredentialList& list) { return list.add(*credential); });
  if (!edited) return failed(edited.error());
  std::cerr << "Credential " << credential->id() << " of " << credential->name << ": "
            << describe(*credential)
            << ". Its secret is shown this once; who has it can ask in that name:\n";
  if (options.json) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().member("id", credential->id()).member("name", credential->name);
    json.member("secret", secret.text()).end_object();
    std::cout << out << '\n';
  } else {
    std::cout << secret.text() << '\n';
  }
  return 0;
}

int revoke(const CredentialsOptions& options) {
  std::size_t revoked = 0;
  const auto edited =
      edit_credential_file(options.path(), [&](CredentialList& list) -> Result<void> {
        const auto done = list.revoke(options.name, rfc3339_utc(SystemClock().now()));
        if (!done) return done.error();
        revoked = *done;
        return {};
      });
  if (!edited) return failed(edited.error());
  std::cout << "Revoked " << revoked << (revoked == 1 ? " credential" : " credentials")
            << ", from the next request on.\n";
  return 0;
}

int list(const CredentialsOptions& options) {
  const auto list = read_credential_file(options.path());
  if (!list) return failed(list.error());
  if (options.json) {
    std::cout << list->text();
    return 0;
  }
  for (const Credential& credential : list->credentials()) {
    std::cout << credential.id() << ' ' << credential.name << ": " << describe(credential)
              << ", added " << credential.added;
    if (!credential.revoked.empty()) std::cout << ", revoked " << credential.revoked;
    std::cout << '\n';
  }
  return 0;
}

using Options = std::shared_ptr<CredentialsOptions>;

CLI::App* add_command(CLI::App& parent, const char* name, const char* help, const Options& options,
                      int (*run)(const CredentialsOptions&), int& exit_code) {
  auto* command = parent.add_subcommand(name, help);
  command->callback([options, run, &exit_code] { exit_code = run(*options); });
  auto* where = command->add_option_group("where");
  add_data_option(*where, options->data);
  where->add_option("--credentials", options->file,
                    "Credential file (default: DATA.credentials.json)");
  where->require_option(1, 2);
  command->add_flag("--json", options->json, "As JSON");
  return command;
}

}  // namespace

void add_credentials(CLI::App& app, int& exit_code) {
  auto* credentials =
      app.add_subcommand("credentials", "Employers who may verify many certificates at once");
  credentials->require_subcommand(1);
  const auto options = std::make_shared<CredentialsOptions>();

  auto* adds = add_command(*credentials, "add", "Make a credential and show its secret, once",
                           options, add, exit_code);
  adds->add_option("NAME", options->name, "Whose it is")->required();
  adds->add_option("--quota", options->quota, "Rows a day, N or N/day (default: 100000)");
  adds->add_option("--expires", options->expires, "The last day it counts on, YYYY-MM-DD");
  adds->add_option("--networks", options->networks,
                   "Where it may be used from, by commas: 192.0.2.0/24,2001:db8::/32")
      ->delimiter(',');

  auto* revokes = add_command(*credentials, "revoke", "End a credential, from the next request on",
                              options, revoke, exit_code);
  revokes->add_option("NAME", options->name, "A name (all its credentials) or an id")->required();

  add_command(*credentials, "list", "All credentials, those that were revoked too", options, list,
              exit_code);
}

}  // namespace chayan::commands
