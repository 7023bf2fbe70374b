#include <algorithm>
#include <array>
#include <utility>

#include "api/table_writer.h"

namespace chayan::api {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::array<std::string_view, 12> kNeutralized = {"=",  "+", "-",  "@",  "\t", "\r",
                                                           "\n", "'", "＝", "＋", "－", "＠"};

bool must_be_neutralized(std::string_view text) {
  return std::any_of(kNeutralized.begin(), kNeutralized.end(),
                     [&](std::string_view beginning) { return text.starts_with(beginning); });
}

class CsvWriter final : public TableWriter {
 public:
  explicit CsvWriter(std::span<const Column> columns) : columns_(columns), out_(kByteOrderMark) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) out_.push_back(',');
      put_text(header_of(columns_[i]));
    }
    out_.append("\r\n");
  }

  Result<void> row(std::span<const std::string> cells) override {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) out_.push_back(',');
      if (columns_[i].kind == CellKind::number) {
        out_.append(cells[i]);
      } else if (!cells[i].empty()) {
        put_text(cells[i]);
      }
    }
    out_.append("\r\n");
    return {};
  }

  Result<std::string> finish() override { return std::move(out_); }

 private:
  void put_text(std::string_view text) {
    out_.push_back('"');
    if (must_be_neutralized(text)) out_.push_back('\'');
    for (const char c : text) {
      if (c == '"') out_.push_back('"');
      out_.push_back(c);
    }
    out_.push_back('"');
  }

  std::span<const Column> columns_;
  std::string out_;
};

}  // namespace

std::unique_ptr<TableWriter> make_csv_writer(std::span<const Column> columns) {
  return std::make_unique<CsvWriter>(columns);
}

}  // namespace chayan::api
