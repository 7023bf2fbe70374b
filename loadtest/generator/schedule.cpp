#include "loadtest/generator/schedule.h"

#include <cmath>

namespace chayan::loadtest {

Schedule::Schedule(Nanoseconds start, double rate, Arrivals arrivals, std::uint64_t seed)
    : start_(start), period_ns_(1e9 / rate), arrivals_(arrivals), random_(seed), next_(start) {
  if (arrivals_ == Arrivals::poisson) advance();
}

void Schedule::advance() {
  ++advanced_;
  if (arrivals_ == Arrivals::even) {
    // Multiplied, not added up: rounding does not become a drift.
    after_start_ns_ = static_cast<double>(advanced_) * period_ns_;
  } else {
    after_start_ns_ -= period_ns_ * std::log1p(-uniform_share(random_));
  }
  next_ = start_ + static_cast<Nanoseconds>(after_start_ns_);
}

}  // namespace chayan::loadtest
