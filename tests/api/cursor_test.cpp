#include "api/cursor.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace chayan::api {
namespace {

using namespace std::chrono_literals;

Hash key(std::uint8_t fill) {
  Hash made;
  made.fill(fill);
  return made;
}

const Time kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 24) + 10min;
const Cursor kCursor = {Date::from_days(20000), std::string("310115\0x", 8)};

TEST(Cursor, ComesBackAsItWasIssued) {
  const std::string text = issue_cursor(key(1), "query", kCursor, kNow);
  EXPECT_EQ(read_cursor(key(1), "query", text, kNow).value(), kCursor);
  EXPECT_EQ(
      text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
      std::string::npos);
}

TEST(Cursor, LivesAsLongAsPublishedAndAtMostAnHourMore) {
  const std::string text = issue_cursor(key(1), "query", kCursor, kNow);
  EXPECT_TRUE(read_cursor(key(1), "query", text, kNow + limits::kCursorLife));
  EXPECT_FALSE(read_cursor(key(1), "query", text, kNow + limits::kCursorLife + 1h));
}

TEST(Cursor, HasTheSameBytesWithinTheHour) {
  EXPECT_EQ(issue_cursor(key(1), "query", kCursor, kNow),
            issue_cursor(key(1), "query", kCursor, kNow + 49min));
}

TEST(Cursor, RefusesOtherKeysQueriesAndBytes) {
  const std::string text = issue_cursor(key(1), "query", kCursor, kNow);
  EXPECT_FALSE(read_cursor(key(2), "query", text, kNow));
  EXPECT_FALSE(read_cursor(key(1), "other", text, kNow));
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_FALSE(read_cursor(key(1), "query", text.substr(0, length), kNow));
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string tampered = text;
    tampered[i] = tampered[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(read_cursor(key(1), "query", tampered, kNow)) << i;
  }
}

}  // namespace
}  // namespace chayan::api
