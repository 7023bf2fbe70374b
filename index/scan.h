// Range scans over one snapshot.
#pragma once

#include <rocksdb/db.h>

#include <string>
#include <string_view>

#include "base/result.h"
#include "index/schema.h"

namespace chayan::index {

inline std::string_view view(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}
inline rocksdb::Slice slice(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}

// Visits the rows whose keys begin with `prefix` and are not less than `from`, ascending, until
// `visit` says false. visit(key, value) -> Result<bool>; its error ends the scan and is returned.
template <typename Visit>
Result<void> scan(rocksdb::DB& db, const rocksdb::Snapshot* snapshot, std::string_view prefix,
                  std::string_view from, Visit visit) {
  const std::string end = end_of(prefix);
  const rocksdb::Slice upper(end);
  rocksdb::ReadOptions options;
  options.snapshot = snapshot;
  if (!end.empty()) options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> row(db.NewIterator(options));
  for (row->Seek(slice(std::max(prefix, from))); row->Valid(); row->Next()) {
    const Result<bool> go_on = visit(view(row->key()), view(row->value()));
    if (!go_on) return go_on.error();
    if (!*go_on) return {};
  }
  if (!row->status().ok()) return io_error("scanning rows: " + row->status().ToString());
  return {};
}

template <typename Visit>
Result<void> scan(rocksdb::DB& db, const rocksdb::Snapshot* snapshot, std::string_view prefix,
                  Visit visit) {
  return scan(db, snapshot, prefix, prefix, std::move(visit));
}

}  // namespace chayan::index
