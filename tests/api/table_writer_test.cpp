// The formats by themselves: what a cell becomes, and what a file holds for the same cells.
#include "api/table_writer.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "tests/support/temp_directory.h"

namespace chayan::api {
namespace {

const std::vector<Column> kColumns = {
    {"name", "名称", 20}, {"count", "数量", 8, CellKind::number}, {"code", "编码", 12}};

std::string file(TableFormat format, const std::vector<std::vector<std::string>>& rows,
                 const TableProperties& properties = {"示例", 7, Date(), std::nullopt}) {
  const auto writer = make_table_writer(format, kColumns, properties).value();
  for (const auto& row : rows) EXPECT_TRUE(writer->row(row)) << row[0];
  return writer->finish().value();
}

// The first cell of a CSV file's first row, as it stands between its quotes.
std::string csv_cell(const std::string& text) {
  const std::string csv = file(TableFormat::csv, {{text, "", ""}});
  const std::size_t begin = csv.find("\r\n") + 3;
  return csv.substr(begin, csv.rfind("\",,\r\n") - begin);
}

TEST(CsvWriter, HasTheseBytes) {
  EXPECT_EQ(file(TableFormat::csv,
                 {{"上海\"示例\",机构", "12", "0012"}, {"a\r\nb", "", ""}, {"", "0", "x"}}),
            "\xEF\xBB\xBF\"名称 name\",\"数量 count\",\"编码 code\"\r\n"
            "\"上海\"\"示例\"\",机构\",12,\"0012\"\r\n"
            "\"a\r\nb\",,\r\n"
            ",0,\"x\"\r\n");
  EXPECT_EQ(file(TableFormat::csv, {}),
            "\xEF\xBB\xBF\"名称 name\",\"数量 count\",\"编码 code\"\r\n")
      << "no rows: the header alone";
}

TEST(CsvWriter, NoTextIsAFormula) {
  for (const std::string text :
       {"=1+1", "=HYPERLINK(\"\"x\"\")", "+86-21-00000000", "-1", "@SUM(A1)", "\t=1", "\r=1",
        "\n=1", "'=1", "''", "＝1+1", "＋1", "－1", "＠x", "=", "'"}) {
    std::string undoubled = text;
    for (std::size_t at = 0; (at = undoubled.find("\"\"", at)) != std::string::npos; ++at) {
      undoubled.erase(at, 1);
    }
    EXPECT_EQ(csv_cell(undoubled), "'" + text) << "and what follows the first ' is the text";
  }
}

TEST(CsvWriter, AnyOtherTextStandsAsItIs) {
  for (const std::string text : {"0012", "91310000000000001X", "1E5", "2026-1", "a=b", "示例", " x",
                                 "021-00000000", "https://example.org/?a=b", "“引号”"}) {
    EXPECT_EQ(csv_cell(text), text);
  }
}

TEST(NdjsonWriter, HasCanonicalLinesWithoutEmptyMembers) {
  EXPECT_EQ(file(TableFormat::ndjson, {{"=示例\"\n", "12", "0012"}, {"b", "", ""}, {"", "", ""}}),
            "{\"code\":\"0012\",\"count\":12,\"name\":\"=示例\\\"\\n\"}\n"
            "{\"name\":\"b\"}\n"
            "{}\n");
  EXPECT_EQ(file(TableFormat::ndjson, {}), "");
}

TEST(XlsxWriter, TheSameCellsGiveTheSameBytes) {
  using namespace std::chrono;
  const sys_seconds as_of = sys_days(2026y / November / 24) + hours(4);
  const Date on = Date::parse("2026-11-24").value();
  const auto made = [&](std::uint64_t seq, sys_seconds at, const std::string& cell) {
    return file(TableFormat::xlsx, {{cell, "3", "0012"}}, {"示例", seq, on, at});
  };
  const std::string first = made(7, as_of, "甲");
  EXPECT_EQ(first, made(7, as_of, "甲"));
  EXPECT_EQ(first.substr(0, 4), "PK\x03\x04");
  EXPECT_NE(first, made(8, as_of, "甲")) << "the size of the log is a property";
  EXPECT_NE(first, made(7, as_of + seconds(1), "甲")) << "the time of creation is the log's";
  EXPECT_NE(first, made(7, as_of, "乙"));
  EXPECT_EQ(file(TableFormat::xlsx, {}), file(TableFormat::xlsx, {})) << "of an empty log";
}

TEST(XlsxWriter, LeavesNothingBehindAndNamesNoFolder) {
  namespace fs = std::filesystem;
  // Not the machine's temporary folder: other programs that write workbooks have theirs there.
  const test::TempDirectory temporary;
  const char* const given = std::getenv("TMPDIR");
  const std::optional<std::string> restored =
      given ? std::optional<std::string>(given) : std::nullopt;
  ASSERT_EQ(setenv("TMPDIR", temporary.path().c_str(), 1), 0);
  auto writer = make_xlsx_writer(kColumns, {"示例", 7, Date(), std::nullopt}).value();
  const std::vector<fs::directory_entry> made(fs::directory_iterator(temporary.path()), {});
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(made[0].status().permissions(), fs::perms::owner_all);
  EXPECT_EQ(writer->finish().value().find("chayan-export"), std::string::npos);
  writer.reset();
  EXPECT_TRUE(fs::is_empty(temporary.path()));
  // Given up half-way: the library's memory and the folder go too.
  writer = make_xlsx_writer(kColumns, {"示例", 7, Date(), std::nullopt}).value();
  EXPECT_TRUE(writer->row(std::vector<std::string>{"甲", "1", "x"}));
  writer.reset();
  EXPECT_TRUE(fs::is_empty(temporary.path()));
  if (restored) {
    setenv("TMPDIR", restored->c_str(), 1);
  } else {
    unsetenv("TMPDIR");
  }
}

TEST(XlsxWriter, RefusesMoreRowsThanASheetHolds) {
  const auto writer = make_xlsx_writer(kColumns, {"示例", 7, Date(), std::nullopt}).value();
  const std::vector<std::string> empty(kColumns.size());
  for (std::size_t row = 1; row < limits::kSheetRowsMax; ++row)
    ASSERT_TRUE(writer->row(empty)) << row;
  const auto refused = writer->row(empty);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::too_large);
  EXPECT_EQ(refused.error().field, "file");
}

}  // namespace
}  // namespace chayan::api
