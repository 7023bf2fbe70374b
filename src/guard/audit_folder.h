// The files of the audit trail, DATA.audit/ (0700), a pair for each day on which anybody asked:
//
//   2026-11-24.jsonl   the lines (guard/audit_line.h)
//   2026-11-24.key     the day's key, 32 random bytes, sealed under the keyring's audit key
//
// The day is Shanghai's. The key is random, and not derived from the keyring, so that it can be
// destroyed: after that nobody, whoever holds the keyring, can ask the day's lines whether they are
// about a certain number, even if a copy of them was kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/suite.h"

namespace chayan::guard {

using DayNumber = int;  // days since 1970-01-01, as shanghai_day() counts them

std::string day_text(DayNumber day);  // "2026-11-24"
std::optional<DayNumber> parse_day(std::string_view text);

class AuditFolder {
 public:
  explicit AuditFolder(std::string path) : path_(std::move(path)) {}

  Result<void> make() const;
  std::string lines_path(DayNumber day) const;
  std::string key_path(DayNumber day) const;
  // Those that have a file of lines, ascending. No folder: none.
  Result<std::vector<DayNumber>> days() const;

  // The day's key; a new one is made, durably, where there is none.
  Result<crypto::SuiteKey> make_key(const crypto::SuiteKey& audit_key, DayNumber day) const;
  // nullopt: there is none, or it was destroyed. Error corrupt: it is another keyring's.
  Result<std::optional<crypto::SuiteKey>> read_key(const crypto::SuiteKey& audit_key,
                                                   DayNumber day) const;

  // Destroys lines and key of each day before `first_kept`: the key is overwritten before it goes.
  Result<void> destroy_before(DayNumber first_kept) const;

 private:
  std::string path_;
};

}  // namespace chayan::guard
