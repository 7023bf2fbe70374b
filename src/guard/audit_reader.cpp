#include "guard/audit_reader.h"

#include <algorithm>
#include <fstream>

#include "base/limits.h"
#include "crypto/digest.h"
#include "crypto/keyed_index.h"

namespace chayan::guard {
namespace {

// One file, line by line. A line is held back until the next is seen: what is unreadable may be
// half a line that the next one tells of.
class FileReader {
 public:
  FileReader(DayNumber day, std::string prev, std::string after, const TakeLine& take,
             AuditReport& report)
      : day_(day), prev_(std::move(prev)), after_(std::move(after)), take_(take), report_(report) {}

  Result<void> read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return io_error("Cannot open the audit trail " + path + ".");
    std::string text;
    while (report_.broken_at.empty() && std::getline(in, text)) {
      const bool is_whole = !in.eof();
      next(text, is_whole);
    }
    if (in.bad()) return io_error("Cannot read the audit trail " + path + ".");
    settle(/*is_torn=*/false);
    return {};
  }

  // Of the last whole line; empty: there was none.
  const std::string& last_hash() const { return last_hash_; }
  bool ends_torn() const { return ends_torn_; }

 private:
  void next(const std::string& text, bool is_whole) {
    const auto parsed = parse_audit_line(text);
    const bool tells_of_torn = parsed && parsed->kind == AuditKind::started && parsed->torn;
    settle(tells_of_torn && has_held_);
    if (!report_.broken_at.empty()) return;
    ++number_;
    if (!is_whole) {
      ends_torn_ = true;
      return;
    }
    held_ = text;
    held_line_ = parsed ? std::optional(*parsed) : std::nullopt;
    has_held_ = true;
  }

  // The held line counts, unless it is torn.
  void settle(bool is_torn) {
    if (!has_held_) return;
    has_held_ = false;
    if (is_torn) {
      ++report_.torn;
      return;
    }
    if (const std::string fault = fault_of_held(); !fault.empty()) {
      report_.broken_at = day_text(day_) + ".jsonl:" + std::to_string(number_);
      report_.broken_because = fault;
      return;
    }
    ++report_.lines;
    report_.lost += held_line_->kind == AuditKind::lost ? held_line_->count : 0;
    report_.questions += is_question(held_line_->kind) ? 1 : 0;
    last_hash_ = prev_ = to_hex(view(crypto::sha256(held_)));
    if (take_) take_(day_, *held_line_, held_);
  }

  std::string fault_of_held() const {
    if (!held_line_) return "The line is not what the service writes.";
    const bool is_first = last_hash_.empty();
    if (is_first != (held_line_->kind == AuditKind::day)) {
      return "A file begins with the line of its day, and has it once.";
    }
    if (is_first && held_line_->after != after_ && !after_.empty()) {
      return "The file before it is not the one that it goes on from.";
    }
    if (!prev_.empty() && held_line_->prev != prev_) {
      return "Its hash of the line before is not that line's: one of them was changed, or lines "
             "between them were taken out.";
    }
    return {};
  }

  const DayNumber day_;
  std::string prev_;   // what the next line must hold; empty: not known
  std::string after_;  // what the first line must name; empty: not known
  const TakeLine& take_;
  AuditReport& report_;
  std::size_t number_ = 0;
  bool has_held_ = false;
  std::string held_;
  std::optional<AuditLine> held_line_;
  std::string last_hash_;
  bool ends_torn_ = false;
};

}  // namespace

Result<AuditReport> read_audit(const AuditFolder& folder, std::optional<DayNumber> day,
                               const TakeLine& take) {
  const auto days = folder.days();
  if (!days) return days.error();
  if (day && !std::binary_search(days->begin(), days->end(), *day)) {
    return Error{
        ErrorCode::not_found, "--day", {"Nothing is on record of that day.", "当日没有审计记录。"}};
  }
  AuditReport report;
  std::string prev, after;
  const TakeLine nobody;
  for (const DayNumber at : *days) {
    if (day && at > *day) break;
    // A day alone needs of the files before it the last one's end.
    const bool is_wanted = !day || at == *day;
    const bool is_before = day && at < *day;
    if (is_before && *std::upper_bound(days->begin(), days->end(), at) != *day) continue;
    AuditReport passed;
    FileReader reader(at, prev, after, is_wanted ? take : nobody, is_wanted ? report : passed);
    if (auto read = reader.read(folder.lines_path(at)); !read) return read.error();
    // A file without a whole line leaves nothing to hold on to, and the next says so with zeros.
    prev = reader.last_hash().empty() ? std::string(64, '0') : reader.last_hash();
    after = day_text(at);
    if (!is_wanted) continue;
    report.days.push_back(at);
    report.ends_torn = reader.ends_torn();
    if (!report.broken_at.empty()) break;
    report.last_hash = prev;
  }
  return report;
}

std::string audit_number(const crypto::SuiteKey& day_key, std::string_view canonical_number) {
  const crypto::RowKey mac = crypto::KeyedIndex(day_key).mac("number", canonical_number);
  return to_hex({mac.data(), mac.size()});
}

}  // namespace chayan::guard
