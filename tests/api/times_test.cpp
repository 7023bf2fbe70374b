#include "api/times.h"

#include <gtest/gtest.h>

namespace chayan::api {
namespace {

using namespace std::chrono;
constexpr sys_seconds kExample = sys_days(1994y / November / 6) + 8h + 49min + 37s;

TEST(Times, AreSpelledAsHttpWantsThem) {
  EXPECT_EQ(http_date(kExample), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(sys_days(2028y / February / 29)), "Tue, 29 Feb 2028 00:00:00 GMT");
}

TEST(Times, AllThreeFormsAreTaken) {
  for (const char* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994"}) {
    EXPECT_EQ(parse_http_date(text), kExample) << text;
  }
  EXPECT_EQ(parse_rfc3339_utc("1994-11-06T08:49:37Z"), kExample);
}

TEST(Times, WhatIsNoTimeIsNone) {
  for (const char* text :
       {"", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT x",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Xxx 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT", "1994-11-06T08:49:37Z", "784111777"}) {
    EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_rfc3339_utc("1994-11-06"), std::nullopt);
}

}  // namespace
}  // namespace chayan::api
