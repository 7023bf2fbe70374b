#include "api/times.h"

#include <ctime>
#include <iomanip>
#include <locale>
#include <sstream>

namespace chayan::api {
namespace {

using namespace std::chrono;

std::optional<sys_seconds> parse(std::string_view text, const char* format) {
  std::istringstream in{std::string(text)};
  in.imbue(std::locale::classic());
  std::tm time{};
  in >> std::get_time(&time, format);
  if (in.fail() || in.peek() != std::istringstream::traits_type::eof()) return std::nullopt;
  const year_month_day date{year(time.tm_year + 1900),
                            month(static_cast<unsigned>(time.tm_mon) + 1),
                            day(static_cast<unsigned>(time.tm_mday))};
  if (!date.ok()) return std::nullopt;
  return sys_days(date) + hours(time.tm_hour) + minutes(time.tm_min) + seconds(time.tm_sec);
}

}  // namespace

std::string http_date(sys_seconds time) {
  const std::time_t seconds_since_1970 = time.time_since_epoch().count();
  std::tm utc{};
  gmtime_r(&seconds_since_1970, &utc);
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << std::put_time(&utc, "%a, %d %b %Y %H:%M:%S GMT");
  return std::move(out).str();
}

std::optional<sys_seconds> parse_http_date(std::string_view text) {
  for (const char* format :
       {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
    if (const auto time = parse(text, format)) return time;
  }
  return std::nullopt;
}

std::optional<sys_seconds> parse_rfc3339_utc(std::string_view text) {
  return parse(text, "%Y-%m-%dT%H:%M:%SZ");
}

}  // namespace chayan::api
