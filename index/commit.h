// The commit point of writer and follower: the return of RocksDB's synced Write.
#pragma once

#include "base/result.h"
#include "index/row_batch.h"

namespace chayan::index {

// All of `rows`, or none. Error io: the outcome is unknown, for a failed fsync may have written.
Result<void> commit(rocksdb::DB& db, const RowBatch& rows);

}  // namespace chayan::index
