#include "domain/workday_calendar.h"

#include <algorithm>
#include <chrono>

#include "domain/members.h"

namespace chayan {
namespace {

bool is_weekend(Date day) {
  const std::chrono::weekday weekday(std::chrono::sys_days(std::chrono::days(day.days())));
  return weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
}

std::vector<Date> read_days(JsonObject& object, std::string_view name, int year) {
  std::vector<Date> days;
  for (const std::string_view text : object.strings(name)) {
    days.push_back(take(object, Date::parse(text, name)));
    if (days.back().year() != year) {
      object.fail(invalid(std::string(name), "Each day must lie in the calendar's year.",
                          "所列日期须在该日历年度之内。"));
    }
  }
  std::sort(days.begin(), days.end());
  if (std::adjacent_find(days.begin(), days.end()) != days.end()) {
    object.fail(invalid(std::string(name), "A day stands here twice; list it once.",
                        "有重复的日期，请只列一次。"));
  }
  return days;
}

void write_days(JsonWriter& json, std::string_view name, const std::vector<Date>& days) {
  json.key(name).begin_array();
  for (const Date day : days) json.string(day.text());
  json.end_array();
}

}  // namespace

void write_members(JsonWriter& json, const CalendarYear& calendar) {
  write_days(json, "days_off", calendar.days_off);
  write_days(json, "extra_working_days", calendar.extra_working_days);
  json.optional_member("source", calendar.source);
  json.member("year", std::int64_t{calendar.year});
}

void write_body(JsonWriter& json, const CalendarYear& calendar) {
  write_object(json, calendar);
}

Result<CalendarYear> read_calendar_year(JsonObject& object) {
  CalendarYear calendar;
  const std::int64_t year = object.integer("year");
  if (year < 1900 || year > 2199) {
    object.fail(invalid("year", "Give a year from 1900 to 2199.", "年份须在 1900 至 2199 之间。"));
    return *object.error();
  }
  calendar.year = static_cast<int>(year);
  calendar.days_off = read_days(object, "days_off", calendar.year);
  calendar.extra_working_days = read_days(object, "extra_working_days", calendar.year);
  calendar.source = read_text(object, "source");
  for (const Date day : calendar.extra_working_days) {
    const bool is_off = std::binary_search(calendar.days_off.begin(), calendar.days_off.end(), day);
    if (is_off || !is_weekend(day)) {
      object.fail(invalid("extra_working_days",
                          "An extra working day is a Saturday or Sunday and not a day off.",
                          "调休上班日须为周六或周日，且不能同时是放假日。"));
    }
  }
  return result_of(object, std::move(calendar));
}

void WorkdayCalendar::put(const CalendarYear& year) {
  years_[year.year] = {{year.days_off.begin(), year.days_off.end()},
                       {year.extra_working_days.begin(), year.extra_working_days.end()}};
}

Result<bool> WorkdayCalendar::is_working_day(Date day) const {
  const auto year = years_.find(day.year());
  if (year == years_.end()) {
    const std::string number = std::to_string(day.year());
    return Error{ErrorCode::calendar_missing,
                 {},
                 {"The working days of " + number +
                      " are not recorded: import that year's calendar once it is published.",
                  "尚未登记 " + number + " 年的工作日安排，请在公布后导入该年度日历。"}};
  }
  if (year->second.extra_working_days.contains(day)) return true;
  return !is_weekend(day) && !year->second.days_off.contains(day);
}

Result<Date> WorkdayCalendar::end_of_period(Date start, int count, PeriodStart rule) const {
  Date day = rule == PeriodStart::included ? start : start.plus_days(1);
  for (int left = count;; day = day.plus_days(1)) {
    const auto is_working = is_working_day(day);
    if (!is_working) return is_working.error();
    if (*is_working && --left <= 0) return day;
  }
}

}  // namespace chayan
