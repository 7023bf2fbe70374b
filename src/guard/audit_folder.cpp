#include "guard/audit_folder.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "base/file.h"
#include "crypto/digest.h"
#include "crypto/seal.h"

namespace chayan::guard {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLinesEnding = ".jsonl";
constexpr std::string_view kKeyEnding = ".key";
constexpr std::size_t kKeyFileBytesMax = 1024;

Error system_error(const char* doing, const std::string& path) {
  return io_error(std::string("Cannot ") + doing + " the audit trail " + path + ": " +
                  std::generic_category().message(errno) + ".");
}

crypto::Sealer sealer_of(const crypto::SuiteKey& audit_key) {
  crypto::Keyring wrapping;
  wrapping.suite = audit_key.suite;
  wrapping.data_keys[0] = {audit_key.secret};
  return crypto::Sealer(wrapping);
}

std::string context(DayNumber day) {
  return "audit key of " + day_text(day);
}

// Overwrites what the file holds, and then removes it.
bool shred(const std::string& path) {
  {
    const OpenFile file(path, O_WRONLY);
    if (!file.is_open()) return errno == ENOENT;
    struct stat status {};
    if (::fstat(file.descriptor(), &status) != 0) return false;
    const std::string zeros(static_cast<std::size_t>(status.st_size), '\0');
    if (!write_all(file, zeros) || !sync(file)) return false;
  }
  return ::unlink(path.c_str()) == 0;
}

}  // namespace

std::string day_text(DayNumber day) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text.data();
}

std::optional<DayNumber> parse_day(std::string_view text) {
  const auto number = [&](std::size_t from, std::size_t length) {
    int value = -1;
    const char* end = text.data() + from + length;
    const auto read = std::from_chars(text.data() + from, end, value);
    return read.ec == std::errc() && read.ptr == end ? value : -1;
  };
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
  if (year < 1970 || month < 1 || day < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return static_cast<DayNumber>(std::chrono::sys_days(date).time_since_epoch().count());
}

Result<void> AuditFolder::make() const {
  const bool made = ::mkdir(path_.c_str(), 0700) == 0;
  if (!made && errno != EEXIST) return system_error("make", path_);
  if (::chmod(path_.c_str(), 0700) != 0) return system_error("close to others", path_);
  const std::string parent = fs::path(path_).parent_path().string();
  if (!sync_directory(parent.empty() ? "." : parent)) {
    return system_error("sync the folder of", path_);
  }
  return {};
}

std::string AuditFolder::lines_path(DayNumber day) const {
  return path_ + '/' + day_text(day) + std::string(kLinesEnding);
}

std::string AuditFolder::key_path(DayNumber day) const {
  return path_ + '/' + day_text(day) + std::string(kKeyEnding);
}

Result<std::vector<DayNumber>> AuditFolder::days() const {
  std::vector<DayNumber> days;
  std::error_code failed;
  for (fs::directory_iterator at(path_, failed), end; !failed && at != end; at.increment(failed)) {
    const fs::path& file = at->path();
    const auto day = parse_day(file.stem().native());
    if (day && file.extension().native() == kLinesEnding) days.push_back(*day);
  }
  if (failed == std::errc::no_such_file_or_directory) return days;
  if (failed) {
    errno = failed.value();
    return system_error("read", path_);
  }
  std::sort(days.begin(), days.end());
  return days;
}

Result<crypto::SuiteKey> AuditFolder::make_key(const crypto::SuiteKey& audit_key,
                                               DayNumber day) const {
  auto known = read_key(audit_key, day);
  if (!known) return known.error();
  if (*known) return **known;
  const crypto::SuiteKey key{audit_key.suite, *hash_from(crypto::random_bytes(32))};
  std::string sealed;
  sealer_of(audit_key).seal(context(day), view(key.secret), sealed);
  // Under another name until it is whole: a torn key would end the service's next start.
  const std::string path = key_path(day);
  const std::string making = path + ".making";
  {
    const OpenFile file(making, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (!file.is_open() || !write_all(file, sealed) || !sync(file)) {
      return system_error("write a key of", making);
    }
  }
  if (::rename(making.c_str(), path.c_str()) != 0 || !sync_directory(path_)) {
    return system_error("name a key of", path);
  }
  return key;
}

Result<std::optional<crypto::SuiteKey>> AuditFolder::read_key(const crypto::SuiteKey& audit_key,
                                                              DayNumber day) const {
  const std::string path = key_path(day);
  const OpenFile file(path, O_RDONLY);
  if (!file.is_open()) {
    if (errno == ENOENT) return std::optional<crypto::SuiteKey>();
    return system_error("open a key of", path);
  }
  const auto sealed = read_all(file, kKeyFileBytesMax);
  if (!sealed) return system_error("read a key of", path);
  std::string plain;
  const auto opened = sealer_of(audit_key).open(context(day), *sealed, plain);
  const auto key = opened ? hash_from(plain) : std::nullopt;
  if (!key) return corrupt(path + " was not made with this keyring, or is damaged.");
  return std::optional(crypto::SuiteKey{audit_key.suite, *key});
}

Result<void> AuditFolder::destroy_before(DayNumber first_kept) const {
  std::vector<std::string> keys, lines;
  std::error_code failed;
  for (fs::directory_iterator at(path_, failed), end; !failed && at != end; at.increment(failed)) {
    const std::string name = at->path().filename();
    const auto day = parse_day(std::string_view(name).substr(0, 10));
    if (!day || *day >= first_kept) continue;
    (name.ends_with(kLinesEnding) ? lines : keys).push_back(at->path());
  }
  // Keys first: lines without their key tell nothing, whatever stops us between.
  for (const auto* paths : {&keys, &lines}) {
    for (const std::string& path : *paths) {
      const bool gone = paths == &keys ? shred(path) : ::unlink(path.c_str()) == 0;
      if (!gone) return system_error("destroy", path);
    }
  }
  if (!(keys.empty() && lines.empty()) && !sync_directory(path_)) {
    return system_error("sync", path_);
  }
  return {};
}

}  // namespace chayan::guard
