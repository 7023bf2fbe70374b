#include "audit/reference_audit.h"

#include <string>

namespace chayan::audit {

void ReferenceAudit::read(std::uint64_t, const Occupation& occupation) {
  occupations_.insert(occupation.code);
}

void ReferenceAudit::read(std::uint64_t seq, const CatalogItem& item) {
  if (!knows(item.occupation)) {
    findings_.add(seq, Rule::occupation_unknown,
                  "Item " + item.id.text() + " leads to occupation " +
                      std::string(item.occupation.text()) + ", which was not recorded before it.");
  }
  auto& versions = catalog_[item.id];
  if (!versions.empty() && item.effective_from <= versions.back().effective_from) {
    findings_.add(seq, Rule::version_edited,
                  "A version of item " + item.id.text() + " takes effect on " +
                      item.effective_from.text() + ", no later than the one of " +
                      versions.back().effective_from.text() + " before it.");
    return;
  }
  versions.push_back(item);
}

void ReferenceAudit::read(std::uint64_t seq, const CalendarYear& calendar) {
  const auto recorded = years_.find(calendar.year);
  const bool changes = recorded == years_.end() || recorded->second.days_off != calendar.days_off ||
                       recorded->second.extra_working_days != calendar.extra_working_days;
  if (changes && counted_years_.contains(calendar.year)) {
    findings_.add(seq, Rule::calendar_changed,
                  "The working days of " + std::to_string(calendar.year) +
                      " changed after a notice period had been counted by them.");
  }
  years_[calendar.year] = calendar;
  calendar_.put(calendar);
}

Result<Date> ReferenceAudit::last_day(const FilingEvent& notice, int working_days) {
  auto last = calendar_.end_of_period(notice.on, working_days, notice.notice_start);
  if (!last) return last;
  for (int year = notice.on.year(); year <= last->year(); ++year) counted_years_.insert(year);
  return last;
}

}  // namespace chayan::audit
