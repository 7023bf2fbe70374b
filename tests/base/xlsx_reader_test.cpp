// XLSX as spreadsheets write it, and as somebody writes it who means harm.
#include "base/xlsx_reader.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/support/workbook.h"

namespace chayan {
namespace {

using test::Parts;
using test::parts_of;
using test::workbook;
using test::WorkbookParts;
using test::zip_of;

constexpr XlsxBounds kBounds = {4096, 1 << 20};
using Cells = std::vector<std::string>;

struct Reading {
  Result<void> outcome;
  std::vector<CsvRow> rows;
};

Reading read(const std::string& bytes, const XlsxBounds& bounds = kBounds) {
  Reading reading;
  reading.outcome = read_xlsx(bytes, bounds, [&](CsvRow& row) {
    reading.rows.push_back(row);
    return true;
  });
  return reading;
}

// The cells of the one row.
Cells read_row(const std::string& cells, WorkbookParts book = {}) {
  book.sheet_data = "<row r=\"1\">" + cells + "</row>";
  const Reading reading = read(workbook(book));
  EXPECT_TRUE(reading.outcome) << reading.outcome.error().message.en;
  if (reading.rows.size() != 1) return {"(no row)"};
  EXPECT_FALSE(reading.rows[0].error);
  return reading.rows[0].cells;
}

std::string value(std::string_view type, std::string_view text, std::string_view format = "0") {
  return "<c t=\"" + std::string(type) + "\" s=\"" + std::string(format) + "\"><v>" +
         std::string(text) + "</v></c>";
}

TEST(XlsxReader, TextsSharedInlineRichAndOfFormulas) {
  const WorkbookParts book = {
      .shared =
          "<si><t>证书编号</t></si>"
          "<si><r><t>姓</t></r><r><rPr><b/></rPr><t xml:space=\"preserve\">名 </t></r>"
          "<rPh sb=\"0\" eb=\"1\"><t>xing</t></rPh></si>"
          "<si><t>a_x0041_&amp;_x000D__x5F_</t></si>"};
  EXPECT_EQ(read_row(value("s", "0") + value("s", "1") + value("s", "2") +
                         "<c t=\"inlineStr\"><is><r><t>行</t></r><r><t>内</t></r></is></c>"
                         "<c t=\"str\"><f>A1&amp;B1</f><v>S000</v></c>" +
                         value("b", "1") + value("e", "#N/A") + value("s", "99"),
                     book),
            (Cells{"证书编号", "姓名", "aA&\r_x5F_", "行内", "S000", "TRUE", "#N/A"}));
}

TEST(XlsxReader, NumbersInFull) {
  EXPECT_EQ(
      read_row(value("n", "1231234567890") + value("n", "1.23123456789E+12") +
               value("n", "123456789012345") + value("n", "12.5") + value("n", "0.1") +
               value("n", "-3") + value("n", "1E-7") + value("n", "")),
      (Cells{"1231234567890", "1231234567890", "123456789012345", "12.5", "0.1", "-3", "1E-07"}));
}

// Sixteen digits that end in 0 may have ended otherwise before the spreadsheet had them.
TEST(XlsxReader, NumbersThatMayHaveLostDigitsSaySo) {
  EXPECT_EQ(read_row(value("n", "1234567890123450") + value("n", "1234567890123456") +
                     value("n", "1.23456789012346E+15") + value("n", "310105194912310000") +
                     value("n", "9123456789012345")),
            (Cells{"1.23456789012345E+15", "1234567890123456", "1.23456789012346E+15",
                   "3.10105194912310E+17", "9.12345678901234E+15"}));
}

TEST(XlsxReader, DaysOfEitherCount) {
  const std::string styles =
      "<numFmts><numFmt numFmtId=\"176\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;\"/>"
      "<numFmt numFmtId=\"177\" formatCode=\"[Red]0.00&quot;day&quot;\\d\"/></numFmts>"
      "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
      "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"176\"/>"
      "<xf numFmtId=\"177\"/><xf numFmtId=\"31\"/></cellXfs>";
  const std::string cells = value("n", "46235", "0") + value("n", "46235.75", "1") +
                            value("n", "46235", "2") + value("n", "46235", "3") +
                            value("n", "59", "4") + value("n", "61", "4") +
                            value("d", "2026-08-01T00:00:00") + value("n", "9999999", "1");
  EXPECT_EQ(read_row(cells, {.styles = styles}),
            (Cells{"46235", "2026-08-01", "2026-08-01", "46235", "1900-02-28", "1900-03-01",
                   "2026-08-01", "9999999"}));
  EXPECT_EQ(read_row(value("n", "44773", "1"),
                     {.styles = styles, .properties = "<workbookPr date1904=\"1\"/>"}),
            Cells{"2026-08-01"});
}

TEST(XlsxReader, GapsOfCellsAndRows) {
  const Reading reading = read(workbook(
      {.sheet_data = "<row r=\"2\"><c r=\"B2\" t=\"str\"><v>b</v></c>"
                     "<c r=\"D2\" t=\"str\"><v>d</v></c><c t=\"str\"><v>e</v></c></row>"
                     "<row r=\"3\"><c r=\"A3\" s=\"1\"/><c r=\"XFD3\"/></row><row r=\"4\"/>"
                     "<row r=\"9\"><c r=\"A9\"><v>1</v></c></row><row><c><v>2</v></c></row>"}));
  ASSERT_TRUE(reading.outcome);
  ASSERT_EQ(reading.rows.size(), 3U) << "rows without a value are passed over";
  EXPECT_EQ(reading.rows[0].line, 2U);
  EXPECT_EQ(reading.rows[0].cells, (Cells{"", "b", "", "d", "e"}));
  EXPECT_EQ(reading.rows[1].line, 9U);
  EXPECT_EQ(reading.rows[2].line, 10U);
}

TEST(XlsxReader, TheFirstVisibleSheet) {
  const std::string hidden =
      R"(<sheet name="a" sheetId="1" state="hidden" r:id="r1" xmlns:r="http://example.test/r"/>)";
  const std::string visible = R"(<sheet name="b" sheetId="2" id="r2"/>)";
  const std::string row = "<row r=\"1\"><c><v>1</v></c></row>";
  const Reading second = read(workbook({.sheet_data = row, .sheets = hidden + visible}));
  ASSERT_TRUE(second.outcome);
  ASSERT_EQ(second.rows.size(), 1U);
  EXPECT_EQ(second.rows[0].cells, Cells{"second"});
  const Reading none = read(workbook({.sheet_data = row, .sheets = hidden}));
  ASSERT_FALSE(none.outcome);
  EXPECT_NE(none.outcome.error().message.zh.find("取消隐藏"), std::string::npos);
}

TEST(XlsxReader, ARowBeyondABoundIsItsRowsFault) {
  const std::string good = "<row><c t=\"str\"><v>good</v></c></row>";
  const std::string long_cell = "<c t=\"str\"><v>" + std::string(3000, 'x') + "</v></c>";
  const std::string huge = "<c t=\"inlineStr\"><is><t>" + std::string(9000, 'x') + "</t></is></c>";
  for (const std::string& bad :
       {long_cell + long_cell, huge, std::string("<c r=\"ALM1\"><v>1</v></c>")}) {
    const Reading reading = read(workbook({.sheet_data = good + "<row>" + bad + "</row>" + good}));
    ASSERT_TRUE(reading.outcome);
    ASSERT_EQ(reading.rows.size(), 3U);
    ASSERT_TRUE(reading.rows[1].error) << bad.substr(0, 60);
    EXPECT_EQ(reading.rows[1].error->code, ErrorCode::too_large);
    EXPECT_TRUE(reading.rows[1].cells.empty());
    EXPECT_EQ(reading.rows[2].cells, Cells{"good"});
  }
}

TEST(XlsxReader, WhatIsNoWorkbookSaysHowToSaveIt) {
  const Parts good = parts_of({.sheet_data = "<row><c><v>1</v></c></row>"});
  const auto without = [&](std::string_view name) {
    Parts parts = good;
    std::erase_if(parts, [&](const auto& part) { return part.first == name; });
    return zip_of(parts);
  };
  const auto with = [&](std::string_view name, const std::string& content) {
    Parts parts = good;
    for (auto& part : parts) {
      if (part.first == name) part.second = content;
    }
    return zip_of(parts);
  };
  const std::string whole = zip_of(good);
  ASSERT_TRUE(read(whole).outcome);
  EXPECT_TRUE(read(without("xl/styles.xml")).outcome);
  EXPECT_TRUE(read(without("xl/sharedStrings.xml")).outcome);
  const std::string sheet = "xl/worksheets/sheet1.xml";
  std::string deep;
  for (std::size_t i = 0; i <= limits::kXmlDepthMax; ++i) deep += "<a>";
  for (const std::string& bad :
       {std::string("PK\x03\x04"), whole.substr(0, whole.size() / 2), std::string(),
        without("_rels/.rels"), without("xl/workbook.xml"), without("xl/_rels/workbook.xml.rels"),
        without(sheet), with(sheet, "<worksheet>"), with(sheet, "<worksheet></x>"),
        with(sheet, "<!DOCTYPE x [<!ENTITY a \"b\">]><worksheet>&a;</worksheet>"),
        with(sheet, "<!DOCTYPE worksheet><worksheet/>"), with(sheet, deep),
        with(sheet,
             "<worksheet x=\"" + std::string(limits::kXmlTokenBytesMax + 70'000, 'x') + "\"/>"),
        with(sheet, "<worksheet><row r=\"2\"/><row r=\"1\"/></worksheet>"),
        with(sheet, "<worksheet><row r=\"9999999\"/></worksheet>")}) {
    const Reading reading = read(bad);
    ASSERT_FALSE(reading.outcome) << bad.substr(0, 80);
    EXPECT_EQ(reading.outcome.error().field, "file");
    EXPECT_NE(reading.outcome.error().message.zh.find("CSV"), std::string::npos);
  }
}

TEST(XlsxReader, APasswordOrAnOldFormSaysWhatToDo) {
  const Reading old = read("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and so on");
  ASSERT_FALSE(old.outcome);
  EXPECT_NE(old.outcome.error().message.en.find(".xls workbook"), std::string::npos);
  const Reading locked = read(zip_of(parts_of({}), "secret"));
  ASSERT_FALSE(locked.outcome);
  EXPECT_NE(locked.outcome.error().message.en.find("password"), std::string::npos);
}

// A megabyte of one letter is a kilobyte of file.
TEST(XlsxReader, ABombIsPutOut) {
  const std::string bomb =
      workbook({.sheet_data = "<row><c t=\"str\"><v>" +
                              std::string(kBounds.inflated_bytes_max, 'x') + "</v></c></row>"});
  ASSERT_LT(bomb.size(), 10'000U);
  const Reading reading = read(bomb);
  ASSERT_FALSE(reading.outcome);
  EXPECT_EQ(reading.outcome.error().code, ErrorCode::too_large);
}

TEST(XlsxReader, EndsWhereTheVisitorHasEnough) {
  std::string rows;
  for (int i = 0; i < 1000; ++i) rows += "<row><c><v>1</v></c></row>";
  int seen = 0;
  EXPECT_TRUE(
      read_xlsx(workbook({.sheet_data = rows}), kBounds, [&](CsvRow&) { return ++seen < 3; }));
  EXPECT_EQ(seen, 3);
}

}  // namespace
}  // namespace chayan
