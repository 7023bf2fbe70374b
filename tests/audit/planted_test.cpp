// Every violation is found where it was planted, alone and among all others, and nothing else is.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "log/entry.h"
#include "tests/audit/plants.h"

namespace chayan::test {
namespace {

TEST(Planted, TheCleanLogHasNothingToFind) {
  const PlantedLog log = clean_log();
  for (const std::uint64_t page_entries : {1, 7, 1000}) {
    const audit::Report report = audited(log, page_entries);
    EXPECT_EQ(found(report), Found()) << sentences(report);
    EXPECT_TRUE(report.provable);
    EXPECT_EQ(report.size, log.size());
    EXPECT_EQ(report.root, log.root());
    EXPECT_EQ(report.institutions, 9U);
    EXPECT_EQ(report.filings, 9U);
    EXPECT_EQ(report.certificates, 15U);
    EXPECT_EQ(report.certificates_recorded_before_filing, 1U);
  }
}

TEST(Planted, EachViolationAloneIsFoundAndNothingElse) {
  const std::vector<Plant> all = plants();
  ASSERT_GE(all.size(), 20U);
  for (const Plant& plant : all) {
    PlantedLog log = clean_log();
    const Found expected = plant.plant(log);
    ASSERT_EQ(expected.size(), 1U) << plant.name;
    const audit::Report report = audited(log);
    EXPECT_EQ(found(report), expected) << plant.name << "\n" << sentences(report);
    EXPECT_EQ(report.findings.count(), 1U) << plant.name;
  }
}

TEST(Planted, AllViolationsTogetherAreFoundEachOnce) {
  PlantedLog log = clean_log();
  Found expected;
  for (const Plant& plant : plants()) {
    const Found planted = plant.plant(log);
    expected.insert(expected.end(), planted.begin(), planted.end());
  }
  std::sort(expected.begin(), expected.end());
  for (const std::uint64_t page_entries : {1, 50, 10'000}) {
    const audit::Report report = audited(log, page_entries);
    EXPECT_EQ(found(report), expected) << sentences(report);
  }
}

// A rule that no plant breaks would be a promise that nobody tests.
TEST(Planted, EveryRuleIsPlanted) {
  std::set<std::string> planted = {"not-provable"};  // below
  PlantedLog log = clean_log();
  for (const Plant& plant : plants()) planted.insert(plant.plant(log).front().second);
  for (std::size_t i = 0; i < audit::kRules; ++i) {
    const auto rule = static_cast<audit::Rule>(i);
    EXPECT_TRUE(planted.contains(std::string(audit::id(rule)))) << audit::id(rule);
    EXPECT_TRUE(audit::meaning(rule).ends_with('.')) << audit::id(rule);
  }
}

TEST(Planted, AnEmptyLogHasNothingToFind) {
  const PlantedLog log;
  const audit::Report report = audited(log);
  EXPECT_EQ(found(report), Found());
  EXPECT_TRUE(report.provable);
  EXPECT_EQ(report.size, 0U);
}

// ---- what the log's key signed and no reader can follow

// Audits a clean log with `bytes` behind it: what stands before is audited, the rest is not
// provable.
void expect_not_provable(PlantedLog log, std::string_view what) {
  const std::uint64_t wrong = log.size() - 1;
  const audit::Report report = audited(log, 1000);
  EXPECT_FALSE(report.provable);
  ASSERT_EQ(report.findings.count(), 1U) << sentences(report);
  const audit::Finding& finding = report.findings.kept().front();
  EXPECT_EQ(finding.rule, audit::Rule::not_provable);
  EXPECT_EQ(finding.seq, 1U) << "the first entry that is not proven";
  EXPECT_TRUE(finding.what.starts_with("seq " + std::to_string(wrong))) << finding.what;
  EXPECT_NE(finding.what.find(what), std::string::npos) << finding.what;
  // With pages of one entry all before it is proven and audited.
  const audit::Report by_one = audited(log, 1);
  EXPECT_EQ(found(by_one), (Found{{wrong, "not-provable"}}));
  EXPECT_EQ(by_one.size, wrong);
}

std::string entry_with_seq(std::uint64_t seq) {
  return log::encode_entry({seq, std::string(PlantedLog::kTime), "occupation.put", "centre:test"},
                           R"({"code":"4-10-01-05","name":"x"})")
      .value();
}

TEST(Planted, ASeqReusedSkippedOrUnreadableStopsTheAudit) {
  for (const int off : {-1, 1}) {
    PlantedLog log = clean_log();
    log.add_bytes(entry_with_seq(log.size() + static_cast<std::uint64_t>(off)));
    expect_not_provable(std::move(log), "says that it is");
  }
  PlantedLog log = clean_log();
  log.add_bytes(R"({"actor":"centre:test","body":{},"kind":"x"})");
  expect_not_provable(std::move(log), "does not parse");
}

TEST(Planted, APageThatIsNotWhatWasSignedStopsTheAudit) {
  const PlantedLog log = clean_log();
  log::FeedReader reader(log.key(), log::Frontier());
  audit::Auditor auditor;
  auditor.read(reader.read(log.page(0, 10)).value());
  std::string page = log.page(10, 10);
  page.replace(page.find("英国"), 6, "法国");
  const auto read = reader.read(page);
  ASSERT_FALSE(read);
  auditor.stop(10, read.error());
  const audit::Report report = auditor.finish(reader.frontier());
  EXPECT_EQ(found(report), (Found{{10, "not-provable"}}));
  EXPECT_FALSE(report.provable);
  EXPECT_EQ(report.size, 10U);
}

// An erasure shows in the feed before its tombstone is published: the auditor says that it waits.
TEST(Planted, AnErasureWithoutItsTombstoneYetIsAwaited) {
  PlantedLog log = clean_log();
  const std::uint64_t of = log.sound_certificate();
  log.mark_erased(of);
  log::FeedReader reader(log.key(), log::Frontier());
  audit::Auditor auditor;
  auditor.read(reader.read(log.page(0, 10'000)).value());
  EXPECT_TRUE(auditor.awaits_tombstones());
  log.add(PlantedLog::certificate(CertificateEventKind::erased, of, day("2026-06-03")));
  auditor.read(reader.read(log.page(reader.frontier().size(), 10)).value());
  EXPECT_FALSE(auditor.awaits_tombstones());
  EXPECT_EQ(found(auditor.finish(reader.frontier())), Found());
}

// Fields that were there when their page was asked for, and erased since, are no fault.
TEST(Planted, AnErasureWhileTheLogIsReadIsNoFault) {
  PlantedLog log = clean_log();
  const std::uint64_t of = log.sound_certificate();
  log::FeedReader reader(log.key(), log::Frontier());
  audit::Auditor auditor;
  auditor.read(reader.read(log.page(0, 1)).value());
  auditor.read(reader.read(log.page(1, 10'000)).value());
  log.add(PlantedLog::certificate(CertificateEventKind::erased, of, day("2026-06-03")));
  log.mark_erased(of);
  auditor.read(reader.read(log.page(reader.frontier().size(), 10)).value());
  EXPECT_EQ(found(auditor.finish(reader.frontier())), Found());
}

// A mirror that was never given private fields says of all that they are gone.
TEST(Planted, OfAMirrorPrivateFieldsArePassedOver) {
  PlantedLog log = clean_log();
  log.mark_erased(log.sound_certificate());
  const std::uint64_t still_there = log.sound_certificate();
  log.add(PlantedLog::certificate(CertificateEventKind::erased, still_there, day("2026-06-03")));
  EXPECT_EQ(audited(log).findings.count(), 2U);
  log::FeedReader reader(log.key(), log::Frontier());
  audit::Auditor auditor(audit::Auditor::PrivateFields::passed_over);
  auditor.read(reader.read(log.page(0, 1)).value());
  auditor.read(reader.read(log.page(1, 10'000)).value());
  EXPECT_FALSE(auditor.awaits_tombstones());
  EXPECT_EQ(found(auditor.finish(reader.frontier())), Found());
}

TEST(Findings, BeyondTheBoundAreCountedAndNotKept) {
  audit::Findings findings;
  for (std::uint64_t i = 0; i < 100'002; ++i) findings.add(i, audit::Rule::unreadable, "x");
  EXPECT_EQ(findings.count(), 100'002U);
  EXPECT_EQ(findings.count(audit::Rule::unreadable), 100'002U);
  EXPECT_EQ(findings.kept().size(), 100'000U);
}

}  // namespace
}  // namespace chayan::test
