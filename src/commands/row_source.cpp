#include "commands/row_source.h"

#include <csv.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "domain/institution.h"

namespace chayan::commands {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Column names that people use, and the members they mean.
constexpr std::array<std::pair<std::string_view, std::string_view>, 20> kChineseColumns = {{
    {"类型", "kind"},
    {"证书编号", "certificate_number"},
    {"姓名", "holder_name"},
    {"证件类型", "document_type"},
    {"证件号码", "document_number"},
    {"身份证号码", "document_number"},
    {"原证书编号", "original_certificate"},
    {"发证机构", "issuer"},
    {"发证日期", "issued_on"},
    {"目录项目", "item"},
    {"职业编码", "occupation"},
    {"职业名称", "occupation_name"},
    {"工种", "work_type"},
    {"等级", "level"},
    {"日期", "on"},
    {"原因", "reason"},
    {"统一社会信用代码", "credit_code"},
    {"名称", "name"},
    {"地址", "address"},
    {"机构性质", "institution_kind"},
}};

// Members that a cell can hold, besides those above and the private ones of an institution.
constexpr std::array kPlainMembers = std::to_array<std::string_view>({"actor",
                                                                      "awarding_body",
                                                                      "awarding_body_abbreviation",
                                                                      "awarding_body_en",
                                                                      "certificate",
                                                                      "certificate_en",
                                                                      "code",
                                                                      "country",
                                                                      "document",
                                                                      "effective_from",
                                                                      "filing",
                                                                      "id",
                                                                      "institution",
                                                                      "name_en",
                                                                      "national_filing_number",
                                                                      "notice_start",
                                                                      "receipt",
                                                                      "region",
                                                                      "registration_authority",
                                                                      "service_address",
                                                                      "service_email",
                                                                      "service_phone",
                                                                      "source",
                                                                      "standard",
                                                                      "supervision_phone",
                                                                      "valid_from",
                                                                      "valid_to",
                                                                      "website",
                                                                      "withdrawn_on"});

bool is_member(std::string_view name) {
  const auto holds = [&](const auto& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  return holds(kPlainMembers) || holds(kInstitutionPrivateFields) ||
         std::any_of(kChineseColumns.begin(), kChineseColumns.end(),
                     [&](const auto& column) { return column.second == name; });
}

std::string member_of_column(std::string_view column) {
  std::string name = match_form(column);
  for (const auto& [chinese, member] : kChineseColumns) {
    if (name == match_form(chinese)) return std::string(member);
  }
  return name;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// One physical line without its end. False at the end of the file. Of an over-long line only the
// start is kept.
bool read_line(std::istream& in, std::string& line, std::uint64_t& offset) {
  line.clear();
  std::streambuf& bytes = *in.rdbuf();
  bool any = false;
  for (int c = bytes.sbumpc(); c != std::char_traits<char>::eof(); c = bytes.sbumpc()) {
    any = true;
    ++offset;
    if (c == '\n') break;
    if (line.size() <= limits::kImportLineBytesMax) line.push_back(static_cast<char>(c));
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return any;
}

Error too_long() {
  return {ErrorCode::too_large,
          {},
          {"The row is longer than " + std::to_string(limits::kImportLineBytesMax) + " bytes.",
           "该行超过长度上限。"}};
}

Result<void> each_ndjson_row(std::istream& in, const std::function<bool(const Row&)>& visit) {
  Row row;
  std::string line;
  std::uint64_t number = 0;
  while (read_line(in, line, row.offset)) {
    row.line = ++number;
    row.readable = line.size() <= limits::kImportLineBytesMax;
    if (!row.readable) row.error = too_long();
    std::string_view text = line;
    if (number == 1 && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    if (trim(text).empty()) continue;
    row.json = row.readable ? std::string(text) : std::string();
    if (!visit(row)) return {};
  }
  return {};
}

// Collects the cells that libcsv finds into rows.
class CsvRows {
 public:
  CsvRows(const ImportFile& file, const std::function<bool(const Row&)>& visit)
      : file_(file), visit_(visit) {
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
  }
  ~CsvRows() { csv_free(&parser_); }
  CsvRows(const CsvRows&) = delete;
  CsvRows& operator=(const CsvRows&) = delete;

  Result<void> run(std::istream& in) {
    std::string line;
    bool more = read_line(in, line, row_.offset);
    if (line.starts_with(kByteOrderMark)) line.erase(0, kByteOrderMark.size());
    for (; more && going_; more = read_line(in, line, row_.offset)) {
      ++line_;
      if (const auto taken = take(line); !taken) return taken.error();
    }
    if (going_ && csv_fini(&parser_, on_cell, on_row, this) != 0) return malformed(row_.line);
    return {};
  }

 private:
  Result<void> take(std::string& line) {
    if (between_rows_) {
      row_.line = line_;
      row_bytes_ = 0;
    }
    row_bytes_ += line.size();
    if (row_bytes_ > limits::kImportLineBytesMax) {
      // A row that grows too long over several lines has a quote that nobody closed.
      if (!between_rows_ || columns_.empty()) return malformed(row_.line);
      deliver(too_long());
      return {};
    }
    line.push_back('\n');
    row_ended_ = false;
    const std::size_t parsed = csv_parse(&parser_, line.data(), line.size(), on_cell, on_row, this);
    if (parsed != line.size()) return malformed(line_);
    if (header_error_) return *header_error_;
    between_rows_ = row_ended_ || (between_rows_ && trim(line).empty());
    return {};
  }

  Result<void> malformed(std::uint64_t line) const {
    return invalid("line " + std::to_string(line), "The CSV is malformed here: a stray quote?",
                   "CSV 格式有误，请检查引号。");
  }

  static void on_cell(void* bytes, std::size_t size, void* self) {
    static_cast<CsvRows*>(self)->cell({static_cast<const char*>(bytes), size});
  }
  static void on_row(int, void* self) { static_cast<CsvRows*>(self)->end_row(); }

  void cell(std::string_view bytes) {
    std::string text(bytes);
    if (file_.encoding == Encoding::gb18030) {
      auto decoded = from_gb18030(bytes);
      if (!decoded) {
        row_error_ = invalid("", "A cell is neither UTF-8 nor GB18030.", "单元格编码有误。");
      }
      text = decoded.value_or(std::string());
    }
    cells_.emplace_back(trim(text));
  }

  void end_row() {
    row_ended_ = true;
    if (columns_.empty()) {
      take_header();
    } else if (going_ && (row_error_ || !is_blank())) {
      if (cells_.size() > columns_.size()) {
        row_error_ = invalid("", "The row has more cells than the header.", "该行单元格多于表头。");
      }
      deliver(row_error_);
    }
    cells_.clear();
    row_error_.reset();
  }

  // A file without a header has a person's data in its place: no message repeats it.
  void take_header() {
    for (const std::string& name : cells_) {
      columns_.push_back(member_of_column(name));
      if (columns_.back().empty() || is_member(columns_.back())) continue;
      const std::string column = std::to_string(columns_.size());
      header_error_ = invalid("line " + std::to_string(row_.line),
                              "Column " + column + " of the header has no name that import knows.",
                              "表头第 " + column + " 列的名称无法识别。");
      going_ = false;
      return;
    }
  }

  // Spreadsheets leave rows of nothing but commas behind.
  bool is_blank() const {
    return std::all_of(cells_.begin(), cells_.end(), [](const auto& cell) { return cell.empty(); });
  }

  void deliver(const std::optional<Error>& error) {
    row_.readable = !error;
    row_.error = error.value_or(Error());
    row_.json = row_.readable ? json_of_cells() : std::string();
    going_ = visit_(row_);
  }

  // Empty cells are left out, as a member that is absent.
  std::string json_of_cells() const {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    bool has_kind = false;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      has_kind = has_kind || (columns_[i] == "kind" && !cells_[i].empty());
      json.optional_member(columns_[i], cells_[i]);
    }
    if (!has_kind) json.member("kind", "certificate.issued");
    json.end_object();
    return out;
  }

  const ImportFile& file_;
  const std::function<bool(const Row&)>& visit_;
  csv_parser parser_;
  Row row_;
  std::uint64_t line_ = 0;
  std::size_t row_bytes_ = 0;
  bool between_rows_ = true;
  bool row_ended_ = false;
  std::vector<std::string> columns_;
  std::vector<std::string> cells_;
  std::optional<Error> row_error_;
  std::optional<Error> header_error_;
  bool going_ = true;
};

FileForm form_of(std::string_view path, std::string_view first_line) {
  if (is_csv_name(path)) return FileForm::csv;
  const bool is_ndjson = path.ends_with(".ndjson") || first_line.empty() || first_line[0] == '{';
  return is_ndjson ? FileForm::ndjson : FileForm::csv;
}

}  // namespace

bool is_csv_name(std::string_view path) {
  return path.ends_with(".csv") || path.ends_with(".CSV");
}

Result<ImportFile> inspect(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in || std::filesystem::is_directory(path))
    return Error{ErrorCode::not_found, "file", {"cannot read " + path, {}}};
  ImportFile file;
  file.path = path;
  crypto::Sha256Stream digest;
  std::string line;
  bool first = true;
  // A first line beyond ASCII, or a mark, settles it; else the lines beyond ASCII vote. In a file
  // of UTF-8 a line that is not is a broken line, to be rejected for itself.
  bool surely_utf8 = false;
  std::uint64_t utf8_lines = 0;
  std::uint64_t other_lines = 0;
  std::uint64_t offset = 0;
  while (read_line(in, line, offset)) {
    if (first) {
      std::string_view text = line;
      if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
      file.form = form_of(path, trim(text));
      surely_utf8 = !is_ascii(line) && is_valid_utf8(line);
      first = false;
    }
    if (!is_ascii(line) && line.size() <= limits::kImportLineBytesMax) {
      ++(is_valid_utf8(line) ? utf8_lines : other_lines);
    }
    line.push_back('\n');
    digest.update(line);
  }
  file.bytes = offset;
  file.encoding = surely_utf8 || utf8_lines >= other_lines ? Encoding::utf8 : Encoding::gb18030;
  file.digest = to_hex(view(digest.finish()));
  return file;
}

Result<void> each_row(const ImportFile& file, const std::function<bool(const Row& row)>& visit) {
  std::ifstream in(file.path, std::ios::binary);
  if (!in) return Error{ErrorCode::not_found, "file", {"cannot read " + file.path, {}}};
  if (file.form == FileForm::ndjson) return each_ndjson_row(in, visit);
  return CsvRows(file, visit).run(in);
}

}  // namespace chayan::commands
