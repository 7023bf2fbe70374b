// Pending rows over recorded ones, and taking them back.
#include "index/row_batch.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace chayan::index {
namespace {

class Recorded final : public RowView {
 public:
  Result<std::optional<std::string>> get(std::string_view key) const override {
    const auto row = rows.find(std::string(key));
    return row == rows.end() ? std::optional<std::string>() : row->second;
  }
  std::map<std::string, std::string> rows;
};

std::optional<std::string> value(const RowBatch& batch, std::string_view key) {
  return batch.get(key).value();
}

TEST(RowBatch, ReadsSeeWhatWasPut) {
  Recorded recorded;
  recorded.rows = {{"a", "1"}, {"b", "2"}};
  RowBatch batch(recorded);
  batch.put("a", "new");
  batch.erase("b");
  EXPECT_EQ(value(batch, "a"), "new");
  EXPECT_EQ(value(batch, "b"), std::nullopt);
  EXPECT_EQ(value(batch, "c"), std::nullopt);
}

// A refused batch once left "erase" behind for every row that it had put: a recorded institution
// lost its rows because another change of the same batch was refused.
TEST(RowBatch, TakingBackAPutLeavesNothingPending) {
  Recorded recorded;
  recorded.rows = {{"a", "1"}};
  RowBatch batch(recorded);
  batch.put("a", "new");
  batch.erase("b");
  batch.back_to(0);
  EXPECT_TRUE(batch.rows().empty());
  EXPECT_EQ(value(batch, "a"), "1");
}

TEST(RowBatch, MarksNestUnderRandomOperations) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  Recorded recorded;
  recorded.rows = {{"k0", "r"}, {"k3", "r"}};
  RowBatch batch(recorded);
  std::vector<std::pair<std::size_t, RowBatch::Rows>> marks;
  for (int i = 0; i < 5000; ++i) {
    const std::string key = "k" + std::to_string(random() % 6);
    switch (random() % 4) {
      case 0:
        batch.put(key, std::to_string(i));
        break;
      case 1:
        batch.erase(key);
        break;
      case 2:
        marks.emplace_back(batch.mark(), batch.rows());
        break;
      default:
        if (marks.empty()) break;
        batch.back_to(marks.back().first);
        ASSERT_EQ(batch.rows(), marks.back().second);
        marks.pop_back();
    }
  }
}

}  // namespace
}  // namespace chayan::index
