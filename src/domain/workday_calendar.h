// Working days as the State Council's yearly arrangement fixes them. A year without a published
// calendar has no answer: the calendar says calendar_missing and never guesses.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "domain/date.h"

namespace chayan {

struct CalendarYear {
  int year = 0;
  std::vector<Date>
      days_off;  // every published day off, weekends inside a holiday included; ascending
  std::vector<Date> extra_working_days;  // weekend days that are worked; ascending
  std::string source;

  bool operator==(const CalendarYear&) const = default;
};

void write_body(JsonWriter& json, const CalendarYear& calendar);
Result<CalendarYear> read_calendar_year(JsonObject& object);

// Whether the first day of a period counts is not settled by the notice, so the rule is stored with
// each period.
enum class PeriodStart { excluded, included };

class WorkdayCalendar {
 public:
  void put(const CalendarYear& year);
  bool has(int year) const { return years_.contains(year); }

  Result<bool> is_working_day(Date day) const;
  // The last day of a period of `count` working days that starts on `start`; count >= 1.
  Result<Date> end_of_period(Date start, int count, PeriodStart rule) const;

 private:
  struct Year {
    std::set<Date> days_off;
    std::set<Date> extra_working_days;
  };
  std::map<int, Year> years_;
};

}  // namespace chayan
