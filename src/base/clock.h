// Time as the service sees it. Passed in, never asked for globally, so that a test can say which
// day it is.
#pragma once

#include <chrono>
#include <string>

namespace chayan {

class Clock {
 public:
  virtual ~Clock() = default;
  // Wall-clock time. Thread-safe.
  virtual std::chrono::system_clock::time_point now() const = 0;
};

class SystemClock final : public Clock {
 public:
  std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::now();
  }
};

// RFC 3339 in UTC with whole seconds: 2026-06-23T01:02:03Z.
std::string rfc3339_utc(std::chrono::system_clock::time_point time);

// Days since 1970-01-01 of the calendar day in Shanghai (UTC+8, no daylight saving since 1991): the
// registry's "today".
int shanghai_day(std::chrono::system_clock::time_point time);

}  // namespace chayan
