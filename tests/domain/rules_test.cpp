#include "domain/rules.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/domain/fixtures.h"

namespace chayan {
namespace {

using namespace test;
using Kind = FilingEventKind;

FilingState state(const Filing& filing, std::string_view on) {
  return state_on(filing, day(on));
}

std::string refusal(const Filing* filing, const FilingEvent& next) {
  const auto follows = may_follow(filing, next, calendar());
  if (follows) return "";
  EXPECT_FALSE(follows.error().message.en.empty());
  EXPECT_FALSE(follows.error().message.zh.empty());
  return follows.error().field;
}

Filing up_to_notice(std::string_view notice_on) {
  Filing filing;
  append(filing, event(Kind::submitted, "2026-01-05"));
  append(filing, event(Kind::accepted, "2026-01-05"));
  append(filing, event(Kind::assessed, "2026-01-06"));
  append(filing, event(Kind::notice_opened, notice_on));
  return filing;
}

// ---- States

TEST(FilingStates, FollowTheProcedureDayByDay) {
  const Filing filing = filed();
  EXPECT_EQ(state(filing, "2026-06-24"), FilingState::unknown);
  EXPECT_EQ(state(filing, "2026-06-25"), FilingState::in_procedure);
  EXPECT_EQ(state(filing, "2026-07-07"), FilingState::in_procedure);
  EXPECT_EQ(state(filing, "2026-07-08"), FilingState::effective);
  EXPECT_EQ(state(filing, "2029-07-08"), FilingState::effective);
  EXPECT_EQ(state(filing, "2029-07-09"), FilingState::expired);
}

TEST(FilingStates, ValidityMayBeginLater) {
  Filing filing = filed();
  filing.events.back().event.valid_from = day("2026-08-01");
  filing.events.back().event.valid_to = day("2029-08-01");
  EXPECT_EQ(state(filing, "2026-07-07"), FilingState::in_procedure);
  EXPECT_EQ(state(filing, "2026-07-08"), FilingState::not_yet_valid);
  EXPECT_EQ(state(filing, "2026-07-31"), FilingState::not_yet_valid);
  EXPECT_EQ(state(filing, "2026-08-01"), FilingState::effective);
}

TEST(FilingStates, ALeapDayEndsOnTheTwentyEighth) {
  EXPECT_EQ(last_valid_day(day("2028-02-29")), day("2031-02-28"));
  Filing filing = filed();
  filing.events.back().event.on = day("2028-02-29");
  filing.events.back().event.valid_from = day("2028-02-29");
  filing.events.back().event.valid_to = last_valid_day(day("2028-02-29"));
  EXPECT_EQ(state(filing, "2031-02-28"), FilingState::effective);
  EXPECT_EQ(state(filing, "2031-03-01"), FilingState::expired);
}

TEST(FilingStates, SuspensionHoldsFromItsDayUntilTheDayOfResumption) {
  const Filing filing =
      with(filed(), {event(Kind::suspended, "2026-09-01"), event(Kind::resumed, "2026-10-15")});
  EXPECT_EQ(state(filing, "2026-08-31"), FilingState::effective);
  EXPECT_EQ(state(filing, "2026-09-01"), FilingState::suspended);
  EXPECT_EQ(state(filing, "2026-10-14"), FilingState::suspended);
  EXPECT_EQ(state(filing, "2026-10-15"), FilingState::effective);
}

TEST(FilingStates, EventsOfOneDayCountInLogOrder) {
  const Filing resumed =
      with(filed(), {event(Kind::suspended, "2026-09-01"), event(Kind::resumed, "2026-09-01")});
  EXPECT_EQ(state(resumed, "2026-09-01"), FilingState::effective);
  const Filing again = with(resumed, {event(Kind::suspended, "2026-09-01")});
  EXPECT_EQ(state(again, "2026-09-01"), FilingState::suspended);
}

TEST(FilingStates, ASuspendedFilingStillExpires) {
  const Filing filing = with(filed(), {event(Kind::suspended, "2029-07-01")});
  EXPECT_EQ(state(filing, "2029-07-08"), FilingState::suspended);
  EXPECT_EQ(state(filing, "2029-07-09"), FilingState::expired);
}

TEST(FilingStates, RevocationAndCancellationAreFinalFromTheDayItself) {
  for (const auto& [kind, expected] : {std::pair{Kind::revoked, FilingState::revoked},
                                       std::pair{Kind::cancelled, FilingState::cancelled}}) {
    const Filing filing = with(filed(), {event(kind, "2027-03-01")});
    EXPECT_EQ(state(filing, "2027-02-28"), FilingState::effective);
    EXPECT_EQ(state(filing, "2027-03-01"), expected);
    EXPECT_EQ(state(filing, "2035-01-01"), expected);
  }
}

TEST(FilingStates, RenewalWhileEffectiveLeavesNoGap) {
  FilingEvent renewed = event(Kind::renewed, "2029-06-01");
  renewed.valid_from = day("2029-07-09");
  renewed.valid_to = day("2032-07-09");
  const Filing filing = with(filed(), {renewed});
  EXPECT_EQ(state(filing, "2029-06-01"), FilingState::effective);
  EXPECT_EQ(validity_on(filing, day("2029-07-08")),
            (ValidityPeriod{day("2026-07-08"), day("2029-07-08")}));
  EXPECT_EQ(state(filing, "2029-07-09"), FilingState::effective);
  EXPECT_EQ(validity_on(filing, day("2029-07-09")),
            (ValidityPeriod{day("2029-07-09"), day("2032-07-09")}));
  EXPECT_EQ(state(filing, "2032-07-10"), FilingState::expired);
}

TEST(FilingStates, RenewalAfterExpiryLeavesTheGap) {
  const Filing filing = with(filed(), {event(Kind::renewed, "2029-09-01")});
  EXPECT_EQ(state(filing, "2029-07-09"), FilingState::expired);
  EXPECT_EQ(state(filing, "2029-08-31"), FilingState::expired);
  EXPECT_EQ(state(filing, "2029-09-01"), FilingState::effective);
  EXPECT_EQ(state(filing, "2032-09-01"), FilingState::effective);
  EXPECT_EQ(state(filing, "2032-09-02"), FilingState::expired);
}

TEST(FilingStates, ValidityIsUnknownBeforeTheFirstGrant) {
  EXPECT_EQ(validity_on(filed(), day("2026-07-07")), std::nullopt);
  EXPECT_EQ(validity_on(filed(), day("2035-01-01")),
            (ValidityPeriod{day("2026-07-08"), day("2029-07-08")}));
}

TEST(FilingStates, CodesAreDistinct) {
  std::set<std::string_view> codes;
  for (int i = 0; i <= static_cast<int>(FilingState::cancelled); ++i) {
    EXPECT_TRUE(codes.insert(code(static_cast<FilingState>(i))).second);
  }
}

// ---- What may follow

TEST(MayFollow, TakesAWholeLife) {
  Filing filing;
  const auto step = [&](FilingEvent next) {
    const auto follows = may_follow(filing.events.empty() ? nullptr : &filing, next, calendar());
    EXPECT_TRUE(follows) << code(next.kind) << " " << follows.error().message.en;
    append(filing, std::move(next));
  };
  step(event(Kind::submitted, "2026-06-25"));
  step(event(Kind::accepted, "2026-06-25"));
  step(event(Kind::assessed, "2026-06-30"));
  step(event(Kind::notice_opened, "2026-06-30"));
  step(event(Kind::filed, "2026-07-08"));
  step(event(Kind::reported, "2026-07-10"));
  step(event(Kind::published, "2026-07-15"));
  step(event(Kind::suspended, "2027-01-01"));
  step(event(Kind::resumed, "2027-02-01"));
  step(event(Kind::renewed, "2029-07-01"));
  step(event(Kind::reported, "2029-07-01"));
  step(event(Kind::published, "2029-07-02"));
  step(event(Kind::cancelled, "2030-01-01"));
  EXPECT_EQ(filing.receipt(), "HZ-2026-001");
}

TEST(MayFollow, EachStepAdmitsItsSuccessorsAlone) {
  using Kinds = std::set<Kind>;
  const auto admitted = [](const Filing* filing) {
    Kinds kinds;
    for (int i = 1; i <= 13; ++i) {
      const auto kind = static_cast<Kind>(i);
      if (may_follow(filing, event(kind, "2030-01-01"), calendar())) kinds.insert(kind);
    }
    return kinds;
  };
  const Filing whole = filed();
  const auto first = [&](std::size_t count) {
    Filing filing = whole;
    filing.events.resize(count);
    return admitted(&filing);
  };
  EXPECT_EQ(admitted(nullptr), Kinds{Kind::submitted});
  EXPECT_EQ(first(1), Kinds{Kind::accepted});
  EXPECT_EQ(first(2), Kinds{Kind::assessed});
  EXPECT_EQ(first(3), Kinds{Kind::notice_opened});
  EXPECT_EQ(first(4), (Kinds{Kind::objected, Kind::filed}));
  EXPECT_EQ(admitted(&whole), (Kinds{Kind::reported, Kind::suspended, Kind::revoked,
                                     Kind::cancelled, Kind::renewed}));
  const Filing objected = with(up_to_notice("2026-01-06"), {event(Kind::objected, "2026-01-08")});
  EXPECT_EQ(admitted(&objected), (Kinds{Kind::assessed, Kind::notice_opened, Kind::objected}));
  const Filing suspended = with(whole, {event(Kind::suspended, "2026-08-01")});
  EXPECT_EQ(admitted(&suspended),
            (Kinds{Kind::reported, Kind::resumed, Kind::revoked, Kind::cancelled}));
  const Filing reported = with(whole, {event(Kind::reported, "2026-08-01")});
  EXPECT_TRUE(admitted(&reported).contains(Kind::published));
  EXPECT_FALSE(admitted(&reported).contains(Kind::reported));
  const Filing revoked = with(whole, {event(Kind::revoked, "2026-08-01")});
  EXPECT_EQ(admitted(&revoked), Kinds{});
  const Filing cancelled = with(whole, {event(Kind::cancelled, "2026-08-01")});
  EXPECT_EQ(admitted(&cancelled), Kinds{});
}

TEST(MayFollow, FilingWaitsForTheEndOfTheNotice) {
  const Filing filing = up_to_notice("2026-06-30");
  EXPECT_EQ(refusal(&filing, event(Kind::filed, "2026-06-30")), "on");
  EXPECT_EQ(refusal(&filing, event(Kind::filed, "2026-07-07")), "on");
  EXPECT_EQ(refusal(&filing, event(Kind::filed, "2026-07-08")), "");
}

TEST(MayFollow, TheNoticesOwnRuleForItsFirstDayCounts) {
  Filing filing = up_to_notice("2026-06-30");
  filing.events.back().event.notice_start = PeriodStart::included;
  EXPECT_EQ(refusal(&filing, event(Kind::filed, "2026-07-06")), "on");
  EXPECT_EQ(refusal(&filing, event(Kind::filed, "2026-07-07")), "");
}

TEST(MayFollow, ANoticeRunsAcrossAHoliday) {
  const Filing filing = up_to_notice("2026-09-29");
  EXPECT_EQ(refusal(&filing, event(Kind::filed, "2026-10-12")), "on");
  EXPECT_EQ(refusal(&filing, event(Kind::filed, "2026-10-13")), "");
}

TEST(MayFollow, ANoticeIntoAYearWithoutCalendarHasNoAnswer) {
  const Filing filing = up_to_notice("2026-12-28");
  const auto follows = may_follow(&filing, event(Kind::filed, "2027-03-01"), calendar());
  ASSERT_FALSE(follows);
  EXPECT_EQ(follows.error().code, ErrorCode::calendar_missing);
}

TEST(MayFollow, ANoticeIsNotShorterThanTheRuleSays) {
  Filing filing;
  append(filing, event(Kind::submitted, "2026-01-05"));
  append(filing, event(Kind::accepted, "2026-01-05"));
  append(filing, event(Kind::assessed, "2026-01-06"));
  FilingEvent notice = event(Kind::notice_opened, "2026-01-07");
  notice.notice_working_days = kNoticeWorkingDays - 1;
  EXPECT_EQ(refusal(&filing, notice), "notice_working_days");
  notice.notice_working_days = kNoticeWorkingDays;
  EXPECT_EQ(refusal(&filing, notice), "");
  notice.notice_working_days = kNoticeWorkingDays + 1;
  EXPECT_EQ(refusal(&filing, notice), "");
}

TEST(MayFollow, AnObjectionNeedsAnotherNotice) {
  Filing filing = with(up_to_notice("2026-03-02"), {event(Kind::objected, "2026-03-04")});
  EXPECT_EQ(refusal(&filing, event(Kind::filed, "2026-05-20")), "kind");
  append(filing, event(Kind::notice_opened, "2026-03-16"));
  EXPECT_EQ(refusal(&filing, event(Kind::filed, "2026-03-10")), "on");
  EXPECT_EQ(refusal(&filing, event(Kind::filed, "2026-03-23")), "on");
  EXPECT_EQ(refusal(&filing, event(Kind::filed, "2026-03-24")), "");
}

TEST(MayFollow, DatesDoNotRunBackwards) {
  const Filing filing = filed();
  EXPECT_EQ(refusal(&filing, event(Kind::suspended, "2026-07-07")), "on");
  EXPECT_EQ(refusal(&filing, event(Kind::suspended, "2026-07-08")), "");
}

TEST(MayFollow, ValidityIsThreeYearsAndNotRetroactive) {
  const Filing filing = up_to_notice("2026-06-30");
  FilingEvent next = event(Kind::filed, "2026-07-08");
  next.valid_to = day("2029-07-07");
  EXPECT_EQ(refusal(&filing, next), "valid_to");
  next.valid_to = day("2029-07-09");
  EXPECT_EQ(refusal(&filing, next), "valid_to");
  next.valid_from = day("2026-07-07");
  next.valid_to = day("2029-07-07");
  EXPECT_EQ(refusal(&filing, next), "valid_from");
  next.valid_from = day("2026-09-01");
  next.valid_to = day("2029-09-01");
  EXPECT_EQ(refusal(&filing, next), "");
}

TEST(MayFollow, ARenewalBeginsAfterWhatItRenews) {
  const Filing filing = filed();
  EXPECT_EQ(refusal(&filing, event(Kind::renewed, "2026-07-08")), "valid_from");
  EXPECT_EQ(refusal(&filing, event(Kind::renewed, "2026-07-09")), "");
  EXPECT_EQ(refusal(&filing, event(Kind::renewed, "2031-01-01")), "");
}

TEST(MayFollow, ScopeStandsOnTheSubmissionAlone) {
  FilingEvent submitted = event(Kind::submitted, "2026-06-25");
  EXPECT_EQ(refusal(nullptr, submitted), "");
  submitted.scope.push_back(submitted.scope.front());
  EXPECT_EQ(refusal(nullptr, submitted), "scope");
  submitted.scope.clear();
  EXPECT_EQ(refusal(nullptr, submitted), "scope");
  const Filing filing = filed();
  FilingEvent suspended = event(Kind::suspended, "2026-08-01");
  suspended.scope = {scope_item("foreign/1/1")};
  EXPECT_EQ(refusal(&filing, suspended), "scope");
}

TEST(MayFollow, AFilingBelongsToOneInstitution) {
  const Filing filing = filed();
  FilingEvent next = event(Kind::suspended, "2026-08-01");
  next.institution = CreditCode::parse(kOtherCode).value();
  EXPECT_EQ(refusal(&filing, next), "institution");
}

// ---- Certificates

TEST(CertificateLife, AdmitsWhatItsStandingAllows) {
  using CertificateKind = CertificateEventKind;
  Certificate certificate;
  certificate.history = {{CertificateKind::issued, day("2026-08-01"), 9}};
  EXPECT_EQ(certificate.status(), "valid");
  const auto may = [&](CertificateKind kind, std::string_view on = "2027-01-01") {
    return may_follow(certificate, kind, day(on)).has_value();
  };
  EXPECT_FALSE(may(CertificateKind::issued));
  EXPECT_FALSE(may(CertificateKind::corrected, "2026-07-31"));
  EXPECT_TRUE(may(CertificateKind::corrected, "2026-08-01"));
  certificate.history.push_back({CertificateKind::corrected, day("2026-09-01"), 10});
  EXPECT_EQ(certificate.status(), "corrected");
  certificate.history.push_back({CertificateKind::reissued, day("2026-09-02"), 11});
  EXPECT_EQ(certificate.status(), "reissued");
  for (const auto last : {CertificateKind::revoked, CertificateKind::cancelled}) {
    Certificate ended = certificate;
    ended.history.push_back({last, day("2026-10-01"), 12});
    EXPECT_EQ(ended.status(), code(last));
    for (int i = 1; i <= 6; ++i) {
      const auto kind = static_cast<CertificateKind>(i);
      EXPECT_EQ(may_follow(ended, kind, day("2027-01-01")).has_value(),
                kind == CertificateKind::erased);
    }
    ended.history.push_back({CertificateKind::erased, day("2026-11-01"), 13});
    EXPECT_EQ(ended.status(), code(last));
    EXPECT_FALSE(may_follow(ended, CertificateKind::erased, day("2027-01-01")));
  }
}

// ---- Scope

TEST(Covers, AnItemLineIsOneEquivalence) {
  const CatalogItem item = catalog_item("foreign/1/1", "2026-01-01");
  EXPECT_TRUE(covers(scope_item("foreign/1/1"), item));
  EXPECT_FALSE(covers(scope_item("foreign/1/2"), item));
  ScopeLine other = scope_line("4-10-01-05", "", SkillLevel::senior);
  other.item = item_id("foreign/1/2");
  EXPECT_FALSE(covers(other, item));  // the same occupation and level, another certificate
}

TEST(Covers, APlainLineCoversTheItemsThatLeadToIt) {
  CatalogItem item = catalog_item("foreign/1/1", "2026-01-01");
  EXPECT_TRUE(covers(scope_line("4-10-01-05", "", SkillLevel::senior), item));
  EXPECT_FALSE(covers(scope_line("4-10-01-05", "", SkillLevel::technician), item));
  EXPECT_FALSE(covers(scope_line("4-10-01-06", "", SkillLevel::senior), item));
  EXPECT_FALSE(covers(scope_line("4-10-01-05", "某工种", SkillLevel::senior), item));
  item.work_type = "某工种";
  EXPECT_TRUE(covers(scope_line("4-10-01-05", "某工种", SkillLevel::senior), item));
  EXPECT_TRUE(covers(scope_line("4-10-01-05", "", SkillLevel::senior), item));
}

TEST(Covers, AWholeOccupationCoversItsWorkTypes) {
  const OccupationCode code = occupation("4-10-01-06");
  const ScopeLine whole = scope_line("4-10-01-06", "", SkillLevel::senior);
  const ScopeLine part = scope_line("4-10-01-06", "家庭照护员", SkillLevel::senior);
  EXPECT_TRUE(covers(whole, code, "家庭照护员", SkillLevel::senior));
  EXPECT_TRUE(covers(whole, code, "", SkillLevel::senior));
  EXPECT_TRUE(covers(part, code, "家庭照护员", SkillLevel::senior));
  EXPECT_FALSE(covers(part, code, "", SkillLevel::senior));
  EXPECT_FALSE(covers(part, code, "母婴护理员", SkillLevel::senior));
  EXPECT_FALSE(covers(whole, code, "", SkillLevel::intermediate));
  ScopeLine by_item = whole;
  by_item.item = item_id("foreign/1/1");
  EXPECT_TRUE(covers(by_item, code, "", SkillLevel::senior));
  EXPECT_FALSE(covers(by_item, code, "家庭照护员", SkillLevel::senior));
}

// ---- Entitlement

class EntitlementTest : public testing::Test {
 protected:
  Entitlement ask(std::string_view on) {
    catalog_.clear();
    if (subject_.item) catalog_.emplace(*subject_.item, versions_);
    return entitlement_on(filings_, subject_, catalog_, day(on));
  }
  void ask_for_item(std::string_view id) { subject_ = {item_id(id), {}, {}, {}}; }
  const CatalogItem* version(std::size_t i) const { return &catalog_.begin()->second.at(i); }

  std::vector<Filing> filings_ = {filed()};
  std::vector<CatalogItem> versions_;
  CatalogVersions catalog_;  // of the latest question
  Subject subject_{std::nullopt, occupation("4-10-01-05"), "", SkillLevel::senior};
};

TEST_F(EntitlementTest, HoldsWhileACoveringFilingIsEffective) {
  EXPECT_TRUE(ask("2026-07-08").holds());
  EXPECT_EQ(ask("2026-07-08").filing, &filings_[0]);
  EXPECT_TRUE(ask("2029-07-08").holds());
  EXPECT_EQ(ask("2029-07-09").reason, EntitlementReason::filing_expired);
  EXPECT_EQ(ask("2029-07-09").filing, &filings_[0]);
  EXPECT_EQ(ask("2026-07-07").reason, EntitlementReason::filing_in_procedure);
  EXPECT_EQ(ask("2026-06-24").reason, EntitlementReason::no_filing);
  EXPECT_EQ(ask("2026-06-24").filing, nullptr);
}

TEST_F(EntitlementTest, NamesTheStateOfTheFiling) {
  filings_[0] = with(filed(), {event(Kind::suspended, "2026-08-01")});
  EXPECT_EQ(ask("2026-08-01").reason, EntitlementReason::filing_suspended);
  filings_[0] = with(filed(), {event(Kind::revoked, "2026-08-01")});
  EXPECT_EQ(ask("2026-08-01").reason, EntitlementReason::filing_revoked);
  EXPECT_TRUE(ask("2026-07-31").holds());
  filings_[0] = with(filed(), {event(Kind::cancelled, "2026-08-01")});
  EXPECT_EQ(ask("2026-08-01").reason, EntitlementReason::filing_cancelled);
  filings_[0] = filed();
  filings_[0].events.back().event.valid_from = day("2026-08-01");
  filings_[0].events.back().event.valid_to = day("2029-08-01");
  EXPECT_EQ(ask("2026-07-20").reason, EntitlementReason::filing_not_yet_valid);
}

TEST_F(EntitlementTest, NoFilingAndOutOfScopeDiffer) {
  filings_.clear();
  EXPECT_EQ(ask("2026-08-01").reason, EntitlementReason::no_filing);
  filings_ = {filed()};
  subject_.level = SkillLevel::technician;
  EXPECT_EQ(ask("2026-08-01").reason, EntitlementReason::out_of_scope);
  EXPECT_EQ(ask("2026-08-01").filing, nullptr);
}

TEST_F(EntitlementTest, OfSeveralFilingsAnEffectiveOneDecides) {
  filings_ = {with(filed(), {event(Kind::revoked, "2026-08-01")}), filed(), filed()};
  filings_[2].events.resize(1);  // still in procedure
  EXPECT_TRUE(ask("2026-09-01").holds());
  EXPECT_EQ(ask("2026-09-01").filing, &filings_[1]);
  filings_.erase(filings_.begin() + 1);
  EXPECT_EQ(ask("2026-09-01").reason, EntitlementReason::filing_revoked);
  EXPECT_EQ(ask("2026-09-01").filing, &filings_[0]);
  EXPECT_EQ(ask("2026-07-07").reason, EntitlementReason::filing_in_procedure);
}

TEST_F(EntitlementTest, AFilingOfAnotherScopeDoesNotDecide) {
  filings_ = {with(filed(), {event(Kind::suspended, "2026-08-01")}), filed()};
  filings_[1].events.front().event.scope = {
      scope_line("4-10-01-06", "家庭照护员", SkillLevel::senior)};
  EXPECT_EQ(ask("2026-09-01").reason, EntitlementReason::filing_suspended);
  EXPECT_EQ(ask("2026-09-01").filing, &filings_[0]);
  subject_ = {std::nullopt, occupation("4-10-01-06"), "家庭照护员", SkillLevel::senior};
  EXPECT_TRUE(ask("2026-09-01").holds());
  EXPECT_EQ(ask("2026-09-01").filing, &filings_[1]);
}

TEST_F(EntitlementTest, AnItemMustBeKnownAndInForce) {
  ask_for_item("foreign/1/1");
  EXPECT_EQ(ask("2026-09-01").reason, EntitlementReason::item_unknown);
  versions_ = {catalog_item("foreign/1/1", "2026-08-15")};
  versions_[0].withdrawn_on = day("2027-01-01");
  EXPECT_EQ(ask("2026-08-14").reason, EntitlementReason::item_not_in_force);
  EXPECT_TRUE(ask("2026-08-15").holds());
  const CatalogItem* decided = ask("2026-08-15").item;
  EXPECT_EQ(decided, version(0));
  EXPECT_TRUE(ask("2026-12-31").holds());
  EXPECT_EQ(ask("2027-01-01").reason, EntitlementReason::item_not_in_force);
  EXPECT_EQ(ask("2027-01-01").item, nullptr);
}

// The second version raises the level: the plain line for the old level covers the item no longer,
// the line that names the item still does.
TEST_F(EntitlementTest, FollowsTheVersionInForce) {
  ask_for_item("foreign/1/1");
  versions_ = {catalog_item("foreign/1/1", "2026-01-01"),
               catalog_item("foreign/1/1", "2027-01-01")};
  versions_[1].level = SkillLevel::technician;
  EXPECT_TRUE(ask("2026-12-31").holds());
  const CatalogItem* before = ask("2026-12-31").item;
  EXPECT_EQ(before, version(0));
  EXPECT_EQ(ask("2027-01-01").reason, EntitlementReason::out_of_scope);
  const CatalogItem* after = ask("2027-01-01").item;
  EXPECT_EQ(after, version(1));
  filings_[0].events.front().event.scope = {scope_item("foreign/1/1")};
  EXPECT_TRUE(ask("2027-01-01").holds());
}

TEST_F(EntitlementTest, WhatIsStatedBesideAnItemMustBeWhatTheItemGives) {
  ask_for_item("foreign/1/1");
  versions_ = {catalog_item("foreign/1/1", "2026-01-01")};
  subject_.occupation = versions_[0].occupation;
  subject_.level = versions_[0].level;
  EXPECT_TRUE(ask("2026-09-01").holds());
  subject_.level = SkillLevel::technician;
  EXPECT_EQ(ask("2026-09-01").reason, EntitlementReason::differs_from_item);
  subject_.level = versions_[0].level;
  subject_.work_type = "某工种";
  EXPECT_EQ(ask("2026-09-01").reason, EntitlementReason::differs_from_item);
}

TEST_F(EntitlementTest, EveryReasonHasItsCodeAndSentence) {
  std::set<std::string_view> codes;
  std::set<std::string> sentences;
  for (int i = 0; i <= static_cast<int>(EntitlementReason::filing_cancelled); ++i) {
    const auto reason = static_cast<EntitlementReason>(i);
    EXPECT_TRUE(codes.insert(code(reason)).second);
    EXPECT_TRUE(sentences.insert(sentence(reason).en).second);
    EXPECT_TRUE(sentences.insert(sentence(reason).zh).second);
  }
  EXPECT_EQ(codes.count(""), 0u);
}

TEST(CatalogVersions, TheLatestThatTookEffectCounts) {
  std::vector<CatalogItem> versions = {catalog_item("dual/1/1", "2026-01-01"),
                                       catalog_item("dual/1/1", "2026-06-01")};
  EXPECT_EQ(version_in_force(versions, day("2025-12-31")), nullptr);
  EXPECT_EQ(version_in_force(versions, day("2026-05-31")), &versions[0]);
  EXPECT_EQ(version_in_force(versions, day("2026-06-01")), &versions[1]);
  versions[1].withdrawn_on = day("2026-07-01");
  EXPECT_EQ(version_in_force(versions, day("2026-07-01")), nullptr);  // the first stays replaced
  EXPECT_EQ(version_in_force({}, day("2026-07-01")), nullptr);
}

}  // namespace
}  // namespace chayan
