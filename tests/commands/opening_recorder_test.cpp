// Openings are handed over without waiting, written in groups, refused when too many wait, and all
// on the disk when the recorder is gone.
#include "commands/opening_recorder.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <thread>

#include "base/limits.h"
#include "index/schema.h"
#include "tests/support/registry.h"

namespace chayan::commands {
namespace {

using test::credit;
using test::day;

constexpr Seconds kNow{std::chrono::seconds(1'793'000'000)};

// A certificate with one report.
class OpeningRecorderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    registry_.write(test::official_changes());
    registry_.write(test::put_institution(credit(1), "上海示例一"));
    registry_.write(
        test::issue(credit(1), "foreign/1/1", day("2026-08-01"), "DEMO-1", "合成甲", "T0000001"));
    const std::uint64_t seq = registry_.reader().head().value().size - 1;
    ShareReport report;
    report.code.fill('x');
    report.shows = *ReportFields::from_bits(1);
    report.created = kNow;
    report.expires = kNow + std::chrono::days(1);
    ASSERT_TRUE(registry_.writer()->amend(
        [&](index::RowBatch& rows) { return index::add_report(rows, sealer(), seq, report); }));
  }

  const crypto::Sealer& sealer() { return registry_.store().sealer(); }
  static index::ReportOpening opening() {
    index::ReportOpening made;
    made.code.fill('x');
    made.access = {kNow, "192.0.2.0/24"};
    return made;
  }
  OpeningRecorder::Amend amend() {
    return [this](index::Amendment amendment) {
      ++writes_;
      return registry_.writer()->amend(std::move(amendment));
    };
  }
  std::uint64_t recorded() {
    const index::DatabaseRows rows(registry_.store().db());
    return index::find_report(rows, sealer(), opening().code).value()->report.access_count;
  }

  test::Registry registry_;
  std::atomic<int> writes_{0};
};

TEST_F(OpeningRecorderTest, WhatWasHandedOverFromAnyThreadIsWrittenBeforeItIsGone) {
  constexpr int kThreads = 4;
  constexpr int kEach = 200;
  std::atomic<int> taken{0};
  {
    OpeningRecorder recorder(sealer(), amend(), {});
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < kEach; ++i) taken += recorder.record(opening()) ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(taken, kThreads * kEach) << "fewer than may wait at once";
  EXPECT_EQ(recorded(), static_cast<std::uint64_t>(taken));
}

TEST_F(OpeningRecorderTest, WhileTheDiskIsBusyOpeningsWaitTogetherAndTooManyAreRefused) {
  std::latch begun(1);
  std::latch free(1);
  std::atomic<bool> first{true};
  {
    OpeningRecorder recorder(sealer(),
                             [&](index::Amendment amendment) {
                               if (first.exchange(false)) {
                                 begun.count_down();
                                 free.wait();
                               }
                               return amend()(std::move(amendment));
                             },
                             {});
    ASSERT_TRUE(recorder.record(opening()));
    begun.wait();
    for (std::size_t i = 0; i < limits::kReportAccessesQueuedMax; ++i) {
      ASSERT_TRUE(recorder.record(opening())) << i;
    }
    const auto refused = recorder.record(opening());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    free.count_down();
  }
  EXPECT_EQ(recorded(), limits::kReportAccessesQueuedMax + 1);
  EXPECT_EQ(writes_, 2) << "one for those that waited";
}

TEST_F(OpeningRecorderTest, ADamagedReportTakesNoOtherOpeningWithItAndIsCounted) {
  index::ReportOpening damaged = opening();
  damaged.code.fill('y');
  ASSERT_TRUE(registry_.writer()->amend([&](index::RowBatch& rows) -> Result<void> {
    std::string seq;
    put_u64(seq, 1);
    rows.put(index::report_code_key(damaged.code), seq);
    rows.put(index::reports_key(1), "not a sealed row");
    return {};
  }));
  std::atomic<int> reported{0};
  std::latch free(1);
  std::uint64_t lost = 0;
  const auto slowly = [&](index::Amendment amendment) {
    free.wait();
    return amend()(std::move(amendment));
  };
  const auto report = [&](const Error&) { ++reported; };
  {
    auto recorder = std::make_unique<OpeningRecorder>(sealer(), slowly, report);
    ASSERT_TRUE(recorder->record(opening()));
    for (int i = 0; i < 5; ++i) {
      ASSERT_TRUE(recorder->record(damaged));
      ASSERT_TRUE(recorder->record(opening()));
    }
    free.count_down();
    while (recorder->lost() < 5) std::this_thread::yield();
    lost = recorder->lost();
  }
  EXPECT_EQ(recorded(), 6U);
  EXPECT_EQ(lost, 5U);
  EXPECT_GT(reported, 0);
}

TEST_F(OpeningRecorderTest, AFaultOfTheDiskIsCountedAndReportedWhenItHappens) {
  std::latch reported(1);
  OpeningRecorder recorder(
      sealer(), [](index::Amendment) -> Result<void> { return io_error("full"); },
      [&](const Error& error) {
        EXPECT_EQ(error.code, ErrorCode::io);
        reported.count_down();
      });
  ASSERT_TRUE(recorder.record(opening()));
  reported.wait();
  EXPECT_EQ(recorder.lost(), 1U);
}

}  // namespace
}  // namespace chayan::commands
