// The rows of the first visible sheet of an XLSX file (ECMA-376 part 1), as base/csv_reader.h gives
// those of a CSV text. Our own, on libzip and expat: what Debian packages for C and C++ writes such
// files, or reads the older .xls alone.
//
// A cell is the text that its owner sees, as far as a list needs it: texts, shared or inline, rich
// or plain, without the readings above them; numbers in full; days of cells that are formatted as
// days as 2026-08-01; TRUE and FALSE; of formulas what they came to.
//
// A spreadsheet keeps fifteen digits of a number and puts 0 for the rest. What may have lost digits
// so is given as 1.23456789012345E+17, the form in which spreadsheets write such numbers into CSV,
// so that whoever needs the number refuses both alike, and whoever does not is not troubled.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "base/csv_reader.h"
#include "base/result.h"

namespace chayan {

// By its first bytes: a ZIP archive, or an older or encrypted office document, of which
// read_xlsx says what to do.
bool looks_like_workbook(std::string_view bytes);

struct XlsxBounds {
  std::size_t row_bytes_max;       // a longer row is an error of that row
  std::size_t inflated_bytes_max;  // of all that is unpacked
};

// Shows every row that has a value, until `visit` says false; CsvRow::line is its number in the
// sheet. Errors, field "file": invalid_argument or too_large, with a sentence that says how to save
// the file so that it can be read.
Result<void> read_xlsx(std::string_view bytes, const XlsxBounds& bounds,
                       const CsvReader::Visit& visit);

}  // namespace chayan
