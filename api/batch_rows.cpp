#include "api/batch_rows.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/csv_reader.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/xlsx_reader.h"
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

// Makes questions of the rows that CSV and XLSX have.
class Table {
 public:
  // `is_sheet`: cells stand under their columns whatever stands beside the list.
  explicit Table(bool is_sheet) : is_sheet_(is_sheet) {}

  bool take(CsvRow& row) {
    if (!search_.columns()) return take_header(row);
    if (is_sheet_ && row.cells.size() > search_.columns()->count()) {
      row.cells.resize(search_.columns()->count());
    }
    if (!row.error && row.is_blank()) return true;
    rows_.push_back({row.line, question(row)});
    return rows_.size() <= limits::kVerificationBatchRowsMax;
  }

  bool has_failed() const { return header_error_.has_value(); }

  Result<std::vector<BatchRow>> finish(const Result<void>& outcome) {
    if (header_error_) return *header_error_;
    if (!outcome) return outcome.error();
    if (auto found = search_.finish(); !found) return found.error();
    return std::move(rows_);
  }

 private:
  bool take_header(const CsvRow& row) {
    const auto looked = search_.look_at(row);
    if (!looked) header_error_ = looked.error();
    return looked.has_value();
  }

  Result<VerifyCertificate::Input> question(const CsvRow& row) const {
    if (row.error) return *row.error;
    const auto cells = search_.columns()->cells(row.cells);
    if (!cells) return cells.error();
    return VerifyCertificate::read(cells->certificate_number, cells->holder_name,
                                   cells->document_number);
  }

  const bool is_sheet_;
  HeaderSearch search_;
  std::optional<Error> header_error_;
  std::vector<BatchRow> rows_;
};

Result<std::vector<BatchRow>> read_csv(Encoding encoding, std::string_view body) {
  Table table(false);
  CsvReader reader(encoding, limits::kVerificationBodyBytesMax,
                   [&](CsvRow& row) { return table.take(row); });
  Result<void> outcome;
  each_line(body, [&](std::string_view line) {
    outcome = reader.line(line);
    return outcome.has_value() && !table.has_failed();
  });
  if (outcome && !table.has_failed()) outcome = reader.finish();
  return table.finish(outcome);
}

Result<std::vector<BatchRow>> read_workbook(std::string_view body) {
  Table table(true);
  Result<void> outcome =
      read_xlsx(body, {limits::kVerificationBodyBytesMax, limits::kSheetInflatedBytesMax},
                [&](CsvRow& row) { return table.take(row); });
  if (outcome) return table.finish(outcome);
  Error error = outcome.error();
  error.field = "body";
  return error;
}

Result<std::vector<BatchRow>> read_text(BatchForm form, std::string_view body) {
  if (is_utf16(body)) {
    return invalid("body", "The text is UTF-16; save it as UTF-8 (\"CSV UTF-8\") or GB18030.",
                   "正文是 UTF-16 编码，请另存为 UTF-8（“CSV UTF-8”）或 GB18030。");
  }
  const Encoding encoding = encoding_of(body);
  if (form == BatchForm::csv) return read_csv(encoding, body);
  if (encoding != Encoding::utf8) {
    return invalid("body", "NDJSON is UTF-8, and this is not.", "NDJSON 须为 UTF-8 编码。");
  }
  return read_ndjson(body);
}

// '123 and ="123" are how people keep a spreadsheet from taking text for a number; with a Chinese
// keyboard the mark is one of the others.
std::string_view without_spreadsheet_marks(std::string_view cell) {
  for (const std::string_view mark : {"'", "\u2018", "\u2019", "\uFF07"}) {
    if (cell.starts_with(mark)) return cell.substr(mark.size());
  }
  if (cell.size() >= 3 && cell.starts_with("=\"") && cell.ends_with('"')) {
    return cell.substr(2, cell.size() - 3);
  }
  return cell;
}

// "证书编号、证书号 or certificate_number"
Message known_names(std::string_view member) {
  const std::string chinese = column_names_of(member);
  return {chinese + " or " + std::string(member), chinese + "，或 " + std::string(member)};
}

struct Separator {
  std::string_view mark;
  std::string_view en;
  std::string_view zh;
};
constexpr Separator kOtherSeparators[] = {{"\t", "tabs", "制表符"},
                                          {";", "semicolons", "分号"},
                                          {"\uFF0C", "full-width commas", "全角逗号"},
                                          {"\uFF1B", "full-width semicolons", "全角分号"}};

// Whether the text names what a header has to name.
bool is_header(std::string_view text, std::string_view mark) {
  bool number = false;
  bool holder = false;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = text.find(mark);
    const std::string member = member_of_column(trim(text.substr(0, end)));
    number = number || member == "certificate_number";
    holder = holder || member == "holder_name" || member == "document_number";
    if (end != std::string_view::npos) text.remove_prefix(end + mark.size());
  }
  return number && holder;
}

Error parted_by(const Separator& separator, std::uint64_t line) {
  const std::string row = std::to_string(line);
  return invalid("header",
                 "The columns in row " + row + " are parted by " + std::string(separator.en) +
                     "; save the list as CSV with commas, or as XLSX.",
                 "第 " + row + " 行的各列以" + std::string(separator.zh) +
                     "分隔，请另存为以逗号分隔的 CSV，或另存为 XLSX。");
}

// A header all in one cell, for what stands between its names does not part cells: spreadsheets
// save so as text, and as CSV in some locales. nullopt: it is not that.
std::optional<Error> parted_otherwise(const CsvRow& row) {
  for (const std::string& cell : row.cells) {
    for (const Separator& separator : kOtherSeparators) {
      if (is_header(cell, separator.mark)) return parted_by(separator, row.line);
    }
  }
  return std::nullopt;
}

Error names_twice(std::uint64_t line, const std::string& member) {
  const std::string row = std::to_string(line);
  return invalid(
      "header",
      "Two columns of the header in row " + row + " mean " + member + "; keep one of them.",
      "第 " + row + " 行的表头中有两列都表示 " + member + "，请只保留一列。");
}

Error lacks_number(std::uint64_t line) {
  const std::string row = std::to_string(line);
  const Message names = known_names("certificate_number");
  return invalid(
      "header",
      "Row " + row +
          " is read as the header, and names no column for the certificate "
          "number; call that column " +
          names.en + ".",
      "第 " + row + " 行被读作表头，其中缺少证书编号列；该列可命名为：" + names.zh + "。");
}

Error lacks_holder(std::uint64_t line) {
  const std::string row = std::to_string(line);
  const Message name = known_names("holder_name");
  const Message document = known_names("document_number");
  return invalid("header",
                 "Row " + row +
                     " is read as the header, and names no column for the holder's name "
                     "or document number; call one " +
                     name.en + ", or " + document.en + ".",
                 "第 " + row + " 行被读作表头，其中缺少姓名列或证件号码列；姓名列可命名为：" +
                     name.zh + "；证件号码列可命名为：" + document.zh + "。");
}

}  // namespace

Result<std::vector<BatchRow>> read_batch(BatchForm form, std::string_view body) {
  const bool is_workbook =
      form == BatchForm::xlsx || (form == BatchForm::csv && looks_like_workbook(body));
  auto rows = is_workbook ? read_workbook(body) : read_text(form, body);
  if (!rows) return rows;
  if (rows->size() > limits::kVerificationBatchRowsMax) return too_many_rows();
  if (rows->empty()) return no_rows();
  return rows;
}

Result<std::optional<QuestionColumns>> QuestionColumns::find(const CsvRow& row) {
  QuestionColumns columns;
  columns.count_ = row.cells.size();
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    if (row.cells[i].empty()) continue;
    const std::string member = member_of_column(row.cells[i]);
    std::optional<std::size_t>* place = nullptr;
    if (member == "certificate_number") place = &columns.certificate_number_;
    if (member == "holder_name") place = &columns.holder_name_;
    if (member == "document_number") place = &columns.document_number_;
    if (place == nullptr) continue;
    if (*place) return names_twice(row.line, member);
    *place = i;
  }
  const bool has_holder = columns.holder_name_ || columns.document_number_;
  if (!columns.certificate_number_ && !has_holder) {
    if (const auto parted = parted_otherwise(row)) return *parted;
    return std::optional<QuestionColumns>();
  }
  if (!columns.certificate_number_) return lacks_number(row.line);
  if (!has_holder) return lacks_holder(row.line);
  return std::optional(columns);
}

Result<void> HeaderSearch::look_at(const CsvRow& row) {
  if (row.error) {
    Error error = *row.error;
    error.field = "header";
    return error;
  }
  if (row.is_blank()) return {};
  if (rows_++ == 0) first_line_ = row.line;
  last_line_ = row.line;
  auto found = QuestionColumns::find(row);
  if (!found) return found.error();
  columns_ = *found;
  if (!columns_ && rows_ == limits::kHeaderSearchRowsMax) return not_found();
  return {};
}

Result<void> HeaderSearch::finish() const {
  if (columns_ || rows_ == 0) return {};
  return not_found();
}

Error HeaderSearch::not_found() const {
  const std::string first = std::to_string(first_line_);
  const std::string last = std::to_string(last_line_);
  const Message number = known_names("certificate_number");
  const Message name = known_names("holder_name");
  const Message document = known_names("document_number");
  return invalid("header",
                 "No header was found in rows " + first + " to " + last +
                     ". A row above the list must name its columns: the certificate number (" +
                     number.en + "), and the holder's name (" + name.en + ") or document number (" +
                     document.en + ").",
                 "在第 " + first + " 行至第 " + last +
                     " 行中没有找到表头。名单上方须有一行写明列名：证书编号（" + number.zh +
                     "），以及姓名（" + name.zh + "）或证件号码（" + document.zh + "）。");
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
