#include "index/registry_cache.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

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

TEST_F(RegistryCacheTest, LeavesOutWhatWasNotAskedForLongest) {
  constexpr int kInstitutions = 200;
  for (int i = 1; i <= kInstitutions; ++i) {
    registry_.write(test::put_institution(credit(i), "上海示例" + std::to_string(i)));
  }
  const auto* snapshot = now();
  const auto kept = [&](RegistryCache& cache) {
    const auto often = cache.institution(snapshot, credit(1)).value();
    std::vector<std::shared_ptr<const InstitutionRecord>> first;
    for (int i = 1; i <= kInstitutions; ++i) {
      first.push_back(cache.institution(snapshot, credit(i)).value());
      EXPECT_EQ(cache.institution(snapshot, credit(1)).value(), often);
    }
    int same = 0;
    for (int i = kInstitutions; i >= 1; --i) {
      same += cache.institution(snapshot, credit(i)).value() == first[i - 1] ? 1 : 0;
    }
    return same;
  };
  RegistryCache roomy(db());
  EXPECT_EQ(kept(roomy), kInstitutions);
  RegistryCache narrow(db(), 16 * 1024);
  const int kept_by_narrow = kept(narrow);
  EXPECT_LT(kept_by_narrow, kInstitutions);
  EXPECT_GT(kept_by_narrow, 16);  // some in each shard
  for (int i = 0; i < 20; ++i) kept(narrow);
  EXPECT_GT(kept(narrow), 16);  // still: what left is counted no more
  RegistryCache none(db(), 0);  // hands out, and keeps nothing
  EXPECT_EQ(none.institution(snapshot, credit(2)).value()->institution.name, "上海示例2");
}

TEST_F(RegistryCacheTest, ThreadsOfDifferentSnapshotsEachGetTheirs) {
  constexpr CatalogItemId kItem{CatalogList::foreign, 1, 1};
  CatalogItem item = cache_.catalog(now()).value()->at(kItem).back();
  std::vector<const rocksdb::Snapshot*> snapshots;
  for (int version = 0; version < 4; ++version) {
    registry_.write(test::put_institution(credit(1), "上海示例" + std::to_string(version)));
    snapshots.push_back(now());
    item.effective_from = item.effective_from.plus_years(1);
    registry_.write(Change{item, {}});
  }
  RegistryCache narrow(db(), 0);
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int version = 0; version < 4; ++version) {
    threads.emplace_back([&, version] {
      for (int i = 0; i < 500; ++i) {
        for (RegistryCache* cache : {&cache_, &narrow}) {
          const auto found = cache->institution(snapshots[version], credit(1));
          const bool right =
              found && *found && (*found)->institution.name == "上海示例" + std::to_string(version);
          if (!right) ++wrong;
          const auto catalog = cache->catalog(snapshots[version]);
          if (!catalog || (*catalog)->at(kItem).size() != 1U + version) ++wrong;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
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
