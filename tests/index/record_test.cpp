// Records are stored: some bytes are fixed here, all of them survive a round trip, and damaged ones
// are refused.
#include "index/record.h"

#include <gtest/gtest.h>

#include <random>

#include "domain/rules.h"
#include "index/offering.h"
#include "tests/support/registry.h"

namespace chayan::index {
namespace {

using test::credit;
using test::day;

InstitutionRecord sample_institution() {
  InstitutionRecord record;
  record.institution = std::get<Institution>(test::put_institution(credit(7), "上海示例中心").body);
  record.put_seq = 40;
  record.payload_seq = 40;
  std::uint64_t seq = 41;
  Filing filing{"F-1", credit(7), {}};
  for (const Change& change : test::filing_until_filed(
           credit(7), "F-1", day("2026-07-08"),
           {test::item_line("foreign/1/1"),
            test::plain_line("4-12-01-01", SkillLevel::senior, "汽车机械维修工")})) {
    filing.events.push_back({std::get<FilingEvent>(change.body), seq++});
  }
  record.filings.push_back(filing);
  return record;
}

Certificate sample_certificate() {
  Certificate certificate;
  certificate.issued_seq = 9;
  certificate.facts.issuer = credit(7);
  certificate.facts.item = CatalogItemId{CatalogList::foreign, 1, 1};
  certificate.facts.occupation = OccupationCode::parse("4-10-01-05").value();
  certificate.facts.occupation_name = "养老护理员";
  certificate.facts.level = SkillLevel::senior;
  certificate.facts.issued_on = day("2026-08-01");
  certificate.first_issued_on = day("2026-08-01");
  certificate.secrets = {
      "S000031000001263000001", "测𠮷", {DocumentType::passport, "T0000001"}, "O-1"};
  certificate.history = {{CertificateEventKind::issued, day("2026-08-01"), 9},
                         {CertificateEventKind::corrected, day("2026-08-02"), 12}};
  return certificate;
}

BatchRecord sample_batch() {
  return {Hash{1, 2, 3}, 5, 6, 7, 8};
}

CalendarYear sample_calendar() {
  return {2026, {day("2026-01-01"), day("2026-01-02")}, {day("2026-01-04")}, "示例"};
}

TEST(Record, BatchHasTheseBytes) {
  EXPECT_EQ(to_hex(encode(sample_batch())),
            "0102030000000000000000000000000000000000000000000000000000000000"
            "0000000000000005000000000000000600000000000000070000000000000008");
}

TEST(Record, CalendarHasTheseBytes) {
  EXPECT_EQ(to_hex(encode(sample_calendar())),
            "07ea00000006e7a4bae4be8b000000020000"
            "4fe600004fe70000000100004fe9");
}

TEST(Record, CertificateHasTheseBytes) {
  Certificate certificate = sample_certificate();
  certificate.history.resize(1);
  EXPECT_EQ(to_hex(encode(certificate)),
            "0000000000000009" + to_hex(credit(7).text()) +
                "01"
                "0100010001"
                "0000000a" +
                to_hex("4-10-01-05") + "0000000f" + to_hex("养老护理员") +
                "00000000"
                "04"
                "000050ba"
                "000050ba"
                "00000016" +
                to_hex("S000031000001263000001") + "00000007" + to_hex("测𠮷") +
                "03"
                "00000008" +
                to_hex("T0000001") + "00000003" + to_hex("O-1") +
                "00000001"
                "01"
                "000050ba"
                "0000000000000009");
}

TEST(Record, SurvivesARoundTrip) {
  EXPECT_EQ(decode_institution(encode(sample_institution())), sample_institution());
  EXPECT_EQ(decode_certificate(encode(sample_certificate())), sample_certificate());
  EXPECT_EQ(decode_batch(encode(sample_batch())), sample_batch());
  EXPECT_EQ(decode_calendar(encode(sample_calendar())), sample_calendar());
  const OfferingRecord offerings = all_offerings(sample_institution());
  ASSERT_EQ(offerings.offerings.size(), 2U);
  EXPECT_EQ(decode_offerings(encode(offerings)), offerings);

  std::vector<CatalogItem> versions;
  for (const Change& change : test::official_changes()) {
    if (const auto* item = std::get_if<CatalogItem>(&change.body)) versions.push_back(*item);
    if (const auto* known = std::get_if<Occupation>(&change.body)) {
      EXPECT_EQ(decode_occupation(encode(*known)), *known);
    }
  }
  ASSERT_EQ(versions.size(), 13U);
  versions.back().withdrawn_on = day("2028-01-01");
  EXPECT_EQ(decode_catalog_versions(encode(versions)), versions);
}

// A damaged record decodes to nothing or to a record that encodes to the damaged bytes: never to a
// crash, never to something that was not written.
TEST(Record, DamagedBytesAreRefusedOrMeanThemselves) {
  const std::string whole[] = {encode(sample_institution()), encode(sample_certificate()),
                               encode(all_offerings(sample_institution()))};
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto expect_sound = [](const auto& decoded, const std::string& bytes) {
    if (decoded) {
      EXPECT_EQ(to_hex(encode(*decoded)), to_hex(bytes));
    }
  };
  for (int i = 0; i < 3000; ++i) {
    for (const std::string& bytes : whole) {
      std::string damaged = bytes;
      if (i % 3 == 0) damaged.resize(random() % bytes.size());
      if (!damaged.empty()) {
        char& byte = damaged[random() % damaged.size()];
        byte = static_cast<char>(byte ^ (1 << (random() % 8)));
      }
      expect_sound(decode_institution(damaged), damaged);
      expect_sound(decode_certificate(damaged), damaged);
      expect_sound(decode_offerings(damaged), damaged);
    }
  }
}

TEST(Record, NothingFollowsARecord) {
  EXPECT_FALSE(decode_certificate(encode(sample_certificate()) + "x"));
  EXPECT_FALSE(decode_institution(encode(sample_institution()) + "x"));
  EXPECT_FALSE(decode_batch(encode(sample_batch()) + "x"));
}

}  // namespace
}  // namespace chayan::index
