#include "guard/rate_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <map>
#include <random>
#include <thread>

namespace chayan::guard {
namespace {

using namespace std::chrono_literals;

const Time kStart = std::chrono::sys_days{std::chrono::year{2026} / 11 / 24};
constexpr Rate kRate{5, 1000ms};

TEST(RateTable, AllowsABurstThenOneAnInterval) {
  RateTable table(4);
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(table.take(1, kRate, kStart)) << i;
  EXPECT_EQ(table.take(1, kRate, kStart), 1000ms);
  EXPECT_EQ(table.take(1, kRate, kStart + 400ms), 600ms) << "a refusal is not charged";
  EXPECT_FALSE(table.take(1, kRate, kStart + 1000ms));
  EXPECT_EQ(table.take(1, kRate, kStart + 1000ms), 1000ms);
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(table.take(1, kRate, kStart + 10s)) << i;
  EXPECT_TRUE(table.take(1, kRate, kStart + 10s)) << "a long pause earns no more than the burst";
  EXPECT_FALSE(table.take(2, kRate, kStart + 10s)) << "another key owes nothing";
}

TEST(RateTable, ChargesSeveralActsAndGivesThemBack) {
  RateTable table(4);
  EXPECT_FALSE(table.take(1, kRate, kStart, 4));
  EXPECT_EQ(table.take(1, kRate, kStart, 2), 1000ms);
  table.give_back(1, kRate, 3);
  EXPECT_FALSE(table.take(1, kRate, kStart, 4));
  EXPECT_TRUE(table.take(1, kRate, kStart));
  table.give_back(1, kRate, 100);
  EXPECT_FALSE(table.take(1, kRate, kStart, 5)) << "never more than nothing is owed";
  EXPECT_TRUE(table.take(1, kRate, kStart));
  table.give_back(2, kRate);
  EXPECT_FALSE(table.take(2, kRate, kStart, 5)) << "of a key that is not there, nothing";
}

TEST(RateTable, AClockSetBackNeitherForgivesNorLocksForLonger) {
  RateTable table(4);
  EXPECT_FALSE(table.take(1, kRate, kStart, 5));
  EXPECT_EQ(table.take(1, kRate, kStart - 3600s), 1000ms);
  EXPECT_FALSE(table.take(1, kRate, kStart - 3599s));
}

TEST(RateTable, TwoKeysInOneSetAreApart) {
  RateTable table(0);  // one set
  for (std::uint64_t key = 1; key <= 7; ++key) {
    EXPECT_FALSE(table.take(key << 40, kRate, kStart, 5)) << key;
  }
  for (std::uint64_t key = 1; key <= 7; ++key) EXPECT_TRUE(table.take(key << 40, kRate, kStart));
}

// The set is full of debtors: the least of them leaves its debt to whoever is not in the set.
TEST(RateTable, EvictionDoesNotForgive) {
  RateTable table(0);
  for (std::uint64_t key = 1; key <= 7; ++key) {
    EXPECT_FALSE(table.take(key << 40, kRate, kStart, key == 1 ? 3 : 5)) << key;
  }
  EXPECT_FALSE(table.take(std::uint64_t{8} << 40, kRate, kStart))
      << "displaces key 1, which owes 3";
  EXPECT_FALSE(table.take(std::uint64_t{1} << 40, kRate, kStart, 2)) << "owes 3 still";
  EXPECT_TRUE(table.take(std::uint64_t{1} << 40, kRate, kStart));
  EXPECT_TRUE(table.take(std::uint64_t{9} << 40, kRate, kStart, 5)) << "strangers bear it";
  EXPECT_FALSE(table.take(std::uint64_t{9} << 40, kRate, kStart + 10s, 5)) << "until it has passed";
}

// Against the definition: of what the table allows to a key, no more than burst + t / interval lies
// in any span t, however many keys there are for how little room.
TEST(RateTable, NoKeyEverGetsMoreThanItsRateHoweverFullItIs) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  RateTable table(3);  // 56 slots for 500 keys
  std::vector<std::uint64_t> keys(500);
  for (std::uint64_t& key : keys) key = random();
  std::map<std::uint64_t, Time> exact;  // TAT of an unbounded table, of what was allowed
  Time now = kStart;
  std::size_t allowed = 0, refused = 0;
  for (int step = 0; step < 200'000; ++step) {
    now += std::chrono::milliseconds(random() % 8);
    const std::uint64_t key = keys[std::min(random() % keys.size(), random() % keys.size())];
    const bool is_given_back = random() % 4 == 0;
    if (table.take(key, kRate, now)) {
      ++refused;
      continue;
    }
    ++allowed;
    Time& tat = exact[key];
    tat = std::max(tat, now) + kRate.interval;
    ASSERT_LE(tat - now, kRate.burst * kRate.interval) << "step " << step;
    if (is_given_back) {
      table.give_back(key, kRate);
      tat -= kRate.interval;
    }
  }
  EXPECT_GT(allowed, 1000U);
  EXPECT_GT(refused, 1000U);
}

TEST(RateTable, MemoryIsFixedUnderAMillionKeysAndNobodyIsForgiven) {
  RateTable table(14);  // 114,688 slots: a ninth of the keys
  const std::size_t bytes = table.bytes();
  std::mt19937_64 random(7);
  std::vector<std::uint64_t> keys(1'000'000);
  std::size_t first = 0;
  for (std::uint64_t& key : keys) {
    key = random();
    first += table.take(key, kRate, kStart, 5) ? 0 : 1;
  }
  EXPECT_EQ(table.bytes(), bytes);
  EXPECT_GE(first, 114'688U / 2);
  std::size_t again = 0;
  for (const std::uint64_t key : keys) again += table.take(key, kRate, kStart + 1s) ? 0 : 1;
  // At most one more each has been earned; none of them has its burst again.
  std::size_t third = 0;
  for (const std::uint64_t key : keys) third += table.take(key, kRate, kStart + 1s) ? 0 : 1;
  EXPECT_LE(again, 1'000'000U);
  EXPECT_LT(third, 1000U) << "two keys of one tag count as one, else it would be 0";
}

TEST(RateTable, ThreadsTogetherGetNoMoreThanOne) {
  RateTable table(8);
  std::atomic<int> allowed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 2000; ++n) {
        if (!table.take(42, Rate{100, 1000ms}, kStart)) ++allowed;
        if (!table.take(static_cast<std::uint64_t>(n) * 0x9e3779b97f4a7c15, kRate, kStart)) {
          table.give_back(static_cast<std::uint64_t>(n) * 0x9e3779b97f4a7c15, kRate);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(allowed, 100);
}

}  // namespace
}  // namespace chayan::guard
