#include "commands/row_source.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/csv_reader.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/xlsx_reader.h"
#include "crypto/digest.h"
#include "domain/column_names.h"
#include "domain/institution.h"

namespace chayan::commands {
namespace {

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
  return holds(kPlainMembers) || holds(kInstitutionPrivateFields) || is_column_member(name);
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

// Makes changes of the rows that CSV has.
class CsvRows {
 public:
  CsvRows(const ImportFile& file, const std::function<bool(const Row&)>& visit)
      : visit_(visit), reader_(file.encoding, limits::kImportLineBytesMax, [this](CsvRow& row) {
          return take(row);
        }) {}

  Result<void> run(std::istream& in) {
    for (std::string line; going_ && read_line(in, line, row_.offset);) {
      if (const auto taken = reader_.line(line); !taken) return taken.error();
      if (header_error_) return *header_error_;
    }
    return reader_.finish();
  }

 private:
  bool take(CsvRow& row) {
    if (columns_.empty()) {
      take_header(row);
      return going_ = !header_error_;
    }
    if (!row.error && row.is_blank()) return true;
    if (!row.error && row.cells.size() > columns_.size()) {
      row.error = invalid("", "The row has more cells than the header.", "该行单元格多于表头。");
    }
    row_.line = row.line;
    row_.readable = !row.error;
    row_.error = row.error.value_or(Error());
    row_.json = row_.readable ? json_of(row.cells) : std::string();
    return going_ = visit_(row_);
  }

  // A file without a header has a person's data in its place: no message repeats it.
  void take_header(const CsvRow& row) {
    for (const std::string& name : row.cells) {
      columns_.push_back(member_of_column(name));
      if (columns_.back().empty() || is_member(columns_.back())) continue;
      const std::string column = std::to_string(columns_.size());
      header_error_ = invalid("line " + std::to_string(row.line),
                              "Column " + column + " of the header has no name that import knows.",
                              "表头第 " + column + " 列的名称无法识别。");
      return;
    }
  }

  // Empty cells are left out, as a member that is absent.
  std::string json_of(const std::vector<std::string>& cells) const {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    bool has_kind = false;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      has_kind = has_kind || (columns_[i] == "kind" && !cells[i].empty());
      json.optional_member(columns_[i], cells[i]);
    }
    if (!has_kind) json.member("kind", "certificate.issued");
    json.end_object();
    return out;
  }

  const std::function<bool(const Row&)>& visit_;
  CsvReader reader_;
  Row row_;
  std::vector<std::string> columns_;
  std::optional<Error> header_error_;
  bool going_ = true;
};

FileForm form_of(std::string_view path, std::string_view first_line) {
  if (looks_like_workbook(first_line)) return FileForm::xlsx;
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
  EncodingVote vote;
  std::uint64_t offset = 0;
  while (read_line(in, line, offset)) {
    if (first) {
      std::string_view text = line;
      if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
      file.form = form_of(path, trim(text));
      first = false;
    }
    if (line.size() <= limits::kImportLineBytesMax) vote.line(line);
    line.push_back('\n');
    digest.update(line);
  }
  file.bytes = offset;
  file.encoding = vote.outcome();
  file.digest = to_hex(view(digest.finish()));
  return file;
}

Result<void> each_row(const ImportFile& file, const std::function<bool(const Row& row)>& visit) {
  std::ifstream in(file.path, std::ios::binary);
  if (!in) return Error{ErrorCode::not_found, "file", {"cannot read " + file.path, {}}};
  if (file.form == FileForm::ndjson) return each_ndjson_row(in, visit);
  if (file.form == FileForm::xlsx) {
    return invalid("file", file.path + " is a workbook; save the sheet as CSV to import it.",
                   "该文件是工作簿，请另存为 CSV 后导入。");
  }
  return CsvRows(file, visit).run(in);
}

}  // namespace chayan::commands
