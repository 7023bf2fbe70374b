// Times as HTTP and the log spell them. Names of days and months are English whatever the locale.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace chayan::api {

// IMF-fixdate: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7).
std::string http_date(std::chrono::sys_seconds time);

// Any of the three forms that a recipient has to take: IMF-fixdate, RFC 850, asctime. nullopt:
// none of them, which for a condition means that it does not count.
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text);

// What rfc3339_utc (base/clock.h) writes: an entry's time.
std::optional<std::chrono::sys_seconds> parse_rfc3339_utc(std::string_view text);

// "2026-11-24 20:00", by the clock of Shanghai, where those who read pages are.
std::string shanghai_time(std::chrono::sys_seconds time);

}  // namespace chayan::api
