#include "crypto/digest.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace chayan::crypto {
namespace {

std::string hex(const Hash& hash) {
  return to_hex(view(hash));
}

std::string bytes(std::string_view hexadecimal) {
  return from_hex(hexadecimal).value();
}

// FIPS 180-4 examples.
TEST(Sha256, PublishedVectors) {
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, PartsAreDigestedAsIfJoined) {
  EXPECT_EQ(sha256({"a", "", "b", "c"}), sha256("abc"));
  EXPECT_EQ(sha256({}), sha256(""));
}

TEST(Sha256Stream, MillionLettersInPiecesOfAnySize) {
  const std::string letters(1'000'000, 'a');
  for (const std::size_t piece : {1UL, 63UL, 64UL, 65UL, 1'000'000UL}) {
    Sha256Stream stream;
    for (std::size_t at = 0; at < letters.size(); at += piece) {
      stream.update(std::string_view(letters).substr(at, piece));
    }
    EXPECT_EQ(hex(stream.finish()),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        << "pieces of " << piece;
  }
}

TEST(Sha256Stream, TwoStreamsAndPlainDigestsDoNotMix) {
  Sha256Stream first;
  Sha256Stream second;
  first.update("a");
  second.update("x");
  EXPECT_EQ(sha256({"q"}), sha256("q"));
  first.update("bc");
  EXPECT_EQ(first.finish(), sha256("abc"));
  EXPECT_EQ(second.finish(), sha256("x"));
}

// RFC 4231 section 4; case 5 is about truncation, which is not offered.
TEST(HmacSha256, PublishedVectors) {
  struct Vector {
    std::string key, data, mac;
  };
  const std::vector<Vector> vectors = {
      {std::string(20, '\x0b'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(20, '\xaa'), std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {bytes("0102030405060708090a0b0c0d0e0f10111213141516171819"), std::string(50, '\xcd'),
       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {std::string(131, '\xaa'),
       "This is a test using a larger than block-size key and a larger than block-size data. The "
       "key needs to be hashed before being used by the HMAC algorithm.",
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
  };
  for (const Vector& vector : vectors) {
    EXPECT_EQ(hex(hmac_sha256(vector.key, {vector.data})), vector.mac);
    const std::string_view data = vector.data;
    EXPECT_EQ(hex(hmac_sha256(vector.key, {data.substr(0, 3), "", data.substr(3)})), vector.mac);
  }
}

// The empty key must not be taken for "the key of the call before".
TEST(HmacSha256, EmptyKeyIsAKeyOfItsOwn) {
  const std::string expected = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
  EXPECT_EQ(hex(hmac_sha256("", {})), expected);
  EXPECT_NE(hex(hmac_sha256("another", {})), expected);
  EXPECT_EQ(hex(hmac_sha256("", {})), expected);
  EXPECT_EQ(hex(hmac_sha256(std::string_view(), {})), expected);
}

// RFC 5869 appendix A.3: no salt, no info; its 42 bytes cut to our 32.
TEST(HkdfSha256, PublishedVectorWithoutSalt) {
  EXPECT_EQ(hex(hkdf_sha256(std::string(22, '\x0b'), "")),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
}

// Computed with another implementation (Python's hmac).
TEST(HkdfSha256, InfoSeparates) {
  const std::string secret =
      bytes("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  EXPECT_EQ(hex(hkdf_sha256(secret, "chayan")),
            "6d265f2e6284571296e3e73db861e662f0f0ec8fa7a338fe24788b53fa068c01");
  EXPECT_NE(hkdf_sha256(secret, "chayan "), hkdf_sha256(secret, "chayan"));
}

TEST(RandomBytes, HasTheLengthAndDiffers) {
  EXPECT_EQ(random_bytes(0), "");
  EXPECT_EQ(random_bytes(33).size(), 33U);
  EXPECT_NE(random_bytes(16), random_bytes(16));
}

TEST(EqualInConstantTime, ComparesEveryByteAndTheLength) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abcd"));
  for (std::size_t i = 0; i < 3; ++i) {
    std::string other = "abc";
    other[i] = '\0';
    EXPECT_FALSE(equal_in_constant_time("abc", other)) << i;
  }
}

TEST(Digest, ThreadsDoNotDisturbEachOther) {
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([t, &wrong] {
      const std::string key(20, '\x0b');
      for (int i = 0; i < 500; ++i) {
        wrong[t] += hex(sha256("abc")).starts_with("ba7816bf") ? 0 : 1;
        wrong[t] += hex(hmac_sha256(key, {"Hi There"})).starts_with("b0344c61") ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

}  // namespace
}  // namespace chayan::crypto
