#include "commands/row_source.h"

#include <gtest/gtest.h>

#include <fstream>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "tests/support/gb18030.h"
#include "tests/support/temp_directory.h"

namespace chayan::commands {
namespace {

using test::to_gb18030;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

class RowSourceTest : public testing::Test {
 protected:
  ImportFile file(const std::string& name, std::string_view content) {
    const std::string path = folder_ / name;
    std::ofstream(path, std::ios::binary) << content;
    return inspect(path).value();
  }

  // Line number and JSON of every readable row; "!" and the message of the others.
  std::vector<std::pair<std::uint64_t, std::string>> rows(const ImportFile& source) {
    std::vector<std::pair<std::uint64_t, std::string>> found;
    std::uint64_t last_offset = 0;
    outcome_ = each_row(source, [&](const Row& row) {
      EXPECT_EQ(row.json.empty(), !row.readable);
      EXPECT_GT(row.offset, last_offset);
      EXPECT_LE(row.offset, source.bytes);
      last_offset = row.offset;
      found.emplace_back(row.line, row.readable ? row.json : "!" + row.error.message.en);
      return true;
    });
    return found;
  }
  auto rows_of(const std::string& name, std::string_view content) {
    return rows(file(name, content));
  }

  using Rows = std::vector<std::pair<std::uint64_t, std::string>>;
  test::TempDirectory folder_;
  Result<void> outcome_;
};

const std::string kTooLong = "!The row is longer than 65536 bytes.";

// ---- what inspect decides

TEST_F(RowSourceTest, InspectTellsFormsApart) {
  EXPECT_EQ(file("a.ndjson", "{}\n").form, FileForm::ndjson);
  EXPECT_EQ(file("a.txt", "{}\n").form, FileForm::ndjson);
  EXPECT_EQ(file("marked", std::string(kByteOrderMark) + "{}\n").form, FileForm::ndjson);
  EXPECT_EQ(file("a.csv", "{}\n").form, FileForm::csv) << "the name decides";
  EXPECT_EQ(file("A.CSV", "{}\n").form, FileForm::csv);
  EXPECT_EQ(file("a.txt", "kind,name\n").form, FileForm::csv);
  EXPECT_EQ(file("marked", std::string(kByteOrderMark) + "kind,name\n").form, FileForm::csv);
  EXPECT_EQ(file("empty", "").form, FileForm::ndjson);
}

TEST_F(RowSourceTest, InspectTellsEncodingsApartByTheWholeFile) {
  EXPECT_EQ(file("a.csv", "姓名\n测试\n").encoding, Encoding::utf8);
  EXPECT_EQ(file("a.csv", to_gb18030("姓名\n测试\n")).encoding, Encoding::gb18030);
  EXPECT_EQ(file("a.csv", "姓名\n测\xE8\n").encoding, Encoding::utf8) << "one broken line";
  EXPECT_EQ(file("a.csv", "holder_name\n" + to_gb18030("测试\n")).encoding, Encoding::gb18030)
      << "an ASCII header decides nothing";
  EXPECT_EQ(file("a.csv", "holder_name\nTest\n").encoding, Encoding::utf8);
}

TEST_F(RowSourceTest, InspectCountsBytesAndDigestsTheContent) {
  const ImportFile once = file("a", "{\"a\":1}\n{\"a\":2}\n");
  EXPECT_EQ(once.bytes, 16U);
  EXPECT_EQ(once.digest.size(), 64U);
  EXPECT_EQ(file("b", "{\"a\":1}\n{\"a\":2}\n").digest, once.digest) << "the name plays no part";
  EXPECT_NE(file("c", "{\"a\":1}\n{\"a\":3}\n").digest, once.digest);
  EXPECT_NE(file("d", "{\"a\":2}\n{\"a\":1}\n").digest, once.digest);
}

TEST_F(RowSourceTest, AMissingFileIsNotFound) {
  const auto missing = inspect(folder_ / "missing.ndjson");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  ImportFile gone = file("gone", "{}\n");
  std::filesystem::remove(gone.path);
  EXPECT_TRUE(rows(gone).empty());
  EXPECT_FALSE(outcome_);
}

// ---- NDJSON

TEST_F(RowSourceTest, NdjsonRowsAreLines) {
  const Rows expected = {{1, R"({"a":1})"}, {2, R"({"b":"测"})"}, {3, R"({"c":3})"}};
  const std::string lines = "{\"a\":1}\n{\"b\":\"测\"}\n{\"c\":3}\n";
  EXPECT_EQ(rows_of("plain", lines), expected);
  EXPECT_EQ(rows_of("marked", std::string(kByteOrderMark) + lines), expected);
  EXPECT_EQ(rows_of("no end", lines.substr(0, lines.size() - 1)), expected);
  EXPECT_EQ(rows_of("crlf", "{\"a\":1}\r\n{\"b\":\"测\"}\r\n{\"c\":3}\r\n"), expected);
}

TEST_F(RowSourceTest, NdjsonBlankLinesArePassedOverAndCounted) {
  EXPECT_EQ(rows_of("a", "\n{\"a\":1}\n\r\n   \n{\"b\":2}\n\n"),
            (Rows{{2, R"({"a":1})"}, {5, R"({"b":2})"}}));
  EXPECT_TRUE(rows_of("b", "\n\n").empty());
  EXPECT_TRUE(rows_of("c", "").empty());
  EXPECT_TRUE(outcome_);
}

TEST_F(RowSourceTest, NdjsonLineAtTheLimitIsReadAndOneByteMoreIsNot) {
  const std::string at_limit(limits::kImportLineBytesMax, '{');
  EXPECT_EQ(rows_of("a", at_limit + "\n{}\n"), (Rows{{1, at_limit}, {2, "{}"}}));
  EXPECT_EQ(rows_of("b", "{}\n" + at_limit + "{\n{}\n"),
            (Rows{{1, "{}"}, {2, kTooLong}, {3, "{}"}}));
  EXPECT_EQ(rows_of("c", at_limit + at_limit + at_limit), (Rows{{1, kTooLong}}));
}

TEST_F(RowSourceTest, VisitingStopsWhereTheVisitorSaysSo) {
  for (const ImportFile& source : {file("a", "{}\n{}\n{}\n"), file("a.csv", "reason\na\nb\nc\n")}) {
    int visits = 0;
    EXPECT_TRUE(each_row(source, [&](const Row&) { return ++visits < 2; }));
    EXPECT_EQ(visits, 2);
  }
}

// ---- CSV

TEST_F(RowSourceTest, CsvRowsAreCertificatesWithoutAKindColumn) {
  EXPECT_EQ(rows_of("a.csv", "certificate_number,level\nN-1,3\n"),
            (Rows{{2, R"({"certificate_number":"N-1","level":"3","kind":"certificate.issued"})"}}));
  EXPECT_EQ(rows_of("b.csv", "kind,reason\ncertificate.revoked,示例\n,\"\"\n,x\n"),
            (Rows{{2, R"({"kind":"certificate.revoked","reason":"示例"})"},
                  {4, R"({"reason":"x","kind":"certificate.issued"})"}}));
}

TEST_F(RowSourceTest, CsvColumnsHaveChineseNames) {
  const std::string table =
      "证书编号,姓名,证件类型,证件号码,原证书编号,发证机构,发证日期,目录项目,职业编码,职业名称,"
      "工种,等级,日期,原因,统一社会信用代码,名称,地址,机构性质,类型\n"
      "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19\n";
  const Rows expected = {
      {2,
       R"({"certificate_number":"1","holder_name":"2","document_type":"3","document_number":"4",)"
       R"("original_certificate":"5","issuer":"6","issued_on":"7","item":"8","occupation":"9",)"
       R"("occupation_name":"10","work_type":"11","level":"12","on":"13","reason":"14",)"
       R"("credit_code":"15","name":"16","address":"17","institution_kind":"18","kind":"19"})"}};
  EXPECT_EQ(rows_of("utf8.csv", table), expected);
  EXPECT_EQ(rows_of("marked.csv", std::string(kByteOrderMark) + table), expected);
  EXPECT_EQ(rows_of("gb.csv", to_gb18030(table)), expected);
}

TEST_F(RowSourceTest, CsvColumnsAreFoundAsPeopleTypeThem) {
  EXPECT_EQ(
      rows_of("a.csv", " 姓名 ,身份证号码,Holder_Name\n测,1,\n"),
      (Rows{{2, R"({"holder_name":"测","document_number":"1","kind":"certificate.issued"})"}}));
}

TEST_F(RowSourceTest, CsvHeaderThatNamesAnUnknownMemberEndsTheFileWithoutRepeatingIt) {
  for (const std::string header : {"姓名,颜色", "holder_name,colour", "N-1,Canaria"}) {
    EXPECT_TRUE(rows_of("a.csv", header + "\na,b\n").empty());
    ASSERT_FALSE(outcome_) << header;
    EXPECT_EQ(outcome_.error().field, "line 1");
    const std::string column = header.starts_with("N-1") ? "1" : "2";
    EXPECT_EQ(outcome_.error().message.en,
              "Column " + column + " of the header has no name that import knows.");
  }
  EXPECT_EQ(rows_of("a.csv", "姓名,\n测,\n").size(), 1U) << "a column without name or cells";
}

TEST_F(RowSourceTest, CsvReadsGb18030OfEveryLength) {
  // One, two and four bytes: ASCII, GBK, a rare Han character outside the BMP.
  EXPECT_EQ(rows_of("a.csv", to_gb18030("姓名,原因\r\n\"测𠮷,A\",㐀€\r\n")),
            (Rows{{2, R"({"holder_name":"测𠮷,A","reason":"㐀€","kind":"certificate.issued"})"}}));
}

TEST_F(RowSourceTest, CsvCellInNeitherEncodingIsABadRowAlone) {
  EXPECT_EQ(rows_of("a.csv", "reason\na\n\xFF\xFF\nb\n"),
            (Rows{{2, R"({"reason":"a","kind":"certificate.issued"})"},
                  {3, "!A cell is neither UTF-8 nor GB18030."},
                  {4, R"({"reason":"b","kind":"certificate.issued"})"}}));
}

TEST_F(RowSourceTest, CsvQuotesHoldCommasQuotesAndNewlines) {
  EXPECT_EQ(rows_of("a.csv", "reason\n\"a,b\"\n\"say \"\"hi\"\"\"\n\"two\nlines\"\nlast"),
            (Rows{{2, R"({"reason":"a,b","kind":"certificate.issued"})"},
                  {3, R"({"reason":"say \"hi\"","kind":"certificate.issued"})"},
                  {4, R"({"reason":"two\nlines","kind":"certificate.issued"})"},
                  {6, R"({"reason":"last","kind":"certificate.issued"})"}}));
  EXPECT_TRUE(outcome_);
}

TEST_F(RowSourceTest, CsvRowsAreNumberedWhereTheyStart) {
  const auto found = rows_of("a.csv",
                             "reason,name\n\n\"first\n\ncell\",x\n,\"second\ncell\"\n \t\n"
                             "\"\n\",\"\n\"\nlast,\n");
  ASSERT_EQ(found.size(), 3U) << "a row of blank cells is passed over";
  EXPECT_EQ(found[0].first, 3U);
  EXPECT_EQ(found[1].first, 6U);
  EXPECT_EQ(found[2].first, 12U);
}

TEST_F(RowSourceTest, CsvEmptyCellsAreAbsentMembersAndEmptyRowsNoRows) {
  EXPECT_EQ(rows_of("a.csv", "name,reason,on\n,x,\n,,\n\"\",\" \",\na\n"),
            (Rows{{2, R"({"reason":"x","kind":"certificate.issued"})"},
                  {5, R"({"name":"a","kind":"certificate.issued"})"}}));
}

TEST_F(RowSourceTest, CsvRowWithMoreCellsThanTheHeaderIsBadAlone) {
  EXPECT_EQ(rows_of("a.csv", "name,reason\na,b,c\na,b\n"),
            (Rows{{2, "!The row has more cells than the header."},
                  {3, R"({"name":"a","reason":"b","kind":"certificate.issued"})"}}));
}

TEST_F(RowSourceTest, CsvBadQuotesEndTheFileAtTheirLine) {
  const auto expect_malformed = [&](std::string_view content, const std::string& line) {
    const auto found = rows_of("a.csv", content);
    ASSERT_FALSE(outcome_) << content;
    EXPECT_EQ(outcome_.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(outcome_.error().field, "line " + line) << content;
    EXPECT_LE(found.size(), 1U);
  };
  expect_malformed("reason\na\n\"b\"c\n", "3");
  expect_malformed("reason\na\nb\"c\n", "3");
  expect_malformed("reason\na\n\"never closed\nd\ne\n", "3");
}

TEST_F(RowSourceTest, CsvOverLongRowIsBadAlone) {
  const std::string long_cell(limits::kImportLineBytesMax + 1, 'x');
  EXPECT_EQ(rows_of("a.csv", "reason\na\n" + long_cell + "\nb\n"),
            (Rows{{2, R"({"reason":"a","kind":"certificate.issued"})"},
                  {3, kTooLong},
                  {4, R"({"reason":"b","kind":"certificate.issued"})"}}));
  EXPECT_TRUE(outcome_);
}

TEST_F(RowSourceTest, CsvQuoteThatIsNeverClosedDoesNotSwallowTheFile) {
  std::string content = "reason\n\"open\n";
  while (content.size() < 2 * limits::kImportLineBytesMax) content += "a line\n";
  EXPECT_TRUE(rows_of("a.csv", content + "\",\n").empty());
  ASSERT_FALSE(outcome_);
  EXPECT_EQ(outcome_.error().field, "line 2");
}

}  // namespace
}  // namespace chayan::commands
