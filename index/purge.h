// Physical erasure. The fold deletes an erased certificate's rows; a deleted value stands in
// RocksDB's files until its tombstone has been compacted down to it, and in the write-ahead log until
// that is gone. A purge does both at once, for exactly the rows that were erased:
//
//   m purge            seq of the latest erasure   a purge is due       with the erasing commit
//   m erased/SEQ       the keys of its rows        what to compact      likewise
//
// A purge flushes, compacts the ranges down to the bottommost level, sees the old files gone, drops
// the m erased/ rows, has their files compacted in turn (they name row keys), and drops m purge last.
// Whatever a kill interrupts is due again at the next open, which carries it out.
//
// What it cannot reach: blocks that the disk has freed and not overwritten, backups made before, and
// copies of the directory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "index/commit.h"
#include "index/row_batch.h"

namespace rocksdb {
class DB;
}

namespace chayan::index {

class ReadViews;

// For the fold: these rows were erased by entry `seq`.
void note_erasure(RowBatch& rows, std::uint64_t seq, const std::vector<std::string>& erased);
// Whether `rows`, about to be committed, erase something.
bool makes_purge_due(const RowBatch& rows);
// Whether something erased may still stand in the files. Cheap; any thread.
Result<bool> is_purge_due(rocksdb::DB& db);

// One purge. Not thread-safe, but beside readers and a writer.
class Purge {
 public:
  // Of all that is committed by now.
  Purge(rocksdb::DB& db, ReadViews& views, Amend amend);

  // Goes as far as it can. False: somebody still reads from before; call it again after a while.
  // Error io: likewise.
  Result<bool> attempt();

 private:
  Result<void> read_marks();
  Result<bool> is_seen_from_before() const;
  Result<void> compact();
  bool are_old_files_gone();

  rocksdb::DB& db_;
  ReadViews& views_;
  Amend amend_;
  std::uint64_t sequence_;  // of RocksDB; snapshots before it may see what was erased
  enum class Step { compact, await_files, drop_marks, compact_marks, await_mark_files, done };
  Step step_ = Step::compact;
  std::string due_;                 // value of m purge
  std::vector<std::string> marks_;  // keys of m erased/ rows
  std::vector<std::string> erased_;
  std::vector<std::string> old_files_;
};

// At open, when nobody reads yet: tries until it is done, for limits::kPurgeWaitMax at most. False: it
// stays due.
Result<bool> purge_alone(rocksdb::DB& db, ReadViews& views);

}  // namespace chayan::index
