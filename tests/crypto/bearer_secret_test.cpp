#include "crypto/bearer_secret.h"

#include <gtest/gtest.h>

#include "crypto/digest.h"

namespace chayan::crypto {
namespace {

TEST(BearerSecret, IsReadBackAndKeptAsADigest) {
  const BearerSecret secret = BearerSecret::make();
  const std::string text = secret.text();
  EXPECT_EQ(text.size(), 55U);
  EXPECT_TRUE(text.starts_with("chayan_"));
  const auto read = BearerSecret::parse(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->digest(), secret.digest());
  EXPECT_NE(BearerSecret::make().text(), text);
}

// CRC-32 of 32 bytes 0, as zlib gives it: 190a55ad.
TEST(BearerSecret, StandsAsTheHeaderSays) {
  std::string bytes(32, '\0');
  const std::string text = "chayan_" + to_base64url(bytes + "\x19\x0A\x55\xAD");
  const auto secret = BearerSecret::parse(text);
  ASSERT_TRUE(secret);
  EXPECT_EQ(secret->text(), text);
  EXPECT_EQ(secret->digest(), sha256(bytes));
}

TEST(BearerSecret, EverySlipOfOneCharacterIsSeen) {
  const std::string text = BearerSecret::make().text();
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char c : std::string("ABZaz09-_ =.")) {
      std::string slip = text;
      if (slip[i] == c) continue;
      slip[i] = c;
      EXPECT_FALSE(BearerSecret::parse(slip)) << i << c;
    }
    EXPECT_FALSE(BearerSecret::parse(text.substr(0, i)));
  }
  EXPECT_FALSE(BearerSecret::parse(text + "A"));
  EXPECT_FALSE(BearerSecret::parse(text + "="));
  EXPECT_FALSE(BearerSecret::parse(" " + text));
}

}  // namespace
}  // namespace chayan::crypto
