// A calendar day. Years 1900-2199; 4 bytes; ordered.
#pragma once

#include <chrono>
#include <compare>
#include <string>
#include <string_view>

#include "base/result.h"

namespace chayan {

class Date {
 public:
  constexpr Date() = default;  // 1970-01-01
  constexpr explicit Date(std::chrono::sys_days day)
      : days_(static_cast<int>(day.time_since_epoch().count())) {}
  static constexpr Date from_days(int days_since_1970) {
    Date date;
    date.days_ = days_since_1970;
    return date;
  }

  // "2026-06-23" (ISO 8601) or, as the notice's forms write it, "20260623".
  static Result<Date> parse(std::string_view text, std::string_view field = "date");

  constexpr int days() const { return days_; }
  int year() const;
  std::string text() const;  // 2026-06-23

  constexpr Date plus_days(int count) const { return from_days(days_ + count); }
  // The corresponding day; 29 February becomes 28 February where there is none (Civil Code art.
  // 202).
  Date plus_years(int count) const;

  constexpr auto operator<=>(const Date&) const = default;

 private:
  int days_ = 0;
};

}  // namespace chayan
