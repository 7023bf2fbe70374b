#include "domain/workday_calendar.h"

#include <gtest/gtest.h>

#include "tests/domain/fixtures.h"

namespace chayan {
namespace {

using test::calendar;
using test::day;

std::string end(std::string_view start, PeriodStart rule, int count = 5) {
  return calendar().end_of_period(day(start), count, rule)->text();
}

TEST(WorkdayCalendar, PeriodsEndWhereTheVectorsSay) {
  EXPECT_EQ(end("2026-06-30", PeriodStart::excluded), "2026-07-07");
  EXPECT_EQ(end("2026-06-30", PeriodStart::included), "2026-07-06");
  EXPECT_EQ(end("2026-09-18", PeriodStart::excluded), "2026-09-24");
  EXPECT_EQ(end("2026-09-18", PeriodStart::included), "2026-09-23");
  EXPECT_EQ(end("2026-09-29", PeriodStart::excluded), "2026-10-12");
  EXPECT_EQ(end("2026-09-29", PeriodStart::included), "2026-10-10");
  EXPECT_EQ(end("2026-02-12", PeriodStart::excluded), "2026-02-26");
  EXPECT_EQ(end("2026-02-12", PeriodStart::included), "2026-02-25");
}

TEST(WorkdayCalendar, AStartOnADayOffDoesNotCount) {
  EXPECT_EQ(end("2026-10-01", PeriodStart::included, 1), "2026-10-08");
  EXPECT_EQ(end("2026-10-01", PeriodStart::excluded, 1), "2026-10-08");
  EXPECT_EQ(end("2026-10-10", PeriodStart::included, 1),
            "2026-10-10");  // a Saturday that is worked
}

TEST(WorkdayCalendar, KnowsWeekendsHolidaysAndExtraDays) {
  const auto works = [](std::string_view text) {
    return calendar().is_working_day(day(text)).value();
  };
  EXPECT_TRUE(works("2026-06-30"));
  EXPECT_FALSE(works("2026-07-04"));
  EXPECT_FALSE(works("2026-02-17"));
  EXPECT_TRUE(works("2026-02-14"));
  EXPECT_TRUE(works("2025-09-28"));
  EXPECT_FALSE(works("2025-12-28"));
}

TEST(WorkdayCalendar, NeverGuessesAYearThatIsNotPublished) {
  EXPECT_TRUE(calendar().has(2026));
  EXPECT_FALSE(calendar().has(2027));
  const auto answer = calendar().is_working_day(day("2027-01-01"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::calendar_missing);
  EXPECT_NE(answer.error().message.zh.find("2027"), std::string::npos);
  EXPECT_EQ(end("2026-12-24", PeriodStart::excluded), "2026-12-31");
  const auto across = calendar().end_of_period(day("2026-12-25"), 5, PeriodStart::excluded);
  ASSERT_FALSE(across);
  EXPECT_EQ(across.error().code, ErrorCode::calendar_missing);
}

TEST(WorkdayCalendar, ALaterArrangementReplacesTheYear) {
  WorkdayCalendar calendar = test::calendar();
  calendar.put({2026, {day("2026-06-30")}, {}, ""});
  EXPECT_FALSE(calendar.is_working_day(day("2026-06-30")).value());
  EXPECT_TRUE(calendar.is_working_day(day("2026-02-17")).value());
}

}  // namespace
}  // namespace chayan
