// Credentials as a file, as serve follows them, and their quotas.
#include <gtest/gtest.h>

#include <fstream>

#include "base/limits.h"
#include "commands/credential_directory.h"
#include "commands/credential_file.h"
#include "commands/quota_ledger.h"
#include "crypto/digest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/files.h"
#include "tests/support/temp_directory.h"

namespace chayan::commands {
namespace {

constexpr const char* kMay = "2026-05-01T00:00:00Z";
constexpr const char* kJune = "2026-06-01T00:00:00Z";

Date day(std::string_view text) {
  return Date::parse(text).value();
}

Credential credential(std::string name, int n) {
  Credential made;
  made.name = std::move(name);
  made.digest = crypto::sha256("secret " + std::to_string(n));
  made.rows_per_day = 1000;
  made.added = kMay;
  return made;
}

// As the api has it: what is no address is none that anybody has.
guard::Address address(std::string_view text) {
  return guard::Address::parse(text).value_or(guard::Address());
}

TEST(CredentialList, StandsInItsFileAsTheHeaderSays) {
  CredentialList list;
  Credential limited = credential("某公司", 1);
  limited.expires = day("2026-12-31");
  limited.networks = {guard::Network::parse("192.0.2.0/24", "networks").value(),
                      guard::Network::parse("2001:db8::/32", "networks").value()};
  ASSERT_TRUE(list.add(limited));
  ASSERT_TRUE(list.add(credential("b", 2)));
  EXPECT_EQ(list.revoke("b", kJune).value(), 1U);
  const std::string text =
      R"({"credentials":[{"added":"2026-05-01T00:00:00Z","expires":"2026-12-31","name":"某公司",)"
      R"("networks":["192.0.2.0/24","2001:db8::/32"],"rows_per_day":1000,"sha256":")" +
      to_hex(view(limited.digest)) +
      R"("},{"added":"2026-05-01T00:00:00Z","name":"b","revoked":"2026-06-01T00:00:00Z",)"
      R"("rows_per_day":1000,"sha256":")" +
      to_hex(view(credential("b", 2).digest)) + R"("}],"version":1})" + "\n";
  EXPECT_EQ(list.text(), text);
  const auto read = CredentialList::parse(text);
  ASSERT_TRUE(read) << read.error().message.en;
  EXPECT_EQ(read->credentials(), list.credentials());
}

TEST(CredentialList, IsRevokedByNameOrById) {
  CredentialList list;
  for (int n = 1; n <= 3; ++n) ASSERT_TRUE(list.add(credential(n == 3 ? "b" : "a", n)));
  EXPECT_EQ(list.revoke(list.credentials()[0].id(), kJune).value(), 1U);
  EXPECT_EQ(list.revoke("a", kJune).value(), 1U) << "the other";
  EXPECT_EQ(list.revoke("a", kJune).error().code, ErrorCode::not_found);
  EXPECT_TRUE(list.credentials()[2].revoked.empty());
}

TEST(CredentialList, AnIdRevokesNoAccountThatIsNamedSo) {
  CredentialList list;
  ASSERT_TRUE(list.add(credential("a", 1)));
  const std::string id = list.credentials()[0].id();
  ASSERT_TRUE(list.add(credential(id, 2)));
  EXPECT_EQ(list.revoke(id, kJune).value(), 1U);
  EXPECT_FALSE(list.credentials()[0].revoked.empty());
  EXPECT_TRUE(list.credentials()[1].revoked.empty());
  EXPECT_EQ(list.revoke(id, kJune).error().code, ErrorCode::not_found) << "again";
  EXPECT_TRUE(list.credentials()[1].revoked.empty());
}

TEST(CredentialList, RefusesWhatAnEditByHandBreaks) {
  CredentialList list;
  ASSERT_TRUE(list.add(credential("a", 1)));
  const std::string good = list.text();
  const auto broken = [&](std::string_view what, std::string_view with) {
    std::string text = good;
    return CredentialList::parse(text.replace(text.find(what), what.size(), with)).has_error();
  };
  EXPECT_TRUE(broken("\"a\"", "\"a b\""));
  EXPECT_TRUE(broken("1000", "0"));
  EXPECT_TRUE(broken("1000", "-1"));
  EXPECT_TRUE(broken("\"version\":1", "\"version\":2"));
  EXPECT_TRUE(broken("\"sha256\":\"", "\"sha256\":\"0"));
  EXPECT_TRUE(broken("\"added\"", "\"unknown\":1,\"added\""));
  EXPECT_TRUE(broken("\"name\"", "\"networks\":[\"10.0.0.1/8\"],\"name\""));
}

TEST(Credential, CountsUntilItsLastDayAndFromItsNetworks) {
  Credential one = credential("a", 1);
  const auto here = address("192.0.2.7");
  EXPECT_TRUE(one.counts(day("2099-01-01"), here));
  one.expires = day("2026-11-24");
  EXPECT_TRUE(one.counts(day("2026-11-24"), here));
  EXPECT_FALSE(one.counts(day("2026-11-25"), here));
  one.networks = {guard::Network::parse("192.0.2.0/24", "networks").value(),
                  guard::Network::parse("2001:db8::/32", "networks").value()};
  EXPECT_TRUE(one.counts(day("2026-11-24"), here));
  EXPECT_TRUE(one.counts(day("2026-11-24"), address("::ffff:192.0.2.8")));
  EXPECT_TRUE(one.counts(day("2026-11-24"), address("2001:db8:1::1")));
  for (const std::string_view other : {"192.0.3.1", "2001:db9::1", "::192.0.2.7", "garbage"}) {
    EXPECT_FALSE(one.counts(day("2026-11-24"), address(other))) << other;
  }
}

class CredentialFilesTest : public testing::Test {
 protected:
  const test::TempDirectory folder_;
  test::FakeClock clock_{day("2026-11-24")};
};

TEST_F(CredentialFilesTest, TheDirectoryFollowsTheFile) {
  const std::string path = folder_ / "credentials.json";
  std::vector<Error> faults;
  CredentialDirectory directory(path, clock_, [&](const Error& error) { faults.push_back(error); });
  const Credential one = credential("a", 1);
  EXPECT_FALSE(directory.find(one.digest, address("192.0.2.1")));
  EXPECT_TRUE(faults.empty()) << "no file is no fault";
  ASSERT_TRUE(edit_credential_file(path, [&](CredentialList& list) { return list.add(one); }));
  const auto found = directory.find(one.digest, address("192.0.2.1"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->credential, one.id());
  EXPECT_EQ(found->rows_per_day, 1000U);
  EXPECT_FALSE(directory.find(credential("a", 2).digest, address("192.0.2.1")));
  ASSERT_TRUE(edit_credential_file(path, [&](CredentialList& list) -> Result<void> {
    return list.revoke("a", kJune) ? Result<void>() : io_error("");
  }));
  EXPECT_FALSE(directory.find(one.digest, address("192.0.2.1")));
  std::ofstream(path) << "{";
  EXPECT_FALSE(directory.find(one.digest, address("192.0.2.1")));
  EXPECT_FALSE(directory.find(one.digest, address("192.0.2.1")));
  EXPECT_EQ(faults.size(), 1U) << "told once";
}

TEST_F(CredentialFilesTest, AQuotaIsSpentInADayAndNeverForgotten) {
  const std::string path = folder_ / "quota.json";
  const api::Employer employer{"id", "a", 5000};
  {
    const auto ledger = QuotaLedger::open(path, clock_).value();
    auto standing = ledger->spend(employer, 10).value();
    EXPECT_TRUE(standing.granted);
    EXPECT_EQ(standing.left, 4990U);
    EXPECT_EQ(standing.until_reset, std::chrono::hours(12)) << "noon in Shanghai";
    EXPECT_NE(test::file_content(path).find("\"id\":1010"), std::string::npos) << "a block ahead";
    EXPECT_EQ(ledger->spend(employer, 900).value().left, 4090U);
    standing = ledger->spend(employer, 4091).value();
    EXPECT_FALSE(standing.granted);
    EXPECT_EQ(standing.left, 4090U) << "all or none";
    EXPECT_EQ(ledger->spend({"other", "b", 5}, 5).value().left, 0U);
    // What a crash now would leave.
    std::ofstream(folder_ / "crashed.json") << test::file_content(path);
  }
  const auto after_crash = QuotaLedger::open(folder_ / "crashed.json", clock_).value();
  EXPECT_EQ(after_crash->spend(employer, 1).value().left, 3989U) << "1,010 counted of 910";
  const auto after_end = QuotaLedger::open(path, clock_).value();
  EXPECT_EQ(after_end->spend(employer, 1).value().left, 4089U);
  EXPECT_EQ(after_end->spend(employer, 4089).value().left, 0U);
  clock_.advance(std::chrono::hours(12));
  EXPECT_EQ(after_end->spend(employer, 1).value().left, 4999U) << "a new day";
  clock_.advance(-std::chrono::hours(24));
  EXPECT_EQ(after_end->spend(employer, 1).value().left, 4998U) << "a clock set back begins none";
}

TEST_F(CredentialFilesTest, WhatCannotBeRememberedIsNotGranted) {
  const auto ledger = QuotaLedger::open(folder_ / "missing/quota.json", clock_).value();
  EXPECT_EQ(ledger->spend({"id", "a", 5000}, 1).error().code, ErrorCode::io);
  std::ofstream(folder_ / "bad.json") << "{}";
  EXPECT_EQ(QuotaLedger::open(folder_ / "bad.json", clock_).error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace chayan::commands
