// What is signed and shown, and what is never signed.
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <filesystem>
#include <set>

#include "index/rebuild.h"
#include "index/schema.h"
#include "index/store.h"
#include "index/tree.h"
#include "log/anchor.h"
#include "tests/support/registry.h"

namespace chayan::index {
namespace {

namespace fs = std::filesystem;
using test::Registry;

std::string anchor_path(const Registry& registry) {
  return registry.folder() / "data.keys/anchor";
}

TEST(Publish, WhatIsPublishedIsTheHeadSignedAndPersisted) {
  Registry registry;
  ASSERT_TRUE(registry.store().publish());
  EXPECT_EQ(registry.store().published()->checkpoint.size, 0U) << "an empty tree has one too";
  registry.write(test::official_changes());
  ASSERT_TRUE(registry.store().publish());
  const auto published = registry.store().published();
  const Head head = registry.reader().head().value();
  EXPECT_EQ(published->checkpoint,
            (log::Checkpoint{registry.store().origin(), head.size, head.root}));
  EXPECT_EQ(log::open_checkpoint(published->note, registry.store().log_key()).value(),
            published->checkpoint);
  EXPECT_EQ(log::read_anchor(anchor_path(registry)).value(),
            (log::Anchor{head.size, head.root, published->note}));
}

TEST(Publish, TheWriterPublishesByItself) {
  Registry registry;
  registry.write(test::official_changes());
  const std::uint64_t size = registry.reader().head().value().size;
  registry.close();
  ASSERT_TRUE(registry.open());
  EXPECT_EQ(registry.store().published()->checkpoint.size, size);
}

TEST(Publish, ARestartShowsTheSameCheckpoint) {
  Registry registry;
  registry.write(test::official_changes());
  ASSERT_TRUE(registry.store().publish());
  const std::string note = registry.store().published()->note;
  const std::string key = log::verifier_line(registry.store().log_key());
  registry.close();
  ASSERT_TRUE(registry.open());
  ASSERT_TRUE(registry.store().publish());
  EXPECT_EQ(registry.store().published()->note, note);
  EXPECT_EQ(log::verifier_line(registry.store().log_key()), key);
}

TEST(Publish, EachDirectoryIsALogOfItsOwnUnlessItIsNamed) {
  const Registry a;
  const Registry b;
  Registry registry;
  auto options = registry.options();
  options.data = registry.folder() / "named";
  options.keys = options.anchor = {};
  options.origin = "registry.example/log";
  auto named = Store::open(options, registry.clock()).value();
  EXPECT_EQ(named->origin(), "registry.example/log");
  EXPECT_EQ(named->log_key().name, "registry.example/log");
  EXPECT_NE(named->origin(), registry.store().origin());
  named.reset();
  options.origin = {};
  EXPECT_EQ(Store::open(options, registry.clock()).value()->origin(), "registry.example/log");
  options.origin = "other.example/log";
  EXPECT_EQ(Store::open(options, registry.clock()).error().code, ErrorCode::conflict);
}

TEST(Publish, NothingIsMadeUnderANameThatCannotBe) {
  Registry registry;
  auto options = registry.options();
  options.data = registry.folder() / "bad";
  options.keys = options.anchor = {};
  for (const std::string bad : {"two words", "two\xC2\xA0words", "\xFF"}) {
    options.origin = bad;
    const auto opened = Store::open(options, registry.clock());
    ASSERT_FALSE(opened) << bad;
    EXPECT_EQ(opened.error().field, "--origin");
    EXPECT_FALSE(fs::exists(options.data));
    EXPECT_FALSE(fs::exists(options.data + ".keys"));
  }
}

TEST(Publish, WhereSomebodyElseMovedTheAnchorNothingMoreIsSigned) {
  Registry registry;
  registry.write(test::official_changes());
  ASSERT_TRUE(registry.store().publish());
  const std::string note = registry.store().published()->note;
  auto anchor = log::read_anchor(anchor_path(registry)).value().value();
  anchor.size += 5;
  ASSERT_TRUE(log::write_anchor(anchor_path(registry), anchor));
  registry.write(test::put_institution(test::credit(1), "上海示例一"));
  const auto published = registry.store().publish();
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().code, ErrorCode::conflict);
  EXPECT_EQ(registry.store().published()->note, note);
}

// A directory restored from a backup, opened with the keys that have signed more since.
TEST(Publish, AnOlderCopyIsReadOnlyAndGoesOnOnlyAsAnotherLog) {
  Registry registry;
  registry.write(test::official_changes());
  registry.close();
  fs::copy(registry.folder() / "data", registry.folder() / "copy", fs::copy_options::recursive);
  ASSERT_TRUE(registry.open());
  registry.write(test::put_institution(test::credit(1), "上海示例一"));
  ASSERT_TRUE(registry.store().publish());
  const log::NoteKey lost_key = registry.store().log_key();
  auto options = registry.options();
  registry.close();
  options.keys = registry.folder() / "data.keys";
  options.data = registry.folder() / "copy";
  auto copy = Store::open(options, registry.clock()).value();
  EXPECT_TRUE(copy->read_only());
  EXPECT_EQ(copy->published(), nullptr);
  ASSERT_TRUE(copy->publish()) << "does nothing";
  EXPECT_EQ(copy->published(), nullptr);
  EXPECT_EQ(copy->accept_head({}).error().code, ErrorCode::conflict);
  const std::string signed_last =
      log::read_anchor(options.keys + "/anchor").value().value().checkpoint;
  EXPECT_EQ(copy->accept_head({{}, signed_last}).error().code, ErrorCode::conflict);
  EXPECT_EQ(copy->accept_head({copy->origin(), {}}).error().code, ErrorCode::conflict);
  ASSERT_TRUE(copy->accept_head({"anew.example/log", {}}));
  ASSERT_TRUE(copy->publish());
  EXPECT_EQ(copy->published()->checkpoint.origin, "anew.example/log");
  EXPECT_NE(copy->log_key().public_key, lost_key.public_key);
  copy.reset();
  copy = Store::open(options, registry.clock()).value();
  EXPECT_FALSE(copy->read_only());
  EXPECT_EQ(copy->origin(), "anew.example/log");
}

// As when the keys come back from a copy that was made without it.
TEST(Publish, WithoutItsAnchorALogGoesOnFromACheckpointThatItHolds) {
  Registry registry;
  registry.write(test::official_changes());
  ASSERT_TRUE(registry.store().publish());
  const std::string early = registry.store().published()->note;
  registry.close();
  fs::copy(registry.folder() / "data", registry.folder() / "copy", fs::copy_options::recursive);
  ASSERT_TRUE(registry.open());
  registry.write(test::put_institution(test::credit(1), "上海示例一"));
  ASSERT_TRUE(registry.store().publish());
  const std::string late = registry.store().published()->note;
  const log::NoteKey key = registry.store().log_key();
  registry.close();
  fs::remove(anchor_path(registry));

  auto options = registry.options();
  options.keys = registry.folder() / "data.keys";
  options.data = registry.folder() / "copy";
  auto copy = Store::open(options, registry.clock()).value();
  ASSERT_TRUE(copy->read_only());
  EXPECT_EQ(copy->accept_head({}).error().code, ErrorCode::conflict);
  EXPECT_EQ(copy->accept_head({{}, "no note"}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(copy->accept_head({{}, late}).error().code, ErrorCode::conflict) << "it ends before";
  EXPECT_TRUE(copy->read_only());
  copy.reset();

  ASSERT_TRUE(registry.open());
  ASSERT_TRUE(registry.store().read_only());
  ASSERT_TRUE(registry.store().accept_head({{}, late}));
  EXPECT_FALSE(registry.store().read_only());
  EXPECT_EQ(registry.store().published()->note, late);
  EXPECT_EQ(registry.store().log_key(), key);
  EXPECT_EQ(registry.store().accept_head({{}, early}).error().code, ErrorCode::conflict)
      << "nothing is to decide";
}

TEST(Publish, ANameThatIsTakenUpAgainHasAnotherKey) {
  Registry registry;
  registry.write(test::official_changes());
  ASSERT_TRUE(registry.store().publish());
  const std::string name = registry.store().origin();
  std::set<std::string> keys = {registry.store().log_key().public_key};
  for (const std::string& next : {std::string("second.example/log"), name}) {
    registry.close();
    fs::remove(anchor_path(registry));
    ASSERT_TRUE(registry.open());
    ASSERT_TRUE(registry.store().accept_head({next, {}}));
    ASSERT_TRUE(registry.store().publish());
    EXPECT_EQ(registry.store().published()->checkpoint.origin, next);
    EXPECT_TRUE(keys.insert(registry.store().log_key().public_key).second);
  }
}

// A kill between the two steps of going on under another name.
TEST(Publish, ANewNameIsAskedForAgainWhereItWasNotDone) {
  Registry registry;
  registry.write(test::official_changes());
  ASSERT_TRUE(registry.store().publish());
  registry.close();
  auto ahead = log::read_anchor(anchor_path(registry)).value().value();
  ++ahead.size;
  ASSERT_TRUE(log::write_anchor(anchor_path(registry), ahead));
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(registry.open());
    ASSERT_TRUE(registry.store().read_only());
    ASSERT_TRUE(registry.store().accept_head({"second.example/log", {}})) << i;
    registry.close();
    ASSERT_TRUE(log::write_anchor(anchor_path(registry), ahead));
  }
}

// Copies of a data directory have one keyring: the second one to be opened signs nothing.
TEST(Publish, OneKeyringSignsForOneDirectoryAtATime) {
  Registry registry;
  registry.write(test::official_changes());
  registry.close();
  fs::copy(registry.folder() / "data", registry.folder() / "copy", fs::copy_options::recursive);
  auto options = registry.options();
  options.keys = registry.folder() / "data.keys";
  options.data = registry.folder() / "copy";
  ASSERT_TRUE(registry.open());
  auto copy = Store::open(options, registry.clock()).value();
  EXPECT_NE(copy->read_only_reason().find("another process signs"), std::string::npos);
  EXPECT_FALSE(Writer::create(*copy));
  EXPECT_EQ(copy->accept_head({"second.example/log", {}}).error().code, ErrorCode::conflict);
  copy.reset();
  registry.close();
  copy = Store::open(options, registry.clock()).value();
  EXPECT_FALSE(copy->read_only()) << "its turn";
}

TEST(Publish, AFlippedTileOfThePublishedTreeIsFoundOutAtTheNextOpening) {
  Registry registry;
  registry.write(test::official_changes());
  ASSERT_TRUE(registry.store().publish());
  const std::string key = tile_key({0, 0});
  std::string tile = registry.reader().row(key).value().value();
  tile[40] = static_cast<char>(tile[40] ^ 1);
  ASSERT_TRUE(registry.store().db().Put({}, key, tile).ok());
  registry.close();
  ASSERT_TRUE(registry.open());
  EXPECT_TRUE(registry.store().read_only());
}

// What the rows say is the same for all who hold the log, and any change of it is another digest.
TEST(Digest, IsTheSameUnderOtherKeysAndForARebuild) {
  Registry registry;
  registry.write(test::official_changes());
  registry.write(test::put_institution(test::credit(1), "上海示例一"));
  registry.write(test::issue(test::credit(1), "foreign/1/1", test::day("2026-08-01"), "DEMO-1",
                             "测试甲", "T0000001"));
  const Digest digest = digest_of_rows(registry.store()).value();
  const std::string rebuilt = registry.folder() / "rebuilt";
  ASSERT_TRUE(rebuild(registry.store(), rebuilt, [](auto, auto) {}));
  auto options = registry.options();
  options.data = rebuilt;
  options.keys = registry.folder() / "data.keys";
  options.inspect = true;
  {
    const auto store = Store::open(options, registry.clock()).value();
    EXPECT_FALSE(store->read_only()) << store->read_only_reason();
    EXPECT_EQ(digest_of_rows(*store).value(), digest);
  }
  registry.write(
      test::certificate_event(CertificateEventKind::erased, "DEMO-1", test::day("2026-08-03")));
  EXPECT_NE(digest_of_rows(registry.store()).value().rows, digest.rows);
}

TEST(Rebuild, UpToASizeIsTheLogAsItWasThen) {
  Registry registry;
  registry.write(test::official_changes());
  const Digest then = digest_of_rows(registry.store()).value();
  const Head head = registry.reader().head().value();
  registry.write(test::put_institution(test::credit(1), "上海示例一"));
  registry.write(test::issue(test::credit(1), "foreign/1/1", test::day("2026-08-01"), "DEMO-1",
                             "测试甲", "T0000001"));
  const std::string earlier = registry.folder() / "earlier";
  ASSERT_TRUE(rebuild(
      registry.store(), earlier, [](auto, auto) {}, head.size));
  EXPECT_EQ(rebuild(
                registry.store(), registry.folder() / "later", [](auto, auto) {}, 100'000)
                .error()
                .field,
            "size");
  auto options = registry.options();
  options.data = earlier;
  options.keys = registry.folder() / "data.keys";
  const auto store = Store::open(options, registry.clock()).value();
  EXPECT_EQ(store->reader().head().value(), head);
  EXPECT_EQ(digest_of_rows(*store).value(), then);
  EXPECT_TRUE(check(*store, [](auto, auto) {}).value().faults.empty());
  EXPECT_TRUE(store->read_only()) << "the keys have signed more than is here";
}

}  // namespace
}  // namespace chayan::index
