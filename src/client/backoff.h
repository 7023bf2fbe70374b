// How long to wait before the next attempt: twice as long each time, up to a cap, and never exactly
// as long as others who failed at the same moment.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

#include "base/limits.h"

namespace chayan::client {

// Not thread-safe.
class Backoff {
 public:
  using Duration = std::chrono::milliseconds;

  explicit Backoff(std::uint64_t seed, Duration first = limits::kRetryAfterMin,
                   Duration cap = limits::kRetryAfterMax)
      : random_(seed), first_(first), cap_(cap), next_(first) {}

  // Between half of the step and all of it.
  Duration next() {
    const Duration step = next_;
    next_ = std::min(cap_, 2 * step);
    return Duration(std::uniform_int_distribution<Duration::rep>((step.count() + 1) / 2,
                                                                 step.count())(random_));
  }
  void reset() { next_ = first_; }

 private:
  std::mt19937_64 random_;
  Duration first_;
  Duration cap_;
  Duration next_;
};

}  // namespace chayan::client
