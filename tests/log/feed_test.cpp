#include "log/feed.h"

#include <gtest/gtest.h>

#include "log/merkle.h"

namespace chayan::log {
namespace {

constexpr std::string_view kEntry =
    R"({"actor":"centre:import","body":{"name":"a \"}{\" b\\"},"kind":"x","seq":1,"time":"t","v":1})";
const FieldValues kFields = {{"certificate_number", "DEMO-1"}, {"holder_name", "测试\n甲"}};
const std::string kSalt(kRecordSaltBytes, '\x07');

std::string line_of(const Beside& beside) {
  std::string line;
  write_feed_line(line, kEntry, beside);
  EXPECT_TRUE(line.ends_with("\n"));
  line.pop_back();
  return line;
}

Beside read_back(const std::string& line) {
  JsonParser parser;
  const auto item = read_feed_line(line, parser);
  if (!item) {
    ADD_FAILURE() << item.error().message.en << ": " << line;
    return {};
  }
  EXPECT_EQ(std::get<FeedLine>(*item).entry, kEntry);
  return std::get<FeedLine>(*item).beside;
}

TEST(Feed, GoldenLines) {
  EXPECT_EQ(line_of({}), R"({"entry":)" + std::string(kEntry) + "}");
  EXPECT_EQ(line_of(Erased{}), R"({"entry":)" + std::string(kEntry) + R"(,"erased":true})");
  EXPECT_EQ(line_of(WholeRecord{kFields, kSalt}),
            R"({"entry":)" + std::string(kEntry) +
                R"(,"private":{"fields":{"certificate_number":"DEMO-1","holder_name":"测试\n甲"},)"
                R"("record_salt":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="}})");
  std::string end;
  write_feed_end(end, {7, "note\n", {leaf_hash("")}});
  EXPECT_EQ(end, R"({"checkpoint":"note\n","consistency":)"
                 R"(["bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0="],"size":7})"
                 "\n");
}

TEST(Feed, EveryLineReadsBack) {
  for (const Beside& beside :
       {Beside(), Beside(Erased{}), Beside(WholeRecord{kFields, kSalt}),
        Beside(open_fields(crypto::kSha256, kSalt, kFields,
                           [](auto name) { return name == "holder_name"; })),
        Beside(open_fields(crypto::kSha256, kSalt, kFields, [](auto) { return false; }))}) {
    EXPECT_EQ(read_back(line_of(beside)), beside);
  }
  JsonParser parser;
  for (const FeedEnd& end :
       {FeedEnd{0, "n", {}}, FeedEnd{70'000, "n\n", {leaf_hash("a"), Hash{}}}}) {
    std::string line;
    write_feed_end(line, end);
    line.pop_back();
    EXPECT_EQ(std::get<FeedEnd>(read_feed_line(line, parser).value()), end);
  }
}

TEST(Feed, AnOpeningHoldsAgainstTheCommitment) {
  const Commitment committed = commitment(crypto::kSha256, kSalt, kFields);
  EXPECT_EQ(commitment(crypto::kSha256, WholeRecord{kFields, kSalt}), committed);
  for (const std::string_view shown : {"", "holder_name", "certificate_number"}) {
    Opening opening =
        open_fields(crypto::kSha256, kSalt, kFields, [&](auto name) { return name == shown; });
    EXPECT_EQ(opening.opened.size(), shown.empty() ? 0U : 1U);
    EXPECT_EQ(commitment(crypto::kSha256, opening), committed);
    if (shown.empty()) continue;
    opening.opened.begin()->second.value += "x";
    EXPECT_NE(commitment(crypto::kSha256, opening), committed);
  }
}

TEST(Feed, ACutLineNeverReads) {
  JsonParser parser;
  for (const Beside& beside : {Beside(), Beside(Erased{}), Beside(WholeRecord{kFields, kSalt})}) {
    const std::string line = line_of(beside);
    for (std::size_t length = 0; length < line.size(); ++length) {
      EXPECT_FALSE(read_feed_line(std::string_view(line).substr(0, length), parser)) << length;
    }
    EXPECT_FALSE(read_feed_line(line + "}", parser));
    EXPECT_FALSE(read_feed_line(line + line, parser));
  }
}

TEST(Feed, WhatIsUnknownIsRefused) {
  JsonParser parser;
  for (const std::string_view line :
       {"",
        "{}",
        "[]",
        "null",
        R"({"entry":1})",
        R"({"entry":{}})"
        "x",
        R"({"entry":{},"erased":false})",
        R"({"entry":{},"erased":1})",
        R"({"entry":{},"other":1})",
        R"({"entry":{},"private":{}})",
        R"({"entry":{},"private":1})",
        R"({"entry":{},"private":null})",
        R"({"entry":{},"private":{"fields":{},"record_salt":"AAAA"}})",
        R"({"entry":{},"private":{"fields":{},"closed":["AAAA"]}})",
        R"({"entry":{},"private":{"fields":{"a":1},"closed":[]}})",
        R"({"entry":{},"erased":true,"private":{"fields":{},"closed":[]}})",
        R"({"checkpoint":"n","consistency":[]})",
        R"({"checkpoint":"n","consistency":[],"size":-1})",
        R"({"checkpoint":"n","consistency":["x"],"size":1})",
        R"({"checkpoint":"n","consistency":[],"size":1,"more":1})"}) {
    EXPECT_FALSE(read_feed_line(line, parser)) << line;
  }
}

}  // namespace
}  // namespace chayan::log
