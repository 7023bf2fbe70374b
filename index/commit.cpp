#include "index/commit.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

namespace chayan::index {

Result<void> commit(rocksdb::DB& db, const RowBatch& rows) {
  rocksdb::WriteBatch batch;
  for (const auto& [key, value] : rows.rows()) {
    const auto status = value ? batch.Put(key, *value) : batch.Delete(key);
    if (!status.ok()) return io_error("filling a write batch: " + status.ToString());
  }
  rocksdb::WriteOptions options;
  options.sync = true;
  const auto status = db.Write(options, &batch);
  if (!status.ok()) return io_error("the outcome of a commit is unknown: " + status.ToString());
  return {};
}

Amend commit_amendment(rocksdb::DB& db) {
  return [&db](const Amendment& amendment) -> Result<void> {
    const DatabaseRows committed(db);
    RowBatch rows(committed);
    if (auto amended = amendment(rows); !amended) return amended;
    return rows.rows().empty() ? Result<void>() : commit(db, rows);
  };
}

}  // namespace chayan::index
