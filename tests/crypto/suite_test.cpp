// The gm suite, each primitive against its standard, and the whole against another implementation.
#include "crypto/suite.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>
#include <vector>

#include "crypto/evp.h"
#include "crypto/keyed_index.h"
#include "crypto/seal.h"

namespace chayan::crypto {
namespace {

constexpr std::string_view kAad = "C/row-key";
constexpr std::string_view kHolder = "合成持证人 Synthetic Holder";

std::string hex(const Hash& hash) {
  return to_hex(view(hash));
}
std::string bytes(std::string_view hexadecimal) {
  return from_hex(hexadecimal).value();
}

Hash counting_key(std::uint8_t first) {
  Hash key{};
  for (std::uint8_t& byte : key) byte = first++;
  return key;
}

Keyring gm_keyring(std::uint32_t id, const Hash& key) {
  Keyring keyring;
  keyring.suite = &kGm;
  keyring.active_data_key = id;
  keyring.data_keys[id].secret = key;
  return keyring;
}

TEST(Suite, AreFoundByTheNamesThatAreRecorded) {
  EXPECT_EQ(find_suite("intl"), &kIntl);
  EXPECT_EQ(find_suite("gm"), &kGm);
  EXPECT_EQ(find_suite("GM"), nullptr);
  EXPECT_EQ(find_suite(""), nullptr);
  EXPECT_EQ(find_digest("sha256"), &kSha256);
  EXPECT_EQ(find_digest("sm3"), &kSm3);
  EXPECT_EQ(find_digest("md5"), nullptr);
}

// GB/T 32905-2016 annex A.
TEST(Sm3, PublishedVectors) {
  EXPECT_EQ(hex(sm3("abc")), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
  std::string long_message;
  for (int i = 0; i < 16; ++i) long_message += "abcd";
  const std::string digest = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732";
  EXPECT_EQ(hex(sm3(long_message)), digest);
  EXPECT_EQ(hex(sm3({"ab", "", long_message.substr(2)})), digest);
  EXPECT_EQ(hex(sm3("abc")), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
}

// GM/T 0042-2015 annex D.3.
TEST(HmacSm3, PublishedVectors) {
  struct Vector {
    std::string key, data, mac;
  };
  std::string counting;
  for (char c = 1; c <= 37; ++c) counting.push_back(c);
  const std::string letters = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  const std::vector<Vector> vectors = {
      {counting.substr(0, 32), letters + letters,
       "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a"},
      {counting, std::string(50, '\xcd'),
       "220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae"},
      {std::string(32, '\x0b'), "Hi There",
       "c0ba18c68b90c88bc07de794bfc7d2c8d19ec31ed8773bc2b390c9604e0be11e"},
      {"Jefe", "what do ya want for nothing?",
       "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882"},
  };
  for (const Vector& vector : vectors) {
    EXPECT_EQ(hex(hmac_sm3(vector.key, {vector.data})), vector.mac);
    const std::string_view data = vector.data;
    EXPECT_EQ(hex(hmac_sm3(vector.key, {data.substr(0, 3), "", data.substr(3)})), vector.mac);
  }
}

// GB/T 32907-2016 annex A: the block cipher, met as the key stream of its first counter block.
TEST(Sm4, PublishedVectors) {
  const std::string key = bytes("0123456789abcdeffedcba9876543210");
  const evp::CipherContext context = evp::make_sm4_ctr(key);
  const std::string zeros(16, '\0');
  const auto encrypted = [&](const std::string& block) {
    std::string out(16, '\0');
    evp::ctr_crypt(context.get(), block, zeros, out.data());
    return out;
  };
  EXPECT_EQ(to_hex(encrypted(key)), "681edf34d206965e86b3e94f536e4246");
  std::string block = key;
  for (int i = 0; i < 1'000'000; ++i) block = encrypted(block);
  EXPECT_EQ(to_hex(block), "595298c7c6fd271f0402f804c33d3f66");
}

// draft-ribose-cfrg-sm4-10 annex A.2.5: what counting does.
TEST(Sm4, CountsItsBlocks) {
  const evp::CipherContext context = evp::make_sm4_ctr(bytes("0123456789abcdeffedcba9876543210"));
  std::string plaintext;
  for (const char c : {'\xaa', '\xbb', '\xcc', '\xdd', '\xee', '\xff', '\xaa', '\xbb'}) {
    plaintext.append(8, c);
  }
  const std::string first_block = bytes("000102030405060708090a0b0c0d0e0f");
  std::string out(64, '\0');
  for (int round = 0; round < 3; ++round) {
    evp::ctr_crypt(context.get(), first_block, plaintext, out.data());
    EXPECT_EQ(to_hex(out),
              "ac3236cb970cc20791364c395a1342d1a3cbc1878c6f30cd074cce385cdd70c7"
              "f234bc0e24c11980fd1286310ce37b926e02fcd0faa0baf38b2933851d824514");
  }
}

// The stored formats; computed with another program (the openssl command and Python).
TEST(GmSuite, GoldenBytes) {
  const Sealer sealer(gm_keyring(7, counting_key(0)));
  const std::string golden =
      "00000007"
      "1f5562f75b2e20fb926198ce"
      "af3354a14f7770edc5baf855cd435b74385e08f5aad7882927376e44df90acfe"
      "e9b8d27214a453c83da4b67dbc20a36e";
  std::string sealed;
  sealer.seal(kAad, kHolder, sealed);
  EXPECT_EQ(to_hex(sealed), golden);
  std::string plaintext;
  ASSERT_TRUE(sealer.open(kAad, bytes(golden), plaintext));
  EXPECT_EQ(plaintext, kHolder);

  const KeyedIndex index(kGm, counting_key(0));
  const RowKey key = index.certificate("Y000031000001260300001");
  EXPECT_EQ(to_hex({key.data(), key.size()}), "897a65ba7fab4098eeb45466b873038a");
}

TEST(GmSuite, EveryLengthComesBackAndEveryBitCounts) {
  const Sealer sealer(gm_keyring(1, counting_key(1)));
  std::mt19937_64 random(20260623);
  std::string sealed;
  std::string opened;
  for (std::size_t length = 0; length < 300; ++length) {
    std::string plaintext(length, '\0');
    for (char& c : plaintext) c = static_cast<char>(random());
    sealer.seal(kAad, plaintext, sealed);
    EXPECT_EQ(sealed.size(), length + kSealOverheadBytes);
    ASSERT_TRUE(sealer.open(kAad, sealed, opened));
    EXPECT_EQ(opened, plaintext);
    EXPECT_FALSE(sealer.open("C/row-keY", sealed, opened));
    EXPECT_TRUE(opened.empty()) << "an unauthenticated plaintext got out";
  }
  sealer.seal(kAad, kHolder, sealed);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string tampered = sealed;
    tampered[bit / 8] = static_cast<char>(tampered[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(sealer.open(kAad, tampered, opened)) << "bit " << bit;
  }
  // Joined without the length these two would share a tag.
  std::string other;
  sealer.seal("ab", "c", sealed);
  sealer.seal("a", "bc", other);
  EXPECT_NE(sealed.substr(4, kNonceBytes), other.substr(4, kNonceBytes));
}

TEST(GmSuite, SharesNothingWithTheOther) {
  Keyring intl = gm_keyring(1, counting_key(1));
  intl.suite = &kIntl;
  std::string sealed;
  std::string opened;
  Sealer(intl).seal(kAad, kHolder, sealed);
  EXPECT_FALSE(Sealer(gm_keyring(1, counting_key(1))).open(kAad, sealed, opened));
  EXPECT_NE(KeyedIndex(kGm, counting_key(1)).certificate("S-1"),
            KeyedIndex(kIntl, counting_key(1)).certificate("S-1"));
}

// ---- changing keys while others work

class AdoptTest : public testing::TestWithParam<const Suite*> {
 protected:
  Keyring keyring(std::uint32_t active) const {
    Keyring made = gm_keyring(active, counting_key(static_cast<std::uint8_t>(active)));
    made.suite = GetParam();
    return made;
  }
};

TEST_P(AdoptTest, WritesWithTheNewAndOpensWhatWasSealedBefore) {
  Sealer sealer(keyring(1));
  std::string first;
  std::string second;
  std::string opened;
  sealer.seal(kAad, kHolder, first);
  Keyring both = keyring(2);
  both.data_keys[1].secret = counting_key(1);
  sealer.adopt(both);
  sealer.seal(kAad, kHolder, second);
  EXPECT_EQ(sealing_key(first), 1U);
  EXPECT_EQ(sealing_key(second), 2U);
  sealer.adopt(keyring(2));  // 1 is retired
  for (const std::string& sealed : {first, second}) {
    ASSERT_TRUE(sealer.open(kAad, sealed, opened)) << "a snapshot may hold it still";
    EXPECT_EQ(opened, kHolder);
  }
  EXPECT_FALSE(Sealer(keyring(2)).open(kAad, first, opened));
  EXPECT_EQ(sealing_key("short"), 0U);
}

TEST_P(AdoptTest, NobodyWaitsAndNobodyFails) {
  Sealer sealer(keyring(1));
  std::atomic<bool> done{false};
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const std::string own = std::to_string(t);
      std::string sealed;
      std::string opened;
      do {
        sealer.seal(own, kHolder, sealed);
        failed += sealer.open(own, sealed, opened) && opened == kHolder ? 0 : 1;
      } while (!done);
    });
  }
  for (std::uint32_t id = 2; id < 40; ++id) {
    sealer.adopt(keyring(id));
    std::string sealed;
    sealer.seal(kAad, kHolder, sealed);
    EXPECT_EQ(sealing_key(sealed), id);
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
}

INSTANTIATE_TEST_SUITE_P(Suites, AdoptTest, testing::Values(&kIntl, &kGm),
                         [](const auto& suite) { return std::string(suite.param->name); });

}  // namespace
}  // namespace chayan::crypto
