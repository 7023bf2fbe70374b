#include "domain/timeline.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/domain/fixtures.h"

namespace chayan {
namespace {

using namespace test;

// Grows a filing by random events that the rules admit and compares every day around them.
TEST(Timeline, AgreesWithTheRulesOnEveryDay) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 60; ++round) {
    Filing filing;
    Date today = day("2026-01-05");
    for (int tries = 0; tries < 400 && filing.events.size() < 16; ++tries) {
      const auto kind = static_cast<FilingEventKind>(1 + random() % 13);
      FilingEvent next = event(kind, today.plus_days(static_cast<int>(random() % 200)).text());
      if (kind <= FilingEventKind::filed)
        next.on = today.plus_days(static_cast<int>(random() % 20));
      next.valid_from = next.on.plus_days(static_cast<int>(random() % 3) * 100);
      next.valid_to = last_valid_day(next.valid_from);
      if (!may_follow(filing.events.empty() ? nullptr : &filing, next, calendar())) continue;
      today = next.on;
      append(filing, next);
    }
    ASSERT_FALSE(filing.events.empty());
    const Timeline steps = timeline(filing);
    for (Date d = day("2025-12-01"); d < today.plus_days(4 * 366); d = d.plus_days(1)) {
      const TimelineStep* step = step_on(steps, d);
      ASSERT_EQ(step != nullptr ? step->state : FilingState::unknown, state_on(filing, d))
          << d.text();
      ASSERT_EQ(step != nullptr ? step->validity : std::nullopt, validity_on(filing, d))
          << d.text();
    }
  }
}

TEST(Timeline, HoldsOnlyTheDaysOnWhichSomethingChanges) {
  const Timeline steps = timeline(filed());
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_EQ(steps[0].from, day("2026-06-25"));
  EXPECT_EQ(steps[0].state, FilingState::in_procedure);
  EXPECT_EQ(steps[1].from, day("2026-07-08"));
  EXPECT_EQ(steps[1].state, FilingState::effective);
  EXPECT_EQ(steps[2].from, day("2029-07-09"));
  EXPECT_EQ(steps[2].state, FilingState::expired);
  EXPECT_EQ(step_on(steps, day("2026-06-24")), nullptr);
}

}  // namespace
}  // namespace chayan
