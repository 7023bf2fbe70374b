// Share reports as rows: what survives, what goes with an erasure, what rebuild and check make of
// them.
#include "index/reports.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "index/rebuild.h"
#include "index/schema.h"
#include "tests/support/registry.h"

namespace chayan::index {
namespace {

using test::credit;
using test::day;

constexpr Seconds kNow{std::chrono::seconds(1'793'000'000)};

ShareReport sample_report(std::uint8_t n = 1) {
  ShareReport report;
  report.code.fill(static_cast<char>(n));
  report.shows = *ReportFields::from_bits(0x41);
  report.created = kNow;
  report.expires = kNow + std::chrono::days(30);
  return report;
}

// A certificate with reports.
class ReportsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    registry_.write(test::official_changes());
    registry_.write(test::put_institution(credit(1), "上海示例一"));
    registry_.write(test::filing_until_filed(credit(1), "F-1", day("2026-07-08"),
                                             {test::item_line("foreign/1/1")}));
    registry_.write(
        test::issue(credit(1), "foreign/1/1", day("2026-08-01"), "DEMO-1", "合成甲", "T0000001"));
    seq_ = registry_.reader().head().value().size - 1;
  }

  Result<void> add(const ShareReport& report) {
    return registry_.writer()->amend(
        [&](RowBatch& rows) { return add_report(rows, registry_.store().sealer(), seq_, report); });
  }
  std::optional<std::string> row(const std::string& key) {
    return registry_.reader().row(key).value();
  }
  std::vector<ShareReport> reports() {
    const DatabaseRows rows(registry_.store().db());
    return find_reports(rows, registry_.store().sealer(), seq_).value();
  }

  test::Registry registry_;
  std::uint64_t seq_ = 0;
};

TEST(ReportsRecord, HasTheseBytes) {
  ShareReport report = sample_report(0xAB);
  report.ended = kNow;
  report.access_count = 2;
  report.accesses = {{kNow, "192.0.2.0/24"}};
  const std::string bytes = encode(std::vector{report});
  EXPECT_EQ(to_hex(bytes),
            "00000001"
            "abababababababababababababababab"
            "00000041"
            "000000006adf0240"
            "000000006b068f40"
            "01000000006adf0240"
            "0000000000000002"
            "00000001"
            "000000006adf0240"
            "0000000c3139322e302e322e302f3234");
  EXPECT_EQ(decode_reports(bytes), std::vector{report});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_reports(std::string_view(bytes).substr(0, size))) << size;
  }
  EXPECT_FALSE(decode_reports(bytes + "x"));
}

TEST_F(ReportsTest, AreFoundByTheirCodeAfterARestart) {
  ASSERT_TRUE(add(sample_report(1)));
  ASSERT_TRUE(add(sample_report(2)));
  registry_.close();
  ASSERT_TRUE(registry_.open());
  const DatabaseRows rows(registry_.store().db());
  const auto found = find_report(rows, registry_.store().sealer(), sample_report(2).code);
  ASSERT_TRUE(found.value());
  EXPECT_EQ(found.value()->issued_seq, seq_);
  EXPECT_EQ(found.value()->report, sample_report(2));
  EXPECT_FALSE(find_report(rows, registry_.store().sealer(), sample_report(3).code).value());
}

TEST_F(ReportsTest, OpeningsAreCountedAndThoseOfNoReportPassedOver) {
  ASSERT_TRUE(add(sample_report(1)));
  const auto open = [&](std::uint8_t n) {
    return registry_.writer()->amend([&](RowBatch& rows) {
      return record_opening(rows, registry_.store().sealer(),
                            {sample_report(n).code, {kNow, "192.0.2.0/24"}});
    });
  };
  EXPECT_TRUE(open(1));
  EXPECT_TRUE(open(1));
  EXPECT_TRUE(open(7));
  EXPECT_EQ(reports().at(0).access_count, 2U);
}

TEST_F(ReportsTest, GoWithTheirCertificate) {
  ASSERT_TRUE(add(sample_report(1)));
  ASSERT_TRUE(add(sample_report(2)));
  ASSERT_TRUE(row(reports_key(seq_)));
  registry_.write(
      test::certificate_event(CertificateEventKind::erased, "DEMO-1", day("2026-10-01")));
  EXPECT_FALSE(row(reports_key(seq_)));
  EXPECT_FALSE(row(report_code_key(sample_report(1).code)));
  EXPECT_FALSE(row(report_code_key(sample_report(2).code)));
  const auto late = add(sample_report(3));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::not_found) << "proven before, made after the erasure";
}

TEST_F(ReportsTest, TheOldestThatIsOverMakesRoomAndActiveOnesDoNot) {
  ShareReport over = sample_report(100);
  over.ended = kNow;
  ASSERT_TRUE(add(sample_report(99)));
  ASSERT_TRUE(add(over));
  for (std::uint8_t n = 2; n < limits::kReportsPerCertificateMax; ++n) {
    ASSERT_TRUE(add(sample_report(n)));
  }
  ASSERT_TRUE(add(sample_report(50))) << "in the place of the one that is over";
  EXPECT_FALSE(row(report_code_key(over.code)));
  EXPECT_TRUE(row(report_code_key(sample_report(99).code)));
  const auto full = add(sample_report(51));
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, ErrorCode::conflict);
  EXPECT_EQ(reports().size(), limits::kReportsPerCertificateMax);
}

TEST_F(ReportsTest, RebuildKeepsThemAndCheckPassesThemOver) {
  const Digest before = digest_of_rows(registry_.store()).value();
  ASSERT_TRUE(add(sample_report(1)));
  EXPECT_EQ(digest_of_rows(registry_.store()).value().rows, before.rows) << "no part of the log";
  EXPECT_TRUE(check(registry_.store(), [](auto, auto) {}).value().faults.empty());

  const std::string rebuilt = registry_.folder() / "rebuilt";
  ASSERT_TRUE(rebuild(
      registry_.store(), rebuilt, [](auto, auto) {}, std::nullopt));
  const std::string cut = registry_.folder() / "cut";
  ASSERT_TRUE(rebuild(
      registry_.store(), cut, [](auto, auto) {}, seq_));
  StoreOptions options = registry_.options();
  registry_.close();
  const auto found_in = [&](const std::string& data) {
    StoreOptions there = options;
    there.data = data;
    there.keys = options.keys.empty() ? options.data + ".keys" : options.keys;
    const auto store = Store::open(there, registry_.clock()).value();
    const DatabaseRows rows(store->db());
    return find_report(rows, store->sealer(), sample_report(1).code).value().has_value();
  };
  EXPECT_TRUE(found_in(rebuilt));
  EXPECT_FALSE(found_in(cut)) << "its certificate is behind the cut";
}

}  // namespace
}  // namespace chayan::index
