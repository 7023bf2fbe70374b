#include "loadtest/generator/schedule.h"

#include <gtest/gtest.h>

#include <cmath>

namespace chayan::loadtest {
namespace {

constexpr Nanoseconds kStart = 1'000'000'000'000;

TEST(Schedule, EvenRequestsAreDueOneByOne) {
  Schedule schedule(kStart, 4, Arrivals::even, 1);
  for (Nanoseconds i = 0; i < 10; ++i) {
    EXPECT_EQ(schedule.next(), kStart + i * 250'000'000);
    schedule.advance();
  }
}

// A rate whose period is no whole number of nanoseconds, for as many as ten seconds have.
TEST(Schedule, EvenRequestsDoNotDrift) {
  constexpr double kRate = 300'000;
  Schedule schedule(kStart, kRate, Arrivals::even, 1);
  for (int i = 0; i < 3'000'000; ++i) schedule.advance();
  EXPECT_NEAR(static_cast<double>(schedule.next() - kStart), 10e9, 1);
}

TEST(Schedule, PoissonRequestsKeepTheRateAndAreIndependent) {
  constexpr int kCount = 200'000;
  Schedule schedule(kStart, 1000, Arrivals::poisson, 9);
  Nanoseconds before = kStart;
  double squares = 0;
  for (int i = 0; i < kCount; ++i) {
    EXPECT_GE(schedule.next(), before);
    const auto gap_ms = static_cast<double>(schedule.next() - before) / 1e6;
    squares += gap_ms * gap_ms;
    before = schedule.next();
    schedule.advance();
  }
  // Gaps of mean 1 ms: their sum deviates by the root of their number, their mean square is 2.
  const double sum_ms = static_cast<double>(before - kStart) / 1e6;
  EXPECT_NEAR(sum_ms, kCount, 5 * std::sqrt(kCount));
  EXPECT_NEAR(squares / kCount, 2.0, 0.06);
}

TEST(Schedule, OfTwoSeedsDiffers) {
  EXPECT_NE(Schedule(kStart, 10, Arrivals::poisson, 1).next(),
            Schedule(kStart, 10, Arrivals::poisson, 2).next());
}

}  // namespace
}  // namespace chayan::loadtest
