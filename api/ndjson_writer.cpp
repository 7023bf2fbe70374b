#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "api/table_writer.h"
#include "base/json_writer.h"

namespace chayan::api {
namespace {

class NdjsonWriter final : public TableWriter {
 public:
  explicit NdjsonWriter(std::span<const Column> columns)
      : columns_(columns), by_name_(columns.size()) {
    std::iota(by_name_.begin(), by_name_.end(), std::size_t{0});
    std::sort(by_name_.begin(), by_name_.end(),
              [&](std::size_t a, std::size_t b) { return columns_[a].name < columns_[b].name; });
  }

  Result<void> row(std::span<const std::string> cells) override {
    JsonWriter json(out_, JsonWriter::Order::canonical);
    json.begin_object();
    for (const std::size_t i : by_name_) {
      if (cells[i].empty()) continue;
      if (columns_[i].kind == CellKind::number) {
        json.key(columns_[i].name).raw(cells[i]);
      } else {
        json.member(columns_[i].name, cells[i]);
      }
    }
    json.end_object();
    out_.push_back('\n');
    return {};
  }

  Result<std::string> finish() override { return std::move(out_); }

 private:
  std::span<const Column> columns_;
  std::vector<std::size_t> by_name_;  // indices of the columns: the order that canonical JSON wants
  std::string out_;
};

}  // namespace

std::unique_ptr<TableWriter> make_ndjson_writer(std::span<const Column> columns) {
  return std::make_unique<NdjsonWriter>(columns);
}

}  // namespace chayan::api
