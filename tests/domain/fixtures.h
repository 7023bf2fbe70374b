// Synthetic things that several of these tests need. The credit codes' checks hold; nobody has
// them.
#pragma once

#include <string_view>

#include "domain/change.h"
#include "domain/rules.h"

namespace chayan::test {

inline constexpr std::string_view kIssuerCode = "913100000000001820";
inline constexpr std::string_view kOtherCode = "91310000000000369Y";

inline Date day(std::string_view text) {
  return Date::parse(text).value();
}
inline CreditCode issuer() {
  return CreditCode::parse(kIssuerCode).value();
}
inline OccupationCode occupation(std::string_view text) {
  return OccupationCode::parse(text).value();
}
inline CatalogItemId item_id(std::string_view text) {
  return CatalogItemId::parse(text).value();
}

// The calendars of 2025 and 2026 as domain.md states them; 2027 is not published.
inline CalendarYear calendar_2025() {
  CalendarYear year{2025, {}, {}, "test"};
  const auto off = [&](std::string_view from, std::string_view to) {
    for (Date d = day(from); d <= day(to); d = d.plus_days(1)) year.days_off.push_back(d);
  };
  off("2025-01-01", "2025-01-01");
  off("2025-01-28", "2025-02-04");
  off("2025-04-04", "2025-04-06");
  off("2025-05-01", "2025-05-05");
  off("2025-05-31", "2025-06-02");
  off("2025-10-01", "2025-10-08");
  for (const auto* text : {"2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"}) {
    year.extra_working_days.push_back(day(text));
  }
  return year;
}

inline CalendarYear calendar_2026() {
  CalendarYear year{2026, {}, {}, "test"};
  const auto off = [&](std::string_view from, std::string_view to) {
    for (Date d = day(from); d <= day(to); d = d.plus_days(1)) year.days_off.push_back(d);
  };
  off("2026-01-01", "2026-01-03");
  off("2026-02-15", "2026-02-23");
  off("2026-04-04", "2026-04-06");
  off("2026-05-01", "2026-05-05");
  off("2026-06-19", "2026-06-21");
  off("2026-09-25", "2026-09-27");
  off("2026-10-01", "2026-10-07");
  for (const auto* text :
       {"2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"}) {
    year.extra_working_days.push_back(day(text));
  }
  return year;
}

inline WorkdayCalendar calendar() {
  WorkdayCalendar calendar;
  calendar.put(calendar_2025());
  calendar.put(calendar_2026());
  return calendar;
}

inline ScopeLine scope_line(std::string_view code, std::string_view work_type, SkillLevel level) {
  ScopeLine line;
  line.occupation = occupation(code);
  line.work_type = work_type;
  line.level = level;
  return line;
}

inline ScopeLine scope_item(std::string_view id) {
  ScopeLine line;
  line.item = item_id(id);
  return line;
}

inline FilingEvent event(FilingEventKind kind, std::string_view on) {
  FilingEvent made;
  made.kind = kind;
  made.filing = "SQ-2026-001";
  made.institution = issuer();
  made.on = day(on);
  if (kind == FilingEventKind::submitted) {
    made.scope = {scope_line("4-10-01-05", "", SkillLevel::senior)};
  }
  if (kind == FilingEventKind::notice_opened) made.notice_working_days = kNoticeWorkingDays;
  if (kind == FilingEventKind::filed) made.receipt = "HZ-2026-001";
  if (kind == FilingEventKind::filed || kind == FilingEventKind::renewed) {
    made.valid_from = made.on;
    made.valid_to = last_valid_day(made.on);
  }
  return made;
}

inline void append(Filing& filing, FilingEvent next) {
  filing.id = next.filing;
  filing.institution = next.institution;
  filing.events.push_back({std::move(next), filing.events.size()});
}

// Filed on 2026-07-08, valid through 2029-07-08.
inline Filing filed() {
  using Kind = FilingEventKind;
  Filing filing;
  append(filing, event(Kind::submitted, "2026-06-25"));
  append(filing, event(Kind::accepted, "2026-06-26"));
  append(filing, event(Kind::assessed, "2026-06-30"));
  append(filing, event(Kind::notice_opened, "2026-06-30"));
  append(filing, event(Kind::filed, "2026-07-08"));
  return filing;
}

inline Filing with(Filing filing, std::initializer_list<FilingEvent> events) {
  for (const FilingEvent& next : events) append(filing, next);
  return filing;
}

inline CatalogItem catalog_item(std::string_view id, std::string_view from) {
  CatalogItem item;
  item.id = item_id(id);
  item.document = "测试〔2026〕1号";
  item.awarding_body = "测试认证机构";
  item.certificate = "测试证书";
  item.occupation = occupation("4-10-01-05");
  item.occupation_name = "养老护理员";
  item.level = SkillLevel::senior;
  item.effective_from = day(from);
  return item;
}

}  // namespace chayan::test
