#include "index/floor.h"

#include <rocksdb/db.h>

#include "index/row_batch.h"
#include "index/schema.h"
#include "index/tree.h"

namespace chayan::index {
namespace {

rocksdb::WriteOptions synced() {
  rocksdb::WriteOptions options;
  options.sync = true;
  return options;
}

}  // namespace

Result<void> lay_floor(rocksdb::DB& db, const log::Checkpoint& floor) {
  const auto status = db.Put(synced(), meta_key(kFloorRow), log::checkpoint_text(floor));
  if (!status.ok()) return io_error("recording the floor: " + status.ToString());
  return {};
}

Result<std::string> hold_against_floor(rocksdb::DB& db, const Head& head) {
  const DatabaseRows rows(db);
  const auto row = rows.get(meta_key(kFloorRow));
  if (!row) return row.error();
  if (!*row) return std::string();
  const auto floor = log::parse_checkpoint_text(**row);
  if (!floor) return corrupt("the floor row does not parse");
  if (floor->size > head.size) return ends_before(head, floor->size);
  const auto root = log::root_at(TileHashes(rows), floor->size);
  if (!root) return root.error();
  if (*root == floor->root) return std::string();
  return "the log has another root at " + std::to_string(floor->size) +
         " entries than the backup that it was restored from";
}

Result<void> remove_floor(rocksdb::DB& db) {
  const auto row = DatabaseRows(db).get(meta_key(kFloorRow));
  if (!row) return row.error();
  if (!*row) return {};
  const auto status = db.Delete(synced(), meta_key(kFloorRow));
  if (!status.ok()) return io_error("removing the floor: " + status.ToString());
  return {};
}

std::string ends_before(const Head& head, std::uint64_t reached) {
  return "the log ends at " + std::to_string(head.size) + " entries, but had reached " +
         std::to_string(reached);
}

}  // namespace chayan::index
