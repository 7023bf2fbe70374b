// A certificate's standing in the answer: each status with its history, and what a correction
// changes and what it does not.
#include "tests/api/fixture.h"
#include "tests/support/registry.h"

namespace chayan::api::testing {
namespace {

using Kind = CertificateEventKind;
using chayan::test::certificate_event;
using chayan::test::correct;

class Status : public ::testing::Test {
 protected:
  void record(Kind kind, std::string_view on) {
    registry_.record({certificate_event(kind, std::string(kNumber), day(on))});
  }
  Answer verify(std::string_view name = kName) { return registry_.verify(kNumber, name, ""); }
  // "issued 2026-09-01, corrected 2026-10-01", as the answer says it.
  static std::string history(const Answer& answer) {
    std::string all;
    std::string last_seq = "-1";
    for (std::size_t i = 0; i < answer.count("/status_history"); ++i) {
      const std::string at = "/status_history/" + std::to_string(i);
      all += (i == 0 ? "" : ", ") + answer.text(at + "/status") + ' ' + answer.text(at + "/on");
      EXPECT_GT(std::stoll(answer.text(at + "/seq")), std::stoll(last_seq)) << "in log order";
      last_seq = answer.text(at + "/seq");
    }
    return all;
  }

  Registry registry_;
};

TEST_F(Status, IsValidWhereItWasOnlyIssued) {
  EXPECT_EQ(verify().text("/status"), "valid");
  EXPECT_EQ(history(verify()), "issued 2026-09-01");
}

TEST_F(Status, ReissuedRevokedAndCancelledStandWithTheirDays) {
  record(Kind::reissued, "2026-10-02");
  EXPECT_EQ(verify().text("/status"), "reissued");
  EXPECT_EQ(history(verify()), "issued 2026-09-01, reissued 2026-10-02");
  record(Kind::cancelled, "2026-11-03");
  EXPECT_EQ(verify().text("/status"), "cancelled");
  EXPECT_EQ(history(verify()), "issued 2026-09-01, reissued 2026-10-02, cancelled 2026-11-03");
  const Answer revoked = registry_.verify(kRevokedNumber, kName, "");
  EXPECT_EQ(revoked.text("/status"), "revoked");
  EXPECT_EQ(history(revoked), "issued 2026-09-01, revoked 2026-10-10");
  for (const Answer& answer : {verify(), revoked}) {
    EXPECT_EQ(answer.text("/result"), "match") << "an ended certificate is one";
    EXPECT_EQ(answer.text("/issuer_authorized"), "true") << "it was, on the day of issue";
  }
}

TEST_F(Status, ACorrectedCertificateAnswersWithItsCurrentFactsAndSaysSo) {
  Change change = correct(std::string(kNumber), day("2026-10-05"), std::string(kOtherName),
                          std::string(kOtherDocument));
  CertificateFacts facts;
  facts.issuer = CreditCode::parse(kFirst).value();
  facts.item = CatalogItemId::parse("foreign/1/3").value();
  facts.issued_on = day("2026-09-03");
  std::get<CertificateEvent>(change.body).facts = facts;
  const Answer before = verify();
  registry_.record({change});

  EXPECT_EQ(verify().text("/result"), "no_match") << "the name that was wrong is no name of it";
  const Answer answer = verify(kOtherName);
  EXPECT_EQ(answer.text("/result"), "match");
  EXPECT_EQ(answer.text("/status"), "corrected");
  EXPECT_EQ(history(answer), "issued 2026-09-01, corrected 2026-10-05");
  EXPECT_EQ(answer.text("/basis/item"), "foreign/1/3");
  EXPECT_NE(answer.text("/occupation/code"), before.text("/occupation/code"));
  EXPECT_EQ(answer.text("/issued_on"), "2026-09-03");
  EXPECT_EQ(answer.text("/holder"), "阿*****例");
  EXPECT_EQ(answer.text("/issuer_authorization/filing/filing"), "SL-1");
  EXPECT_EQ(answer.text("/issuer_authorization/item"), "foreign/1/3");
  EXPECT_EQ(answer.text("/issuer_authorization/on"), "2026-09-01")
      << "the day of first issue decides, which a correction does not move";
  // What comes later stands in front of it.
  registry_.record({certificate_event(Kind::reissued, std::string(kNumber), day("2026-10-06"))});
  EXPECT_EQ(verify(kOtherName).text("/status"), "reissued");
}

TEST_F(Status, TheFilingAndTheItemThatDecideAreNamed) {
  const Answer entitled = verify();
  EXPECT_EQ(entitled.text("/issuer_authorization/reason"), "entitled");
  EXPECT_EQ(entitled.text("/issuer_authorization/filing/filing"), "SL-1");
  EXPECT_EQ(entitled.text("/issuer_authorization/item"), "foreign/1/1");
  const Answer suspended = registry_.verify(kUnauthorizedNumber, kOtherName, "");
  EXPECT_EQ(suspended.text("/issuer_authorized"), "false");
  EXPECT_EQ(suspended.text("/issuer_authorization/filing/filing"), "SL-2");
  EXPECT_EQ(suspended.text("/issuer_authorization/item"), "dual/1/1");
}

}  // namespace
}  // namespace chayan::api::testing
