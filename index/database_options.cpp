#include "index/database_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

namespace chayan::index {

rocksdb::Options database_options(std::size_t block_cache_bytes) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(block_cache_bytes);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  // Counted in the cache, which then holds fewer rows, and never looked up in it. They are pinned
  // even where they alone are more than the cache: some 25 million certificates for 256 MiB.
  table.cache_index_and_filter_blocks = true;
  table.metadata_cache_options.unpartitioned_pinning = rocksdb::PinningTier::kAll;
  table.format_version = 5;

  rocksdb::Options options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.create_if_missing = true;
  options.paranoid_checks = true;
  // The default, kPointInTimeRecovery, opens "OK" after one flipped bit with half of the
  // acknowledged keys gone.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.compression = rocksdb::kLZ4Compression;
  options.bottommost_compression = rocksdb::kZSTD;
  options.write_buffer_size = std::size_t{64} << 20;
  // A search looks into each level: few of them. The files stay at RocksDB's 64 MiB, for a purge
  // rewrites each that holds an erased row (purge.h).
  options.level_compaction_dynamic_level_bytes = true;
  options.max_background_jobs = 2;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.keep_log_file_num = 2;
  return options;
}

Result<void> merge_levels(rocksdb::DB& db) {
  const auto status = db.CompactRange({}, nullptr, nullptr);
  if (!status.ok()) return io_error("merging the levels of the rows: " + status.ToString());
  return {};
}

}  // namespace chayan::index
