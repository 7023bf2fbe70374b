#include "base/json_reader.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace chayan {
namespace {

using namespace std::string_literals;

class JsonReaderTest : public testing::Test {
 protected:
  JsonObject parse(std::string_view text) { return parser_.parse_object(text).value(); }
  bool refuses(std::string_view text) {
    const auto parsed = parser_.parse_object(text);
    return !parsed && parsed.error().code == ErrorCode::invalid_argument &&
           parsed.error().field == "body" && !parsed.error().message.zh.empty();
  }

  JsonParser parser_;
};

std::string nested(std::size_t levels) {
  std::string text = "{\"a\":";
  text.append(levels - 1, '[').append(levels - 1, ']');
  return text + "}";
}

TEST_F(JsonReaderTest, ReadsEveryKindOfMember) {
  JsonObject object = parse(
      R"({"s":"养老","i":-7,"b":true,"n":null,"o":{"x":"1"},"os":[{"k":1},{"k":2}],"ss":["p","q"],"ps":[[1,2],[-3,4]]})");
  EXPECT_EQ(object.string("s"), "养老");
  EXPECT_EQ(object.integer("i"), -7);
  EXPECT_EQ(object.optional_boolean("b"), true);
  EXPECT_EQ(object.optional_string("n"), std::nullopt);
  EXPECT_EQ(object.optional_string("absent"), std::nullopt);
  EXPECT_TRUE(object.has("n"));
  EXPECT_FALSE(object.has("absent"));
  auto inner = object.optional_object("o");
  ASSERT_TRUE(inner);
  EXPECT_EQ(inner->string("x"), "1");
  EXPECT_TRUE(inner->finish());
  auto elements = object.objects("os");
  ASSERT_EQ(elements.size(), 2u);
  EXPECT_EQ(elements[1].integer("k"), 2);
  EXPECT_EQ(object.strings("ss"), (std::vector<std::string_view>{"p", "q"}));
  EXPECT_EQ(object.integer_pairs("ps"),
            (std::vector<std::pair<std::int64_t, std::int64_t>>{{1, 2}, {-3, 4}}));
  EXPECT_TRUE(object.objects("none").empty());
  EXPECT_TRUE(object.finish());
}

TEST_F(JsonReaderTest, NamesTheMemberThatNobodyAskedFor) {
  JsonObject object = parse(R"({"known":1,"wrong":2})");
  object.ignore("known");
  const auto finished = object.finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().field, "wrong");
}

TEST_F(JsonReaderTest, KeepsTheFirstError) {
  JsonObject object = parse(R"({"a":1})");
  EXPECT_EQ(object.string("missing"), "");
  EXPECT_EQ(object.string("a"), "");
  object.fail(invalid("later", "", ""));
  EXPECT_EQ(object.error()->field, "missing");
  EXPECT_EQ(object.finish().error().field, "missing");
}

TEST_F(JsonReaderTest, RefusesWrongTypes) {
  const auto field_after = [&](std::string_view text, auto read) {
    JsonObject object = parse(text);
    read(object);
    const auto finished = object.finish();
    return finished ? std::string("accepted") : finished.error().field;
  };
  const auto integer = [](JsonObject& o) { o.integer("m"); };
  const auto string = [](JsonObject& o) { o.string("m"); };
  EXPECT_EQ(field_after(R"({"m":"1"})", integer), "m");
  EXPECT_EQ(field_after(R"({"m":1.0})", integer), "m");
  EXPECT_EQ(field_after(R"({"m":1e2})", integer), "m");
  EXPECT_EQ(field_after(R"({"m":18446744073709551615})", integer), "m");
  EXPECT_EQ(field_after(R"({"m":null})", integer), "m");
  EXPECT_EQ(field_after(R"({"m":9223372036854775807})", integer), "accepted");
  EXPECT_EQ(field_after(R"({"m":1})", string), "m");
  EXPECT_EQ(field_after(R"({"m":["a"]})", string), "m");
  EXPECT_EQ(field_after(R"({"m":1})", [](JsonObject& o) { o.optional_boolean("m"); }), "m");
  EXPECT_EQ(field_after(R"({"m":[]})", [](JsonObject& o) { o.optional_object("m"); }), "m");
  EXPECT_EQ(field_after(R"({"m":{}})", [](JsonObject& o) { o.objects("m"); }), "m");
  EXPECT_EQ(field_after(R"({"m":[{},1]})", [](JsonObject& o) { o.objects("m"); }), "m");
  EXPECT_EQ(field_after(R"({"m":["a",1]})", [](JsonObject& o) { o.strings("m"); }), "m");
  EXPECT_EQ(field_after(R"({"m":"a"})", [](JsonObject& o) { o.strings("m"); }), "m");
  const auto pairs = [](JsonObject& o) { o.integer_pairs("m"); };
  for (const std::string_view wrong :
       {"[1]", "[[1]]", "[[1,2,3]]", "[[1,\"2\"]]", "[[1,2.0]]", "1"}) {
    EXPECT_EQ(field_after(R"({"m":)" + std::string(wrong) + "}", pairs), "m") << wrong;
  }
  EXPECT_EQ(field_after(R"({"m":[[1,2],[3,3]]})", pairs), "accepted");
}

TEST_F(JsonReaderTest, StringOrIntegerTakesBoth) {
  JsonObject object = parse(R"({"a":"3","b":3,"c":3.5})");
  EXPECT_EQ(object.string_or_integer("a"), "3");
  EXPECT_EQ(object.string_or_integer("b"), "3");
  EXPECT_TRUE(object.finish().error().field == "c");
  EXPECT_EQ(object.string_or_integer("c"), "");
  EXPECT_EQ(object.finish().error().field, "c");
}

TEST_F(JsonReaderTest, RefusesWhatIsNotOneObject) {
  for (const std::string_view text : {"",
                                      " ",
                                      "[]",
                                      "\"a\"",
                                      "1",
                                      "null",
                                      "{",
                                      "}",
                                      "{}{}",
                                      "{} {}",
                                      "{} x",
                                      "{},",
                                      "{\"a\":1,}",
                                      "{\"a\" 1}",
                                      "{\"a\":tru}",
                                      "{a:1}",
                                      "{'a':1}",
                                      "{\"a\":01}",
                                      "{\"a\":+1}",
                                      "{\"a\":1 \"b\":2}",
                                      "{\"a\":NaN}",
                                      "{\"a\":\"\n\"}",
                                      "{\"a\":\"\\x\"}",
                                      "{\"a\":\"\\u12\"}",
                                      "// c\n{}"}) {
    EXPECT_TRUE(refuses(text)) << text;
  }
  EXPECT_TRUE(parser_.parse_object(" {} \n"));
}

TEST_F(JsonReaderTest, RefusesDuplicateKeysHoweverTheyAreSpelled) {
  EXPECT_TRUE(refuses(R"({"a":1,"a":2})"));
  EXPECT_TRUE(refuses(R"({"a":1,"\u0061":2})"));
  EXPECT_TRUE(refuses(R"({"o":[{"deep":{"a":1,"b":1,"a":2}}]})"));
  EXPECT_TRUE(refuses(R"({"":1,"":2})"));
  EXPECT_TRUE(parser_.parse_object(R"({"a":{"a":{"a":1}},"A":1})"));
}

TEST_F(JsonReaderTest, FindsTheDuplicateAtEveryPlace) {
  for (const int count : {2, 15, 16, 17, 18, 40}) {
    for (int twin = 0; twin < count - 1; ++twin) {
      std::string distinct = "{";
      for (int i = 0; i < count - 1; ++i) distinct += "\"k" + std::to_string(i) + "\":0,";
      const std::string twice = distinct + "\"k" + std::to_string(twin) + "\":1}";
      EXPECT_TRUE(refuses(twice)) << count << " " << twin;
      EXPECT_TRUE(parser_.parse_object(distinct + "\"last\":1}")) << count;
    }
  }
}

TEST_F(JsonReaderTest, UnderstandsEscapesInKeys) {
  JsonObject object = parse(R"({"\u0061\/b":"x"})");
  EXPECT_EQ(object.string("a/b"), "x");
  EXPECT_TRUE(object.finish());
}

TEST_F(JsonReaderTest, RefusesZeroCharactersAndHalfSurrogates) {
  EXPECT_TRUE(refuses(R"({"a":"x\u0000y"})"));
  EXPECT_TRUE(refuses(R"({"x\u0000y":1})"));
  EXPECT_TRUE(refuses(R"({"a":["\u0000"]})"));
  EXPECT_TRUE(refuses("{\"a\":\"x\0y\"}"s));
  EXPECT_TRUE(refuses(R"({"a":"\ud800"})"));
  EXPECT_TRUE(refuses(R"({"a":"\ud800x"})"));
  EXPECT_TRUE(refuses(R"({"a":"\udc00"})"));
  EXPECT_TRUE(refuses(R"({"\udc00":1})"));
  EXPECT_TRUE(refuses(R"({"a":"\udc00\ud800"})"));
  EXPECT_EQ(parse(R"({"a":"\ud842\udfb7"})").string("a"), "𠮷");
  EXPECT_EQ(parse(R"({"a":"\ud7ff\ue000한"})").string("a"), "\uD7FF\uE000한");
}

TEST_F(JsonReaderTest, RefusesInvalidUtf8AndByteOrderMarks) {
  EXPECT_TRUE(refuses("{\"a\":\"\xFF\"}"));
  EXPECT_TRUE(refuses("{\"a\":\"\xC0\x80\"}"));
  EXPECT_TRUE(refuses("{\"a\":\"\xED\xA0\x80\"}"));
  EXPECT_TRUE(refuses("{\"a\":\"\xF5\x80\x80\x80\"}"));
  EXPECT_TRUE(refuses("{\"a\":\"\xE5\x85\"}"));
  EXPECT_TRUE(refuses("\xEF\xBB\xBF{}"));
  EXPECT_TRUE(refuses("\xFF\xFE{\0}\0"s));
}

TEST_F(JsonReaderTest, RefusesDepthBeyondTheLimit) {
  EXPECT_TRUE(parser_.parse_object(nested(limits::kJsonDepthMax)));
  EXPECT_TRUE(refuses(nested(limits::kJsonDepthMax + 1)));
  EXPECT_TRUE(refuses(nested(100'000)));
}

TEST_F(JsonReaderTest, RefusesNumbersThatNoIntegerHolds) {
  EXPECT_TRUE(refuses("{\"a\":1" + std::string(400, '0') + "}"));
  EXPECT_TRUE(refuses("{\"a\":-99999999999999999999}"));
  EXPECT_TRUE(refuses("{\"a\":1e999}"));
}

TEST_F(JsonReaderTest, AParserReadsOneDocumentAfterAnother) {
  EXPECT_EQ(parse("{\"a\":\"" + std::string(5000, 'x') + "\"}").string("a").size(), 5000u);
  EXPECT_TRUE(refuses("{"));
  EXPECT_EQ(parse(R"({"a":"y"})").string("a"), "y");
}

}  // namespace
}  // namespace chayan
