// Backups, and what comes back from them.
#include "index/backup.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/support/registry.h"

namespace chayan::index {
namespace {

namespace fs = std::filesystem;
using test::Registry;

void fill(Registry& registry) {
  registry.write(test::official_changes());
  registry.write(test::put_institution(test::credit(1), "上海示例一"));
  registry.write(test::filing_until_filed(test::credit(1), "F-1", test::day("2026-07-20"),
                                          {test::item_line("foreign/1/1")}));
  test::issue_certificates(registry, 1, 20);
}

class BackupTest : public testing::Test {
 protected:
  BackupTest() { fill(registry_); }

  std::string backups() const { return registry_.folder() / "backups"; }

  Backup back_up(std::size_t keep = 100) {
    EXPECT_TRUE(registry_.store().publish());
    const auto made = make_backup(registry_.store(), backups(), keep, {});
    if (made) return *made;
    ADD_FAILURE() << made.error().message.en;
    return {};
  }

  RestoreRequest request(const std::string& to) const {
    RestoreRequest request;
    request.backups = backups();
    request.destination = registry_.folder() / to;
    request.keys = registry_.folder() / "data.keys";
    return request;
  }
  Result<Restored> run(const RestoreRequest& request) {
    return restore(request, registry_.clock(), [](auto, auto) {});
  }
  std::unique_ptr<Store> open(const std::string& data) {
    StoreOptions options = registry_.options();
    options.data = registry_.folder() / data;
    options.keys = registry_.folder() / "data.keys";
    options.create = false;
    return Store::open(options, registry_.clock()).value();
  }

  Registry registry_;
};

TEST_F(BackupTest, ComesBackWithTheSameRootAndTheSameRows) {
  const Head head = registry_.reader().head().value();
  const Digest digest = digest_of_rows(registry_.store()).value();
  const Backup backup = back_up();
  EXPECT_EQ(backup.head, head);
  EXPECT_EQ(backup.checkpoint, registry_.store().published()->note);
  EXPECT_EQ(list_backups(backups()).value().front().head, head);

  const auto restored = run(request("restored"));
  ASSERT_TRUE(restored) << restored.error().message.en;
  EXPECT_EQ(restored->report.head, head);
  EXPECT_EQ(restored->report.digest, digest);
  EXPECT_EQ(restored->backup.id, backup.id);
  EXPECT_EQ(restored->read_only_reason, "") << "these keys have signed for no more";
  EXPECT_FALSE(fs::exists(registry_.folder() / "restored.restoring"));

  // And it goes on.
  registry_.close();
  auto store = open("restored");
  EXPECT_FALSE(store->read_only());
  EXPECT_TRUE(Writer::create(*store));
}

TEST_F(BackupTest, ComesBackToAnySize) {
  std::vector<Head> heads;
  for (int i = 0; i < 5; ++i) {
    heads.push_back(registry_.reader().head().value());
    test::issue_certificates(registry_, 100 + 3 * i, 3);
  }
  back_up();
  for (const Head& head : heads) {
    RestoreRequest to = request("to-" + std::to_string(head.size));
    to.size = head.size;
    const auto restored = run(to);
    ASSERT_TRUE(restored) << restored.error().message.en;
    EXPECT_EQ(restored->report.head, head);
    EXPECT_NE(restored->read_only_reason, "") << "these keys have signed for more";
  }
  RestoreRequest to = request("empty");
  to.size = 0;
  EXPECT_EQ(run(to).value().report.head.size, 0U);
  to = request("beyond");
  to.size = registry_.reader().head().value().size + 1;
  const auto beyond = run(to);
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(beyond.error().field, "--to");
  EXPECT_FALSE(fs::exists(to.destination));
  EXPECT_FALSE(fs::exists(to.destination + ".restoring"));
}

TEST_F(BackupTest, AfterALossTheLogGoesOnUnderAnotherNameAlone) {
  back_up();
  test::issue_certificates(registry_, 100, 3);
  ASSERT_TRUE(registry_.store().publish());
  const auto restored = run(request("restored"));
  ASSERT_TRUE(restored) << restored.error().message.en;
  EXPECT_NE(restored->read_only_reason.find("had reached"), std::string::npos);
  registry_.close();
  auto store = open("restored");
  EXPECT_TRUE(store->read_only());
  EXPECT_FALSE(Writer::create(*store));
  EXPECT_FALSE(store->accept_head({}));
  ASSERT_TRUE(store->accept_head({"second.example/log", {}}));
  EXPECT_TRUE(Writer::create(*store));
}

// Keys that come back from a copy have no anchor, as the copy should, and an early checkpoint is
// anybody's to show: without what the backup knows they would sign a second history.
TEST_F(BackupTest, ALogThatWasCutGoesOnUnderAnotherNameAlone) {
  ASSERT_TRUE(registry_.store().publish());
  const auto early = registry_.store().published();
  const log::Anchor old{early->checkpoint.size, early->checkpoint.root, early->note};
  test::issue_certificates(registry_, 100, 3);
  back_up();
  registry_.close();
  const std::string anchor = registry_.options().data + ".keys/anchor";
  fs::remove(anchor);
  RestoreRequest to = request("cut");
  to.size = old.size;
  const auto restored = run(to);
  ASSERT_TRUE(restored) << restored.error().message.en;
  EXPECT_TRUE(restored->is_cut);
  EXPECT_NE(restored->read_only_reason.find("had reached"), std::string::npos);

  auto store = open("cut");
  EXPECT_TRUE(store->read_only());
  EXPECT_EQ(store->accept_head({{}, old.checkpoint}).error().code, ErrorCode::conflict);
  ASSERT_TRUE(rebuild(*store, registry_.folder() / "rebuilt", [](auto, auto) {}));
  store = open("rebuilt");
  EXPECT_EQ(store->accept_head({{}, old.checkpoint}).error().code, ErrorCode::conflict);
  store.reset();
  ASSERT_TRUE(log::write_anchor(anchor, old));
  store = open("cut");
  EXPECT_TRUE(store->read_only()) << "an old anchor vouches for no more than an early checkpoint";
  EXPECT_EQ(store->published(), nullptr);
  EXPECT_FALSE(Writer::create(*store));

  ASSERT_TRUE(store->accept_head({"second.example/log", {}}));
  store.reset();
  store = open("cut");
  EXPECT_FALSE(store->read_only()) << store->read_only_reason();
  EXPECT_TRUE(Writer::create(*store));
}

TEST_F(BackupTest, ALogThatWasCutToNothingIsNotANewOne) {
  back_up();
  registry_.close();
  const std::string anchor = registry_.options().data + ".keys/anchor";
  fs::remove(anchor);
  RestoreRequest to = request("empty");
  to.size = 0;
  ASSERT_TRUE(run(to));
  EXPECT_FALSE(fs::exists(anchor)) << "a restoration does not move it";
  EXPECT_TRUE(open("empty")->read_only());
}

TEST_F(BackupTest, AWholeLogGoesOnFromTheCheckpointOfAMirror) {
  const std::string note = back_up().checkpoint;
  registry_.close();
  fs::remove(registry_.options().data + ".keys/anchor");
  const auto restored = run(request("restored"));
  ASSERT_TRUE(restored) << restored.error().message.en;
  EXPECT_FALSE(restored->is_cut);
  auto store = open("restored");
  ASSERT_TRUE(store->read_only());
  ASSERT_TRUE(store->accept_head({{}, note}));
  EXPECT_TRUE(Writer::create(*store));
  EXPECT_FALSE(store->reader().row(meta_key("floor")).value()) << "its head contains it";
}

// What a copy of the keyring brings back, made with its anchor.
TEST_F(BackupTest, AnAnchorOlderThanTheBackupIsNotBelieved) {
  const std::string anchor = registry_.options().data + ".keys/anchor";
  const auto old = log::read_anchor(anchor).value().value();
  test::issue_certificates(registry_, 100, 3);
  ASSERT_TRUE(registry_.store().publish());
  back_up();
  registry_.close();
  ASSERT_TRUE(log::write_anchor(anchor, old));
  const auto restored = run(request("restored"));
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, ErrorCode::conflict) << restored.error().message.en;
  EXPECT_FALSE(fs::exists(request("restored").destination));
}

TEST_F(BackupTest, ALogThatLostItsEndPushesNoGoodBackupOut) {
  back_up();
  test::issue_certificates(registry_, 100, 3);
  ASSERT_TRUE(registry_.store().publish());
  ASSERT_TRUE(run(request("restored")));
  registry_.close();
  const auto shorter = open("restored");
  ASSERT_TRUE(shorter->read_only());
  const auto made = make_backup(*shorter, backups(), 1, {});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::conflict);
  EXPECT_EQ(list_backups(backups()).value().size(), 1U);
}

TEST_F(BackupTest, SharesItsFilesAndKeepsTheNewest) {
  const auto table_files = [&] {
    return std::distance(fs::directory_iterator(backups() + "/shared_checksum"),
                         fs::directory_iterator());
  };
  const Backup first = back_up();
  const auto files = table_files();
  EXPECT_GT(files, 0);
  const Backup second = back_up();
  EXPECT_EQ(table_files(), files) << "nothing is new, so nothing is copied";
  test::issue_certificates(registry_, 100, 3);
  const Backup third = back_up(2);
  EXPECT_GT(third.head.size, second.head.size);
  std::vector<std::uint32_t> ids;
  for (const Backup& backup : list_backups(backups()).value()) ids.push_back(backup.id);
  EXPECT_EQ(ids, (std::vector<std::uint32_t>{third.id, second.id}));

  RestoreRequest older = request("older");
  older.id = second.id;
  EXPECT_EQ(run(older).value().report.head, second.head);
  RestoreRequest gone = request("gone");
  gone.id = first.id;
  EXPECT_EQ(run(gone).error().code, ErrorCode::not_found);
}

TEST_F(BackupTest, HoldsNoKeys) {
  back_up();
  for (const auto& file : fs::recursive_directory_iterator(backups())) {
    const std::string path = file.path().native();
    EXPECT_EQ(path.find("keys"), std::string::npos) << path;
  }
  EXPECT_EQ(fs::status(backups()).permissions(), fs::perms::owner_all);
  const Registry other;
  RestoreRequest with_others = request("restored");
  with_others.keys = other.folder() / "data.keys";
  const auto refused = run(with_others);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_FALSE(fs::exists(with_others.destination));
  with_others.keys = registry_.folder() / "nothing";
  EXPECT_EQ(run(with_others).error().code, ErrorCode::conflict);
  EXPECT_FALSE(fs::exists(with_others.keys)) << "no keyring is made for what it cannot open";
}

TEST_F(BackupTest, AnotherRegistrysFolderIsRefused) {
  back_up();
  Registry other;
  fill(other);
  const auto refused = make_backup(other.store(), backups(), 3, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_EQ(list_backups(backups()).value().size(), 1U);
}

TEST_F(BackupTest, WhatIsThereIsNotTouched) {
  back_up();
  RestoreRequest taken = request("taken/");
  fs::create_directory(taken.destination);
  EXPECT_EQ(run(taken).error().code, ErrorCode::conflict);
  EXPECT_TRUE(fs::is_empty(taken.destination));
  RestoreRequest nowhere = request("restored");
  nowhere.backups = registry_.folder() / "nowhere";
  EXPECT_EQ(run(nowhere).error().code, ErrorCode::not_found);
  EXPECT_FALSE(fs::exists(nowhere.backups));
  EXPECT_EQ(list_backups(nowhere.backups).error().code, ErrorCode::not_found);
}

TEST_F(BackupTest, TwoRestorationsToOnePlaceLeaveEachOtherAlone) {
  const Backup backup = back_up();
  const RestoreRequest to = request("restored");
  int met = 0;
  const auto restored = restore(to, registry_.clock(), [&](auto, auto) {
    ++met;
    EXPECT_EQ(run(to).error().code, ErrorCode::conflict);
  });
  EXPECT_GT(met, 0);
  ASSERT_TRUE(restored) << restored.error().message.en;
  EXPECT_EQ(restored->report.head, backup.head);
  EXPECT_FALSE(fs::exists(to.destination + ".restoring"));
}

TEST_F(BackupTest, WhatAKillLeftOfARestorationGoes) {
  back_up();
  const RestoreRequest to = request("restored");
  fs::create_directories(to.destination + ".restoring/whole/rows");
  std::ofstream(to.destination + ".restoring/whole/rows/CURRENT") << "half";
  EXPECT_TRUE(run(to));
  EXPECT_FALSE(fs::exists(to.destination + ".restoring"));
}

TEST_F(BackupTest, NothingIsRestoredAmongTheBackups) {
  back_up();
  fs::create_directory_symlink(backups(), registry_.folder() / "link");
  for (const std::string among :
       {"backups", "backups/restored", "link/restored", "backups/meta/"}) {
    const auto refused = run(request(among));
    ASSERT_FALSE(refused) << among;
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    EXPECT_NE(refused.error().message.en.find("folder of the backups"), std::string::npos);
  }
  EXPECT_FALSE(fs::exists(backups() + "/restored"));
  EXPECT_TRUE(run(request("backups-2"))) << "a name that begins alike";
}

// A damaged copy is found while it is read, and a sound older one still comes back.
TEST_F(BackupTest, ADamagedFileIsNamedAndNothingIsLeft) {
  back_up();
  std::string damaged;
  for (const auto& file : fs::directory_iterator(backups() + "/shared_checksum")) {
    damaged = file.path();
  }
  std::fstream file(damaged, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(40);
  const char byte = static_cast<char>(file.get());
  file.seekp(40);
  file.put(static_cast<char>(byte ^ 1));
  file.close();
  const auto restored = run(request("restored"));
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, ErrorCode::corrupt) << restored.error().message.en;
  EXPECT_FALSE(fs::exists(registry_.folder() / "restored"));
  EXPECT_FALSE(fs::exists(registry_.folder() / "restored.restoring"));
}

TEST_F(BackupTest, IsSoundWhileAWriterWrites) {
  std::atomic<bool> done{false};
  std::thread writing([&] {
    for (int i = 0; !done; ++i) test::issue_certificates(registry_, 1000 + i * 10, 10);
  });
  constexpr int kRounds = 4;
  for (int round = 0; round < kRounds; ++round) {
    const auto made = make_backup(registry_.store(), backups(), 100, {});
    ASSERT_TRUE(made) << made.error().message.en;
  }
  done = true;
  writing.join();
  for (const Backup& backup : list_backups(backups()).value()) {
    RestoreRequest one = request("restored-" + std::to_string(backup.id));
    one.id = backup.id;
    const auto restored = run(one);
    ASSERT_TRUE(restored) << restored.error().message.en;
    EXPECT_GE(restored->report.head.size, backup.head.size);
    EXPECT_EQ(restored->report.head.root,
              registry_.reader().root_at(restored->report.head.size).value());
  }
}

TEST_F(BackupTest, WhatWasErasedStaysErased) {
  const std::uint64_t before = registry_.reader().head().value().size;
  registry_.write(
      test::certificate_event(CertificateEventKind::erased, "DEMO-7", test::day("2026-08-03")));
  back_up();
  RestoreRequest to = request("before");
  to.size = before;
  EXPECT_EQ(run(request("whole")).value().report.erased, 1U);
  EXPECT_EQ(run(to).value().report.erased, 1U);
  registry_.close();
  const auto number = CertificateNumber::parse("DEMO-7", "number").value();
  for (const std::string data : {"whole", "before"}) {
    EXPECT_FALSE(open(data)->reader().certificate(number).value()) << data;
  }
}

TEST_F(BackupTest, StopsAndLeavesTheOthersAlone) {
  back_up();
  test::issue_certificates(registry_, 100, 3);
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = make_backup(registry_.store(), backups(), 1, stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::unavailable);
  EXPECT_EQ(list_backups(backups()).value().size(), 1U);
  back_up();
  EXPECT_EQ(list_backups(backups()).value().size(), 2U);
}

}  // namespace
}  // namespace chayan::index
