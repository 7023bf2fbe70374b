#include "http/query.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "base/limits.h"
#include "base/text.h"

namespace chayan::http {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs pairs(const std::vector<QueryParameter>& parameters) {
  Pairs result;
  for (const QueryParameter& parameter : parameters) {
    result.emplace_back(parameter.name, parameter.value);
  }
  return result;
}

Pairs query_of(std::string_view target) {
  const Result<Target> parsed = parse_target(target);
  EXPECT_TRUE(parsed) << target;
  return parsed ? pairs(parsed->query) : Pairs{};
}

// Every error is a whole one: bad input, a place, a sentence in both languages.
std::string blamed(const Error& error) {
  EXPECT_EQ(error.code, ErrorCode::invalid_argument);
  EXPECT_TRUE(error.message.en.ends_with('.')) << error.message.en;
  EXPECT_TRUE(error.message.zh.ends_with("。")) << error.message.zh;
  return error.field;
}

std::string many(std::size_t count) {
  std::string query;
  for (std::size_t i = 0; i < count; ++i) query += (i ? "&p" : "p") + std::to_string(i) + "=1";
  return query;
}

TEST(ParseTarget, PathIsLeftAsItIs) {
  EXPECT_EQ(parse_target("/v1/a%20b/").value().path, "/v1/a%20b/");
  EXPECT_EQ(parse_target("/?a=b?c").value().path, "/");
  EXPECT_EQ(parse_target("").value().path, "");
}

TEST(ParseTarget, GoodQueries) {
  EXPECT_EQ(query_of("/"), Pairs{});
  EXPECT_EQ(query_of("/?"), Pairs{});
  EXPECT_EQ(query_of("/?a=1"), (Pairs{{"a", "1"}}));
  EXPECT_EQ(query_of("/?a=1&b=2"), (Pairs{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(query_of("/?a="), (Pairs{{"a", ""}}));
  EXPECT_EQ(query_of("/?a"), (Pairs{{"a", ""}}));
  EXPECT_EQ(query_of("/?a=b=c"), (Pairs{{"a", "b=c"}}));
  EXPECT_EQ(query_of("/?a=b?c"), (Pairs{{"a", "b?c"}}));
  EXPECT_EQ(query_of("/?a=x+y%2Bz%20"), (Pairs{{"a", "x y+z "}}));
  EXPECT_EQ(query_of("/?a+b=1"), (Pairs{{"a b", "1"}}));
  EXPECT_EQ(query_of("/?q=%E5%85%BB%e8%80%81"), (Pairs{{"q", "养老"}}));
  EXPECT_EQ(query_of("/?%71=1"), (Pairs{{"q", "1"}}));
  EXPECT_EQ(query_of("/?a=%26%3D%25"), (Pairs{{"a", "&=%"}}));
  EXPECT_EQ(query_of("/?q=%F0%A0%AE%B7"), (Pairs{{"q", "𠮷"}}));       // outside the basic plane
  EXPECT_EQ(query_of("/?q=%C2%A0%C2%B7"), (Pairs{{"q", "\u00A0·"}}));  // just above C1
  EXPECT_EQ(query_of("/?A=1&a=2"), (Pairs{{"A", "1"}, {"a", "2"}}));
  EXPECT_EQ(query_of("/?" + many(limits::kQueryParametersMax)).size(), limits::kQueryParametersMax);
}

TEST(ParseTarget, BadQueriesAndWhatTheyBlame) {
  struct Case {
    std::string query, blamed;
  };
  const Case cases[] = {
      // Broken escapes.
      {"level=%", "level"},
      {"level=%4", "level"},
      {"level=%4&a=1", "level"},
      {"level=%G1", "level"},
      {"level=%1G", "level"},
      {"level=%%41", "level"},
      {"level=100%", "level"},
      {"level=%u4e00", "level"},
      {"level=% 41", "level"},
      {"le%vel=1", "query"},
      // Invalid UTF-8.
      {"q=%FF", "q"},
      {"q=%80", "q"},
      {"q=%E5%85", "q"},
      {"q=%C0%AF", "q"},        // overlong
      {"q=%E0%80%AF", "q"},     // overlong
      {"q=%ED%A0%80", "q"},     // a surrogate
      {"q=%F4%90%80%80", "q"},  // beyond U+10FFFF
      {"q=%D1%F8%C0%CF", "q"},  // 养老 in GB18030
      {"q=\xff", "q"},          // a raw byte
      {"%FF=1", "query"},
      // Control characters.
      {"q=%00", "q"},
      {"q=a%00b", "q"},
      {"q=%0A", "q"},
      {"q=%0D%0AX-Injected:1", "q"},
      {"q=%1F", "q"},
      {"q=%7F", "q"},
      {"q=%C2%80", "q"},
      {"q=%C2%9F", "q"},
      {std::string("q=\0", 3), "q"},
      {"q=a\tb", "q"},
      {"q%00=1", "query"},
      // Names.
      {"=1", "query"},
      {"=", "query"},
      {"&", "query"},
      {"a=1&", "query"},
      {"&a=1", "query"},
      {"a=1&&b=2", "query"},
      {"on=1&on=2", "on"},
      {"on=1&on=1", "on"},
      {"on&a=1&on", "on"},
      {"on=1&%6Fn=2", "on"},
      {many(limits::kQueryParametersMax + 1), "query"},
      // A name that is not one of ours may be somebody's number: not repeated.
      {"Y000031000001260300001=%FF", "query"},
      {"11010519491231002x=1&11010519491231002x=2", "query"},
      {std::string(41, 'a') + "=%FF", "query"},
  };
  for (const Case& one : cases) {
    const Result<Target> parsed = parse_target("/v1/institutions?" + one.query);
    ASSERT_FALSE(parsed) << one.query;
    EXPECT_EQ(blamed(parsed.error()), one.blamed) << one.query;
    const Result<std::vector<QueryParameter>> form = parse_form(one.query);
    ASSERT_FALSE(form) << one.query;
    EXPECT_EQ(blamed(form.error()), one.blamed == "query" ? "body" : one.blamed) << one.query;
  }
}

TEST(ParseForm, SameRulesWithoutAPath) {
  EXPECT_EQ(pairs(parse_form("").value()), Pairs{});
  EXPECT_EQ(pairs(parse_form("holder_name=%E5%90%88%E6%88%90+A&x=?/").value()),
            (Pairs{{"holder_name", "合成 A"}, {"x", "?/"}}));
}

TEST(ParseForm, OneFieldMayHoldLines) {
  EXPECT_EQ(pairs(parse_form("text=a%0D%0A%09b&x=c", "text").value()),
            (Pairs{{"text", "a\r\n\tb"}, {"x", "c"}}));
  for (const std::string_view bad : {"text=a%00", "text=a%1B", "text=%C2%85", "x=a%0Ab"}) {
    EXPECT_FALSE(parse_form(bad, "text")) << bad;
  }
  EXPECT_FALSE(parse_form("text=a%0Ab"));
}

TEST(DecodeSegment, PlusIsAPlus) {
  EXPECT_EQ(decode_segment("foreign").value(), "foreign");
  EXPECT_EQ(decode_segment("").value(), "");
  EXPECT_EQ(decode_segment("a+b%2Bc%2F").value(), "a+b+c/");
  EXPECT_EQ(decode_segment("%E5%85%BB").value(), "养");
  for (const std::string_view bad : {"%", "%4", "%zz", "%FF", "%00", "a%0Ab", "%C2%85"}) {
    const Result<std::string> segment = decode_segment(bad);
    ASSERT_FALSE(segment) << bad;
    EXPECT_EQ(blamed(segment.error()), "path") << bad;
  }
}

TEST(PercentEncode, LeavesUnreservedCharactersAlone) {
  constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  EXPECT_EQ(percent_encode(kUnreserved), kUnreserved);
  EXPECT_EQ(percent_encode("a b+c/d?e&f=g%"), "a%20b%2Bc%2Fd%3Fe%26f%3Dg%25");
  EXPECT_EQ(percent_encode("养"), "%E5%85%BB");
  EXPECT_EQ(percent_encode(std::string_view("\0\xff", 2)), "%00%FF");
}

TEST(PercentEncode, RandomTextComesBack) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  constexpr std::string_view kCharacters[] = {"a", "Z", "9",  "%",  "+", "&",
                                              "=", " ", "养", "𠮷", "é"};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (unsigned n = random() % 20; n > 0; --n) {
      text += kCharacters[random() % std::size(kCharacters)];
    }
    EXPECT_EQ(decode_segment(percent_encode(text)).value(), text);
    EXPECT_EQ(query_of("/?q=" + percent_encode(text)), (Pairs{{"q", text}}));
  }
}

// Whatever comes in, what gets through keeps the contract (run under asan).
TEST(ParseTarget, RandomMutations) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::string good =
      "/v1/institutions?occupation=4-10-01-05&level=3&q=%E5%85%BB%E8%80%81&on=";
  constexpr std::string_view kPieces[] = {"%", "%0", "%00", "%E5",  "&",
                                          "=", "?",  "+",   "\xc2", "%C2"};
  int accepted = 0;
  for (int round = 0; round < 30'000; ++round) {
    std::string text = good;
    for (unsigned edits = 1 + random() % 3; edits > 0; --edits) {
      const std::size_t at = random() % (text.size() + 1);
      switch (random() % 4) {
        case 0:
          text.insert(at, kPieces[random() % std::size(kPieces)]);
          break;
        case 1:
          text.erase(at, random() % 6);
          break;
        case 2:
          text.resize(at);
          break;
        default:
          if (at < text.size()) text[at] = static_cast<char>(random());
      }
      if (text.empty()) break;
    }
    const Result<Target> parsed = parse_target(text);
    if (!parsed) {
      EXPECT_FALSE(blamed(parsed.error()).empty());
    }
    const std::size_t mark = text.find('?');
    if (mark != std::string::npos) {
      EXPECT_EQ(parse_form(std::string_view(text).substr(mark + 1)).has_value(),
                parsed.has_value());
    }
    if (!parsed) continue;
    ++accepted;
    std::map<std::string, std::string> once;
    for (const QueryParameter& parameter : parsed->query) {
      EXPECT_FALSE(parameter.name.empty());
      EXPECT_TRUE(is_valid_utf8(parameter.name) && is_valid_utf8(parameter.value));
      EXPECT_EQ(parameter.value.find('\0'), std::string::npos);
      EXPECT_TRUE(once.emplace(parameter.name, parameter.value).second);
    }
    EXPECT_LE(parsed->query.size(), limits::kQueryParametersMax);
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace chayan::http
