#include "index/row_batch.h"

#include <rocksdb/db.h>

namespace chayan::index {

Result<std::optional<std::string>> DatabaseRows::get(std::string_view key) const {
  std::string value;
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  const auto status = db_.Get(options, rocksdb::Slice(key.data(), key.size()), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return io_error("reading a row: " + status.ToString());
  return std::optional<std::string>(std::move(value));
}

Result<std::optional<std::string>> RowBatch::get(std::string_view key) const {
  const auto pending = rows_.find(std::string(key));
  if (pending != rows_.end()) return pending->second;
  return beneath_.get(key);
}

void RowBatch::put(std::string key, std::string value) {
  bytes_ += key.size() + value.size();
  set(std::move(key), std::move(value));
}

void RowBatch::erase(std::string key) {
  set(std::move(key), std::nullopt);
}

void RowBatch::set(std::string key, std::optional<std::string> value) {
  std::optional<std::optional<std::string>> before;
  const auto [row, is_new] = rows_.try_emplace(key);
  if (!is_new) before.emplace(std::move(row->second));
  row->second = std::move(value);
  undo_.emplace_back(std::move(key), std::move(before));
}

void RowBatch::back_to(std::size_t mark) {
  for (; undo_.size() > mark; undo_.pop_back()) {
    auto& [key, before] = undo_.back();
    if (before) {
      rows_[key] = std::move(*before);
    } else {
      rows_.erase(key);
    }
  }
}

void RowBatch::clear() {
  rows_.clear();
  undo_.clear();
  bytes_ = 0;
}

}  // namespace chayan::index
