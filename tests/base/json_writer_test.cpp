#include "base/json_writer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

namespace chayan {
namespace {

constexpr auto kCanonical = JsonWriter::Order::canonical;

TEST(JsonWriter, WritesEveryKindOfValue) {
  std::string out = "> ";
  JsonWriter json(out);
  json.begin_object().member("text", "养老").member("number", std::int64_t{-5});
  json.key("flags").begin_array().boolean(true).boolean(false).null().end_array();
  json.key("nested").begin_object().end_object();
  json.key("raw").raw("[1,{}]").optional_member("left_out", "").optional_member("kept", "x");
  json.end_object();
  EXPECT_EQ(out,
            R"(> {"text":"养老","number":-5,"flags":[true,false,null],"nested":{},"raw":[1,{}],)"
            R"("kept":"x"})");
}

TEST(JsonWriter, WritesTheEndsOfTheIntegers) {
  std::string out;
  JsonWriter(out)
      .begin_array()
      .number(std::numeric_limits<std::int64_t>::min())
      .number(0)
      .number(std::numeric_limits<std::int64_t>::max())
      .end_array();
  EXPECT_EQ(out, "[-9223372036854775808,0,9223372036854775807]");
}

// The string of RFC 8785 section 3.2.2.2, and every control character.
TEST(JsonWriter, EscapesAsRfc8785) {
  std::string out;
  JsonWriter(out).string("\xE2\x82\xAC$\x0F\nA'B\"\\\\\"/");
  EXPECT_EQ(out, R"("€$\u000f\nA'B\"\\\\\"/")");

  std::string controls;
  for (char c = 0; c < 0x20; ++c) controls.push_back(c);
  out.clear();
  JsonWriter(out).string(controls + "\x7F");
  EXPECT_EQ(out,
            "\"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000b\\f\\r"
            "\\u000e\\u000f\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019"
            "\\u001a\\u001b\\u001c\\u001d\\u001e\\u001f\x7F\"");
}

TEST(JsonWriter, EscapesKeysAsItDoesStrings) {
  const std::string_view quote = "a\"\n";
  const std::string backslash = "\\";
  std::string out;
  JsonWriter(out).begin_object().member(quote, "b").member(backslash, "c").end_object();
  EXPECT_EQ(out, R"({"a\"\n":"b","\\":"c"})");
}

TEST(JsonWriter, ResumesAnObject) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  json.resume_object(R"({"a":1)").member("b", "c").end_object();
  json.resume_object("{").member("d", "e").end_object();
  json.resume_object(R"({"f":[])").end_object();
  json.end_array();
  EXPECT_EQ(out, R"([{"a":1,"b":"c"},{"d":"e"},{"f":[]}])");
}

// Whatever part of what is written reaches which bound of what is gathered.
TEST(JsonWriter, LosesNothingWhereItHandsOver) {
  for (std::size_t before = 0; before < 1100; before += 7) {
    for (const std::size_t length :
         {0, 1, 7, 200, 256, 257, 500, 512, 513, 1023, 1024, 1025, 3000}) {
      const std::string filled(before, 'x');
      const std::string text(length, 'y');
      std::string out;
      JsonWriter json(out);
      json.begin_array().raw(filled.empty() ? "0" : filled).string(text).raw(text + "1");
      json.begin_object().member(std::string_view(text), text).member("k", std::int64_t{-12});
      json.end_object().string(text + '"').boolean(true).end_array();
      const std::string quoted = '"' + text + '"';
      ASSERT_EQ(out, '[' + (filled.empty() ? "0" : filled) + ',' + quoted + ',' + text + "1,{" +
                         quoted + ':' + quoted + ",\"k\":-12},\"" + text + "\\\"\",true]")
          << before << ' ' << length;
    }
  }
}

// Every byte that is escaped, at every place of a text of every length up to where texts are no
// longer taken eight bytes at a time or in one piece, among bytes that differ from it by one bit.
TEST(JsonWriter, FindsWhatIsEscapedWhereverItStands) {
  const std::string_view escaped("\0\x01\b\t\n\f\r\x1f\"\\", 10);
  for (const std::string_view around : {"a", " ", "!", "#", "[", "]", "\x7f", "\xe6\x9f\xa5"}) {
    for (std::size_t length : {1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 120, 510, 511, 512, 513}) {
      std::string text;
      while (text.size() + around.size() <= length) text.append(around);
      std::string whole;
      JsonWriter(whole).string(text);
      EXPECT_EQ(whole, '"' + text + '"');
      for (std::size_t at = 0; at < text.size(); at += around.size()) {
        for (const char c : escaped) {
          const std::string before = text.substr(0, at);
          const std::string behind = text.substr(at + around.size());
          std::string one;
          std::string out;
          JsonWriter(one).string(std::string(1, c));
          JsonWriter(out).string(before + c + behind);
          ASSERT_EQ(one.substr(0, 2), "\"\\");
          ASSERT_EQ(out, '"' + before + one.substr(1, one.size() - 2) + behind + '"');
        }
      }
    }
  }
}

TEST(JsonWriter, CanonicalOrderRefusesKeysThatDoNotAscend) {
  std::string out;
  JsonWriter json(out, kCanonical);
  json.begin_object().member("b", "1");
  EXPECT_THROW(json.key("a"), std::logic_error);
  EXPECT_THROW(json.key("b"), std::logic_error);
}

TEST(JsonWriter, CanonicalOrderIsOfEachObjectAlone) {
  std::string out;
  JsonWriter json(out, kCanonical);
  json.begin_object().key("m").begin_array();
  json.begin_object().member("z", "1").end_object();
  json.begin_object().member("a", "2").end_object();
  json.end_array();
  EXPECT_THROW(json.key("a"), std::logic_error);
  json.member("n", "3").end_object();
  EXPECT_EQ(out, R"({"m":[{"z":"1"},{"a":"2"}],"n":"3"})");
}

TEST(JsonWriter, AsWrittenTakesKeysInAnyOrder) {
  std::string out;
  JsonWriter(out).begin_object().member("b", "1").member("a", "2").end_object();
  EXPECT_EQ(out, R"({"b":"1","a":"2"})");
}

TEST(JsonWriter, InsertedMembersStandWhereTheirKeysBelong) {
  std::string out;
  JsonWriter json(out, kCanonical);
  json.insert("alg", "sha256").insert("commitment", "00").insert("zz", "last");
  json.begin_object().member("b", "1");
  json.key("c").begin_object().member("x", "inner").end_object();
  json.member("d", "2").end_object();
  EXPECT_EQ(out,
            R"({"alg":"sha256","b":"1","c":{"x":"inner"},"commitment":"00","d":"2","zz":"last"})");
}

TEST(JsonWriter, InsertedMembersFillAnEmptyObject) {
  std::string out;
  JsonWriter(out, kCanonical).insert("b", "2").insert("a", "1").begin_object().end_object();
  EXPECT_EQ(out, R"({"a":"1","b":"2"})");
}

TEST(JsonWriter, AnInsertedMemberCannotStandTwice) {
  std::string out;
  JsonWriter json(out, kCanonical);
  json.insert("a", "1").begin_object().member("a", "2");
  EXPECT_THROW(json.end_object(), std::logic_error);
}

TEST(JsonWriter, InsertNeedsTheCanonicalOrder) {
  std::string out;
  JsonWriter json(out);
  EXPECT_THROW(json.insert("a", "1"), std::logic_error);
}

}  // namespace
}  // namespace chayan
