#include "index/read_views.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "index/row_batch.h"
#include "index/schema.h"
#include "tests/support/temp_directory.h"

namespace chayan::index {
namespace {

const std::string kRow = "m row";

class ReadViewsTest : public testing::Test {
 protected:
  ReadViewsTest() {
    rocksdb::Options options;
    options.create_if_missing = true;
    const auto watch = std::make_shared<FileWatch>();
    options.listeners.push_back(watch);
    rocksdb::DB* db = nullptr;
    EXPECT_TRUE(rocksdb::DB::Open(options, folder_ / "rows", &db).ok());
    db_.reset(db);
    views_ = std::make_unique<ReadViews>(*db_, watch);
  }

  void put(const std::string& key, const std::string& value) {
    ASSERT_TRUE(db_->Put({}, key, value).ok());
  }
  std::string seen(const ReadView& view) {
    return DatabaseRows(*db_, view.snapshot()).get(kRow).value().value_or("");
  }
  std::uint64_t snapshots() {
    std::uint64_t count = 0;
    EXPECT_TRUE(db_->GetIntProperty(rocksdb::DB::Properties::kNumSnapshots, &count));
    return count;
  }

  test::TempDirectory folder_;
  std::unique_ptr<rocksdb::DB> db_;
  std::unique_ptr<ReadViews> views_;
};

TEST_F(ReadViewsTest, OfDataAtRestTheSameViewIsTakenAgain) {
  put(kRow, "1");
  auto view = views_->take();
  const rocksdb::Snapshot* snapshot = view->snapshot();
  rocksdb::Iterator* iterator = &view->certificates();
  views_->give_back(std::move(view));
  view = views_->take();
  EXPECT_EQ(view->snapshot(), snapshot);
  EXPECT_EQ(&view->certificates(), iterator);
  EXPECT_EQ(seen(*view), "1");
  views_->give_back(std::move(view));
  EXPECT_EQ(snapshots(), 1U);
}

TEST_F(ReadViewsTest, AViewIsThePresentWhenItIsTakenAndStaysAsItWas) {
  put(kRow, "1");
  auto before = views_->take();
  put(kRow, "2");
  auto after = views_->take();
  EXPECT_EQ(seen(*before), "1");
  EXPECT_EQ(seen(*after), "2");
  views_->give_back(std::move(after));
  views_->give_back(std::move(before));  // the older one lies on top now
  after = views_->take();
  EXPECT_EQ(seen(*after), "2");
  views_->give_back(std::move(after));
  EXPECT_EQ(snapshots(), 1U);
}

TEST_F(ReadViewsTest, TheIteratorSeesTheCertificatesOfItsSnapshotAlone) {
  const std::string certificate = certificate_key({});
  put("b before", "");
  put(std::string(1, static_cast<char>(Family::certificate) + 1), "behind");
  auto view = views_->take();
  view->certificates().SeekToFirst();
  EXPECT_FALSE(view->certificates().Valid());
  put(certificate, "sealed");
  view->certificates().Seek(certificate);
  EXPECT_FALSE(view->certificates().Valid());
  views_->give_back(std::move(view));
  view = views_->take();
  view->certificates().SeekToFirst();
  ASSERT_TRUE(view->certificates().Valid());
  EXPECT_EQ(view->certificates().key(), certificate);
  view->certificates().Next();
  EXPECT_FALSE(view->certificates().Valid());
  views_->give_back(std::move(view));
}

TEST_F(ReadViewsTest, ReleaseLetsGoOfIdleViewsAtOnceAndOfOthersWhenTheyComeBack) {
  views_->give_back(views_->take());
  EXPECT_EQ(snapshots(), 1U);
  views_->release();
  EXPECT_EQ(snapshots(), 0U);

  auto view = views_->take();
  views_->release();
  EXPECT_EQ(snapshots(), 1U);
  views_->give_back(std::move(view));
  EXPECT_EQ(snapshots(), 0U);
}

TEST_F(ReadViewsTest, NoIdleViewHoldsFilesThatWereReplaced) {
  put(kRow, "1");
  views_->give_back(views_->take());
  EXPECT_EQ(snapshots(), 1U);
  ASSERT_TRUE(db_->Flush({}).ok());
  while (snapshots() > 0) std::this_thread::yield();  // RocksDB tells it on a thread of its own
  auto view = views_->take();
  view->certificates().SeekToFirst();
  views_->give_back(std::move(view));
  put(kRow, "2");
  ASSERT_TRUE(db_->CompactRange({}, nullptr, nullptr).ok());
  while (snapshots() > 0) std::this_thread::yield();
}

TEST_F(ReadViewsTest, AThreadSeesWhateverWasAcknowledgedBefore) {
  constexpr int kWrites = 2'000;
  std::atomic<int> acknowledged{0};
  std::atomic<bool> done{false};
  put(kRow, "0");
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        const int written = acknowledged;
        auto view = views_->take();
        EXPECT_GE(std::stoi(seen(*view)), written);
        view->certificates().SeekToFirst();
        views_->give_back(std::move(view));
      }
    });
  }
  for (int i = 1; i <= kWrites; ++i) {
    put(kRow, std::to_string(i));
    acknowledged = i;
    if (i % 7 == 0) views_->release();
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  views_->release();
  EXPECT_EQ(snapshots(), 0U);
}

}  // namespace
}  // namespace chayan::index
