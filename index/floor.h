// The floor of a restored log: what the backup that it came from holds. Its keys may have signed for
// all of that, and a backup tells so when the anchor, which is the keys' own memory (log/anchor.h),
// is lost or is an old copy. A log that does not contain its floor is read-only, and goes on under
// another name alone. The row goes when the log is opened for writing and contains it, or takes
// another name.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "index/store.h"
#include "log/checkpoint.h"

namespace chayan::index {

inline constexpr std::string_view kFloorRow = "floor";  // of the meta family

Result<void> lay_floor(rocksdb::DB& db, const log::Checkpoint& floor);
// Why the log with this head does not contain its floor; empty: it does, or there is none.
Result<std::string> hold_against_floor(rocksdb::DB& db, const Head& head);
Result<void> remove_floor(rocksdb::DB& db);

// How a log that is too short is told of.
std::string ends_before(const Head& head, std::uint64_t reached);

}  // namespace chayan::index
