// The short types that are parsed from text: credit codes, documents, certificate numbers, levels,
// occupations, regions, dates. Vectors: GB 32100-2015, GB 11643-1999 and the standards' examples.
#include <gtest/gtest.h>

#include <set>

#include "base/limits.h"
#include "domain/certificate_number.h"
#include "domain/credit_code.h"
#include "domain/date.h"
#include "domain/document.h"
#include "domain/occupation.h"
#include "domain/region.h"
#include "domain/skill_level.h"

namespace chayan {
namespace {

template <typename T>
void expect_refused(const Result<T>& result, std::string_view field, std::string_view value) {
  ASSERT_FALSE(result) << value;
  EXPECT_EQ(result.error().field, field);
  EXPECT_FALSE(result.error().message.en.empty());
  EXPECT_FALSE(result.error().message.zh.empty());
}

// The same for a value that identifies a person: the message never repeats it.
template <typename T>
void expect_refused_silently(const Result<T>& result, std::string_view field,
                             std::string_view value) {
  expect_refused(result, field, value);
  if (value.size() < 4 || result) return;
  EXPECT_EQ(result.error().message.en.find(value), std::string::npos);
  EXPECT_EQ(result.error().message.zh.find(value), std::string::npos);
}

TEST(CreditCode, AcceptsTheStandardsVectors) {
  for (const std::string_view text :
       {"91350100M000100Y43", "91512081MA62K0260E", "9131000063159284XQ", "913100000000001820",
        "91310000000000369Y"}) {
    const auto code = CreditCode::parse(text);
    ASSERT_TRUE(code) << text;
    EXPECT_EQ(code->text(), text);
    EXPECT_TRUE(code->checks_hold());
  }
}

TEST(CreditCode, ForgivesHowItWasTyped) {
  EXPECT_EQ(CreditCode::parse("　９1350100m000100y43 ")->text(), "91350100M000100Y43");
  EXPECT_EQ(CreditCode::parse("91350100 M000100Y 43")->text(), "91350100M000100Y43");
}

TEST(CreditCode, RefusesWhatDoesNotHold) {
  for (const std::string_view text :
       {"91350100M000100Y4Z", "91350100M000100Y44", "91350211M0000XUF46", "", "91350100M000100Y4",
        "91350100M000100Y433", "9135O100M000100Y43", "九1350100M000100Y4"}) {
    expect_refused(CreditCode::parse(text), "credit_code", text);
  }
}

TEST(CreditCode, SaysWhichCheckFails) {
  const auto inner = CreditCode::parse("91350100M000100243");
  const auto whole = CreditCode::parse("91350100M000100Y44");
  ASSERT_FALSE(inner);
  ASSERT_FALSE(whole);
  EXPECT_NE(inner.error().message.en.find("17th"), std::string::npos);
  EXPECT_NE(whole.error().message.en.find("last check"), std::string::npos);
}

TEST(CreditCode, NoSingleSlipPasses) {
  constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  const std::string good = "91350100M000100Y43";
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char other : kAlphabet) {
      if (other == good[at]) continue;
      std::string slipped = good;
      slipped[at] = other;
      EXPECT_FALSE(CreditCode::parse(slipped)) << slipped;
    }
  }
}

TEST(CreditCode, WorksOutTheCheckCharactersOfTheStandardsVectors) {
  for (const std::string_view code :
       {"91350100M000100Y43", "91512081MA62K0260E", "9131000063159284XQ", "913100000000001820"}) {
    EXPECT_EQ(CreditCode::with_checks(code.substr(0, 16)).value().text(), code);
  }
  EXPECT_FALSE(CreditCode::with_checks("9135010"));
}

TEST(CreditCode, StoresWhatTheAuthoritySupplied) {
  const auto code = CreditCode::accept("91350211M0000XUF46", "institution");
  ASSERT_TRUE(code);
  EXPECT_FALSE(code->checks_hold());
  expect_refused(CreditCode::accept("91350211M0000XUF4", "institution"), "institution",
                 "91350211M0000XUF4");
  EXPECT_FALSE(CreditCode().checks_hold());
}

TEST(Document, ChecksResidentIds) {
  for (const std::string_view text :
       {"11010519491231002X", "440524188001010014", "34052419800101001X"}) {
    EXPECT_EQ(id_check_digit(text.substr(0, 17)), text[17]);
  }
  EXPECT_EQ(Document::parse(DocumentType::resident_id, " 1101051949 1231002x")->number,
            "11010519491231002X");
  EXPECT_EQ(id_check_digit("1234567890123456"), std::nullopt);
  EXPECT_EQ(id_check_digit("1234567890123456X"), std::nullopt);
}

TEST(Document, RefusesWhatItsTypeRefuses) {
  const auto refuse = [](DocumentType type, std::string_view number) {
    expect_refused_silently(Document::parse(type, number), "document_number", number);
  };
  refuse(DocumentType::resident_id, "110105194912310021");  // check digit
  refuse(DocumentType::resident_id, "11010519491331002X");  // month 13
  refuse(DocumentType::resident_id, "440524188001010014");  // born in 1880
  refuse(DocumentType::resident_id, "1101051949123100");    // short
  refuse(DocumentType::resident_id, "");
  refuse(DocumentType::resident_id_15, "110105491331002");  // month 13
  refuse(DocumentType::resident_id_15, "11010549123100X");
  refuse(DocumentType::residence_permit, "11010519491231002X");  // another region
  refuse(DocumentType::passport, "E123");
  refuse(DocumentType::passport, "E12345678张");
  refuse(DocumentType::permanent_residence, "ABC123");
  refuse(DocumentType::other, "");
  refuse(DocumentType::other, "AB。CD");
  refuse(DocumentType::other, std::string(limits::kDocumentNumberBytesMax + 1, 'A'));
}

TEST(Document, AcceptsOtherDocuments) {
  const std::string first_17 = "81000019800101001";
  const std::string permit = first_17 + *id_check_digit(first_17);
  EXPECT_TRUE(Document::parse(DocumentType::residence_permit, permit));
  EXPECT_EQ(Document::parse(DocumentType::resident_id_15, "110105491231002")->number,
            "110105491231002");
  EXPECT_EQ(Document::parse(DocumentType::passport, "ｅ12345678")->number, "E12345678");
  EXPECT_TRUE(Document::parse(DocumentType::permanent_residence, "GBR110080010101"));
  EXPECT_EQ(Document::parse(DocumentType::other, "军字第 0012345 号")->number, "军字第0012345号");
}

TEST(Document, LastSixAreCharacters) {
  EXPECT_EQ((Document{DocumentType::passport, "E12345678"}).last_six(), "345678");
  EXPECT_EQ((Document{DocumentType::other, "军字第001号"}).last_six(), "字第001号");
  EXPECT_EQ((Document{DocumentType::passport, "E123"}).last_six(), "E123");
  EXPECT_EQ((Document{DocumentType::other, ""}).last_six(), "");
}

TEST(Document, CodesRoundTrip) {
  std::set<std::string_view> seen;
  for (int value = 1; value <= 6; ++value) {
    const auto type = static_cast<DocumentType>(value);
    EXPECT_TRUE(seen.insert(code(type)).second);
    EXPECT_EQ(document_type_from_code(code(type)), type);
  }
  EXPECT_EQ(document_type_from_code("id"), std::nullopt);
  EXPECT_EQ(document_type_from_code(""), std::nullopt);
}

TEST(CertificateNumber, KnowsTheFourForms) {
  const auto form = [](std::string_view text) { return CertificateNumber::parse(text)->form(); };
  EXPECT_EQ(form("S000031000001263000123"), NumberForm::evaluation);
  EXPECT_EQ(form("Y00003100000126A000123"), NumberForm::special);
  EXPECT_EQ(form("1234567890123456"), NumberForm::qualification);
  EXPECT_EQ(form("1234567890123"), NumberForm::qualification);
  EXPECT_EQ(form("123456789012"), NumberForm::opaque);
  EXPECT_EQ(form("SS00031000001263000123"), NumberForm::opaque);
  EXPECT_EQ(form("S00003100000126300012"), NumberForm::opaque);
  EXPECT_EQ(form("沪字第001号"), NumberForm::opaque);
}

TEST(CertificateNumber, ForgivesHowItWasTyped) {
  EXPECT_EQ(CertificateNumber::parse(" ｓ0000 3100\t0001 2630\u30000123 ")->text(),
            "S00003100000126300123");
  const auto old = CertificateNumber::parse("１234567890123");
  EXPECT_EQ(old->text(), "0001234567890123");
  EXPECT_TRUE(old->was_padded());
  const auto new_form = CertificateNumber::parse("0001234567890123");
  EXPECT_FALSE(new_form->was_padded());
  EXPECT_EQ(*old, *new_form);
}

TEST(CertificateNumber, TellsWhatANumberSays) {
  const auto number = CertificateNumber::parse("S000031000001263000123");
  EXPECT_EQ(number->site_code(), "S000031000001");
  EXPECT_EQ(number->year(), 2026);
  EXPECT_EQ(number->level(), SkillLevel::senior);
  const auto odd = CertificateNumber::parse("S000031000001269000123");
  EXPECT_EQ(odd->form(), NumberForm::evaluation);
  EXPECT_EQ(odd->level(), std::nullopt);
  const auto special = CertificateNumber::parse("Y00003100000126A000123");
  EXPECT_EQ(special->site_code(), std::nullopt);
  EXPECT_EQ(special->year(), std::nullopt);
  EXPECT_EQ(special->level(), std::nullopt);
}

TEST(CertificateNumber, RefusesWhatNoNumberIs) {
  for (const std::string_view text : {"", " \u3000", "A\u200BB", "A\x01Z", "AAAA。BBBB", "\xFF"}) {
    expect_refused_silently(CertificateNumber::parse(text), "certificate_number", text);
  }
  const std::string longest(limits::kCertificateNumberBytesMax, 'A');
  EXPECT_TRUE(CertificateNumber::parse(longest));
  EXPECT_EQ(CertificateNumber::parse(longest + "A").error().code, ErrorCode::too_large);
}

TEST(SkillLevel, IsOrderedByNameAlone) {
  EXPECT_TRUE(is_at_least(SkillLevel::senior, SkillLevel::senior));
  EXPECT_TRUE(is_at_least(SkillLevel::technician, SkillLevel::senior));
  EXPECT_FALSE(is_at_least(SkillLevel::intermediate, SkillLevel::senior));
  EXPECT_TRUE(is_at_least(SkillLevel::chief, SkillLevel::special));
  EXPECT_FALSE(is_at_least(SkillLevel::apprentice, SkillLevel::junior));
}

TEST(SkillLevel, ReadsEverySpelling) {
  const auto level = [](std::string_view text) { return parse_skill_level(text).value(); };
  for (const std::string_view text :
       {"3", "三", "三级", "3级", "高级工", "高级工（三级）", "高级工(三级)", "三级/高级工",
        "高级工/三级", "高級工", " ３ "}) {
    EXPECT_EQ(level(text), SkillLevel::senior) << text;
  }
  EXPECT_EQ(level("技师（二级）"), SkillLevel::technician);
  EXPECT_EQ(level("高级技师"), SkillLevel::senior_technician);
  EXPECT_EQ(level("特级技师"), SkillLevel::special);
  EXPECT_EQ(level("Chief"), SkillLevel::chief);
  for (const SkillLevel each : kSkillLevels) {
    EXPECT_EQ(level(code(each)), each);
    EXPECT_EQ(level(name_zh(each)), each);
    EXPECT_EQ(skill_level_from_stored(static_cast<std::uint8_t>(each)), each);
    EXPECT_FALSE(name_en(each).empty());
  }
}

TEST(SkillLevel, RefusesForeignAndContradictoryLevels) {
  for (const std::string_view text : {"", "0", "6", "L2", "Level 3", "International L2", "六级",
                                      "高级工（二级）", "级", "33", "高级"}) {
    expect_refused(parse_skill_level(text), "level", text);
  }
  EXPECT_EQ(skill_level_from_stored(0), std::nullopt);
  EXPECT_EQ(skill_level_from_stored(9), std::nullopt);
}

TEST(OccupationCode, ReadsAndDropsMarks) {
  EXPECT_EQ(OccupationCode::parse("4-10-01-05")->text(), "4-10-01-05");
  EXPECT_EQ(OccupationCode::parse(" ４-04-05-05 s")->text(), "4-04-05-05");
  EXPECT_EQ(OccupationCode::parse("4-04-05-05L/S")->text(), "4-04-05-05");
  for (const std::string_view text : {"", "4", "4-10-01", "4-10-01-5", "4-10-01-055", "A-10-01-05",
                                      "4_10_01_05", "4-10-01-05X"}) {
    expect_refused(OccupationCode::parse(text), "occupation", text);
  }
}

TEST(RegionCode, KnowsWhatItContains) {
  EXPECT_EQ(RegionCode::parse("310115")->prefix(), "310115");
  EXPECT_EQ(RegionCode::parse("310100")->prefix(), "3101");
  EXPECT_EQ(RegionCode::parse("３10000")->prefix(), "31");
  EXPECT_EQ(RegionCode().prefix(), "");
  for (const std::string_view text : {"", "31011", "3101155", "31011A", "000000", "上海"}) {
    expect_refused(RegionCode::parse(text), "region", text);
  }
}

TEST(RegionCode, ShanghaisDistrictsHaveNames) {
  EXPECT_EQ(named_regions().size(), 17U);
  std::string_view before;
  for (const NamedRegion& region : named_regions()) {
    const auto code = RegionCode::parse(region.code);
    ASSERT_TRUE(code) << region.code;
    EXPECT_TRUE(region.code.starts_with("31") && region.code > before) << region.code;
    EXPECT_FALSE(region.name.empty() || region.name_en.empty()) << region.code;
    EXPECT_EQ(find_region(*code), &region);
    before = region.code;
  }
  EXPECT_EQ(find_region(RegionCode::parse("310115").value())->name, "浦东新区");
  EXPECT_EQ(find_region(RegionCode::parse("310115").value())->name_en, "Pudong");
  EXPECT_EQ(find_region(RegionCode::parse("110101").value()), nullptr);
}

TEST(Date, ReadsBothSpellings) {
  EXPECT_EQ(Date::parse("2026-06-23")->text(), "2026-06-23");
  EXPECT_EQ(Date::parse("20260623").value(), Date::parse(" 2026-06-23 ").value());
  EXPECT_EQ(Date::parse("1970-01-01")->days(), 0);
  EXPECT_EQ(Date::parse("1900-01-01")->text(), "1900-01-01");
  EXPECT_EQ(Date::parse("2199-12-31")->year(), 2199);
  EXPECT_EQ(Date::parse("2024-02-29")->text(), "2024-02-29");
}

TEST(Date, RefusesDaysThatAreNone) {
  for (const std::string_view text :
       {"", "2026-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "2026-04-31", "2026-6-23",
        "2026/06/23", "20260631", "260623", "1899-12-31", "2200-01-01", "2026-06-23T00",
        "-2026-6-1", "2026-0a-01", "20 60623"}) {
    expect_refused(Date::parse(text, "on"), "on", text);
  }
}

TEST(Date, EveryDayRoundTrips) {
  const Date last = Date::parse("2199-12-31").value();
  for (Date day = Date::parse("1900-01-01").value(); day <= last; day = day.plus_days(1)) {
    ASSERT_EQ(Date::parse(day.text()).value(), day);
  }
}

TEST(Date, YearsOnIsTheCorrespondingDay) {
  const auto after_years = [](std::string_view text, int years) {
    return Date::parse(text)->plus_years(years).text();
  };
  EXPECT_EQ(after_years("2026-07-08", 3), "2029-07-08");
  EXPECT_EQ(after_years("2024-02-29", 3), "2027-02-28");
  EXPECT_EQ(after_years("2024-02-29", 4), "2028-02-29");
  EXPECT_EQ(after_years("2025-02-28", 3), "2028-02-28");
  EXPECT_EQ(after_years("2026-12-31", 3), "2029-12-31");
}

}  // namespace
}  // namespace chayan
