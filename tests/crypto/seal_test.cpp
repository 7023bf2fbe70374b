#include "crypto/seal.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <random>
#include <thread>
#include <vector>

#include "crypto/digest.h"
#include "crypto/keyed_index.h"

namespace chayan::crypto {
namespace {

constexpr std::string_view kAad = "C/row-key";
constexpr std::string_view kHolder = "合成持证人 Synthetic Holder";

Hash counting_key(std::uint8_t first) {
  Hash key{};
  for (std::uint8_t& byte : key) byte = first++;
  return key;
}

Keyring keyring_of(std::uint32_t id, const Hash& key) {
  Keyring keyring;
  keyring.active_data_key = id;
  keyring.data_keys[id].secret = key;
  return keyring;
}

std::string sealed_by(const Sealer& sealer, std::string_view aad, std::string_view plaintext) {
  std::string sealed = "what stood here before";
  sealer.seal(aad, plaintext, sealed);
  return sealed;
}

std::optional<std::string> opened_by(const Sealer& sealer, std::string_view aad,
                                     std::string_view sealed) {
  std::string plaintext = "what stood here before";
  const Result<void> opened = sealer.open(aad, sealed, plaintext);
  if (opened) return plaintext;
  EXPECT_EQ(opened.error().code, ErrorCode::corrupt);
  EXPECT_TRUE(plaintext.empty()) << "an unauthenticated plaintext got out";
  return std::nullopt;
}

// The stored format; computed with another implementation (Python's hmac and cryptography).
TEST(Sealer, GoldenBytes) {
  const Sealer sealer(keyring_of(7, counting_key(0)));
  const std::string golden =
      "00000007"
      "3aef762b4c881a847a6a9d0a"
      "102abbf0fb63bc385ba45d0b3a5e43e02e7c3e3fb42b41f6c725043874f6c56a"
      "33deb6093f577ccf24ff1b8a42e23dc9";
  EXPECT_EQ(to_hex(sealed_by(sealer, kAad, kHolder)), golden);
  EXPECT_EQ(opened_by(sealer, kAad, from_hex(golden).value()), kHolder);
}

TEST(Sealer, EveryLengthComesBack) {
  const Sealer sealer(keyring_of(1, counting_key(1)));
  std::mt19937_64 random(20260623);
  for (std::size_t length = 0; length < 400; ++length) {
    std::string plaintext(length, '\0');
    for (char& c : plaintext) c = static_cast<char>(random());
    const std::string sealed = sealed_by(sealer, kAad, plaintext);
    EXPECT_EQ(sealed.size(), length + kSealOverheadBytes);
    EXPECT_EQ(opened_by(sealer, kAad, sealed), plaintext) << length;
  }
}

TEST(Sealer, EqualMessagesSealEquallyAndOthersGetAnotherNonce) {
  const Sealer sealer(keyring_of(1, counting_key(1)));
  const auto nonce = [&](std::string_view aad, std::string_view plaintext) {
    return sealed_by(sealer, aad, plaintext).substr(4, 12);
  };
  EXPECT_EQ(sealed_by(sealer, "row", "value"), sealed_by(sealer, "row", "value"));
  EXPECT_NE(nonce("row", "value"), nonce("row", "valuE"));
  EXPECT_NE(nonce("row", "value"), nonce("roW", "value"));
  // Joined without the length these two would share a nonce, and the nonce would be lost.
  EXPECT_NE(nonce("ab", "c"), nonce("a", "bc"));
}

TEST(Sealer, EveryBitCounts) {
  const Sealer sealer(keyring_of(7, counting_key(0)));
  const std::string sealed = sealed_by(sealer, kAad, kHolder);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string tampered = sealed;
    tampered[bit / 8] = static_cast<char>(tampered[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(opened_by(sealer, kAad, tampered)) << "bit " << bit;
  }
  for (std::size_t length = 0; length < sealed.size(); ++length) {
    EXPECT_FALSE(opened_by(sealer, kAad, sealed.substr(0, length))) << "cut to " << length;
  }
  EXPECT_FALSE(opened_by(sealer, kAad, sealed + '\0'));
  EXPECT_EQ(opened_by(sealer, kAad, sealed), kHolder) << "a failure must not stick to the context";
}

TEST(Sealer, OpensInItsPlaceOnly) {
  const Sealer sealer(keyring_of(1, counting_key(1)));
  const std::string sealed = sealed_by(sealer, kAad, kHolder);
  EXPECT_FALSE(opened_by(sealer, "C/row-keY", sealed));
  EXPECT_FALSE(opened_by(sealer, "C/row-ke", sealed));
  EXPECT_FALSE(opened_by(sealer, "", sealed));
}

TEST(Sealer, AnUnknownKeyIsNamed) {
  const std::string sealed = sealed_by(Sealer(keyring_of(9, counting_key(1))), kAad, kHolder);
  std::string plaintext;
  const Result<void> opened = Sealer(keyring_of(1, counting_key(1))).open(kAad, sealed, plaintext);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::corrupt);
  EXPECT_NE(opened.error().message.en.find("data key 9"), std::string::npos);
}

TEST(Sealer, ReadsOldKeysAndWritesWithTheActiveOne) {
  const std::string old = sealed_by(Sealer(keyring_of(1, counting_key(1))), kAad, kHolder);
  Keyring rotated = keyring_of(2, counting_key(2));
  rotated.data_keys[1].secret = counting_key(1);
  const Sealer sealer(rotated);
  EXPECT_EQ(opened_by(sealer, kAad, old), kHolder);
  const std::string fresh = sealed_by(sealer, kAad, kHolder);
  EXPECT_EQ(ByteReader(fresh).u32(), 2U);
  EXPECT_NE(fresh.substr(4), old.substr(4));
}

// Two objects at one address, one after the other: contexts are kept per thread, and the second
// must not work with the first one's keys.
TEST(Sealer, ReusedAddressDoesNotReuseKeys) {
  std::optional<Sealer> sealer;
  sealer.emplace(keyring_of(1, counting_key(1)));
  const std::string first = sealed_by(*sealer, kAad, kHolder);
  sealer.emplace(keyring_of(1, counting_key(2)));
  EXPECT_FALSE(opened_by(*sealer, kAad, first));
  EXPECT_NE(sealed_by(*sealer, kAad, kHolder), first);
}

// More live objects on one thread than the thread keeps contexts for.
TEST(Sealer, ManyObjectsTakeTurns) {
  std::vector<std::unique_ptr<Sealer>> sealers;
  std::vector<std::string> sealed;
  for (std::uint8_t i = 0; i < 20; ++i) {
    sealers.push_back(std::make_unique<Sealer>(keyring_of(1, counting_key(i))));
    sealed.push_back(sealed_by(*sealers.back(), kAad, kHolder));
  }
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < sealers.size(); ++i) {
      EXPECT_EQ(opened_by(*sealers[i], kAad, sealed[i]), kHolder) << i;
      EXPECT_FALSE(opened_by(*sealers[i], kAad, sealed[(i + 1) % sealed.size()])) << i;
    }
  }
}

TEST(KeyedIndex, GoldenBytes) {
  const KeyedIndex index(kIntl, counting_key(0));
  for (int round = 0; round < 3; ++round) {
    const RowKey key = index.certificate("Y000031000001260300001");
    EXPECT_EQ(to_hex({key.data(), key.size()}), "0dc383f0cb9a680f47747624e5eb5c15");
  }
  EXPECT_NE(index.certificate("Y000031000001260300002"),
            index.certificate("Y000031000001260300001"));
}

TEST(KeyedIndex, ReusedAddressDoesNotReuseKeys) {
  std::optional<KeyedIndex> index;
  index.emplace(kIntl, counting_key(0));
  const RowKey first = index->certificate("SYNTHETIC-1");
  index.emplace(kIntl, counting_key(1));
  EXPECT_NE(index->certificate("SYNTHETIC-1"), first);
}

TEST(KeyedIndex, AnswersAsTheMacItIs) {
  const Hash key = counting_key(3);
  const KeyedIndex index(kIntl, key);
  std::mt19937_64 random(7);
  for (int i = 0; i < 200; ++i) {
    std::string number(random() % 200, '\0');
    for (char& c : number) c = static_cast<char>(random());
    const Hash whole = hmac_sha256(view(key), {"certificate", number});
    const RowKey row = index.certificate(number);
    EXPECT_EQ(std::string_view(row.data(), row.size()), view(whole).substr(0, row.size()));
  }
}

TEST(Crypto, ThreadsShareOneSealerAndIndex) {
  const Sealer sealer(keyring_of(1, counting_key(1)));
  const KeyedIndex index(kIntl, counting_key(2));
  const std::string sealed = sealed_by(sealer, kAad, kHolder);
  const RowKey row = index.certificate("SYNTHETIC-1");
  std::vector<int> wrong(8, 0);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 300; ++i) {
        wrong[t] += index.certificate("SYNTHETIC-1") == row ? 0 : 1;
        wrong[t] += sealed_by(sealer, kAad, kHolder) == sealed ? 0 : 1;
        wrong[t] += opened_by(sealer, kAad, sealed) == kHolder ? 0 : 1;
        // A value of this thread's own in between, so that a shared context would show.
        const std::string own = std::to_string(t) + ":" + std::to_string(i);
        wrong[t] += opened_by(sealer, own, sealed_by(sealer, own, own)) == own ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(8, 0));
}

}  // namespace
}  // namespace chayan::crypto
