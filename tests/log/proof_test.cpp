#include "log/proof.h"

#include <gtest/gtest.h>

#include <bit>
#include <random>

#include "crypto/digest.h"
#include "log/merkle.h"
#include "log/tile.h"

namespace chayan::log {
namespace {

// A tree that hashes its leaves anew for each question.
class LeafTree final : public TreeHashes {
 public:
  explicit LeafTree(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      leaves_.append(chayan::view(leaf_hash("leaf " + std::to_string(i))));
    }
  }
  Result<Hash> subtree(unsigned height, std::uint64_t index) const override {
    const std::uint64_t bytes = sizeof(Hash) << height;
    if ((index + 1) * bytes > leaves_.size()) return corrupt("beyond the tree");
    return perfect_root(std::string_view(leaves_).substr(index * bytes, bytes));
  }
  Hash leaf(std::uint64_t index) const { return subtree(0, index).value(); }

 private:
  std::string leaves_;
};

TEST(Proof, RootsAreTheFrontiers) {
  const LeafTree tree(300);
  Frontier frontier;
  for (std::uint64_t size = 0; size < 300; ++size) {
    EXPECT_EQ(root_at(tree, size).value(), frontier.root()) << size;
    frontier.append(tree.leaf(size));
  }
}

// Every pair up to 70 leaves: what is proven verifies, and nothing else does.
TEST(Proof, EveryInclusionOfSmallTreesHoldsAndNoOther) {
  constexpr std::uint64_t kSizes = 70;
  const LeafTree tree(kSizes);
  for (std::uint64_t size = 1; size <= kSizes; ++size) {
    const Hash root = root_at(tree, size).value();
    for (std::uint64_t index = 0; index < size; ++index) {
      Proof proof = prove_inclusion(tree, index, size).value();
      EXPECT_LE(proof.size(), std::bit_width(size));
      const Hash leaf = tree.leaf(index);
      EXPECT_TRUE(verify_inclusion(leaf, index, size, root, proof)) << index << " of " << size;
      EXPECT_FALSE(verify_inclusion(leaf, size, size, root, proof));
      if (size > 1) {
        EXPECT_FALSE(verify_inclusion(leaf, (index + 1) % size, size, root, proof));
      }
      EXPECT_FALSE(verify_inclusion(leaf_hash("other"), index, size, root, proof));
      EXPECT_FALSE(verify_inclusion(leaf, index, size, leaf, {}) && size > 1);
      for (Hash& step : proof) {
        step[5] ^= 1;
        EXPECT_FALSE(verify_inclusion(leaf, index, size, root, proof));
        step[5] ^= 1;
      }
      proof.push_back(root);
      EXPECT_FALSE(verify_inclusion(leaf, index, size, root, proof));
    }
  }
}

TEST(Proof, EveryConsistencyOfSmallTreesHoldsAndNoOther) {
  constexpr std::uint64_t kSizes = 70;
  const LeafTree tree(kSizes);
  for (std::uint64_t newer = 0; newer <= kSizes; ++newer) {
    const Hash newer_root = root_at(tree, newer).value();
    for (std::uint64_t older = 0; older <= newer; ++older) {
      const Hash older_root = root_at(tree, older).value();
      Proof proof = prove_consistency(tree, older, newer).value();
      EXPECT_TRUE(verify_consistency(older, older_root, newer, newer_root, proof))
          << older << " to " << newer;
      EXPECT_FALSE(verify_consistency(older, leaf_hash("other"), newer, newer_root, proof));
      if (older > 0) {
        EXPECT_FALSE(verify_consistency(older, older_root, newer, leaf_hash("other"), proof));
        EXPECT_FALSE(verify_consistency(older - 1, older_root, newer, newer_root, proof));
      }
      for (Hash& step : proof) {
        step[5] ^= 1;
        EXPECT_FALSE(verify_consistency(older, older_root, newer, newer_root, proof));
        step[5] ^= 1;
      }
      proof.push_back(newer_root);
      EXPECT_FALSE(verify_consistency(older, older_root, newer, newer_root, proof));
    }
  }
  EXPECT_FALSE(verify_consistency(2, Hash{}, 1, Hash{}, {}));
}

// The example of C2SP tlog-tiles.
TEST(Tile, WidthsOfSeventyThousandLeaves) {
  const std::uint64_t size = 70'000;
  EXPECT_EQ(tile_width({0, 0}, size), 256U);
  EXPECT_EQ(tile_width({0, 272}, size), 256U);
  EXPECT_EQ(tile_width({0, 273}, size), 112U);
  EXPECT_EQ(tile_width({0, 274}, size), 0U);
  EXPECT_EQ(tile_width({1, 0}, size), 256U);
  EXPECT_EQ(tile_width({1, 1}, size), 17U);
  EXPECT_EQ(tile_width({1, 2}, size), 0U);
  EXPECT_EQ(tile_width({2, 0}, size), 1U);
  EXPECT_EQ(tile_width({3, 0}, size), 0U);
  EXPECT_EQ(tile_width({63, 0}, size), 0U);
  EXPECT_EQ(tile_width({0, UINT64_MAX}, size), 0U);
  EXPECT_EQ(tile_width({1, 0}, 256), 1U);
  EXPECT_EQ(tile_width({0, 1}, 256), 0U);
  EXPECT_EQ(tile_width({0, 0}, 0), 0U);
}

TEST(Tile, PathsThereAndBack) {
  EXPECT_EQ(tile_path(1'234'067), "x001/x234/067");
  EXPECT_EQ(tile_path(0), "000");
  EXPECT_EQ(tile_path(273, 112), "273.p/112");
  EXPECT_EQ(tile_path(1000), "x001/000");
  for (const std::uint64_t index :
       {0ULL, 7ULL, 999ULL, 1000ULL, 1'234'067ULL, 72'057'594'037'927'935ULL}) {
    for (const std::uint64_t width : {1ULL, 255ULL, 256ULL}) {
      EXPECT_EQ(parse_tile_path(tile_path(index, width)), (TilePath{index, width}));
    }
  }
  for (const std::string_view path : {"",
                                      "0",
                                      "00",
                                      "0000",
                                      "x000/000",
                                      "x001",
                                      "001/000",
                                      "x001/x000",
                                      "x01/000",
                                      "x001/00",
                                      "-01",
                                      "+01",
                                      "000.p",
                                      "000.p/",
                                      "000.p/0",
                                      "000.p/256",
                                      "000.p/01",
                                      "000.p/1/",
                                      "000.p/-1",
                                      "000/",
                                      "/000",
                                      "x001//000",
                                      "x999/x999/x999/x999/x999/x999/x999/999",
                                      "000.p/1.p/1",
                                      "00a"}) {
    EXPECT_EQ(parse_tile_path(path), std::nullopt) << path;
  }
}

TEST(Tile, APerfectRootIsTheTreesRoot) {
  std::string hashes;
  Frontier frontier;
  for (int i = 0; i < 256; ++i) {
    const Hash leaf = leaf_hash(std::to_string(i));
    hashes.append(chayan::view(leaf));
    frontier.append(leaf);
    if (std::has_single_bit(static_cast<unsigned>(i + 1))) {
      EXPECT_EQ(perfect_root(hashes), frontier.root()) << i;
    }
  }
}

}  // namespace
}  // namespace chayan::log
