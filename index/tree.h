// The Merkle tree in rows: its head, and its tiles (log/tile.h), which grow in the same commit as
// the entries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "index/row_batch.h"
#include "log/merkle.h"
#include "log/proof.h"

namespace chayan::index {

// A tree on its way from one commit to the next. Not thread-safe.
class GrowingTree {
 public:
  GrowingTree() = default;
  explicit GrowingTree(log::Frontier committed) : frontier_(std::move(committed)) {}
  // The tree that the head row tells of.
  static Result<GrowingTree> read(const RowView& rows);

  std::uint64_t size() const { return frontier_.size(); }
  Hash root() const { return frontier_.root(); }
  const log::Frontier& frontier() const { return frontier_; }
  void append(const Hash& leaf);

  // What was appended after a mark can be taken back, until the next put_rows().
  struct Mark {
    log::Frontier frontier;
    std::size_t new_leaves;
  };
  Mark mark() const { return {frontier_, new_leaves_.size()}; }
  void back_to(Mark mark);

  // Puts the head row, and the tiles that the leaves appended since the last call are part of.
  Result<void> put_rows(RowBatch& rows);

 private:
  log::Frontier frontier_;
  std::vector<Hash> new_leaves_;  // not in tiles yet
};

// Hashes of a recorded tree. `rows` must outlive it; one snapshot of them, where the tree grows.
class TileHashes final : public log::TreeHashes {
 public:
  explicit TileHashes(const RowView& rows) : rows_(rows) {}
  Result<Hash> subtree(unsigned height, std::uint64_t index) const override;

 private:
  const RowView& rows_;
};

}  // namespace chayan::index
