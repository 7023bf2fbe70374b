// The rows of a CSV text (RFC 4180, by libcsv), fed line by line: from a file or from the body of a
// request.
//
// Lines are fed without their ends; a quoted cell may go over several. Texts are UTF-8, with or
// without a byte order mark, or GB18030, as spreadsheets on Chinese Windows save it: EncodingVote
// tells which.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace chayan {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

enum class Encoding { utf8, gb18030 };

// Shown every line of a text, says which encoding it is in. A first line that is UTF-8 beyond ASCII
// settles it; else the lines beyond ASCII vote. So in a text of UTF-8 a line that is not is a broken
// line, to be rejected for itself.
class EncodingVote {
 public:
  void line(std::string_view line);
  Encoding outcome() const;

 private:
  bool is_first_ = true;
  bool surely_utf8_ = false;
  std::uint64_t utf8_lines_ = 0;
  std::uint64_t other_lines_ = 0;
};

struct CsvRow {
  std::uint64_t line = 0;          // 1-based, where the row begins
  std::vector<std::string> cells;  // UTF-8, trimmed; empty where the row was too long to be read
  std::optional<Error> error;      // too long, or a cell that is not in the encoding

  bool is_blank() const;  // spreadsheets leave rows of nothing but commas behind
};

// Not thread-safe.
class CsvReader {
 public:
  // Shown every row, the header too; false ends the reading. The row may be moved from.
  using Visit = std::function<bool(CsvRow& row)>;

  CsvReader(Encoding encoding, std::size_t row_bytes_max, Visit visit);
  ~CsvReader();
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  // Error invalid_argument: the text cannot be read on, for quotes that do not pair. A row over
  // row_bytes_max is an error of that row; over several lines, or as the header, of the text. After
  // an error, or a false of `visit`, further lines are ignored.
  Result<void> line(std::string_view line);
  Result<void> finish();  // after the last line

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The lines of a text, without their ends (LF or CRLF), until `visit` says false.
void each_line(std::string_view text, const std::function<bool(std::string_view line)>& visit);

}  // namespace chayan
