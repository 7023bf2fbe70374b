#include "api/times.h"

#include <ctime>
#include <iomanip>
#include <locale>
#include <sstream>

#include "base/clock.h"

namespace chayan::api {
namespace {

using namespace std::chrono;

constexpr const char* kImfFixdate = "%a, %d %b %Y %H:%M:%S GMT";
constexpr const char* kRfc850 = "%A, %d-%b-%y %H:%M:%S GMT";
constexpr const char* kAsctime = "%a %b %e %H:%M:%S %Y";
constexpr const char* kRfc3339 = "%Y-%m-%dT%H:%M:%SZ";

std::string spell(const std::tm& time, const char* format) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << std::put_time(&time, format);
  return std::move(out).str();
}

// get_time takes what is shorter or looser than the format, so what was read is spelled again.
std::optional<sys_seconds> parse(std::string_view text, const char* format) {
  std::istringstream in{std::string(text)};
  in.imbue(std::locale::classic());
  std::tm time{};
  in >> std::get_time(&time, format);
  if (in.fail() || spell(time, format) != text) return std::nullopt;
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
  return spell(utc, kImfFixdate);
}

std::optional<sys_seconds> parse_http_date(std::string_view text) {
  for (const char* format : {kImfFixdate, kRfc850, kAsctime}) {
    if (auto time = parse(text, format)) return time;
  }
  return std::nullopt;
}

std::optional<sys_seconds> parse_rfc3339_utc(std::string_view text) {
  return parse(text, kRfc3339);
}

std::string shanghai_time(sys_seconds time) {
  const std::string text = rfc3339_utc(time + hours(8));
  return text.substr(0, 10) + " " + text.substr(11, 5);
}

}  // namespace chayan::api
