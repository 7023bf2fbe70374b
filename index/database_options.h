// How this product opens RocksDB, for the store and for the scratch databases beside it.
#pragma once

#include <rocksdb/options.h>

#include <cstddef>

namespace chayan::index {

rocksdb::Options database_options(std::size_t block_cache_bytes);

}  // namespace chayan::index
