#include "base/clock.h"

#include "base/digits.h"

namespace chayan {

using namespace std::chrono;

std::string rfc3339_utc(system_clock::time_point time) {
  const sys_days day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<seconds>(time) - day};
  std::string text = "0000-00-00T00:00:00Z";
  put_digits(&text[0], 4, static_cast<int>(date.year()));
  put_digits(&text[5], 2, static_cast<int>(static_cast<unsigned>(date.month())));
  put_digits(&text[8], 2, static_cast<int>(static_cast<unsigned>(date.day())));
  put_digits(&text[11], 2, static_cast<int>(clock.hours().count()));
  put_digits(&text[14], 2, static_cast<int>(clock.minutes().count()));
  put_digits(&text[17], 2, static_cast<int>(clock.seconds().count()));
  return text;
}

int shanghai_day(system_clock::time_point time) {
  return static_cast<int>(floor<days>(time + hours{8}).time_since_epoch().count());
}

}  // namespace chayan
