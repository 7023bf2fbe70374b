#include <algorithm>
#include <array>
#include <utility>

#include "api/table_writer.h"
#include "base/csv_reader.h"

namespace chayan::api {
namespace {

constexpr std::array<std::string_view, 12> kNeutralized = {"=",  "+", "-",  "@",  "\t", "\r",
                                                           "\n", "'", "＝", "＋", "－", "＠"};

bool must_be_neutralized(std::string_view text) {
  return std::any_of(kNeutralized.begin(), kNeutralized.end(),
                     [&](std::string_view beginning) { return text.starts_with(beginning); });
}

class CsvWriter final : public TableWriter {
 public:
  explicit CsvWriter(std::span<const Column> columns)
      : columns_(columns), out_(csv_beginning(columns)) {}

  Result<void> row(std::span<const std::string> cells) override {
    append_csv_row(out_, columns_, cells);
    return {};
  }

  Result<std::string> finish() override { return std::move(out_); }

 private:
  std::span<const Column> columns_;
  std::string out_;
};

}  // namespace

void append_csv_text(std::string& out, std::string_view text) {
  out.push_back('"');
  if (must_be_neutralized(text)) out.push_back('\'');
  for (const char c : text) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
}

void append_csv_row(std::string& out, std::span<const Column> columns,
                    std::span<const std::string> cells) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) out.push_back(',');
    if (columns[i].kind == CellKind::number) {
      out.append(cells[i]);
    } else if (!cells[i].empty()) {
      append_csv_text(out, cells[i]);
    }
  }
  out.append("\r\n");
}

std::string csv_beginning(std::span<const Column> columns) {
  std::string out(kByteOrderMark);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) out.push_back(',');
    append_csv_text(out, header_of(columns[i]));
  }
  out.append("\r\n");
  return out;
}

std::unique_ptr<TableWriter> make_csv_writer(std::span<const Column> columns) {
  return std::make_unique<CsvWriter>(columns);
}

}  // namespace chayan::api
