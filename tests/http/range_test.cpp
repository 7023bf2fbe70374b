#include "http/range.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace chayan::http {
namespace {

constexpr auto kLargest = std::numeric_limits<std::uint64_t>::max();

Range part(std::uint64_t offset, std::uint64_t length) {
  return {Range::Kind::part, offset, length};
}
const Range kUnsatisfiable{Range::Kind::unsatisfiable, 0, 0};

TEST(Range, OfOnePartIsRead) {
  struct Case {
    std::string field;
    std::uint64_t size;
    Range range;
  };
  const std::vector<Case> cases = {
      {"bytes=0-0", 100, part(0, 1)},
      {"bytes=0-99", 100, part(0, 100)},
      {"bytes=10-19", 100, part(10, 10)},
      {"bytes=99-99", 100, part(99, 1)},
      {"BYTES=10-19", 100, part(10, 10)},
      {"bytes=007-008", 100, part(7, 2)},
      {"bytes=90-1000", 100, part(90, 10)},
      {"bytes=90-99999999999999999999999", 100, part(90, 10)},
      {"bytes=0-", 100, part(0, 100)},
      {"bytes=99-", 100, part(99, 1)},
      {"bytes=-1", 100, part(99, 1)},
      {"bytes=-100", 100, part(0, 100)},
      {"bytes=-101", 100, part(0, 100)},
      {"bytes=-99999999999999999999999", 100, part(0, 100)},
      {"bytes=0-18446744073709551615", kLargest, part(0, kLargest)},
      {"bytes=18446744073709551614-", kLargest, part(kLargest - 1, 1)},
  };
  for (const Case& c : cases) EXPECT_EQ(parse_range(c.field, c.size), c.range) << c.field;
}

TEST(Range, BeyondTheEndIsUnsatisfiable) {
  for (const std::string field :
       {"bytes=100-", "bytes=100-200", "bytes=-0", "bytes=99999999999999999999999-", "bytes=-00"}) {
    EXPECT_EQ(parse_range(field, 100), kUnsatisfiable) << field;
  }
  EXPECT_EQ(parse_range("bytes=0-", 0), kUnsatisfiable);
  EXPECT_EQ(parse_range("bytes=0-0", 0), kUnsatisfiable);
  EXPECT_EQ(parse_range("bytes=-0", 0), kUnsatisfiable);
}

TEST(Range, OfSeveralPartsOtherUnitsOrNonsenseIsIgnored) {
  for (const std::string field : {"",
                                  "bytes",
                                  "bytes=",
                                  "bytes=-",
                                  "bytes=5",
                                  "bytes=1-2,4-5",
                                  "bytes=1-2,",
                                  "bytes=,1-2",
                                  "bytes=2-1",
                                  "bytes=a-b",
                                  "bytes=1-b",
                                  "bytes=a-",
                                  "bytes=-n",
                                  "bytes=--1",
                                  "bytes=-1-2",
                                  "bytes=1-2-3",
                                  "bytes= 1-2",
                                  "bytes=1 -2",
                                  "bytes=1-2 ",
                                  "bytes=+1-2",
                                  "bytes=1-+2",
                                  "bytes =1-2",
                                  "byte=1-2",
                                  "items=0-1",
                                  "bytes=0x0-1",
                                  "bytes=1.0-2"}) {
    EXPECT_EQ(parse_range(field, 100), (Range{Range::Kind::whole, 0, 100})) << field;
  }
  EXPECT_EQ(parse_range("bytes=-5", 0), Range());
}

TEST(Range, IsSaidInContentRange) {
  EXPECT_EQ(content_range(part(0, 1), 100), "bytes 0-0/100");
  EXPECT_EQ(content_range(part(90, 10), 100), "bytes 90-99/100");
  EXPECT_EQ(content_range(kUnsatisfiable, 100), "bytes */100");
  EXPECT_EQ(content_range(part(0, kLargest), kLargest),
            "bytes 0-18446744073709551614/18446744073709551615");
}

}  // namespace
}  // namespace chayan::http
