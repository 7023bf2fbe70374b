// The audit trail: what it holds, that its chain is one, what a crash and a full queue leave of it,
// and that what is past retention is gone.
#include "guard/audit_trail.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "guard/audit_reader.h"
#include "tests/support/temp_directory.h"

namespace chayan::guard {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class StandingClock final : public Clock {
 public:
  std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::time_point(std::chrono::milliseconds(ms_.load()));
  }
  void advance(std::chrono::milliseconds by) { ms_ += by.count(); }

 private:
  std::atomic<std::int64_t> ms_{1'795'492'800'123};  // 2026-11-24T04:00:00.123Z
};

constexpr std::string_view kNumber = "S000031000001263000001";
const crypto::SuiteKey kKey{&crypto::kIntl, {7}};

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

class AuditTrailTest : public testing::Test {
 protected:
  std::unique_ptr<AuditTrail> open(std::size_t queue_max = 1000) {
    AuditOptions options;
    options.folder = folder_path();
    options.queue_max = queue_max;
    return AuditTrail::open(options, kKey, clock_, [this](const Error&) { ++faults_; }).value();
  }
  void ask(AuditTrail& trail, std::string_view number, Outcome outcome,
           std::optional<std::uint64_t> seq = {}) {
    trail.record({AuditKind::verification, outcome, caller_, number, seq, 41us});
  }
  AuditReport report(std::optional<DayNumber> day = {}, const TakeLine& take = {}) {
    return read_audit(folder(), day, take).value();
  }
  std::string folder_path() const { return temp_ / "data.audit"; }
  AuditFolder folder() const { return AuditFolder(folder_path()); }
  std::string today() const { return folder_path() + "/2026-11-24.jsonl"; }

  const test::TempDirectory temp_;
  StandingClock clock_;
  const Caller caller_{Network::of_client(Address::parse("203.0.113.7").value()), {}, {}};
  std::atomic<int> faults_{0};
};

TEST_F(AuditTrailTest, ALineSaysWhoAskedAndWhatCameOfItAndNotAboutWhom) {
  {
    const auto trail = open();
    ask(*trail, kNumber, Outcome::match, 17);
    trail->flush();
    EXPECT_EQ(trail->written(), 1U);
  }
  const std::string text = read_file(today());
  EXPECT_EQ(text.find(kNumber), std::string::npos);
  std::vector<AuditLine> lines;
  const auto read = report(
      {}, [&](DayNumber, const AuditLine& line, std::string_view) { lines.push_back(line); });
  EXPECT_EQ(read.broken_at, "");
  ASSERT_EQ(lines.size(), 2U) << text;
  EXPECT_EQ(lines[0].kind, AuditKind::day);
  EXPECT_EQ(lines[0].prev, std::string(64, '0'));
  EXPECT_EQ(lines[1].time, "2026-11-24T04:00:00.123Z");
  EXPECT_EQ(lines[1].client, "203.0.113.7/32");
  EXPECT_EQ(lines[1].outcome, Outcome::match);
  EXPECT_EQ(lines[1].seq, 17U);
  EXPECT_EQ(lines[1].microseconds, 41U);
  const DayNumber day = parse_day("2026-11-24").value();
  const auto key = folder().read_key(kKey, day).value();
  ASSERT_TRUE(key);
  EXPECT_EQ(lines[1].number, audit_number(*key, kNumber));
  EXPECT_NE(lines[1].number, audit_number(*key, "S000031000001263000002"));
  EXPECT_FALSE(folder().read_key({&crypto::kIntl, {8}}, day)) << "another keyring";
  EXPECT_EQ(fs::status(today()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(AuditTrailTest, DaysAreChainedAndEndAtMidnightInShanghai) {
  {
    const auto trail = open();
    ask(*trail, kNumber, Outcome::no_match);
    clock_.advance(12h);  // 16:00:00.123 UTC: the 25th in Shanghai
    ask(*trail, kNumber, Outcome::no_match);
    clock_.advance(48h);
    ask(*trail, kNumber, Outcome::limited);
  }
  std::vector<std::string> numbers;
  const auto all = report({}, [&](DayNumber, const AuditLine& line, std::string_view) {
    if (is_question(line.kind)) numbers.push_back(line.number);
    if (line.kind == AuditKind::day) numbers.push_back("after " + line.after);
  });
  EXPECT_EQ(all.broken_at, "");
  EXPECT_EQ(all.days.size(), 3U);
  ASSERT_EQ(numbers.size(), 6U);
  EXPECT_EQ(numbers[2], "after 2026-11-24");
  EXPECT_EQ(numbers[4], "after 2026-11-25");
  EXPECT_NE(numbers[1], numbers[3]) << "each day has its key";
  EXPECT_EQ(report(parse_day("2026-11-25")).questions, 1U);
  EXPECT_FALSE(read_audit(folder(), parse_day("2026-11-26"), {}));
}

TEST_F(AuditTrailTest, TheFirstLineThatWasTamperedWithIsNamed) {
  {
    const auto trail = open();
    for (int i = 0; i < 5; ++i) ask(*trail, kNumber, Outcome::no_match);
    clock_.advance(24h);
    for (int i = 0; i < 5; ++i) ask(*trail, kNumber, Outcome::no_match);
  }
  const std::string whole = read_file(today());
  const auto with = [&](const std::string& text) {
    std::ofstream(today(), std::ios::binary) << text;
    return report().broken_at;
  };
  std::vector<std::string> lines;
  std::istringstream in(whole);
  for (std::string line; std::getline(in, line);) lines.push_back(line + '\n');
  ASSERT_EQ(lines.size(), 6U);
  const auto joined = [](const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += part;
    return text;
  };
  EXPECT_EQ(with(whole), "");
  auto changed = lines;
  changed[2].replace(changed[2].find("no_match"), 8, "match");
  EXPECT_EQ(with(joined(changed)), "2026-11-24.jsonl:4") << "the next one's hash tells";
  auto without = lines;
  without.erase(without.begin() + 3);
  EXPECT_EQ(with(joined(without)), "2026-11-24.jsonl:4");
  auto swapped = lines;
  std::swap(swapped[1], swapped[2]);
  EXPECT_EQ(with(joined(swapped)), "2026-11-24.jsonl:2");
  auto cut = lines;
  cut.pop_back();
  EXPECT_EQ(with(joined(cut)), "2026-11-25.jsonl:1") << "the next day's hash tells";
  auto spaced = lines;
  spaced[2].insert(1, " ");
  EXPECT_EQ(with(joined(spaced)), "2026-11-24.jsonl:3");
  auto junk = lines;
  junk[4] = "junk\n";
  EXPECT_EQ(with(joined(junk)), "2026-11-24.jsonl:5");
  EXPECT_EQ(with(""), "2026-11-25.jsonl:1");
  with(whole);
  EXPECT_EQ(report(parse_day("2026-11-25")).broken_at, "");
  with(joined(cut));
  EXPECT_EQ(report(parse_day("2026-11-25")).broken_at, "2026-11-25.jsonl:1")
      << "asked alone, a day is held against the file before it";
}

TEST_F(AuditTrailTest, ATornLineIsPassedOverAndTheNextStartGoesOn) {
  open();
  {
    const auto trail = open();
    ask(*trail, kNumber, Outcome::no_match);
    ask(*trail, kNumber, Outcome::no_match);
  }
  const std::string whole = read_file(today());
  const std::size_t last = whole.rfind('\n', whole.size() - 2) + 1;
  for (const std::size_t kept : {last + 1, last + 40, whole.size() - 1}) {
    SCOPED_TRACE(testing::Message() << kept - last << " bytes of the last line");
    std::ofstream(today(), std::ios::binary) << whole.substr(0, kept);
    EXPECT_TRUE(report().ends_torn);
    EXPECT_EQ(report().broken_at, "");
    {
      const auto trail = open();
      ask(*trail, kNumber, Outcome::match, 1);
    }
    const auto read = report();
    EXPECT_EQ(read.broken_at, "") << read.broken_because;
    EXPECT_EQ(read.torn, 1U);
    EXPECT_EQ(read.questions, 2U);
    EXPECT_FALSE(read.ends_torn);
  }
  // Cut within its first line, a file holds nothing.
  std::ofstream(today(), std::ios::binary) << whole.substr(0, 10);
  {
    const auto trail = open();
    ask(*trail, kNumber, Outcome::match, 1);
  }
  EXPECT_EQ(report().questions, 1U);
  EXPECT_EQ(report().broken_at, "");
}

TEST_F(AuditTrailTest, WhatTheQueueHasNoRoomForIsCountedInTheChain) {
  constexpr std::uint64_t kAsked = 20'000;
  {
    const auto trail = open(10);
    for (std::uint64_t i = 0; i < kAsked; ++i) ask(*trail, kNumber, Outcome::no_match);
    trail->flush();
    EXPECT_EQ(trail->written() + trail->lost(), kAsked);
    EXPECT_GT(trail->lost(), 0U);
  }
  const auto read = report();
  EXPECT_EQ(read.broken_at, "");
  EXPECT_EQ(read.questions + read.lost, kAsked);
  EXPECT_GT(read.lost, 0U);
}

TEST_F(AuditTrailTest, ADiskThatFailsLosesLinesAndSaysSo) {
  const auto trail = open();
  ask(*trail, kNumber, Outcome::no_match);
  trail->flush();
  // The next day's file cannot be made: its name is taken by a folder.
  fs::create_directory(folder_path() + "/2026-11-25.jsonl");
  clock_.advance(24h);
  ask(*trail, kNumber, Outcome::no_match);
  trail->flush();
  EXPECT_GT(faults_, 0);
  EXPECT_EQ(trail->written(), 1U);
  EXPECT_EQ(trail->lost(), 1U) << "while the disk still fails";
  fs::remove(folder_path() + "/2026-11-25.jsonl");
  ask(*trail, kNumber, Outcome::no_match);
  trail->flush();
  const auto read = report();
  EXPECT_EQ(read.broken_at, "") << read.broken_because;
  EXPECT_EQ(read.questions, 2U);
  EXPECT_EQ(read.lost, 1U);
  EXPECT_EQ(trail->lost(), 1U) << "counted once";
}

TEST_F(AuditTrailTest, WhatIsPastRetentionIsDestroyedWithItsKey) {
  const auto trail = open();
  ask(*trail, kNumber, Outcome::no_match);
  trail->flush();
  clock_.advance(24h * limits::kAuditRetentionDaysMin);
  ask(*trail, kNumber, Outcome::no_match);
  trail->flush();
  EXPECT_TRUE(fs::exists(today())) << "the 180th day after is within";
  clock_.advance(24h);
  ask(*trail, kNumber, Outcome::no_match);
  trail->flush();
  EXPECT_FALSE(fs::exists(today()));
  EXPECT_FALSE(fs::exists(folder_path() + "/2026-11-24.key"));
  const auto read = report();
  EXPECT_EQ(read.broken_at, "");
  EXPECT_EQ(read.days.size(), 2U);
}

TEST_F(AuditTrailTest, ManyThreadsMakeOneChain) {
  {
    const auto trail = open(100'000);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 500; ++n) ask(*trail, kNumber, Outcome::no_match);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  const auto read = report();
  EXPECT_EQ(read.broken_at, "");
  EXPECT_EQ(read.questions, 2000U);
  EXPECT_EQ(read.lost, 0U);
}

TEST(AuditLine, HasOneSpelling) {
  AuditLine line;
  line.prev = std::string(64, 'a');
  line.time = "2026-11-24T04:00:00.123Z";
  line.kind = AuditKind::batch_row;
  line.number = std::string(32, '1');
  line.client = "2001:db8::/64";
  line.credential = "employer-1";
  line.outcome = Outcome::limited;
  line.microseconds = 5;
  std::string text;
  render(line, text);
  EXPECT_EQ(text, R"({"prev":")" + line.prev +
                      R"(","time":"2026-11-24T04:00:00.123Z","kind":"batch_row","number":")" +
                      line.number +
                      R"(","client":"2001:db8::/64","credential":"employer-1","outcome":"limited",)"
                      R"("us":5})");
  EXPECT_EQ(parse_audit_line(text).value(), line);
  for (const std::string& bad : {text + " ", text.substr(1), std::string("{}"),
                                 text.substr(0, text.size() - 1) + ",\"x\":1}"}) {
    EXPECT_FALSE(parse_audit_line(bad)) << bad;
  }
}

TEST(DayText, IsReadAsWritten) {
  EXPECT_EQ(day_text(parse_day("2028-02-29").value()), "2028-02-29");
  for (const std::string_view bad : {"", "2027-02-29", "2026-13-01", "2026-1-001", "2026-11-24x",
                                     "2026-11-2x", "-026-11-24", "2026/11/24"}) {
    EXPECT_FALSE(parse_day(bad)) << bad;
  }
}

}  // namespace
}  // namespace chayan::guard
