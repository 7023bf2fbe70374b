// Reads and verifies the audit trail, whoever wrote it and whether or not it is being written.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "guard/audit_folder.h"
#include "guard/audit_line.h"

namespace chayan::guard {

struct AuditReport {
  std::vector<DayNumber> days;  // that were read
  std::uint64_t lines = 0;
  std::uint64_t questions = 0;
  std::uint64_t lost = 0;      // not on record, as the trail itself says
  std::uint64_t torn = 0;      // half lines that a later start tells of
  bool ends_torn = false;      // the newest file ends in one
  std::string last_hash;       // of the last whole line: to be kept elsewhere
  std::string broken_at;       // "2026-11-24.jsonl:17", the first line that does not hold; or empty
  std::string broken_because;  // one sentence
};

// Calls `take` for each line that holds, in order, and stops at the first that does not. `day`:
// that day alone, bound to the file before it where that is still there. `text` is the line as it
// stands. Error io, or not_found where there is no such day.
using TakeLine = std::function<void(DayNumber day, const AuditLine& line, std::string_view text)>;
Result<AuditReport> read_audit(const AuditFolder& folder, std::optional<DayNumber> day,
                               const TakeLine& take);

// MAC(the day's key, number), as lines hold it.
std::string audit_number(const crypto::SuiteKey& day_key, std::string_view canonical_number);

}  // namespace chayan::guard
