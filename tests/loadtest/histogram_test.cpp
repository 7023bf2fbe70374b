#include "loadtest/generator/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace chayan::loadtest {
namespace {

TEST(Histogram, IsExactBelow256Nanoseconds) {
  Histogram histogram;
  for (std::uint64_t ns = 1; ns <= 100; ++ns) histogram.record(ns);
  EXPECT_EQ(histogram.percentile(0), 1u);
  EXPECT_EQ(histogram.percentile(1), 1u);
  EXPECT_EQ(histogram.percentile(50), 50u);
  EXPECT_EQ(histogram.percentile(99), 99u);
  EXPECT_EQ(histogram.percentile(100), 100u);
  EXPECT_EQ(histogram.count(), 100u);
  EXPECT_EQ(histogram.mean(), 50u);
}

TEST(Histogram, OfNothingIsZero) {
  const Histogram histogram;
  EXPECT_EQ(histogram.percentile(99), 0u);
  EXPECT_EQ(histogram.min(), 0u);
  EXPECT_EQ(histogram.max(), 0u);
  EXPECT_EQ(histogram.mean(), 0u);
}

// Around every power of two, where buckets change their width.
TEST(Histogram, KeepsEachValueToUnderOnePercent) {
  for (unsigned power = 0; power < 40; ++power) {
    for (const std::int64_t off : {-1, 0, 1}) {
      const std::uint64_t ns = (1ULL << power) + static_cast<std::uint64_t>(off);
      if (ns == 0) continue;
      Histogram histogram;
      histogram.record(ns);
      histogram.record(1ULL << 41);  // so that the largest value does not cap what is read
      const std::uint64_t read = histogram.percentile(50);
      EXPECT_GE(read, ns);
      EXPECT_LE(read - ns, ns / 127) << ns;
    }
  }
}

TEST(Histogram, ReadsPercentilesAsASortedListDoes) {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> latencies(13, 1.5);
  Histogram histogram;
  std::vector<std::uint64_t> all;
  for (int i = 0; i < 100'000; ++i) {
    all.push_back(static_cast<std::uint64_t>(latencies(random)));
    histogram.record(all.back());
  }
  std::sort(all.begin(), all.end());
  for (const double percent : {0.1, 10.0, 50.0, 90.0, 99.0, 99.9, 99.99}) {
    const auto rank = static_cast<std::size_t>(std::ceil(percent * 1000 - 1e-6));
    const auto exact = static_cast<double>(all[rank - 1]);
    EXPECT_NEAR(static_cast<double>(histogram.percentile(percent)), exact, exact / 100) << percent;
  }
  EXPECT_EQ(histogram.percentile(100), all.back());
  EXPECT_EQ(histogram.min(), all.front());
}

TEST(Histogram, CountsWhatIsBeyondItsEndAtItsEnd) {
  Histogram histogram;
  histogram.record(UINT64_MAX / 2);
  EXPECT_EQ(histogram.count(), 1u);
  EXPECT_EQ(histogram.max(), UINT64_MAX / 2);
  EXPECT_EQ(histogram.percentile(50), UINT64_MAX / 2);
}

TEST(Histogram, OfTwoThreadsIsTheirSum) {
  Histogram one, other, both;
  for (std::uint64_t ns = 1000; ns < 3000; ++ns) {
    (ns % 3 == 0 ? one : other).record(ns);
    both.record(ns);
  }
  one.add(other);
  EXPECT_EQ(one.count(), both.count());
  EXPECT_EQ(one.min(), both.min());
  EXPECT_EQ(one.max(), both.max());
  EXPECT_EQ(one.mean(), both.mean());
  for (int percent = 0; percent <= 100; ++percent) {
    EXPECT_EQ(one.percentile(percent), both.percentile(percent));
  }
}

}  // namespace
}  // namespace chayan::loadtest
