#include "log/merkle.h"

#include <gtest/gtest.h>

#include <bit>
#include <random>
#include <span>
#include <vector>

#include "crypto/digest.h"

namespace chayan::log {
namespace {

std::vector<Hash> leaves(std::size_t count) {
  std::vector<Hash> hashes;
  for (std::size_t i = 0; i < count; ++i) hashes.push_back(leaf_hash("leaf " + std::to_string(i)));
  return hashes;
}

// RFC 6962 section 2.1, word for word: split at the largest power of two below n.
Hash reference_root(std::span<const Hash> of) {
  if (of.empty()) return crypto::sha256("");
  if (of.size() == 1) return of[0];
  const std::size_t k = std::bit_floor(of.size() - 1);
  return node_hash(reference_root(of.first(k)), reference_root(of.subspan(k)));
}

std::string hex(const Hash& hash) {
  return to_hex(view(hash));
}

// The vectors of the certificate-transparency project's tests (merkletree reference).
TEST(Merkle, CertificateTransparencyVectors) {
  const std::string inputs[] = {
      "",
      "00",
      "10",
      "2021",
      "3031",
      "40414243",
      "5051525354555657",
      "606162636465666768696a6b6c6d6e6f",
  };
  const std::string roots[] = {
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  };
  Frontier frontier;
  EXPECT_EQ(hex(frontier.root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (std::size_t i = 0; i < std::size(inputs); ++i) {
    frontier.append(leaf_hash(from_hex(inputs[i]).value()));
    EXPECT_EQ(frontier.size(), i + 1);
    EXPECT_EQ(hex(frontier.root()), roots[i]) << "tree of " << i + 1;
  }
}

TEST(Merkle, EverySizeUpTo300AgreesWithTheReference) {
  const std::vector<Hash> all = leaves(300);
  Frontier frontier;
  for (std::size_t size = 0; size <= all.size(); ++size) {
    EXPECT_EQ(frontier.root(), reference_root(std::span(all).first(size))) << size;
    if (size < all.size()) frontier.append(all[size]);
  }
}

TEST(Merkle, LargerSizesAgreeWithTheReference) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::vector<Hash> all = leaves(20'000);
  for (int round = 0; round < 5; ++round) {
    const std::size_t size = 301 + random() % (all.size() - 301);
    Frontier frontier;
    for (std::size_t i = 0; i < size; ++i) frontier.append(all[i]);
    EXPECT_EQ(frontier.root(), reference_root(std::span(all).first(size))) << size;
  }
}

TEST(Frontier, GrowsOnAfterEncodeAndDecode) {
  const std::vector<Hash> all = leaves(130);
  Frontier straight;
  Frontier stored;
  for (const Hash& leaf : all) {
    straight.append(leaf);
    stored.append(leaf);
    const std::string bytes = stored.encode();
    const auto count = static_cast<std::size_t>(std::popcount(stored.size()));
    EXPECT_EQ(bytes.size(), 8 + 32 * count);
    stored = Frontier::decode(bytes).value();
    EXPECT_EQ(stored, straight);
  }
  EXPECT_EQ(stored.root(), straight.root());
}

TEST(Frontier, GoldenBytes) {
  EXPECT_EQ(to_hex(Frontier().encode()), "0000000000000000");
  Frontier frontier;
  frontier.append(leaf_hash(""));
  EXPECT_EQ(to_hex(frontier.encode()),
            "00000000000000016e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

TEST(Frontier, DecodeWantsExactlyTheHashesOfItsSize) {
  Frontier frontier;
  for (const Hash& leaf : leaves(11)) frontier.append(leaf);  // 11 = 8 + 2 + 1: three hashes
  const std::string bytes = frontier.encode();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(Frontier::decode(bytes.substr(0, length))) << length;
  }
  EXPECT_FALSE(Frontier::decode(bytes + '\0'));
  std::string more = bytes;
  more[7] = 15;
  EXPECT_FALSE(Frontier::decode(more));
  EXPECT_FALSE(Frontier::decode(std::string(8, '\xff')));
}

TEST(Frontier, RandomBytesDecodeToThemselvesOrNotAtAll) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  int decoded = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(8, '\0');
    for (char& c : bytes) c = random() % 4 == 0 ? static_cast<char>(random()) : '\0';
    bytes.resize(8 + random() % 12 * 16, static_cast<char>(random()));
    std::optional<Frontier> frontier = Frontier::decode(bytes);
    if (!frontier) continue;
    ++decoded;
    EXPECT_EQ(frontier->encode(), bytes);
    frontier->append(leaf_hash("one more"));
    EXPECT_EQ(Frontier::decode(frontier->encode()), frontier);
  }
  EXPECT_GT(decoded, 0);
}

}  // namespace
}  // namespace chayan::log
