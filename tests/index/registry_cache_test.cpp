#include "index/registry_cache.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include "index/schema.h"
#include "tests/support/registry.h"

namespace chayan::index {
namespace {

using test::credit;
using test::day;

class RegistryCacheTest : public testing::Test {
 protected:
  RegistryCacheTest() {
    registry_.write(test::official_changes());
    registry_.write(test::put_institution(credit(1), "上海示例一"));
  }
  ~RegistryCacheTest() override {
    for (const rocksdb::Snapshot* snapshot : snapshots_) db().ReleaseSnapshot(snapshot);
  }

  rocksdb::DB& db() { return registry_.store().db(); }
  const rocksdb::Snapshot* now() {
    snapshots_.push_back(db().GetSnapshot());
    return snapshots_.back();
  }
  std::string name(const rocksdb::Snapshot* snapshot, int institution) {
    const auto found = cache_.institution(snapshot, credit(institution)).value();
    return found ? found->institution.name : std::string();
  }

  test::Registry registry_;
  RegistryCache cache_{db()};
  std::vector<const rocksdb::Snapshot*> snapshots_;
};

TEST_F(RegistryCacheTest, IsDecodedOnceUntilTheRowChanges) {
  const auto first = cache_.institution(now(), credit(1)).value();
  ASSERT_TRUE(first);
  registry_.write(test::put_institution(credit(2), "上海示例二"));
  EXPECT_EQ(cache_.institution(now(), credit(1)).value(), first);
  registry_.write(test::put_institution(credit(1), "上海示例壹"));
  EXPECT_EQ(name(now(), 1), "上海示例壹");
  EXPECT_EQ(first->institution.name, "上海示例一");  // whoever holds it keeps it
}

TEST_F(RegistryCacheTest, EachSnapshotGetsWhatItSays) {
  const auto* before = now();
  registry_.write(test::put_institution(credit(1), "上海示例壹"));
  registry_.write(test::put_institution(credit(2), "上海示例二"));
  const auto* after = now();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(name(before, 1), "上海示例一");
    EXPECT_EQ(name(before, 2), "");
    EXPECT_EQ(name(after, 1), "上海示例壹");
    EXPECT_EQ(name(after, 2), "上海示例二");
  }
}

TEST_F(RegistryCacheTest, TheCatalogIsAllItemsOfTheSnapshot) {
  constexpr CatalogItemId kItem{CatalogList::foreign, 1, 1};
  const auto* before = now();
  const auto first = cache_.catalog(before).value();
  EXPECT_EQ(first->size(), 13U);
  registry_.write(test::put_institution(credit(2), "上海示例二"));
  EXPECT_EQ(cache_.catalog(now()).value(), first);

  CatalogItem item = first->at(kItem).back();
  item.effective_from = day("2026-11-01");
  registry_.write(Change{item, {}});
  EXPECT_EQ(cache_.catalog(now()).value()->at(kItem).size(), 2U);
  EXPECT_EQ(cache_.catalog(before).value()->at(kItem).size(), 1U);
}

TEST_F(RegistryCacheTest, ADamagedRowIsAnError) {
  ASSERT_TRUE(db().Put({}, institution_key(credit(1)), "damaged").ok());
  EXPECT_EQ(cache_.institution(now(), credit(1)).error().code, ErrorCode::corrupt);
  ASSERT_TRUE(db().Put({}, catalog_key({CatalogList::foreign, 1, 1}), "damaged").ok());
  EXPECT_EQ(cache_.catalog(now()).error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace chayan::index
