// When requests are due, whether or not the ones before were answered.
#pragma once

#include <cstdint>

#include "loadtest/generator/keys.h"

namespace chayan::loadtest {

using Nanoseconds = std::int64_t;  // of the steady clock, or a span of it

enum class Arrivals {
  even,     // a request every 1 / rate
  poisson,  // independent of each other, as those of many people are
};

class Schedule {
 public:
  // rate: a second, > 0. The first even request is due at `start`.
  Schedule(Nanoseconds start, double rate, Arrivals arrivals, std::uint64_t seed);

  Nanoseconds next() const { return next_; }
  void advance();

 private:
  Nanoseconds start_;
  double period_ns_;
  Arrivals arrivals_;
  Random random_;
  double after_start_ns_ = 0;
  std::uint64_t advanced_ = 0;
  Nanoseconds next_;
};

}  // namespace chayan::loadtest
