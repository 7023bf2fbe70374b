#include "commands/disclosure_ledger.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <thread>

#include "tests/support/fake_clock.h"
#include "tests/support/files.h"
#include "tests/support/registry.h"
#include "tests/support/temp_directory.h"

namespace chayan::commands {
namespace {

using Seqs = std::vector<std::uint64_t>;

const api::Partner kNational{"national", {.everything = true}};
const api::Partner kCity{"上海人社", {.fields = {"head", "holder_name"}}};

class DisclosureLedgerTest : public testing::Test {
 protected:
  std::string file(int year = 2026) const {
    return path_ + "/disclosures-" + std::to_string(year) + ".ndjson";
  }
  std::vector<DisclosureLine> read() {
    std::vector<DisclosureLine> lines;
    faults_ =
        read_ledger(path_, [&](const DisclosureLine& line) { lines.push_back(line); }).value();
    return lines;
  }
  Result<void> append(const api::Partner& partner, const Seqs& seqs) {
    return ledger_->append({partner, seqs});
  }

  test::TempDirectory folder_;
  test::FakeClock clock_{test::day("2026-11-02")};
  std::string path_ = folder_ / "data.ledger";
  std::unique_ptr<DisclosureLedger> ledger_ = DisclosureLedger::open(path_, clock_).value();
  LedgerFaults faults_;
};

TEST_F(DisclosureLedgerTest, ALineSaysWhoSawWhatOfWhichEntries) {
  ASSERT_TRUE(append(kNational, {3, 4, 5, 9}));
  ASSERT_TRUE(append(kCity, {0}));
  EXPECT_EQ(
      test::file_content(file()),
      R"({"time":"2026-11-02T04:00:00Z","partner":"national","all":true,"entries":4,"seqs":[[3,5],[9,9]]})"
      "\n"
      R"({"time":"2026-11-02T04:00:00Z","partner":"上海人社","fields":["head","holder_name"],"entries":1,"seqs":[[0,0]]})"
      "\n");
  EXPECT_EQ(test::file_mode(path_), 0700U);
  EXPECT_EQ(test::file_mode(file()), 0600U);
  const auto lines = read();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0],
            (DisclosureLine{
                "2026-11-02T04:00:00Z", "national", {.everything = true}, 4, {{3, 5}, {9, 9}}}));
  EXPECT_EQ(lines[1].profile, kCity.visibility);
}

TEST_F(DisclosureLedgerTest, EachYearHasItsFileAndIsReadInOrder) {
  EXPECT_TRUE(read_ledger(folder_ / "none", [](const DisclosureLine&) {}));
  ASSERT_TRUE(append(kCity, {1}));
  clock_.set(test::day("2027-01-01"));
  ASSERT_TRUE(append(kCity, {2}));
  std::ofstream(path_ + "/README") << "not a ledger\n";
  EXPECT_TRUE(std::filesystem::exists(file(2027)));
  const auto lines = read();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].seqs.front().first, 1);
  EXPECT_EQ(lines[1].seqs.front().first, 2);
}

// Cut after each byte of its last line: what was acknowledged stays, the next line is whole.
TEST_F(DisclosureLedgerTest, ALineCutShortIsToldAndTheNextBeginsAnew) {
  ASSERT_TRUE(append(kNational, {1}));
  const std::string first = test::file_content(file());
  ASSERT_TRUE(append(kCity, {2, 3}));
  const std::string both = test::file_content(file());
  for (std::size_t size = first.size(); size < both.size(); ++size) {
    std::ofstream(file(), std::ios::binary | std::ios::trunc) << both.substr(0, size);
    ledger_ = DisclosureLedger::open(path_, clock_).value();
    const bool whole_but_its_end = size + 1 == both.size();
    const bool cut = size > first.size() && !whole_but_its_end;
    EXPECT_EQ(read().size(), whole_but_its_end ? 2U : 1U) << size;
    EXPECT_EQ(faults_.cut, cut ? 1U : 0U) << size;
    ASSERT_TRUE(append(kNational, {7}));
    const auto lines = read();
    ASSERT_EQ(lines.size(), whole_but_its_end ? 3U : 2U) << size;
    EXPECT_EQ(lines.back().seqs.front().first, 7);
    EXPECT_EQ(faults_.cut, cut ? 1U : 0U) << size;
    EXPECT_TRUE(faults_.damaged.empty());
  }
}

TEST_F(DisclosureLedgerTest, ALineThatWasChangedIsNamed) {
  ASSERT_TRUE(append(kNational, {1}));
  ASSERT_TRUE(append(kNational, {2}));
  std::string text = test::file_content(file());
  text[text.find("entries")] = 'x';
  std::ofstream(file(), std::ios::binary | std::ios::trunc) << text;
  EXPECT_EQ(read().size(), 1U);
  EXPECT_EQ(faults_.damaged, std::vector<std::string>{file() + ":1"});
}

TEST_F(DisclosureLedgerTest, AFullDiskIsAnError) {
  std::filesystem::create_symlink("/dev/full", file());
  const auto full = append(kNational, {1});
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, ErrorCode::io);
  std::filesystem::remove(file());
  EXPECT_TRUE(append(kNational, {2}));
  std::filesystem::remove_all(path_);
  EXPECT_FALSE(append(kNational, {3})) << "a folder that was taken away is not made anew";
}

TEST_F(DisclosureLedgerTest, ConcurrentLinesStayWhole) {
  constexpr std::uint64_t kThreads = 4;
  constexpr std::uint64_t kLines = 25;
  std::vector<std::thread> threads;
  for (std::uint64_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::uint64_t n = 0; n < kLines; ++n) {
        Seqs seqs;  // many runs, so that lines are long
        for (std::uint64_t i = 0; i < 500; ++i) seqs.push_back(thread + 2 * (n + i));
        EXPECT_TRUE(append(api::Partner{"p" + std::to_string(thread), kCity.visibility}, seqs));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::map<std::string, std::int64_t> next;
  for (const DisclosureLine& line : read()) {
    const std::int64_t thread = line.partner[1] - '0';
    EXPECT_EQ(line.seqs.front().first, thread + 2 * next[line.partner]++);
    EXPECT_EQ(line.seqs.size(), 500U);
    EXPECT_EQ(line.entries, 500U);
  }
  for (const auto& [partner, lines] : next) EXPECT_EQ(lines, std::int64_t{kLines}) << partner;
  EXPECT_EQ(next.size(), kThreads);
  EXPECT_EQ(faults_.cut, 0U);
}

}  // namespace
}  // namespace chayan::commands
