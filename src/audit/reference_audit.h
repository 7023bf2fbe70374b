// The reference data of a log, that everything else is judged by: occupations, catalog items,
// working days.
#pragma once

#include <cstdint>
#include <map>
#include <set>

#include "audit/findings.h"
#include "base/result.h"
#include "domain/catalog.h"
#include "domain/filing.h"
#include "domain/occupation.h"
#include "domain/workday_calendar.h"

namespace chayan::audit {

// Not thread-safe.
class ReferenceAudit {
 public:
  // Must outlive it.
  explicit ReferenceAudit(Findings& findings) : findings_(findings) {}

  void read(std::uint64_t seq, const Occupation& occupation);
  // A version that does not take effect after those before it is found and not taken in: versions
  // are never edited, so the earlier ones stand.
  void read(std::uint64_t seq, const CatalogItem& item);
  void read(std::uint64_t seq, const CalendarYear& calendar);

  bool knows(const OccupationCode& code) const { return occupations_.contains(code); }
  const CatalogVersions& catalog() const { return catalog_; }
  // The last day of a notice by the calendars recorded so far, which from then on must stand.
  Result<Date> last_day(const FilingEvent& notice, int working_days);

 private:
  Findings& findings_;
  std::set<OccupationCode> occupations_;
  CatalogVersions catalog_;
  std::map<int, CalendarYear> years_;
  WorkdayCalendar calendar_;
  std::set<int> counted_years_;
};

}  // namespace chayan::audit
