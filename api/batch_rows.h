// The rows of a batch of questions, from the body that an employer sends.
//
// NDJSON: an object a line, as POST /v1/verifications takes it but for receipts, which a batch does
// not give: a row that asks for one is wrong; UTF-8. CSV: a header row whose
// columns are recognised by their Chinese or English names (domain/column_names.h), others ignored;
// in the encodings of base/csv_reader.h. Rows that spreadsheets leave empty are passed over.
//
// What is wrong with one row is that row's; only what makes the whole unreadable (no header, quotes
// that do not pair, another encoding, too many rows) is an error, and none repeats a byte of it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "api/verify_certificate.h"
#include "base/result.h"

namespace chayan::api {

struct BatchRow {
  std::uint64_t line = 0;  // 1-based, where it begins
  Result<VerifyCertificate::Input> input;
};

enum class BatchForm { ndjson, csv };

// Error too_large: more than limits::kVerificationBatchRowsMax rows.
Result<std::vector<BatchRow>> read_batch(BatchForm form, std::string_view body);

// Where the columns stand that a question is made of. Used by `chayan verify` too, which sends
// nothing else of a file.
class QuestionColumns {
 public:
  // Error invalid_argument, field "header": the certificate number, or both of name and document
  // number, are not there, or one is there twice.
  static Result<QuestionColumns> find(const std::vector<std::string>& header);

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

}  // namespace chayan::api
