// A clock that stands where the test puts it.
#pragma once

#include <atomic>
#include <chrono>

#include "base/clock.h"
#include "domain/date.h"

namespace chayan::test {

class FakeClock final : public Clock {
 public:
  explicit FakeClock(Date day) { set(day); }

  std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::time_point(std::chrono::seconds(seconds_.load()));
  }
  // Noon in Shanghai.
  void set(Date day) { seconds_ = std::int64_t{day.days()} * 86'400 + std::int64_t{4} * 3'600; }
  void advance(std::chrono::seconds by) { seconds_ += by.count(); }

 private:
  std::atomic<std::int64_t> seconds_{0};
};

}  // namespace chayan::test
