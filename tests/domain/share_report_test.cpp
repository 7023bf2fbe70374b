// Codes of share reports, and what a report may show.
#include "domain/share_report.h"

#include <gtest/gtest.h>

#include <iostream>
#include <random>

#include "base/limits.h"
#include "domain/report_code.h"

namespace chayan {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

ReportCode some_code(std::mt19937& random) {
  std::string bytes(ReportCode::kRandomBytes, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return ReportCode::from_random(bytes);
}

TEST(ReportCode, HasTheseSymbols) {
  std::string counting;
  for (std::size_t i = 0; i < ReportCode::kRandomBytes; ++i) {
    counting.push_back(static_cast<char>(i));
  }
  // Check symbol computed with another implementation (Python, GF(32) by table).
  EXPECT_EQ(ReportCode::from_random(counting).text(), "0123456789ABCDEFGHJKMNPQRSTK");
}

TEST(ReportCode, ForgivesHowItIsTyped) {
  std::mt19937 random(1);
  for (int i = 0; i < 200; ++i) {
    const ReportCode code = some_code(random);
    std::string typed = code.grouped();
    EXPECT_EQ(typed.size(), 34U);
    EXPECT_EQ(ReportCode::parse(typed).value(), code);
    for (char& c : typed) {
      if (c == '0' && i % 2 == 0) c = 'o';
      if (c == '1') c = i % 2 == 0 ? 'l' : 'I';
      if (c == '-') c = ' ';
      if (c >= 'A' && c <= 'Z' && i % 3 == 0) c = static_cast<char>(c - 'A' + 'a');
    }
    EXPECT_EQ(ReportCode::parse(typed).value(), code) << typed;
  }
}

// Every one of them, not a sample.
TEST(ReportCode, TellsAnyMistypedSymbolAndAnyTwoExchanged) {
  std::mt19937 random(2);
  const std::string text(some_code(random).text());
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char symbol : kAlphabet) {
      std::string typed = text;
      typed[i] = symbol;
      EXPECT_EQ(ReportCode::parse(typed).has_value(), typed == text);
    }
    for (std::size_t j = 0; j < i; ++j) {
      std::string typed = text;
      std::swap(typed[i], typed[j]);
      EXPECT_EQ(ReportCode::parse(typed).has_value(), typed == text) << i << ' ' << j;
    }
  }
}

TEST(ReportCode, RefusesWhatIsNoneAndRepeatsNothing) {
  for (const std::string bad :
       {"", "0", "ÜÜ", "0123456789ABCDEFGHJKMNPQRSTU", "00000000000000000000000000000",
        "测试测试测试测试测试", "000000000000000000000000000U"}) {
    const auto code = ReportCode::parse(bad);
    ASSERT_FALSE(code) << bad;
    EXPECT_EQ(code.error().field, "code");
    if (bad.size() < 2) continue;
    EXPECT_EQ(code.error().message.en.find(bad), std::string::npos);
  }
}

TEST(ReportFields, AreChosenByName) {
  const std::vector<std::string_view> names = {"level", "holder_name_masked", "level"};
  const auto fields = ReportFields::parse(names);
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->list(), (std::vector{ReportField::holder_name_masked, ReportField::level}));
  EXPECT_EQ(ReportFields::from_bits(fields->bits()), *fields);
  for (std::size_t i = 0; i < kReportFieldCount; ++i) {
    const auto field = static_cast<ReportField>(i);
    EXPECT_EQ(report_field_from_code(code(field)), field);
  }
}

TEST(ReportFields, RefuseNothingTheUnknownAndBothFormsOfOne) {
  using Names = std::vector<std::string_view>;
  for (const Names& names : {Names{}, Names{"status"}, Names{"holder_name", "holder_name_masked"},
                             Names{"certificate_number_masked", "level", "certificate_number"}}) {
    const auto fields = ReportFields::parse(names);
    ASSERT_FALSE(fields);
    EXPECT_EQ(fields.error().field, "show");
  }
  EXPECT_FALSE(ReportFields::from_bits(0));
  EXPECT_FALSE(ReportFields::from_bits(1U << kReportFieldCount));
}

TEST(ShareReport, KeepsTheNewestOpeningsAndForgetsOldOnes) {
  ShareReport report;
  const Seconds start{std::chrono::seconds(1'800'000'000)};
  for (std::size_t i = 0; i < limits::kReportAccessesMax + 7; ++i) {
    report.record({start + std::chrono::seconds(i), "192.0.2.0/24"});
  }
  EXPECT_EQ(report.access_count, limits::kReportAccessesMax + 7);
  EXPECT_EQ(report.accesses.size(), limits::kReportAccessesMax);
  EXPECT_EQ(report.accesses.front().at, start + std::chrono::seconds(7));
  report.record({start + std::chrono::days(limits::kReportAccessDaysMax) + std::chrono::minutes(5),
                 "192.0.2.0/24"});
  EXPECT_EQ(report.accesses.size(), 1U);
}

TEST(ShareReport, HasAState) {
  ShareReport report;
  report.expires = Seconds{std::chrono::seconds(100)};
  EXPECT_EQ(report.state(Seconds{std::chrono::seconds(99)}), "active");
  EXPECT_EQ(report.state(Seconds{std::chrono::seconds(100)}), "expired");
  report.ended = Seconds{std::chrono::seconds(50)};
  EXPECT_EQ(report.state(Seconds{std::chrono::seconds(99)}), "ended");
  EXPECT_FALSE(report.is_active(Seconds{std::chrono::seconds(99)}));
}

TEST(MaskCode, ShowsTheLastFourWhereThatIsLessThanHalf) {
  EXPECT_EQ(mask_code("11010519491231002X"), "**************002X");
  EXPECT_EQ(mask_code("123456789"), "*****6789");
  EXPECT_EQ(mask_code("12345678"), "********");
  EXPECT_EQ(mask_code("沪职证第一二三四五号"), "******三四五号");
  EXPECT_EQ(mask_code(""), "");
}

}  // namespace
}  // namespace chayan
