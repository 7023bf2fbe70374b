#include "base/xlsx_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/text.h"
#include "base/xml_reader.h"
#include "base/zip_archive.h"

namespace chayan {
namespace {

constexpr std::string_view kZipBegin = "PK\x03\x04";
constexpr std::string_view kOleBegin = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

Error not_readable() {
  return invalid("file",
                 "The workbook cannot be read; open it in a spreadsheet program and save it as "
                 ".xlsx or CSV again.",
                 "无法读取该工作簿，请用表格软件打开后另存为 .xlsx 或 CSV。");
}

// Excel packs a workbook with a password in the same container as the old format.
Error is_old_or_encrypted() {
  return invalid("file",
                 "The file is an older .xls workbook, or protected by a password; save it as "
                 ".xlsx without a password, or as CSV.",
                 "文件是旧版 .xls 工作簿或设有密码，请取消密码并另存为 .xlsx 或 CSV。");
}

Error has_no_sheet() {
  return invalid("file", "The workbook has no visible sheet; show the one that has the list.",
                 "工作簿中没有可见的工作表，请取消隐藏含有名单的工作表。");
}

Error has_too_many_texts() {
  return {
      ErrorCode::too_large,
      "file",
      {"The workbook holds too many texts; delete the sheets and columns that are not needed, or "
       "save the list as CSV.",
       "工作簿中的文本过多，请删去不需要的工作表和列，或另存为 CSV。"}};
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_true(std::optional<std::string_view> value) {
  return value == "1" || value == "true";
}

// ---- The parts of a workbook, each by a visitor of its own.

struct Relation {
  std::string type;  // the last part of its address: "worksheet"
  std::string target;
};

class Relations final : public XmlVisitor {
 public:
  void begin(std::string_view name, const XmlAttributes& attributes) override {
    if (name != "Relationship" || by_id.size() >= limits::kSheetRelationsMax) return;
    const auto id = attributes.find("Id");
    const auto type = attributes.find("Type");
    const auto target = attributes.find("Target");
    if (!id || !type || !target) return;
    by_id.emplace(*id,
                  Relation{std::string(type->substr(type->rfind('/') + 1)), std::string(*target)});
  }
  void text(std::string_view) override {}
  void end(std::string_view) override {}

  const Relation* of_type(std::string_view type) const {
    for (const auto& [id, relation] : by_id) {
      if (relation.type == type) return &relation;
    }
    return nullptr;
  }

  std::map<std::string, Relation, std::less<>> by_id;
};

class Workbook final : public XmlVisitor {
 public:
  void begin(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "workbookPr") counts_from_1904 = is_true(attributes.find("date1904"));
    if (name != "sheet" || visible.size() >= limits::kSheetRelationsMax) return;
    const auto id = attributes.find("id");
    if (id && attributes.find("state").value_or("visible") == "visible") visible.emplace_back(*id);
  }
  void text(std::string_view) override {}
  void end(std::string_view) override {}

  bool counts_from_1904 = false;
  std::vector<std::string> visible;  // ids of their relations, in order
};

// Formats 14 to 58 that spreadsheets know without being told, and that show a day; those from 27 on
// are of Chinese and Japanese ones (ECMA-376 part 1, 18.8.30).
bool is_known_day_format(std::uint64_t id) {
  return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 ||
         (id >= 50 && id <= 54) || id == 57 || id == 58;
}

// A format's code shows a day where y or d stands in it outside of quotes, brackets and escapes.
bool shows_day(std::string_view code) {
  for (std::size_t i = 0; i < code.size(); ++i) {
    switch (code[i]) {
      case '\\':
      case '_':
      case '*':
        ++i;
        break;
      case '"':
        i = std::min(code.find('"', i + 1), code.size());
        break;
      case '[':
        i = std::min(code.find(']', i + 1), code.size());
        break;
      case 'y':
      case 'Y':
      case 'd':
      case 'D':
        return true;
      default:
        break;
    }
  }
  return false;
}

class Formats final : public XmlVisitor {
 public:
  void begin(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "cellXfs") in_cell_formats_ = true;
    const auto id = whole_number(attributes.find("numFmtId").value_or(""));
    if (name == "numFmt" && id && shows_day(attributes.find("formatCode").value_or("")) &&
        own_days_.size() < limits::kSheetFormatsMax) {
      own_days_.push_back(*id);
    }
    if (name == "xf" && in_cell_formats_ && days_.size() < limits::kSheetFormatsMax) {
      days_.push_back(id && is_day(*id));
    }
  }
  void text(std::string_view) override {}
  void end(std::string_view name) override {
    if (name == "cellXfs") in_cell_formats_ = false;
    if (name == "numFmts") std::sort(own_days_.begin(), own_days_.end());
  }

  bool shows_day_in(std::uint64_t format) const { return format < days_.size() && days_[format]; }

 private:
  bool is_day(std::uint64_t id) const {
    return is_known_day_format(id) || std::binary_search(own_days_.begin(), own_days_.end(), id);
  }

  bool in_cell_formats_ = false;
  std::vector<std::uint64_t> own_days_;
  std::vector<bool> days_;  // by number of the format
};

std::string utf8_of(unsigned code) {
  std::string out;
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xC0 | code >> 6));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xE0 | code >> 12));
    out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
  return out;
}

// _xHHHH_ is the character U+HHHH (22.9.2.19); what is none stays as it is.
std::string without_escapes(std::string text) {
  for (std::size_t at = text.find("_x"); at != std::string::npos; at = text.find("_x", at + 1)) {
    if (at + 7 > text.size() || text[at + 6] != '_') continue;
    unsigned code = 0;
    const char* const end = text.data() + at + 6;
    const auto parsed = std::from_chars(text.data() + at + 2, end, code, 16);
    if (parsed.ec != std::errc() || parsed.ptr != end) continue;
    if (code >= 0xD800 && code <= 0xDFFF) continue;
    text.replace(at, 7, utf8_of(code));
  }
  return text;
}

// The text of <si> or <is>: of its runs, without the readings above them.
class RichText {
 public:
  explicit RichText(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  void begin(std::string_view name) {
    if (name == "rPh") ++readings_;
    if (name == "t") in_text_ = true;
  }
  void text(std::string_view piece) {
    if (in_text_ && readings_ == 0 && text_.size() <= bytes_max_) text_.append(piece);
  }
  void end(std::string_view name) {
    if (name == "rPh" && readings_ > 0) --readings_;
    if (name == "t") in_text_ = false;
  }
  // Longer than bytes_max where it was cut.
  std::string take() {
    readings_ = 0;
    in_text_ = false;
    return without_escapes(std::exchange(text_, {}));
  }

 private:
  const std::size_t bytes_max_;
  std::string text_;
  std::size_t readings_ = 0;
  bool in_text_ = false;
};

class SharedTexts final : public XmlVisitor {
 public:
  explicit SharedTexts(std::size_t bytes_max) : rich_(bytes_max) {}

  void begin(std::string_view name, const XmlAttributes&) override { rich_.begin(name); }
  void text(std::string_view piece) override { rich_.text(piece); }
  void end(std::string_view name) override {
    rich_.end(name);
    if (name != "si") return;
    if (texts_.size() < limits::kSheetTextsMax) {
      texts_.push_back(rich_.take());
    } else {
      too_many = true;
    }
  }

  std::string_view at(std::string_view number) const {
    const auto index = whole_number(number);
    return index && *index < texts_.size() ? std::string_view(texts_[*index]) : std::string_view();
  }

  bool too_many = false;

 private:
  RichText rich_;
  std::vector<std::string> texts_;
};

// ---- What a number in a cell looks like.

std::string day_text(double serial, bool counts_from_1904) {
  using namespace std::chrono;
  // In the other count 1900 has a 29 February, day 60, which no calendar has.
  const sys_days origin = counts_from_1904 ? sys_days(year(1904) / 1 / 1)
                          : serial < 60    ? sys_days(year(1899) / 12 / 31)
                                           : sys_days(year(1899) / 12 / 30);
  const year_month_day day(origin + days(static_cast<int>(serial)));
  std::array<char, 32> text{};
  const int size =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(day.year()),
                    static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string formatted(const char* format, double value) {
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), format, value);
  return {text.data(), static_cast<std::size_t>(size)};
}

constexpr double kFifteenDigits = 1e15;
constexpr double kExactMax = 9007199254740992.0;  // 2^53: beyond it not every integer is a double

// Sixteen digits that a program other than a spreadsheet has written in full.
bool is_exact(std::string_view text, double value) {
  return value < kExactMax && !text.ends_with('0') &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string number_text(std::string_view text, bool is_day, bool counts_from_1904) {
  constexpr double kDaysMax = 2'958'466;  // the last day is 9999-12-31
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::string(text);
  }
  const double last_day = counts_from_1904 ? kDaysMax - 1462 : kDaysMax;
  if (is_day && value >= 0 && value < last_day) return day_text(value, counts_from_1904);
  if (std::abs(value) >= kFifteenDigits) {
    return is_exact(text, value) ? std::string(text) : formatted("%.14E", value);
  }
  return value == std::trunc(value) ? formatted("%.0f", value) : formatted("%.15G", value);
}

// ---- The sheet.

// "AB12" → 27; nullopt where it names no column.
std::optional<std::size_t> column_of(std::string_view reference) {
  std::size_t column = 0;
  for (const char c : reference) {
    if (c < 'A' || c > 'Z') break;
    column = column * 26 + static_cast<std::size_t>(c - 'A' + 1);
    if (column > limits::kSheetRowsMax) return std::nullopt;
  }
  return column == 0 ? std::nullopt : std::optional(column - 1);
}

struct Book {
  Workbook workbook;
  Formats formats;
  SharedTexts texts;
};

class Sheet final : public XmlVisitor {
 public:
  Sheet(const Book& book, std::size_t row_bytes_max, const CsvReader::Visit& visit)
      : book_(book), row_bytes_max_(row_bytes_max), visit_(visit), rich_(row_bytes_max) {}

  void begin(std::string_view name, const XmlAttributes& attributes) override {
    if (!going) return;
    if (name == "row") begin_row(attributes);
    if (name == "c") begin_cell(attributes);
    if (name == "v") in_value_ = true;
    rich_.begin(name);
  }
  void text(std::string_view piece) override {
    if (!going) return;
    if (in_value_ && value_.size() <= row_bytes_max_) value_.append(piece);
    rich_.text(piece);
  }
  void end(std::string_view name) override {
    if (!going) return;
    rich_.end(name);
    if (name == "v") in_value_ = false;
    if (name == "c") end_cell();
    if (name == "row") end_row();
  }

  bool going = true;
  bool malformed = false;  // rows that are not in order

 private:
  void begin_row(const XmlAttributes& attributes) {
    const auto number = attributes.find("r");
    const std::uint64_t line = number ? whole_number(*number).value_or(0) : row_.line + 1;
    if (line <= row_.line || line > limits::kSheetRowsMax) {
      malformed = true;
      going = false;
      return;
    }
    row_.line = line;
    row_.cells.clear();
    row_.error.reset();
    row_bytes_ = 0;
    column_ = 0;
  }

  void begin_cell(const XmlAttributes& attributes) {
    const auto reference = attributes.find("r");
    column_ = reference ? column_of(*reference).value_or(column_) : column_;
    type_ = attributes.find("t").value_or("n");
    format_ = whole_number(attributes.find("s").value_or("0")).value_or(0);
    value_.clear();
    rich_.take();
  }

  void end_cell() {
    const std::string text = cell_text();
    const std::string_view trimmed = trim(text);
    if (!trimmed.empty()) put(trimmed);
    ++column_;
  }

  std::string cell_text() {
    if (type_ == "inlineStr") return rich_.take();
    if (type_ == "s") return std::string(book_.texts.at(value_));
    if (type_ == "str" || type_ == "e") return without_escapes(value_);
    if (type_ == "b") return value_ == "1" ? "TRUE" : "FALSE";
    if (type_ == "d") return value_.substr(0, value_.find("T00:00:00"));
    return number_text(value_, book_.formats.shows_day_in(format_),
                       book_.workbook.counts_from_1904);
  }

  void put(std::string_view text) {
    if (column_ >= limits::kSheetColumnsReadMax) {
      return refuse(
          "The row has a cell beyond column " + std::to_string(limits::kSheetColumnsReadMax) + ".",
          "该行有单元格超出第 " + std::to_string(limits::kSheetColumnsReadMax) + " 列。");
    }
    row_bytes_ += text.size();
    if (row_bytes_ > row_bytes_max_) {
      return refuse("The row is longer than " + std::to_string(row_bytes_max_) + " bytes.",
                    "该行超过长度上限。");
    }
    if (row_.cells.size() <= column_) row_.cells.resize(column_ + 1);
    row_.cells[column_] = text;
  }

  void refuse(std::string en, std::string zh) {
    row_.error = {ErrorCode::too_large, {}, {std::move(en), std::move(zh)}};
  }

  void end_row() {
    if (row_.error) row_.cells.clear();
    if (row_.error || !row_.is_blank()) going = visit_(row_);
  }

  const Book& book_;
  const std::size_t row_bytes_max_;
  const CsvReader::Visit& visit_;
  RichText rich_;
  CsvRow row_;
  std::size_t row_bytes_ = 0;
  std::size_t column_ = 0;
  std::string type_;
  std::uint64_t format_ = 0;
  std::string value_;
  bool in_value_ = false;
};

// ---- All of it.

// Of a part that `owner` names: relative to its folder, or from the top (ECMA-376 part 2).
std::string resolved(std::string_view owner, std::string_view target) {
  if (target.starts_with('/')) return std::string(target.substr(1));
  std::string_view folder = owner.substr(0, owner.rfind('/') + 1);
  while (target.starts_with("../")) {
    target.remove_prefix(3);
    if (folder.size() > 1) folder = folder.substr(0, folder.rfind('/', folder.size() - 2) + 1);
  }
  return std::string(folder).append(target);
}

std::string relations_of(std::string_view part) {
  const std::size_t name = part.rfind('/') + 1;
  return std::string(part.substr(0, name)) + "_rels/" + std::string(part.substr(name)) + ".rels";
}

// False: there is no such part. `is_enough` ends the reading well.
template <typename Enough>
Result<bool> read_part(ZipArchive& archive, std::string_view name, XmlVisitor& visitor,
                       const Enough& is_enough) {
  XmlReader reader(visitor);
  bool well = true;
  const auto read = archive.read(name, [&](std::string_view piece) {
    well = reader.piece(piece);
    return well && !is_enough();
  });
  if (!read) return read.error();
  if (*read && !is_enough() && !(well && reader.finish())) return not_readable();
  return *read;
}

Result<bool> read_part(ZipArchive& archive, std::string_view name, XmlVisitor& visitor) {
  return read_part(archive, name, visitor, [] { return false; });
}

Result<void> read_needed(ZipArchive& archive, std::string_view name, XmlVisitor& visitor) {
  const auto read = read_part(archive, name, visitor);
  if (!read) return read.error();
  if (!*read) return not_readable();
  return {};
}

Result<void> read_all(ZipArchive& archive, const XlsxBounds& bounds,
                      const CsvReader::Visit& visit) {
  Relations top;
  if (auto read = read_needed(archive, "_rels/.rels", top); !read) return read;
  const Relation* document = top.of_type("officeDocument");
  if (document == nullptr) return not_readable();
  const std::string owner = resolved({}, document->target);

  Book book{{}, {}, SharedTexts(bounds.row_bytes_max)};
  Relations parts;
  if (auto read = read_needed(archive, owner, book.workbook); !read) return read;
  if (auto read = read_needed(archive, relations_of(owner), parts); !read) return read;
  for (const auto& [type, visitor] :
       {std::pair<std::string_view, XmlVisitor*>{"styles", &book.formats},
        {"sharedStrings", &book.texts}}) {
    const Relation* part = parts.of_type(type);
    if (part == nullptr) continue;
    if (auto read = read_part(archive, resolved(owner, part->target), *visitor); !read) {
      return read.error();
    }
  }
  if (book.texts.too_many) return has_too_many_texts();

  for (const std::string& id : book.workbook.visible) {
    const auto part = parts.by_id.find(id);
    if (part == parts.by_id.end() || part->second.type != "worksheet") continue;
    Sheet sheet(book, bounds.row_bytes_max, visit);
    const auto read = read_part(archive, resolved(owner, part->second.target), sheet,
                                [&] { return !sheet.going; });
    if (!read) return read.error();
    if (!*read || sheet.malformed) return not_readable();
    return {};
  }
  return has_no_sheet();
}

}  // namespace

bool looks_like_workbook(std::string_view bytes) {
  return bytes.starts_with(kZipBegin) || bytes.starts_with(kOleBegin);
}

Result<void> read_xlsx(std::string_view bytes, const XlsxBounds& bounds,
                       const CsvReader::Visit& visit) {
  if (bytes.starts_with(kOleBegin)) return is_old_or_encrypted();
  auto archive = ZipArchive::open(bytes, bounds.inflated_bytes_max);
  if (!archive) return archive.error();
  return read_all(*archive, bounds, visit);
}

}  // namespace chayan
