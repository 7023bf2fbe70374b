#include "base/csv_reader.h"

#include <csv.h>

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace chayan {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

Error malformed(std::uint64_t line) {
  return invalid("line " + std::to_string(line), "The CSV is malformed here: a stray quote?",
                 "CSV 格式有误，请检查引号。");
}

}  // namespace

void EncodingVote::line(std::string_view line) {
  const bool first = std::exchange(is_first_, false);
  if (is_ascii(line)) return;
  const bool is_utf8 = is_valid_utf8(line);
  if (first && is_utf8) surely_utf8_ = true;
  ++(is_utf8 ? utf8_lines_ : other_lines_);
}

Encoding EncodingVote::outcome() const {
  return surely_utf8_ || utf8_lines_ >= other_lines_ ? Encoding::utf8 : Encoding::gb18030;
}

bool CsvRow::is_blank() const {
  return std::all_of(cells.begin(), cells.end(), [](const auto& cell) { return cell.empty(); });
}

class CsvReader::Impl {
 public:
  Impl(Encoding encoding, std::size_t row_bytes_max, Visit visit)
      : encoding_(encoding), row_bytes_max_(row_bytes_max), visit_(std::move(visit)) {
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
  }
  ~Impl() { csv_free(&parser_); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<void> line(std::string_view given) {
    if (!going_) return {};
    if (++line_ == 1 && given.starts_with(kByteOrderMark)) {
      given.remove_prefix(kByteOrderMark.size());
    }
    if (between_rows_) {
      row_.line = line_;
      row_bytes_ = 0;
    }
    row_bytes_ += given.size();
    if (row_bytes_ > row_bytes_max_) return skip_long_line();
    text_ = given;
    text_.push_back('\n');
    row_ended_ = false;
    const std::size_t parsed =
        csv_parse(&parser_, text_.data(), text_.size(), on_cell, on_row, this);
    if (parsed != text_.size()) return stop(malformed(line_));
    between_rows_ = row_ended_ || (between_rows_ && trim(text_).empty());
    return {};
  }

  Result<void> finish() {
    if (going_ && csv_fini(&parser_, on_cell, on_row, this) != 0) return stop(malformed(row_.line));
    return {};
  }

 private:
  static void on_cell(void* bytes, std::size_t size, void* self) {
    static_cast<Impl*>(self)->cell({static_cast<const char*>(bytes), size});
  }
  static void on_row(int, void* self) { static_cast<Impl*>(self)->end_row(); }

  // A row that grows too long over several lines has a quote that nobody closed.
  Result<void> skip_long_line() {
    if (!between_rows_ || !header_seen_) return stop(malformed(row_.line));
    row_.error = {ErrorCode::too_large,
                  {},
                  {"The row is longer than " + std::to_string(row_bytes_max_) + " bytes.",
                   "该行超过长度上限。"}};
    end_row();
    return {};
  }

  Error stop(Error error) {
    going_ = false;
    return error;
  }

  void cell(std::string_view bytes) {
    std::optional<std::string> text(bytes);
    if (!is_ascii(bytes)) {
      if (encoding_ == Encoding::gb18030) {
        text = from_gb18030(bytes);
      } else if (!is_valid_utf8(bytes)) {
        text.reset();
      }
    }
    if (!text) row_.error = invalid("", "A cell is neither UTF-8 nor GB18030.", "单元格编码有误。");
    row_.cells.emplace_back(trim(text.value_or(std::string())));
  }

  void end_row() {
    row_ended_ = true;
    header_seen_ = true;
    if (going_) going_ = visit_(row_);
    row_.cells.clear();
    row_.error.reset();
  }

  const Encoding encoding_;
  const std::size_t row_bytes_max_;
  const Visit visit_;
  csv_parser parser_;
  CsvRow row_;
  std::string text_;
  std::uint64_t line_ = 0;
  std::size_t row_bytes_ = 0;
  bool between_rows_ = true;
  bool row_ended_ = false;
  bool header_seen_ = false;
  bool going_ = true;
};

CsvReader::CsvReader(Encoding encoding, std::size_t row_bytes_max, Visit visit)
    : impl_(std::make_unique<Impl>(encoding, row_bytes_max, std::move(visit))) {}
CsvReader::~CsvReader() = default;

Result<void> CsvReader::line(std::string_view line) {
  return impl_->line(line);
}
Result<void> CsvReader::finish() {
  return impl_->finish();
}

void each_line(std::string_view text, const std::function<bool(std::string_view line)>& visit) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!visit(line)) return;
  }
}

}  // namespace chayan
