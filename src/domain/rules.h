// The rules of validity: pure functions of what is recorded and a day. Source of each is the notice
// (沪职鉴中心〔2026〕30号) unless another is named.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/catalog.h"
#include "domain/certificate.h"
#include "domain/date.h"
#include "domain/filing.h"
#include "domain/workday_calendar.h"

namespace chayan {

inline constexpr int kNoticeWorkingDays = 5;  // part 3 (3): 公示期为5个工作日
inline constexpr int kFilingYears = 3;        // part 3 (3): 备案有效期为3年

// Where a filing stands on a day. Events of later days do not count; events of one day count in log
// order.
enum class FilingState {
  unknown,        // submitted later than the day
  in_procedure,   // submitted, accepted, assessed, notice, objection: not yet filed
  effective,      // filed or renewed, within its validity, and nothing below
  not_yet_valid,  // filed, the day is before valid_from
  suspended,      // within validity or before it
  expired,        // suspended or not, the day is after valid_to (the last day itself is effective)
  revoked,        // final, from the day itself
  cancelled,      // final, from the day itself
};
std::string_view code(FilingState state);

FilingState state_on(const Filing& filing, Date day);
inline bool is_effective(const Filing& filing, Date day) {
  return state_on(filing, day) == FilingState::effective;
}
// The validity period that counts on `day`: the one containing it, else the latest granted by then.
struct ValidityPeriod {
  Date from;
  Date to;  // last day
  bool operator==(const ValidityPeriod&) const = default;
};
std::optional<ValidityPeriod> validity_on(const Filing& filing, Date day);

// Last day of a filing that starts on `from`: the corresponding day three years on (Civil Code art.
// 202).
inline Date last_valid_day(Date from) {
  return from.plus_years(kFilingYears);
}

// Whether a scope line covers an item: it names the item, or it names no item at all and states the
// occupation, work type and level that the item's version in force gives.
bool covers(const ScopeLine& line, const CatalogItem& version_in_force);
// Whether a scope line covers a plain occupation, work type and level; a line for the whole
// occupation covers its work types, a line that names an item covers what the item leads to.
bool covers(const ScopeLine& line, const OccupationCode& occupation, std::string_view work_type,
            SkillLevel level);

// A scope line as it counts on a day: a line that names an item is for what the item's version in
// force gives then, and for nothing (nullopt) where none is in force. An item that `catalog` does
// not hold is taken as the line states it.
std::optional<ScopeLine> line_on(const ScopeLine& line, const CatalogVersions& catalog, Date day);

// May this event follow what is recorded? `filing` is null where nothing is. Checks the order of
// states, that dates do not run backwards, that `filed` comes after the last day of a notice period
// without objection (an objection leads back to `assessed` or to another notice), that validity is
// three years and does not begin before its grant, and that scope stands on `submitted` alone.
// calendar_missing where the notice period crosses a year without a calendar.
Result<void> may_follow(const Filing* filing, const FilingEvent& event,
                        const WorkdayCalendar& calendar);
// The same for a certificate: no event after erased; revoked and cancelled admit only erased.
Result<void> may_follow(const Certificate& certificate, CertificateEventKind kind, Date on);

// "Was this institution entitled to this on day D?": the answer with the filing and item that
// decide it.
enum class EntitlementReason {
  entitled,
  institution_unknown,  // no such institution is recorded
  no_filing,            // it never filed anything
  item_unknown,         // no such catalog item
  item_not_in_force,    // on that day
  differs_from_item,    // states another occupation, work type or level than the item gives on that
                        // day
  out_of_scope,         // no filing of it covers this, effective or not
  filing_in_procedure,  // the covering filing was not filed yet
  filing_not_yet_valid,
  filing_suspended,
  filing_expired,
  filing_revoked,
  filing_cancelled,
};
std::string_view code(EntitlementReason reason);
Message sentence(EntitlementReason reason);  // one sentence, both languages

struct Entitlement {
  EntitlementReason reason = EntitlementReason::no_filing;
  const Filing* filing =
      nullptr;  // that decides; null where none does. Points into the caller's filings.
  const CatalogItem* item = nullptr;  // version in force; null where none was asked or found

  bool holds() const { return reason == EntitlementReason::entitled; }
};

// What is asked for: an item, or an occupation with work type and level.
struct Subject {
  std::optional<CatalogItemId> item;
  OccupationCode occupation;
  std::string_view work_type;
  SkillLevel level = SkillLevel::junior;
};

// `filings` are all filings of one institution; `catalog` holds all versions of subject.item (none
// where it is unknown) and, for a subject without an item, of the items that the filings name. A
// subject that states an occupation beside its item must state what the item gives. If several
// filings cover the subject, an effective one decides; else the one that came nearest to it, in the
// order of the reasons above from last to first, and of equals the later one.
Entitlement entitlement_on(std::span<const Filing> filings, const Subject& subject,
                           const CatalogVersions& catalog, Date day);

}  // namespace chayan
