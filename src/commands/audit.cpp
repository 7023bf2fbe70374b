// audit: reads the audit trail, verifies its chain, and answers whether a number was asked about.
#include <filesystem>
#include <iostream>
#include <map>

#include "base/json_writer.h"
#include "base/text.h"
#include "commands/command.h"
#include "commands/partner_paths.h"
#include "crypto/keyring.h"
#include "guard/audit_reader.h"

namespace chayan::commands {
namespace {

struct AuditOptions {
  std::string data;
  std::string keys;
  std::string day;
  bool verify = false;
  bool number_stdin = false;
};

// The number on stdin as each day's lines would hold it.
class WantedNumber {
 public:
  static Result<WantedNumber> read(const AuditOptions& options, const guard::AuditFolder& folder) {
    const std::string keys = options.keys.empty() ? options.data + ".keys" : options.keys;
    auto keyring = crypto::Keyring::load(keys);
    if (!keyring) return keyring.error();
    std::string text;
    std::getline(std::cin, text);
    std::string number = code_form(text);
    if (number.empty()) return invalid("--number-stdin", "Stdin holds no number.", {});
    // As domain/certificate_number.h completes the older ones.
    const bool is_old =
        number.size() == 13 && number.find_first_not_of("0123456789") == std::string::npos;
    if (is_old) number.insert(0, "000");
    return WantedNumber(folder, keyring->audit_key, std::move(number));
  }

  Result<bool> is_asked_in(guard::DayNumber day, const guard::AuditLine& line) {
    if (!guard::is_question(line.kind)) return false;
    auto known = macs_.find(day);
    if (known == macs_.end()) {
      const auto key = folder_.read_key(audit_key_, day);
      if (!key) return key.error();
      if (!*key) return corrupt("The key of " + guard::day_text(day) + " is destroyed.");
      known = macs_.emplace(day, guard::audit_number(**key, number_)).first;
    }
    return line.number == known->second;
  }

 private:
  WantedNumber(const guard::AuditFolder& folder, const crypto::SuiteKey& audit_key,
               std::string number)
      : folder_(folder), audit_key_(audit_key), number_(std::move(number)) {}

  const guard::AuditFolder& folder_;
  crypto::SuiteKey audit_key_;
  std::string number_;
  std::map<guard::DayNumber, std::string> macs_;
};

Error no_trail(const std::string& path) {
  return {ErrorCode::not_found,
          "--data",
          {"There is no audit trail at " + path +
               ": no file of lines. Look whether the data directory is named right, and who took "
               "the files away.",
           "此处没有审计记录。"}};
}

// The first day whose key is there and whose lines are not. Retention destroys the key first, so it
// explains none.
Result<std::optional<guard::DayNumber>> day_without_lines(const guard::AuditFolder& folder,
                                                          const std::string& path) {
  namespace fs = std::filesystem;
  std::optional<guard::DayNumber> first;
  std::error_code failed;
  for (fs::directory_iterator at(path, failed), end; !failed && at != end; at.increment(failed)) {
    const auto day = guard::parse_day(at->path().stem().native());
    if (!day || at->path() != folder.key_path(*day)) continue;
    if (!fs::exists(folder.lines_path(*day)) && (!first || *day < *first)) first = day;
  }
  if (failed) return io_error("Cannot read the audit trail " + path + ".");
  return first;
}

void print_verdict(const guard::AuditReport& report) {
  std::cerr << report.days.size() << (report.days.size() == 1 ? " day, " : " days, ")
            << report.lines << " lines, " << report.questions << " questions, " << report.lost
            << " not on record.\n";
  if (report.torn > 0) {
    std::cerr << "Lines cut short by a crash, as later ones tell: " << report.torn << ".\n";
  }
  if (report.ends_torn) std::cerr << "The last line is cut short, or being written.\n";
  if (!report.broken_at.empty()) {
    std::cerr << "chayan: " << report.broken_at << ": " << report.broken_because << '\n';
    return;
  }
  if (!report.last_hash.empty()) {
    std::cerr << "The chain holds and ends in " << report.last_hash << ".\n";
  }
}

int run(const AuditOptions& options) {
  std::optional<guard::DayNumber> day;
  if (!options.day.empty()) {
    day = guard::parse_day(options.day);
    if (!day) return failed(invalid("--day", "Write a day as 2026-11-24.", {})), 2;
  }
  const std::string path = audit_folder_of(options.data);
  const guard::AuditFolder folder(path);
  const auto days = folder.days();
  if (!days) return failed(days.error());
  if (days->empty()) return failed(no_trail(path));
  std::optional<WantedNumber> wanted;
  if (options.number_stdin) {
    auto read = WantedNumber::read(options, folder);
    if (!read) return failed(read.error());
    wanted.emplace(std::move(*read));
  }
  std::optional<Error> fault;
  std::uint64_t found = 0;
  auto report = guard::read_audit(
      folder, day, [&](guard::DayNumber at, const guard::AuditLine& line, std::string_view text) {
        if (wanted) {
          const auto asked = wanted->is_asked_in(at, line);
          if (!asked && !fault) fault = asked.error();
          if (!asked || !*asked) return;
          ++found;
        }
        if (!options.verify) std::cout << text << '\n';
      });
  if (!report) return failed(report.error());
  const auto missing = day_without_lines(folder, path);
  if (!missing) return failed(missing.error());
  if (*missing && report->broken_at.empty()) {
    report->broken_at = guard::day_text(**missing);
    report->broken_because =
        "The key of that day is there and its lines are not: they were taken away, or the service "
        "was killed in the moment in which it began the day.";
  }
  if (fault) return failed(*fault);
  if (wanted) std::cerr << "Questions about this number: " << found << ".\n";
  print_verdict(*report);
  return report->broken_at.empty() ? 0 : 1;
}

}  // namespace

void add_audit(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "audit", "Read the audit trail of verifications and verify its chain of hashes");
  const auto options = std::make_shared<AuditOptions>();
  add_data_option(*command, options->data)->required();
  add_directory_option(*command, "--keys", options->keys, "Keyring directory (default: DATA.keys)");
  command->add_option("--day", options->day, "That day alone, 2026-11-24 (default: all)");
  command->add_flag("--verify", options->verify, "Say whether the chain holds, print no lines");
  command->add_flag("--number-stdin", options->number_stdin,
                    "Only lines about the certificate number that stands on stdin");
  command->footer(
      "Lines go to stdout, the verdict to stderr. Exit code: 0 the chain holds, 1 it is broken, "
      "missing or cannot be read, 2 usage.");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace chayan::commands
