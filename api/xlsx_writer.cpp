#include <xlsxwriter.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <utility>

#include "api/table_writer.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/private_folder.h"

namespace chayan::api {
namespace {

namespace fs = std::filesystem;

// 1980-01-01T00:00:00Z, as the library dates the parts of the archive: a date of creation of 0
// would be the present time.
constexpr std::time_t kUndated = 315'532'800;

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

// Whether `text` begins with _xHHHH_, which readers take for the character U+HHHH.
bool begins_with_escape(std::string_view text) {
  return text.size() >= 7 && text.starts_with("_x") && text[6] == '_' &&
         std::all_of(text.begin() + 2, text.begin() + 6, is_hex);
}

// ISO/IEC 29500 part 1, 22.9.2.19 (ST_Xstring). The library escapes control characters, but not
// what looks like an escape, nor the two characters above them that XML does not take.
std::string xstring(std::string_view text) {
  constexpr std::string_view kFffe = "\xEF\xBF\xBE";
  constexpr std::string_view kFfff = "\xEF\xBF\xBF";
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = text.substr(i);
    if (begins_with_escape(rest)) out.append("_x005F");
    if (rest.starts_with(kFffe) || rest.starts_with(kFfff)) {
      out.append(rest.starts_with(kFffe) ? "_xFFFE_" : "_xFFFF_");
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

struct FreeWorkbook {
  void operator()(lxw_workbook* workbook) const { lxw_workbook_free(workbook); }
};
using Workbook = std::unique_ptr<lxw_workbook, FreeWorkbook>;

Error fault(std::string_view what) {
  return io_error("making an XLSX file: " + std::string(what));
}

class XlsxWriter final : public TableWriter {
 public:
  explicit XlsxWriter(std::span<const Column> columns) : columns_(columns) {}

  Result<void> begin(const TableProperties& properties) {
    if (!folder_.exists()) return fault("no temporary folder");
    file_ = folder_.path() + "/table.xlsx";
    std::string parts = folder_.path();
    lxw_workbook_options options{};
    options.tmpdir = parts.data();
    workbook_.reset(workbook_new_opt(file_.c_str(), &options));
    if (!workbook_) return fault("no workbook");
    set_properties(properties);
    sheet_ = workbook_add_worksheet(workbook_.get(), std::string(properties.title).c_str());
    if (sheet_ == nullptr) return fault("no worksheet");
    return put_header();
  }

  Result<void> row(std::span<const std::string> cells) override {
    if (rows_ == limits::kSheetRowsMax) {
      return Error{ErrorCode::too_large,
                   "file",
                   {"A sheet cannot hold that many rows; take the CSV or NDJSON file.",
                    "行数超过一张工作表的上限，请改用 CSV 或 NDJSON 文件。"}};
    }
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (cells[i].empty()) continue;
      const lxw_error error = columns_[i].kind == CellKind::number ? put_number(i, cells[i])
                                                                   : put_text(i, cells[i], nullptr);
      if (error != LXW_NO_ERROR) return fault(lxw_strerror(error));
    }
    ++rows_;
    return {};
  }

  Result<std::string> finish() override {
    worksheet_autofilter(sheet_, 0, 0, rows_ - 1, last_column());
    const lxw_error error = workbook_close(workbook_.release());  // frees it, whatever it returns
    if (error != LXW_NO_ERROR) return fault(lxw_strerror(error));
    std::error_code unknown;
    const std::uintmax_t size = fs::file_size(file_, unknown);
    const OpenFile file(file_, O_RDONLY);
    auto bytes = !unknown && file.is_open() ? read_all(file, size) : std::nullopt;
    if (!bytes || bytes->size() != size) return fault("the file cannot be read back");
    return std::move(*bytes);
  }

 private:
  void set_properties(const TableProperties& properties) {
    std::string title = "查验 Chayan: " + std::string(properties.title);
    std::string on = properties.on.text();
    std::string comments = "on " + on + ", seq " + std::to_string(properties.seq);
    lxw_doc_properties document{};
    document.title = title.data();
    document.comments = comments.data();
    document.created = properties.as_of ? properties.as_of->time_since_epoch().count() : kUndated;
    workbook_set_properties(workbook_.get(), &document);
    workbook_set_custom_property_number(workbook_.get(), "seq",
                                        static_cast<double>(properties.seq));
    workbook_set_custom_property_string(workbook_.get(), "on", on.c_str());
  }

  Result<void> put_header() {
    lxw_format* bold = workbook_add_format(workbook_.get());
    lxw_format* text = workbook_add_format(workbook_.get());
    if (bold == nullptr || text == nullptr) return fault("no cell format");
    format_set_bold(bold);
    format_set_num_format(text, "@");
    worksheet_freeze_panes(sheet_, 1, 0);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const auto column = static_cast<lxw_col_t>(i);
      const bool is_text = columns_[i].kind == CellKind::text;
      worksheet_set_column(sheet_, column, column, columns_[i].width, is_text ? text : nullptr);
      const lxw_error error = put_text(i, header_of(columns_[i]), bold);
      if (error != LXW_NO_ERROR) return fault(lxw_strerror(error));
    }
    ++rows_;
    return {};
  }

  // A cell without a format of its own has its column's.
  lxw_error put_text(std::size_t column, std::string_view text, lxw_format* format) {
    return worksheet_write_string(sheet_, rows_, static_cast<lxw_col_t>(column),
                                  xstring(text).c_str(), format);
  }
  lxw_error put_number(std::size_t column, std::string_view digits) {
    std::int32_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return worksheet_write_number(sheet_, rows_, static_cast<lxw_col_t>(column), value, nullptr);
  }
  lxw_col_t last_column() const { return static_cast<lxw_col_t>(columns_.size() - 1); }

  std::span<const Column> columns_;
  PrivateFolder folder_{"chayan-export-"};
  std::string file_;
  Workbook workbook_;
  lxw_worksheet* sheet_ = nullptr;  // the workbook's
  lxw_row_t rows_ = 0;
};

}  // namespace

Result<std::unique_ptr<TableWriter>> make_xlsx_writer(std::span<const Column> columns,
                                                      const TableProperties& properties) {
  auto writer = std::make_unique<XlsxWriter>(columns);
  if (const auto begun = writer->begin(properties); !begun) return begun.error();
  return std::unique_ptr<TableWriter>(std::move(writer));
}

}  // namespace chayan::api
