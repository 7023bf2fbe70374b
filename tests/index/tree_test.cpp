#include "index/tree.h"

#include <gtest/gtest.h>

#include <random>

#include "index/schema.h"
#include "log/tile.h"
#include "tests/support/registry.h"

namespace chayan::index {
namespace {

// Rows that nobody has written yet.
class NoRows final : public RowView {
 public:
  Result<std::optional<std::string>> get(std::string_view) const override {
    return std::optional<std::string>();
  }
};

Hash leaf(std::uint64_t i) {
  return log::leaf_hash(std::to_string(i));
}

// Whatever the commits' sizes are, the tiles are what the whole tree says.
TEST(Tree, TilesAreTheSameHoweverTheTreeGrew) {
  const auto seed = testing::UnitTest::GetInstance()->random_seed();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(static_cast<std::uint64_t>(seed) + 4711);
  const NoRows nothing;
  RowBatch rows(nothing);
  GrowingTree tree;
  log::Frontier reference;
  constexpr std::uint64_t kLeaves = 66'000;
  while (tree.size() < kLeaves) {
    const std::uint64_t step = std::min(random() % 700, kLeaves - tree.size());
    for (std::uint64_t i = 0; i < step; ++i) {
      const Hash next = leaf(tree.size());
      tree.append(next);
      reference.append(next);
    }
    const auto mark = tree.mark();
    tree.append(leaf(1));  // a change that is refused afterwards
    tree.back_to(mark);
    ASSERT_TRUE(tree.put_rows(rows));
    ASSERT_EQ(tree.root(), reference.root());
    const TileHashes hashes(rows);
    ASSERT_EQ(log::root_at(hashes, tree.size()).value(), reference.root());
  }
  // Every tile has the width that the size gives it, and no further one exists.
  std::size_t tiles = 0;
  for (unsigned level = 0; level < 4; ++level) {
    for (std::uint64_t index = 0; log::tile_width({level, index}, kLeaves) > 0; ++index, ++tiles) {
      const auto row = rows.get(tile_key({level, index})).value();
      ASSERT_TRUE(row) << level << "/" << index;
      EXPECT_EQ(row->size(), log::tile_width({level, index}, kLeaves) * sizeof(Hash));
    }
  }
  EXPECT_EQ(rows.rows().size(), tiles + 1) << "and the head";
  EXPECT_EQ(GrowingTree::read(rows).value().root(), reference.root());
}

TEST(Tree, ProofsFromTilesVerify) {
  const NoRows nothing;
  RowBatch rows(nothing);
  GrowingTree tree;
  std::vector<Hash> roots{tree.root()};
  constexpr std::uint64_t kLeaves = 3000;
  for (std::uint64_t i = 0; i < kLeaves; ++i) {
    tree.append(leaf(i));
    roots.push_back(tree.root());
  }
  ASSERT_TRUE(tree.put_rows(rows));
  const TileHashes hashes(rows);
  const auto seed = testing::UnitTest::GetInstance()->random_seed();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(static_cast<std::uint64_t>(seed));
  for (int round = 0; round < 300; ++round) {
    const std::uint64_t newer = 1 + random() % kLeaves;
    const std::uint64_t older = random() % (newer + 1);
    const std::uint64_t index = random() % newer;
    const auto inclusion = log::prove_inclusion(hashes, index, newer).value();
    EXPECT_TRUE(log::verify_inclusion(leaf(index), index, newer, roots[newer], inclusion));
    const auto consistency = log::prove_consistency(hashes, older, newer).value();
    EXPECT_TRUE(log::verify_consistency(older, roots[older], newer, roots[newer], consistency));
  }
  EXPECT_FALSE(log::root_at(hashes, kLeaves + 1));
}

TEST(Tree, APartialTileThatIsNotAsWideAsTheTreeSaysIsCorrupt) {
  const NoRows nothing;
  RowBatch rows(nothing);
  GrowingTree tree;
  tree.append(leaf(0));
  ASSERT_TRUE(tree.put_rows(rows));
  rows.put(tile_key({0, 0}), std::string(64, 'x'));
  tree.append(leaf(1));
  const auto grown = tree.put_rows(rows);
  ASSERT_FALSE(grown);
  EXPECT_EQ(grown.error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace chayan::index
