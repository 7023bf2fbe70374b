#include "log/entry.h"

#include <gtest/gtest.h>

#include <random>

#include "base/limits.h"

namespace chayan::log {
namespace {

const EntryHead kHead{42, "2026-06-23T01:02:03Z", "certificate.issued", "operator:synthetic"};
constexpr std::string_view kCommitment =
    "ffe0db9fbeafa5499b6d6fd821fd9f0c22c149fc9962575cbba7d8a5dcf94779";

std::string with_commitment(std::string_view commitment) {
  std::string body = R"({"alg":"sha256","commitment":")";
  return body.append(commitment).append(R"(","level":"3"})");
}

// The error code of parsing, which must fail.
ErrorCode refusal(std::string_view bytes) {
  JsonParser parser;
  const Result<ParsedEntry> parsed = parse_entry(bytes, parser);
  EXPECT_FALSE(parsed) << bytes;
  return parsed ? ErrorCode::unavailable : parsed.error().code;
}

TEST(Entry, GoldenBytes) {
  EXPECT_EQ(encode_entry(kHead, R"({"name":"合成职业","on":1})").value(),
            R"({"actor":"operator:synthetic","body":{"name":"合成职业","on":1},)"
            R"("kind":"certificate.issued","seq":42,"time":"2026-06-23T01:02:03Z","v":1})");
  EXPECT_EQ(encode_entry({}, "{}").value(),
            R"({"actor":"","body":{},"kind":"","seq":0,"time":"","v":1})");
}

TEST(Entry, StringsAreEscapedCanonically) {
  EntryHead head = kHead;
  head.actor = "a\"\\\n\x01/é";
  const std::string bytes = encode_entry(head, "{}").value();
  EXPECT_TRUE(bytes.starts_with("{\"actor\":\"a\\\"\\\\\\n\\u0001/é\"")) << bytes;
  JsonParser parser;
  EXPECT_EQ(parse_entry(bytes, parser).value().head, head);
}

TEST(Entry, ReadsBackWhatWasWritten) {
  JsonParser parser;
  for (const std::uint64_t seq :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 32, (std::uint64_t{1} << 53) - 1}) {
    EntryHead head = kHead;
    head.seq = seq;
    const std::string body = with_commitment(kCommitment);
    const std::string bytes = encode_entry(head, body).value();
    ParsedEntry parsed = parse_entry(bytes, parser).value();
    EXPECT_EQ(parsed.head, head);
    EXPECT_EQ(encode_entry(parsed.head, body).value(), bytes);
    ASSERT_TRUE(parsed.commitment);
    EXPECT_EQ(to_hex(view(parsed.commitment->digest)), kCommitment);
    EXPECT_EQ(parsed.commitment->algorithm, &crypto::kSha256);
    EXPECT_EQ(parsed.body.string("level"), "3");
    EXPECT_TRUE(parsed.body.finish()) << "alg and commitment count as known";
  }
}

TEST(Entry, WithoutPrivateFieldsThereIsNoCommitment) {
  JsonParser parser;
  ParsedEntry parsed = parse_entry(encode_entry(kHead, R"({"a":"b"})").value(), parser).value();
  EXPECT_FALSE(parsed.commitment);
  EXPECT_FALSE(parsed.body.finish()) << "the body's reader is told of what nobody asked for";
}

TEST(Entry, SizeIsBounded) {
  const std::size_t frame = encode_entry(kHead, "{}").value().size();
  const auto body_of = [](std::size_t bytes) {  // {"t":"…"} of that many bytes
    return R"({"t":")" + std::string(bytes - 8, 'x') + "\"}";
  };
  const std::size_t room = limits::kEntryBytesMax - frame + 2;
  const std::string longest = encode_entry(kHead, body_of(room)).value();
  EXPECT_EQ(longest.size(), limits::kEntryBytesMax);
  JsonParser parser;
  EXPECT_TRUE(parse_entry(longest, parser));

  const Result<std::string> longer = encode_entry(kHead, body_of(room + 1));
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().code, ErrorCode::too_large);
  EXPECT_FALSE(longer.error().message.en.empty());
  EXPECT_FALSE(longer.error().message.zh.empty());
  std::string over_long = longest;
  over_long.insert(over_long.find("xxx"), "x");
  EXPECT_EQ(refusal(over_long), ErrorCode::corrupt);
}

TEST(Entry, RefusesWhatIsNeverWritten) {
  const std::string good = encode_entry(kHead, "{}").value();
  const auto replaced = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    EXPECT_NE(text.find(from), std::string::npos) << from;
    return text.replace(text.find(from), from.size(), to);
  };
  const std::string bad[] = {
      "",
      "[]",
      "{}",
      "null",
      good + good,
      good.substr(0, good.size() - 1),
      replaced("\"v\":1", "\"v\":2"),
      replaced("\"v\":1", "\"v\":\"1\""),
      replaced("\"v\":1", "\"v\":1,\"w\":1"),
      replaced("\"v\":1", "\"v\":1,\"v\":1"),
      replaced(",\"v\":1", ""),
      replaced("\"seq\":42", "\"seq\":-1"),
      replaced("\"seq\":42", "\"seq\":4.2"),
      replaced("\"seq\":42", "\"seq\":\"42\""),
      replaced("\"seq\":42", "\"seq\":9007199254740992"),
      replaced("\"seq\":42", "\"seq\":18446744073709551615"),
      replaced("\"seq\":42,", ""),
      replaced("\"body\":{}", "\"body\":[]"),
      replaced("\"body\":{}", "\"body\":null"),
      replaced("\"body\":{},", ""),
      replaced("\"kind\":\"certificate.issued\",", ""),
      replaced("\"kind\":\"certificate.issued\"", "\"kind\":null"),
      replaced("\"actor\":\"operator:synthetic\",", ""),
      replaced("\"time\":\"2026-06-23T01:02:03Z\",", ""),
  };
  for (const std::string& bytes : bad) EXPECT_EQ(refusal(bytes), ErrorCode::corrupt) << bytes;
}

TEST(Entry, ACommitmentOfGmSaysSo) {
  const std::string body = R"({"alg":"sm3","commitment":")" + std::string(kCommitment) + "\"}";
  const std::string bytes = encode_entry(kHead, body).value();
  JsonParser parser;
  EXPECT_EQ(parse_entry(bytes, parser).value().commitment->algorithm, &crypto::kSm3);
}

TEST(Entry, RefusesABrokenCommitment) {
  std::string upper(kCommitment);
  upper[0] = 'F';
  const std::string bodies[] = {
      with_commitment(""),
      with_commitment(kCommitment.substr(2)),
      with_commitment(std::string(kCommitment) + "00"),
      with_commitment(upper),
      with_commitment(std::string(64, 'g')),
      R"({"alg":"sha256"})",
      R"({"commitment":")" + std::string(kCommitment) + "\"}",
      R"({"alg":"sm4","commitment":")" + std::string(kCommitment) + "\"}",
      R"({"alg":null,"commitment":")" + std::string(kCommitment) + "\"}",
      R"({"alg":"sha256","commitment":null})",
      R"({"alg":"sha256","commitment":1})",
      R"({"alg":null,"commitment":null})",
  };
  for (const std::string& body : bodies) {
    EXPECT_EQ(refusal(encode_entry(kHead, body).value()), ErrorCode::corrupt) << body;
  }
}

// Bytes that happen to parse must be an entry; nothing may crash or hang (run under asan).
TEST(Entry, RandomMutations) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::string good = encode_entry(kHead, with_commitment(kCommitment)).value();
  constexpr std::string_view kPieces[] = {"{", "}", "[",    "]",     "\"",   "\\u0000", "\\ud800",
                                          ",", ":", "null", "1e999", "\xff", "\"v\":1", "\xf0\x9f"};
  JsonParser parser;
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = good;
    for (unsigned edits = 1 + random() % 3; edits > 0; --edits) {
      const std::size_t at = random() % (text.size() + 1);
      switch (random() % 4) {
        case 0:
          text.insert(at, kPieces[random() % std::size(kPieces)]);
          break;
        case 1:
          text.erase(at, random() % 8);
          break;
        case 2:
          text.insert(at, text.substr(random() % text.size(), random() % 40));
          break;
        default:
          if (at < text.size()) text[at] = static_cast<char>(random());
      }
    }
    const Result<ParsedEntry> parsed = parse_entry(text, parser);
    if (!parsed) {
      EXPECT_EQ(parsed.error().code, ErrorCode::corrupt);
      continue;
    }
    ++accepted;
    EXPECT_LT(parsed->head.seq, std::uint64_t{1} << 53);
    EXPECT_TRUE(encode_entry(parsed->head, "{}"));
  }
  EXPECT_GT(accepted, 0) << "the mutations are too coarse to test anything";
}

}  // namespace
}  // namespace chayan::log
