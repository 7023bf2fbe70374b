// The rows of a batch of questions, from the body that an employer sends.
//
// NDJSON: an object a line, as POST /v1/verifications takes it but for receipts, which a batch does
// not give: a row that asks for one is wrong; UTF-8. CSV, in the encodings of base/csv_reader.h, and
// XLSX: a header row whose columns are recognised by their Chinese or English names
// (domain/column_names.h), others ignored; above it may stand titles and remarks. Rows that
// spreadsheets leave empty are passed over.
//
// What is wrong with one row is that row's; only what makes the whole unreadable (no header, quotes
// that do not pair, another encoding, too many rows) is an error, and none repeats a byte of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/verify_certificate.h"
#include "base/csv_reader.h"
#include "base/result.h"

namespace chayan::api {

struct BatchRow {
  std::uint64_t line = 0;  // 1-based, where it begins; of a workbook the sheet's row
  Result<VerifyCertificate::Input> input;
};

enum class BatchForm { ndjson, csv, xlsx };

// A workbook that is sent as CSV is read as what it is. Error too_large: more than
// limits::kVerificationBatchRowsMax rows.
Result<std::vector<BatchRow>> read_batch(BatchForm form, std::string_view body);

// Where the columns stand that a question is made of. Used by `chayan verify` too, which sends
// nothing else of a file.
class QuestionColumns {
 public:
  // nullopt: the row names none of them. Error invalid_argument, field "header": it names some, but
  // not the certificate number, or neither of name and document number, or one twice, or all of them
  // in one cell.
  static Result<std::optional<QuestionColumns>> find(const CsvRow& row);

  std::size_t count() const { return count_; }  // of all columns

  struct Cells {
    std::optional<std::string> certificate_number;
    std::optional<std::string> holder_name;
    std::optional<std::string> document_number;
  };
  // Of a row: empty cells are nullopt, and what spreadsheets put around text ('…, ="…") is taken
  // off. Error invalid_argument: there is text behind the header's last column.
  Result<Cells> cells(const std::vector<std::string>& row) const;

 private:
  std::size_t count_ = 0;
  std::optional<std::size_t> certificate_number_;
  std::optional<std::size_t> holder_name_;
  std::optional<std::size_t> document_number_;
};

// Finds the header among the first rows of a table: the first row that names a column of a question.
// No row below one that does is taken instead, for what stands between would be left out unsaid.
class HeaderSearch {
 public:
  // Shown the rows from the first on, until columns() are found. Error, field "header":
  // QuestionColumns::find's, or limits::kHeaderSearchRowsMax rows name no column.
  Result<void> look_at(const CsvRow& row);
  const std::optional<QuestionColumns>& columns() const { return columns_; }
  // After the last row. Error as above; a table without any row has none.
  Result<void> finish() const;

 private:
  Error not_found() const;

  std::optional<QuestionColumns> columns_;
  std::uint64_t first_line_ = 0;
  std::uint64_t last_line_ = 0;
  std::size_t rows_ = 0;  // that are not blank
};

}  // namespace chayan::api
