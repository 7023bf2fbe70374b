// The commit point of writer and follower: the return of RocksDB's synced Write.
#pragma once

#include <functional>

#include "base/result.h"
#include "index/row_batch.h"

namespace chayan::index {

// All of `rows`, or none. Error io: the outcome is unknown, for a failed fsync may have written.
Result<void> commit(rocksdb::DB& db, const RowBatch& rows);

// Changes of rows that are a store's own: Writer::amend, or commit_amendment, which commits each by
// itself, where nobody else writes.
using Amendment = std::function<Result<void>(RowBatch& rows)>;
using Amend = std::function<Result<void>(Amendment)>;
Amend commit_amendment(rocksdb::DB& db);

}  // namespace chayan::index
