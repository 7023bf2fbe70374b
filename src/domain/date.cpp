#include "domain/date.h"

#include <algorithm>

#include "base/digits.h"
#include "base/text.h"

namespace chayan {
namespace {

using std::chrono::year_month_day;

constexpr int kYearMin = 1900;
constexpr int kYearMax = 2199;

year_month_day civil(int days) {
  return year_month_day(std::chrono::sys_days(std::chrono::days(days)));
}

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

unsigned number(std::string_view digits) {
  unsigned value = 0;
  for (const char digit : digits) value = value * 10 + static_cast<unsigned>(digit - '0');
  return value;
}

}  // namespace

Result<Date> Date::parse(std::string_view text, std::string_view field) {
  std::string digits = half_width(text);
  const bool is_iso = digits.size() == 10 && digits[4] == '-' && digits[7] == '-';
  if (is_iso) digits.erase(7, 1).erase(4, 1);
  if (digits.size() != 8 || !all_digits(digits)) {
    return invalid(std::string(field), "Write the date as 2026-06-23 or 20260623.",
                   "日期请写作 2026-06-23 或 20260623。");
  }
  const std::string_view view = digits;
  const year_month_day day(std::chrono::year(static_cast<int>(number(view.substr(0, 4)))),
                           std::chrono::month(number(view.substr(4, 2))),
                           std::chrono::day(number(view.substr(6, 2))));
  const int year = static_cast<int>(day.year());
  if (!day.ok() || year < kYearMin || year > kYearMax) {
    return invalid(std::string(field), "There is no such day in the years 1900 to 2199.",
                   "1900 年至 2199 年间没有这一天，请核对日期。");
  }
  return Date(std::chrono::sys_days(day));
}

int Date::year() const {
  return static_cast<int>(civil(days_).year());
}

std::string Date::text() const {
  const year_month_day day = civil(days_);
  std::string text = "0000-00-00";
  put_digits(&text[0], 4, static_cast<int>(day.year()));
  put_digits(&text[5], 2, static_cast<int>(static_cast<unsigned>(day.month())));
  put_digits(&text[8], 2, static_cast<int>(static_cast<unsigned>(day.day())));
  return text;
}

Date Date::plus_years(int count) const {
  const year_month_day day = civil(days_) + std::chrono::years(count);
  if (day.ok()) return Date(std::chrono::sys_days(day));
  return Date(std::chrono::sys_days(day.year() / day.month() / std::chrono::last));
}

}  // namespace chayan
