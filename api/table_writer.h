// A table as a file, for spreadsheets and for scripts: CSV, XLSX and NDJSON from one description of
// its columns.
//
// Header row (CSV, XLSX): the Chinese title, a space, the name that the member has in the JSON of
// the api: "统一社会信用代码 credit_code". One row serves both readers: a person sees the Chinese,
// a script takes what stands behind the space, and a single header row is what autofilter, pandas
// and RFC 4180 expect. Titles hold no space. NDJSON has the names alone.
//
// CSV: RFC 4180 in UTF-8 with BOM (without it Excel reads Chinese in the system's code page), CRLF,
// every text in quotes, so that no separator of another locale splits it. A text that a spreadsheet
// would run as a formula (OWASP CSV Injection: it begins with = + - @ tab, CR or LF, or with the
// full-width form of one of the first four) gets ' in front, and so does one that begins with ', so
// that a script undoes it by one rule: a cell that begins with ' is what follows it. No other value
// is touched. Codes stand as they are: quoting is all that CSV has to say that digits are text, and
// a spreadsheet may disregard it (LibreOffice asks; Excel drops leading zeros), so people who open
// files in a spreadsheet are better served by XLSX.
//
// XLSX: text is in text cells with the format Text ("@"), which stay text when they are edited,
// too; nothing is ever a formula or a link. Strings are shared: the library's constant_memory mode
// would put them into the cells, where Apple's Numbers and viewers on phones do not look.
//
// NDJSON: an object a line, canonical (RFC 8785), empty cells left out as in the api's JSON.
//
// The same rows give the same bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/date.h"

namespace chayan::api {

enum class CellKind { text, number };  // a number is a decimal integer

struct Column {
  std::string_view name;   // credit_code; ASCII
  std::string_view title;  // 统一社会信用代码
  int width = 12;          // in a sheet, in digits; a Chinese character takes two
  CellKind kind = CellKind::text;
};

// What an XLSX file says of itself; the other two have no place for it.
struct TableProperties {
  std::string_view title;  // of the sheet: at most 31 characters, none of []:*?/\.
  std::uint64_t seq = 0;
  Date on;
  std::optional<std::chrono::sys_seconds> as_of;  // time of creation; nullopt: 1980-01-01
};

// Not thread-safe. Texts are UTF-8.
class TableWriter {
 public:
  virtual ~TableWriter() = default;
  // One cell for each column, in their order; an empty one has no value. Errors: too_large where
  // the format holds no more rows (field "file"), io.
  virtual Result<void> row(std::span<const std::string> cells) = 0;
  // The file. Called once, after the last row.
  virtual Result<std::string> finish() = 0;
};

enum class TableFormat { csv, xlsx, ndjson };

inline constexpr std::string_view kXlsxType =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

std::string_view extension(TableFormat format);   // "csv"
std::string_view media_type(TableFormat format);  // a literal

// `columns` and what `properties` points to must outlive the writer. XLSX makes a private temporary
// folder (TMPDIR, else /tmp), which ends with the writer; its name stands nowhere in the file.
// Error io where that cannot be made.
Result<std::unique_ptr<TableWriter>> make_table_writer(TableFormat format,
                                                       std::span<const Column> columns,
                                                       const TableProperties& properties);

// The three, for make_table_writer.
std::unique_ptr<TableWriter> make_csv_writer(std::span<const Column> columns);
std::unique_ptr<TableWriter> make_ndjson_writer(std::span<const Column> columns);
Result<std::unique_ptr<TableWriter>> make_xlsx_writer(std::span<const Column> columns,
                                                      const TableProperties& properties);

// CSV piece by piece, for an answer that is never held whole: its mark and header row, a row, a
// text cell.
std::string csv_beginning(std::span<const Column> columns);
void append_csv_row(std::string& out, std::span<const Column> columns,
                    std::span<const std::string> cells);
void append_csv_text(std::string& out, std::string_view text);

// The header row's cell.
std::string header_of(const Column& column);

}  // namespace chayan::api
