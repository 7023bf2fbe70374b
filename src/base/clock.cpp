#include "base/clock.h"

#include <cstdio>

namespace chayan {

using namespace std::chrono;

std::string rfc3339_utc(system_clock::time_point time) {
  const sys_days day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<seconds>(time) - day};
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

int shanghai_day(system_clock::time_point time) {
  return static_cast<int>(floor<days>(time + hours{8}).time_since_epoch().count());
}

}  // namespace chayan
