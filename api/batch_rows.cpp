#include "api/batch_rows.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/csv_reader.h"
#include "base/limits.h"
#include "base/text.h"
#include "domain/column_names.h"

namespace chayan::api {
namespace {

Error too_many_rows() {
  const std::string max = std::to_string(limits::kVerificationBatchRowsMax);
  return {ErrorCode::too_large,
          "body",
          {"A batch has at most " + max + " rows; send the others in a further batch.",
           "一批最多 " + max + " 行，其余请分批发送。"}};
}

Error no_rows() {
  return invalid("body", "There is no row in the body.", "正文中没有数据行。");
}

// Spreadsheets save "Unicode text" so.
bool is_utf16(std::string_view body) {
  return body.starts_with("\xFF\xFE") || body.starts_with("\xFE\xFF") ||
         body.substr(0, 64).find('\0') != std::string_view::npos;
}

Encoding encoding_of(std::string_view body) {
  EncodingVote vote;
  each_line(body, [&](std::string_view line) {
    vote.line(line);
    return true;
  });
  return vote.outcome();
}

// A receipt is larger than all else that a row is answered with, and a batch has up to ten thousand.
Error no_receipts() {
  return invalid("receipt",
                 "A batch gives no receipts; leave this out, and ask for the receipt of one "
                 "certificate with POST /v1/verifications.",
                 "批量查验不提供凭据，请去掉该字段；需要凭据的证书请逐张用 POST /v1/verifications "
                 "查验。");
}

Result<VerifyCertificate::Input> read_question(std::string_view line) {
  auto input = VerifyCertificate::parse(line);
  if (input && input->wants_receipt) return no_receipts();
  return input;
}

Result<std::vector<BatchRow>> read_ndjson(std::string_view body) {
  if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
  std::vector<BatchRow> rows;
  std::uint64_t number = 0;
  each_line(body, [&](std::string_view line) {
    ++number;
    if (trim(line).empty()) return true;
    if (rows.size() <= limits::kVerificationBatchRowsMax) {
      rows.push_back({number, read_question(line)});
    }
    return rows.size() <= limits::kVerificationBatchRowsMax;
  });
  return rows;
}

class CsvBatch {
 public:
  explicit CsvBatch(Encoding encoding)
      : reader_(encoding, limits::kVerificationBodyBytesMax,
                [this](CsvRow& row) { return take(row); }) {}

  Result<std::vector<BatchRow>> read(std::string_view body) {
    Result<void> outcome;
    each_line(body, [&](std::string_view line) {
      outcome = reader_.line(line);
      return outcome.has_value() && !header_error_;
    });
    if (outcome && !header_error_) outcome = reader_.finish();
    if (header_error_) return *header_error_;
    if (!outcome) return outcome.error();
    return std::move(rows_);
  }

 private:
  bool take(CsvRow& row) {
    if (!columns_) return take_header(row);
    if (!row.error && row.is_blank()) return true;
    rows_.push_back({row.line, question(row)});
    return rows_.size() <= limits::kVerificationBatchRowsMax;
  }

  bool take_header(const CsvRow& row) {
    auto found = row.error ? Result<QuestionColumns>(*row.error) : QuestionColumns::find(row.cells);
    if (found) {
      columns_ = *found;
      return true;
    }
    header_error_ = found.error();
    header_error_->field = "header";
    return false;
  }

  Result<VerifyCertificate::Input> question(const CsvRow& row) const {
    if (row.error) return *row.error;
    const auto cells = columns_->cells(row.cells);
    if (!cells) return cells.error();
    return VerifyCertificate::read(cells->certificate_number, cells->holder_name,
                                   cells->document_number);
  }

  CsvReader reader_;
  std::optional<QuestionColumns> columns_;
  std::optional<Error> header_error_;
  std::vector<BatchRow> rows_;
};

// '123 and ="123" are how people keep a spreadsheet from taking text for a number.
std::string_view without_spreadsheet_marks(std::string_view cell) {
  if (cell.starts_with('\'')) return cell.substr(1);
  if (cell.size() >= 3 && cell.starts_with("=\"") && cell.ends_with('"')) {
    return cell.substr(2, cell.size() - 3);
  }
  return cell;
}

}  // namespace

Result<std::vector<BatchRow>> read_batch(BatchForm form, std::string_view body) {
  if (is_utf16(body)) {
    return invalid("body", "The text is UTF-16; save it as UTF-8 (\"CSV UTF-8\") or GB18030.",
                   "正文是 UTF-16 编码，请另存为 UTF-8（“CSV UTF-8”）或 GB18030。");
  }
  const Encoding encoding = encoding_of(body);
  if (form == BatchForm::ndjson && encoding != Encoding::utf8) {
    return invalid("body", "NDJSON is UTF-8, and this is not.", "NDJSON 须为 UTF-8 编码。");
  }
  auto rows = form == BatchForm::ndjson ? read_ndjson(body) : CsvBatch(encoding).read(body);
  if (!rows) return rows;
  if (rows->size() > limits::kVerificationBatchRowsMax) return too_many_rows();
  if (rows->empty()) return no_rows();
  return rows;
}

Result<QuestionColumns> QuestionColumns::find(const std::vector<std::string>& header) {
  QuestionColumns columns;
  columns.count_ = header.size();
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string member = member_of_column(header[i]);
    std::optional<std::size_t>* place = nullptr;
    if (member == "certificate_number") place = &columns.certificate_number_;
    if (member == "holder_name") place = &columns.holder_name_;
    if (member == "document_number") place = &columns.document_number_;
    if (place == nullptr) continue;
    if (*place) {
      return invalid("header", "Two columns of the header mean " + member + "; keep one of them.",
                     "表头中有两列都表示 " + member + "，请只保留一列。");
    }
    *place = i;
  }
  if (columns.certificate_number_ && (columns.holder_name_ || columns.document_number_)) {
    return columns;
  }
  return invalid("header",
                 "The first row must name the columns: certificate_number (证书编号), and "
                 "holder_name (姓名) or document_number (证件号码).",
                 "首行须为表头，含“证书编号”，以及“姓名”或“证件号码”。");
}

Result<QuestionColumns::Cells> QuestionColumns::cells(const std::vector<std::string>& row) const {
  for (std::size_t i = count_; i < row.size(); ++i) {
    if (row[i].empty()) continue;
    return invalid("", "The row has more cells than the header.", "该行单元格多于表头。");
  }
  const auto cell = [&](std::optional<std::size_t> place) -> std::optional<std::string> {
    if (!place || *place >= row.size()) return std::nullopt;
    const std::string_view text = trim(without_spreadsheet_marks(row[*place]));
    return text.empty() ? std::nullopt : std::optional<std::string>(text);
  };
  return Cells{cell(certificate_number_), cell(holder_name_), cell(document_number_)};
}

}  // namespace chayan::api
