// How this product opens RocksDB, for the store and for the scratch databases beside it.
#pragma once

#include <rocksdb/options.h>

#include <cstddef>

#include "base/result.h"

namespace rocksdb {
class DB;
}

namespace chayan::index {

rocksdb::Options database_options(std::size_t block_cache_bytes);

// Brings all rows into one level, where a look-up searches once: worth its time (a tenth of that of
// an import) when most of them were just written. Error io.
Result<void> merge_levels(rocksdb::DB& db);

}  // namespace chayan::index
