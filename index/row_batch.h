// Rows to be written together, over the rows that are there: reads see what was put.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"

namespace rocksdb {
class DB;
class Snapshot;
}  // namespace rocksdb

namespace chayan::index {

// Something that rows can be read from by key.
class RowView {
 public:
  virtual ~RowView() = default;
  virtual Result<std::optional<std::string>> get(std::string_view key) const = 0;
};

// The database itself, as it is now or as a snapshot saw it.
class DatabaseRows final : public RowView {
 public:
  explicit DatabaseRows(rocksdb::DB& db, const rocksdb::Snapshot* snapshot = nullptr)
      : db_(db), snapshot_(snapshot) {}
  Result<std::optional<std::string>> get(std::string_view key) const override;

 private:
  rocksdb::DB& db_;
  const rocksdb::Snapshot* snapshot_;
};

// Not thread-safe. `beneath` must outlive it.
class RowBatch final : public RowView {
 public:
  explicit RowBatch(const RowView& beneath) : beneath_(beneath) {}

  Result<std::optional<std::string>> get(std::string_view key) const override;
  void put(std::string key, std::string value);
  void erase(std::string key);

  // Everything put or erased after a mark can be taken back. Marks nest.
  std::size_t mark() const { return undo_.size(); }
  void back_to(std::size_t mark);

  // Pending rows; a value of nullopt means the row is to be erased. In no order.
  using Rows = std::unordered_map<std::string, std::optional<std::string>>;
  const Rows& rows() const { return rows_; }
  std::size_t bytes() const { return bytes_; }  // of all puts so far, to bound a batch
  void clear();

 private:
  void set(std::string key, std::optional<std::string> value);

  const RowView& beneath_;
  Rows rows_;
  std::size_t bytes_ = 0;
  // What a key had in rows_ before it was set; outer nullopt: it was not there.
  std::vector<std::pair<std::string, std::optional<std::optional<std::string>>>> undo_;
};

}  // namespace chayan::index
