// Snapshot files: whole, proven, the same again, and the only thing that is listed.
#include "index/snapshot_file.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "crypto/digest.h"
#include "tests/support/registry.h"
#include "tests/support/snapshot_pages.h"

namespace chayan::index {
namespace {

namespace fs = std::filesystem;
using test::Registry;

void fill(Registry& registry, int certificates) {
  registry.write(test::official_changes());
  Change institution = test::put_institution(test::credit(1), "上海示例一");
  institution.secrets = {{"contact", "测试联系人甲"}, {"contact_phone", "19900000001"}};
  registry.write({institution});
  registry.write(test::filing_until_filed(test::credit(1), "F-1", test::day("2026-07-20"),
                                          {test::item_line("foreign/1/1")}));
  test::issue_certificates(registry, 1, certificates);
  registry.write(
      test::certificate_event(CertificateEventKind::erased, "DEMO-1", test::day("2026-08-03")));
}

Snapshot make(Registry& registry) {
  EXPECT_TRUE(registry.store().publish());
  const auto made = make_snapshot(registry.store(), {}, [](auto, auto) {});
  if (!made) {
    ADD_FAILURE() << made.error().message.en;
    return {};
  }
  return *made;
}

std::string path_of(Registry& registry, const Snapshot& snapshot) {
  return snapshot_folder(registry.store()) + '/' + snapshot.file();
}

TEST(SnapshotFile, IsTheWholeLogProvenPageByPage) {
  Registry registry;
  fill(registry, 1500);
  const Snapshot snapshot = make(registry);
  const std::string file = test::bytes_of(path_of(registry, snapshot));
  EXPECT_EQ(snapshot.file(), std::to_string(snapshot.size) + ".ndjson.zst");
  EXPECT_EQ(snapshot.bytes, file.size());
  EXPECT_EQ(snapshot.sha256, crypto::sha256(file));
  EXPECT_EQ(snapshot.checkpoint, registry.store().published()->note);

  const auto tree = test::proven_tree(file, registry.store().log_key());
  const Head head = registry.reader().head().value();
  EXPECT_EQ(tree.size(), head.size);
  EXPECT_EQ(tree.root(), head.root);
  EXPECT_EQ(snapshot.size, head.size);
  EXPECT_EQ(snapshot.root, head.root);

  const auto pages = test::snapshot_pages(file);
  EXPECT_GE(pages.size(), 2U);
  for (const std::string& page : pages) {
    for (const std::string_view hidden : {"测试甲", "DEMO-", "19900000001", "\"private\""}) {
      EXPECT_EQ(page.find(hidden), std::string::npos) << hidden;
    }
  }
  EXPECT_EQ(list_snapshots(registry.store()).value(), std::vector<Snapshot>{snapshot});
}

// Long entries end a page by its bytes, before its entries do.
TEST(SnapshotFile, PagesAreBoundedInBytes) {
  Registry registry;
  std::vector<Change> changes;
  for (int i = 1; i <= 900; ++i) {
    Change change = test::put_institution(test::credit(i), "上海示例");
    std::get<Institution>(change.body).address = std::string(1900, 'a');
    changes.push_back(std::move(change));
  }
  registry.write(std::move(changes));
  const std::string file = test::bytes_of(path_of(registry, make(registry)));
  const auto pages = test::snapshot_pages(file);  // bounds each
  EXPECT_EQ(pages.size(), 3U) << "some 2.3 KB an entry";
  EXPECT_EQ(test::proven_tree(file, registry.store().log_key()).size(), 900U);
}

TEST(SnapshotFile, IsOneZstdStream) {
  Registry registry;
  fill(registry, 1500);
  const std::string file = test::bytes_of(path_of(registry, make(registry)));
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                     ZSTD_freeDCtx);
  std::string text(std::size_t{16} << 20, '\0');
  ZSTD_inBuffer in{file.data(), file.size(), 0};
  ZSTD_outBuffer out{text.data(), text.size(), 0};
  while (in.pos < in.size) {
    ASSERT_EQ(ZSTD_isError(ZSTD_decompressStream(context.get(), &out, &in)), 0U);
  }
  std::string joined;
  for (const std::string& page : test::snapshot_pages(file)) joined += page;
  EXPECT_EQ(text.substr(0, out.pos), joined);
}

TEST(SnapshotFile, TwoOfTheSameSizeAreTheSameBytes) {
  Registry registry;
  fill(registry, 300);
  const Snapshot first = make(registry);
  const std::string bytes = test::bytes_of(path_of(registry, first));
  registry.clock().advance(std::chrono::hours(1));
  EXPECT_EQ(make(registry), first) << "it is there: it is not made again";
  ASSERT_TRUE(remove_old_snapshots(registry.store(), 0));
  EXPECT_TRUE(list_snapshots(registry.store()).value().empty());
  registry.close();
  ASSERT_TRUE(registry.open());
  const Snapshot second = make(registry);
  EXPECT_NE(second.created, first.created);
  EXPECT_EQ(second.sha256, first.sha256);
  EXPECT_EQ(test::bytes_of(path_of(registry, second)), bytes);
}

TEST(SnapshotFile, IsWholeWhileAWriterWrites) {
  Registry registry;
  fill(registry, 10);
  ASSERT_TRUE(registry.store().publish());  // the writer's own thread does it some time after
  std::atomic<bool> done{false};
  std::thread writing([&] {
    for (int i = 0; !done; ++i) test::issue_certificates(registry, 1000 + i * 20, 20);
  });
  std::uint64_t last = 0;
  constexpr int kRounds = 8;
  for (int round = 0; round < kRounds;) {
    const auto made = make_snapshot(registry.store(), {}, [](auto, auto) {});
    ASSERT_TRUE(made) << made.error().message.en;
    if (made->size == last) continue;  // nothing was published meanwhile
    last = made->size;
    ++round;
    const auto tree =
        test::proven_tree(test::bytes_of(path_of(registry, *made)), registry.store().log_key());
    EXPECT_EQ(tree.size(), made->size);
    EXPECT_EQ(tree.root(), made->root);
    ASSERT_TRUE(remove_old_snapshots(registry.store(), 2));
  }
  done = true;
  writing.join();
  EXPECT_EQ(list_snapshots(registry.store()).value().size(), 2U);
}

TEST(SnapshotFile, TheNewestAreKeptAndWhatIsNotWholeIsNotListed) {
  Registry registry;
  fill(registry, 5);
  std::vector<Snapshot> made;
  for (int i = 0; i < 5; ++i) {
    test::issue_certificates(registry, 100 + i, 1);
    made.insert(made.begin(), make(registry));
  }
  const std::string folder = snapshot_folder(registry.store());
  SnapshotShelf shelf(registry.store());
  // The shelf, which remembers, and the function, which does not, list the same.
  const auto expect_listed = [&](const std::vector<Snapshot>& expected) {
    EXPECT_EQ(list_snapshots(registry.store()).value(), expected);
    EXPECT_EQ(shelf.list().value(), expected);
    EXPECT_EQ(shelf.list().value(), expected);
  };
  expect_listed(made);
  fs::resize_file(folder + '/' + made[1].file(), made[1].bytes - 1);        // cut
  fs::remove(folder + '/' + made[2].file());                                // a sidecar alone
  fs::remove(folder + '/' + std::to_string(made[3].size) + ".json");        // a file alone
  std::ofstream(folder + "/77.ndjson.zst.part") << "as a crash leaves it";  // never named
  std::ofstream(folder + "/77.json") << "{}";
  expect_listed({made[0], made[4]});
  ASSERT_TRUE(remove_old_snapshots(registry.store(), 1));
  expect_listed({made[0]});
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 2);

  const std::string sidecar = folder + '/' + std::to_string(made[0].size) + ".json";
  const std::string genuine = test::bytes_of(sidecar);
  std::string forged = genuine;
  char& signature = forged.at(forged.find("\\n", forged.find("\\n\\n") + 4) - 10);
  signature = signature == 'A' ? 'B' : 'A';
  std::ofstream(sidecar) << forged;
  expect_listed({});
  std::ofstream(sidecar) << genuine;
  expect_listed({made[0]});
}

TEST(SnapshotFile, OfAnotherLogIsNotListed) {
  Registry registry;
  fill(registry, 5);
  const Snapshot old = make(registry);
  registry.close();
  fs::remove(registry.options().data + ".keys/anchor");
  ASSERT_TRUE(registry.open());
  ASSERT_TRUE(registry.store().accept_head({"new.example/log", {}}));
  EXPECT_TRUE(list_snapshots(registry.store()).value().empty());
  const Snapshot fresh = make(registry);
  EXPECT_EQ(fresh.file(), old.file());
  EXPECT_NE(fresh.checkpoint, old.checkpoint);
  const auto tree =
      test::proven_tree(test::bytes_of(path_of(registry, fresh)), registry.store().log_key());
  EXPECT_EQ(tree.size(), fresh.size);
}

TEST(SnapshotFile, NothingIsLeftOfOneThatWasNotMade) {
  Registry registry;
  ASSERT_TRUE(registry.store().publish());
  const auto of_nothing = make_snapshot(registry.store(), {}, [](auto, auto) {});
  ASSERT_FALSE(of_nothing);
  EXPECT_EQ(of_nothing.error().code, ErrorCode::unavailable);

  fill(registry, 5);
  ASSERT_TRUE(registry.store().publish());
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = make_snapshot(registry.store(), stop.get_token(), [](auto, auto) {});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(list_snapshots(registry.store()).value().empty());
  EXPECT_EQ(list_snapshots(registry.store()).value().size(), 0U);
  make(registry);
  EXPECT_EQ(list_snapshots(registry.store()).value().size(), 1U);
}

}  // namespace
}  // namespace chayan::index
