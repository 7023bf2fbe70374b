#include "commands/demo_registry.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "base/json_reader.h"
#include "domain/change.h"
#include "tests/support/temp_directory.h"

namespace chayan::commands {
namespace {

constexpr std::array kFiles = {"registry.ndjson", "truth.ndjson", "institutions.ndjson"};

std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The files of one demo, by name.
std::map<std::string, std::string> demo(std::uint64_t institutions, std::uint64_t certificates,
                                        std::uint64_t seed, bool clean = false) {
  test::TempDirectory folder;
  std::uint64_t last_done = 0;
  const DemoOptions options{institutions, certificates, seed, folder / "new/folder", clean};
  write_demo(options, [&](auto done, auto all) {
    EXPECT_EQ(all, certificates);
    last_done = done;
  }).value();
  EXPECT_EQ(last_done, certificates);
  std::map<std::string, std::string> files;
  for (const char* name : kFiles) files[name] = content(options.out + "/" + name);
  return files;
}

template <typename Visit>
void each_object(const std::string& lines, Visit visit) {
  JsonParser parser;
  std::istringstream in(lines);
  std::string line;
  while (std::getline(in, line)) {
    auto object = parser.parse_object(line);
    ASSERT_TRUE(object) << line;
    visit(*object);
    if (testing::Test::HasFatalFailure()) return;
  }
}

// The demo of 2,000 certificates that most tests look at.
class DemoRegistryTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { files_ = demo(200, 2000, 7); }
  static inline std::map<std::string, std::string> files_;
};

TEST_F(DemoRegistryTest, TheSameSeedGivesTheSameBytes) {
  EXPECT_EQ(demo(200, 2000, 7), files_);
}

TEST_F(DemoRegistryTest, AnotherSeedGivesOtherBytes) {
  const auto other = demo(200, 2000, 8);
  for (const char* name : kFiles) EXPECT_NE(other.at(name), files_.at(name)) << name;
}

TEST_F(DemoRegistryTest, EveryLineIsAChangeAndEveryCertificateNumberIsIssuedOnce) {
  std::map<std::string, int> kinds;
  std::set<std::string> issued;
  each_object(files_["registry.ndjson"], [&](JsonObject& object) {
    const auto change = read_change(object);
    ASSERT_TRUE(change) << change.error().field << ": " << change.error().message.en;
    ++kinds[kind(change->body)];
    const auto number = change->secrets.find("certificate_number");
    if (std::holds_alternative<CertificateFacts>(change->body)) {
      ASSERT_NE(number, change->secrets.end());
      EXPECT_TRUE(issued.insert(number->second).second) << "issued twice";
    }
    if (std::holds_alternative<CertificateEvent>(change->body)) {
      ASSERT_NE(number, change->secrets.end());
      EXPECT_TRUE(issued.contains(number->second)) << "an event of a certificate not yet issued";
    }
  });
  EXPECT_EQ(issued.size(), 2000U);
  for (const char* expected :
       {"occupation.put",       "catalog.put",          "calendar.put",
        "institution.put",      "filing.submitted",     "filing.accepted",
        "filing.assessed",      "filing.notice_opened", "filing.filed",
        "filing.reported",      "filing.published",     "filing.suspended",
        "filing.resumed",       "filing.revoked",       "filing.cancelled",
        "filing.renewed",       "certificate.issued",   "certificate.corrected",
        "certificate.reissued", "certificate.revoked",  "certificate.cancelled",
        "certificate.erased"}) {
    EXPECT_GT(kinds[expected], 0) << expected;
  }
  EXPECT_EQ(kinds["institution.put"], 200);
  EXPECT_EQ(kinds["catalog.put"], 13) << "the two catalogs of the notice";
}

TEST_F(DemoRegistryTest, TruthHasALineACertificateWithThePromisedMembers) {
  std::map<std::string, int> statuses;
  std::map<std::string, int> reasons;
  std::set<std::string> numbers;
  std::set<std::string> unknown;
  each_object(files_["truth.ndjson"], [&](JsonObject& line) {
    numbers.insert(std::string(line.string("certificate_number")));
    unknown.insert(std::string(line.string("unknown_certificate_number")));
    EXPECT_NE(line.string("holder_name"), line.string("wrong_holder_name"));
    EXPECT_NE(line.string("document_number"), line.string("wrong_document_number"));
    EXPECT_TRUE(document_type_from_code(line.string("document_type")));
    EXPECT_TRUE(CreditCode::parse(line.string("issuer")));
    EXPECT_TRUE(Date::parse(line.string("issued_on")));
    EXPECT_TRUE(OccupationCode::parse(line.string("occupation")));
    EXPECT_TRUE(parse_skill_level(line.string("level")));
    if (const auto item = line.optional_string("item")) {
      EXPECT_TRUE(CatalogItemId::parse(*item));
    }
    ++statuses[std::string(line.string("status"))];
    const auto authorized = line.optional_boolean("issuer_authorized");
    ASSERT_TRUE(authorized);
    const std::string reason(line.string("authorization_reason"));
    EXPECT_EQ(*authorized, reason == "entitled") << reason;
    ++reasons[reason];
    EXPECT_TRUE(line.finish()) << "a member that nobody promised";
  });
  EXPECT_EQ(numbers.size(), 2000U);
  for (const std::string& number : numbers) EXPECT_FALSE(unknown.contains(number));
  for (const char* status : {"valid", "corrected", "reissued", "revoked", "cancelled", "erased"}) {
    EXPECT_GT(statuses[status], 0) << status;
  }
  EXPECT_EQ(statuses.size(), 6U);
  for (const char* reason : {"entitled", "filing_in_procedure", "out_of_scope"}) {
    EXPECT_GT(reasons[reason], 0) << reason;
  }
}

TEST_F(DemoRegistryTest, InstitutionsHaveTheirOfferingsAndTheDaysOnWhichTheyAreEffective) {
  std::set<std::string> codes;
  int effective = 0;
  each_object(files_["institutions.ndjson"], [&](JsonObject& line) {
    EXPECT_TRUE(codes.insert(std::string(line.string("credit_code"))).second);
    EXPECT_FALSE(line.string("name").empty());
    EXPECT_TRUE(RegionCode::parse(line.string("region")));
    auto offerings = line.objects("offerings");
    EXPECT_FALSE(offerings.empty());
    for (JsonObject& offering : offerings) {
      EXPECT_TRUE(OccupationCode::parse(offering.string("occupation")));
      EXPECT_TRUE(parse_skill_level(offering.string("level")));
      EXPECT_FALSE(offering.string("filing").empty());
      effective += offering.has("effective");
    }
    EXPECT_TRUE(line.finish());
  });
  EXPECT_EQ(codes.size(), 200U);
  EXPECT_GE(effective, 200);
}

TEST(DemoRegistryCleanTest, ACleanDemoHasEveryStatusAndNoCertificateWithoutEntitlement) {
  for (const std::uint64_t seed : {1, 7, 42}) {
    auto files = demo(200, 2000, seed, true);
    std::set<std::string> statuses;
    each_object(files["truth.ndjson"], [&](JsonObject& line) {
      statuses.insert(std::string(line.string("status")));
      EXPECT_EQ(line.optional_boolean("issuer_authorized"), true);
      EXPECT_EQ(line.string("authorization_reason"), "entitled");
    });
    EXPECT_EQ(statuses.size(), 6U);
    const auto ordinary = demo(200, 2000, seed);
    EXPECT_EQ(files["institutions.ndjson"], ordinary.at("institutions.ndjson"));
    EXPECT_NE(files["truth.ndjson"], ordinary.at("truth.ndjson"));
  }
}

TEST(DemoRegistrySizeTest, TheSmallestDemoHasOneInstitutionAndNoCertificate) {
  auto files = demo(1, 0, 1);
  EXPECT_TRUE(files["truth.ndjson"].empty());
  each_object(files["registry.ndjson"], [](JsonObject& line) { EXPECT_TRUE(read_change(line)); });
  int institutions = 0;
  each_object(files["institutions.ndjson"], [&](JsonObject&) { ++institutions; });
  EXPECT_EQ(institutions, 1);
}

TEST(DemoRegistrySizeTest, AFolderThatCannotBeMadeIsAnError) {
  test::TempDirectory folder;
  std::ofstream(folder / "file") << "in the way";
  const auto written = write_demo({1, 1, 1, folder / "file/out", false}, [](auto, auto) {});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::io);
}

}  // namespace
}  // namespace chayan::commands
