// 备案, a filing: what an institution may assess, and when. A filing is the fold of its events.
//
// 申报 submitted → 受理 accepted → 评估 assessed → 公示 notice_opened (→ 异议 objected) → 备案
// filed → 报备 reported → 公布 published; after filing: 暂停 suspended ⇄ resumed, renewed, 撤销
// revoked (fault), 注销 cancelled (closure). rules.h says which may follow which and on which days
// a filing is effective.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "domain/catalog.h"
#include "domain/credit_code.h"
#include "domain/date.h"
#include "domain/workday_calendar.h"

namespace chayan {

// Values are stored; do not renumber.
enum class FilingEventKind : std::uint8_t {
  submitted = 1,
  accepted = 2,
  assessed = 3,
  notice_opened = 4,
  objected = 5,
  filed = 6,
  reported = 7,
  published = 8,
  suspended = 9,
  resumed = 10,
  revoked = 11,
  cancelled = 12,
  renewed = 13,
};

std::string_view code(FilingEventKind kind);  // "notice_opened"; entry kind is "filing." + code
std::optional<FilingEventKind> filing_event_kind_from_code(std::string_view code);

// One line of annex 4, part 2: an occupation (work type) and a level, or an item of a catalog,
// which fixes all three. A submission may give the item alone: then the others stay at their
// defaults (occupation empty) until the index takes them from the version in force on the day of
// the submission, before the entry is written. A recorded line is always complete.
struct ScopeLine {
  OccupationCode occupation;
  std::string occupation_name;
  std::string work_type;  // empty: the whole occupation
  SkillLevel level = SkillLevel::junior;
  std::optional<CatalogItemId> item;

  bool operator==(const ScopeLine&) const = default;
};

// One event as recorded. Members that a kind does not use stay at their defaults.
struct FilingEvent {
  FilingEventKind kind = FilingEventKind::submitted;
  std::string filing;  // id of the filing: free text, unique; the number the submission got
  CreditCode institution;
  Date on;             // the day from which the event counts
  std::string reason;  // objected, suspended, revoked, cancelled: public, without names of persons
  std::vector<ScopeLine> scope;                      // submitted
  int notice_working_days = 0;                       // notice_opened; the notice says 5
  PeriodStart notice_start = PeriodStart::excluded;  // notice_opened
  std::string receipt;  // filed: number of the 备案回执, free text, unique
  Date valid_from;      // filed, renewed
  Date valid_to;        // filed, renewed: the last day

  bool operator==(const FilingEvent&) const = default;
};

void write_body(JsonWriter& json, const FilingEvent& event);
// `kind` comes from the entry's kind, not from the body. Members that the kind does not use are
// left unread, so that whoever calls finish() refuses them.
Result<FilingEvent> read_filing_event(FilingEventKind kind, JsonObject& object);

struct RecordedFilingEvent {
  FilingEvent event;
  std::uint64_t seq = 0;

  bool operator==(const RecordedFilingEvent&) const = default;
};

struct Filing {
  std::string id;
  CreditCode institution;
  std::vector<RecordedFilingEvent> events;  // in the order of the log

  const std::vector<ScopeLine>& scope() const { return events.front().event.scope; }
  // Number of the filing receipt; empty before it was filed.
  std::string_view receipt() const;

  bool operator==(const Filing&) const = default;
};

}  // namespace chayan
