#include "loadtest/generator/keys.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <vector>

namespace chayan::loadtest {
namespace {

constexpr int kDraws = 50'000;

// Each of the first ranks comes as often as its weight says, to five standard deviations.
void expect_zipf(std::uint64_t count, double exponent) {
  double total = 0;
  for (std::uint64_t rank = 1; rank <= count; ++rank) {
    total += std::pow(static_cast<double>(rank), -exponent);
  }
  const Zipf zipf(count, exponent);
  Random random(3);
  std::map<std::uint64_t, int> seen;
  for (int i = 0; i < kDraws; ++i) ++seen[zipf(random)];
  EXPECT_GE(seen.begin()->first, 1u);
  EXPECT_LE(seen.rbegin()->first, count);
  for (std::uint64_t rank = 1; rank <= std::min<std::uint64_t>(count, 20); ++rank) {
    const double share = std::pow(static_cast<double>(rank), -exponent) / total;
    const double expected = share * kDraws;
    const double deviation = std::sqrt(expected * (1 - share)) + 1e-9;
    EXPECT_NEAR(seen[rank], expected, 5 * deviation + 1) << count << ' ' << exponent << ' ' << rank;
  }
}

TEST(Zipf, DrawsRanksByTheirWeight) {
  for (const double exponent : {0.5, 0.99, 1.0, 1.2, 2.0}) {
    for (const std::uint64_t count : {1ULL, 2ULL, 10ULL, 100'000ULL}) expect_zipf(count, exponent);
  }
}

TEST(KeyChooser, ScattersRanksOverAllKeysOnceEach) {
  for (const std::uint64_t count : {1ULL, 2ULL, 6ULL, 97ULL, 1000ULL, 10'000ULL}) {
    const KeyChooser keys(count, Distribution::zipf, 0.99);
    std::set<std::uint64_t> places;
    for (std::uint64_t rank = 0; rank < count; ++rank) places.insert(keys.scattered(rank));
    EXPECT_EQ(places.size(), count);
    EXPECT_LT(*places.rbegin(), count);
  }
}

TEST(KeyChooser, DrawsUniformKeysAlike) {
  const KeyChooser keys(10, Distribution::uniform, 0.99);
  Random random(5);
  std::vector<int> seen(10);
  for (int i = 0; i < kDraws; ++i) ++seen.at(keys(random));
  for (const int count : seen) EXPECT_NEAR(count, kDraws / 10, 340);  // five deviations
}

TEST(KeyChooser, HasTheSameFavouritesForEveryThread) {
  const KeyChooser keys(1'000'000, Distribution::zipf, 0.99);
  for (const std::uint64_t seed : {1ULL, 2ULL}) {
    Random random(seed);
    std::map<std::uint64_t, int> seen;
    for (int i = 0; i < 10'000; ++i) ++seen[keys(random)];
    for (const auto& [key, count] : seen) EXPECT_LE(count, seen[keys.scattered(0)]) << key;
  }
}

}  // namespace
}  // namespace chayan::loadtest
