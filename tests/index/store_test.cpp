// What opening a data directory accepts, refuses and turns read-only.
#include "index/store.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <filesystem>
#include <fstream>

#include "index/rebuild.h"
#include "index/schema.h"
#include "log/anchor.h"
#include "tests/support/registry.h"

namespace chayan::index {
namespace {

namespace fs = std::filesystem;
using test::Registry;

std::vector<std::string> files_ending(const std::string& folder, std::string_view ending) {
  std::vector<std::string> files;
  for (const auto& file : fs::directory_iterator(folder)) {
    if (file.path().string().ends_with(ending)) files.push_back(file.path().string());
  }
  return files;
}

std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void overwrite(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

TEST(Store, ANewDirectoryHoldsAnEmptyLogAndOpensAgain) {
  Registry registry;
  const Head empty = registry.reader().head().value();
  EXPECT_EQ(empty.size, 0U);
  EXPECT_EQ(to_hex(chayan::view(empty.root)),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  registry.close();
  ASSERT_TRUE(registry.open());
  EXPECT_FALSE(registry.store().read_only());
  EXPECT_EQ(registry.reader().head().value(), empty);
}

TEST(Store, OnlyOneProcessAtATime) {
  Registry registry;
  const auto second = Store::open(registry.options(), registry.clock());
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message.en.find("in use"), std::string::npos);
}

TEST(Store, AnotherFormatIsRefusedWithWhatToDo) {
  Registry registry;
  ASSERT_TRUE(registry.store().db().Put({}, meta_key("format"), "99").ok());
  registry.close();
  const auto opened = registry.open();
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.en.find("export"), std::string::npos);
}

TEST(Store, AnotherKeyringIsRefused) {
  Registry registry;
  registry.write(test::official_changes());
  registry.close();
  fs::remove_all(registry.folder() / "data.keys");
  const auto without = registry.open();
  ASSERT_FALSE(without);
  EXPECT_NE(without.error().message.en.find("--keys"), std::string::npos);
  ASSERT_TRUE(crypto::Keyring::create(registry.folder() / "data.keys", "2026-11-02T00:00:00Z"));
  const auto other = registry.open();
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().message.en.find("not the one"), std::string::npos);
}

TEST(Store, AMissingAnchorMakesItReadOnlyUntilTheHeadIsAccepted) {
  Registry registry;
  registry.write(test::official_changes());
  registry.close();
  fs::remove(registry.folder() / "data.keys/anchor");
  ASSERT_TRUE(registry.open());
  EXPECT_TRUE(registry.store().read_only());
  EXPECT_EQ(registry.reader().catalog_on(test::day("2026-11-02")).value().size(), 13U);
  ASSERT_TRUE(registry.store().accept_head({"second.example/log", {}}));
  registry.close();
  ASSERT_TRUE(registry.open());
  EXPECT_FALSE(registry.store().read_only());
}

TEST(Store, AnAnchorAheadOfTheLogMakesItReadOnly) {
  Registry registry;
  registry.write(test::official_changes());
  const Head head = registry.reader().head().value();
  registry.close();
  ASSERT_TRUE(
      log::write_anchor(registry.folder() / "data.keys/anchor", {head.size + 1, head.root, {}}));
  ASSERT_TRUE(registry.open());
  EXPECT_TRUE(registry.store().read_only());
}

TEST(Store, AnAnchorWithAnotherRootMakesItReadOnly) {
  Registry registry;
  registry.write(test::official_changes());
  const Head head = registry.reader().head().value();
  registry.close();
  ASSERT_TRUE(log::write_anchor(registry.folder() / "data.keys/anchor", {head.size, Hash{}, {}}));
  ASSERT_TRUE(registry.open());
  EXPECT_TRUE(registry.store().read_only());
}

TEST(Store, AnAnchorBehindTheLogIsTheUsualStateAfterAKill) {
  Registry registry;
  registry.write(test::official_changes());
  registry.close();
  const std::string anchor = content(registry.folder() / "data.keys/anchor");
  ASSERT_TRUE(registry.open());
  registry.write(test::put_institution(test::credit(1), "上海示例一"));
  registry.close();
  overwrite(registry.folder() / "data.keys/anchor", anchor);
  ASSERT_TRUE(registry.open());
  EXPECT_FALSE(registry.store().read_only());
}

// RocksDB opens "OK" with nothing in every recovery mode when the live WAL file is gone.
TEST(Store, ADeletedLogFileIsFoundOut) {
  Registry registry;
  registry.write(test::official_changes());
  registry.close();
  const auto logs = files_ending(registry.folder() / "data/rows", ".log");
  ASSERT_FALSE(logs.empty());
  for (const std::string& file : logs) fs::remove(file);
  const auto opened = registry.open();
  EXPECT_TRUE(!opened || registry.store().read_only());
}

// RocksDB once began an empty database beside the rows, and the second start purged them.
TEST(Store, ALostCurrentFileIsNoReasonToBeginAnew) {
  Registry registry;
  registry.write(test::official_changes());
  registry.close();
  const std::string rows = registry.folder() / "data/rows";
  const std::string current = content(rows + "/CURRENT");
  fs::remove(rows + "/CURRENT");
  EXPECT_FALSE(registry.open());
  EXPECT_FALSE(registry.open());
  EXPECT_FALSE(fs::exists(rows + "/CURRENT"));
  overwrite(rows + "/CURRENT", current);
  ASSERT_TRUE(registry.open());
  EXPECT_EQ(registry.reader().catalog_on(test::day("2026-11-02")).value().size(), 13U);
}

TEST(Store, LostRowsAreNotTakenForANewRegistry) {
  Registry registry;
  registry.write(test::official_changes());
  registry.close();
  fs::remove_all(registry.folder() / "data/rows");
  const auto opened = registry.open();
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.en.find("backup"), std::string::npos);
}

// One flipped bit anywhere in the log's files: refused, or read-only, never silently shorter or
// other.
TEST(Store, AFlippedBitIsNeverSilent) {
  Registry registry;
  registry.write(test::official_changes());
  for (int i = 1; i <= 20; ++i) {
    registry.write(test::put_institution(test::credit(i), "上海示例" + std::to_string(i)));
  }
  const Head head = registry.reader().head().value();
  const Digest digest = digest_of_rows(registry.store()).value();
  registry.close();
  const std::string rows = registry.folder() / "data/rows";
  const std::string saved = registry.folder() / "saved";
  fs::copy(rows, saved, fs::copy_options::recursive);
  const auto logs = files_ending(rows, ".log");
  ASSERT_EQ(logs.size(), 1U);
  const std::string whole = content(logs.front());
  ASSERT_GT(whole.size(), 10'000U);

  int refused = 0;
  int read_only = 0;
  for (std::size_t at = 0; at < whole.size(); at += whole.size() / 97) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
    fs::remove_all(rows);
    fs::copy(saved, rows, fs::copy_options::recursive);
    overwrite(logs.front(), flipped);
    const auto opened = registry.open();
    if (!opened) {
      ++refused;
    } else if (registry.store().read_only()) {
      ++read_only;
    } else {
      EXPECT_EQ(registry.reader().head().value(), head) << "bit at byte " << at;
      EXPECT_EQ(digest_of_rows(registry.store()).value(), digest) << "bit at byte " << at;
    }
    registry.close();
  }
  EXPECT_GT(refused + read_only, 90);
}

}  // namespace
}  // namespace chayan::index
