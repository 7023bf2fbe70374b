// Snapshots: the feed from seq 0 to a published size, as one file that never changes. A mirror
// reads it and goes on with `after` = size - 1, and can prove every page of it as it arrives.
//
//   DATA/snapshots/N.ndjson.zst   N entries
//   DATA/snapshots/N.json         {"bytes":…,"checkpoint":note,"created":time,"sha256":hex}
//
// The file is a sequence of the feed's answers (log/feed.h) without private fields: pages of at
// most limits::kSnapshotPageEntriesMax entries and limits::kSnapshotPageBytesMax bytes, each ending
// with the same checkpoint of size N and with the proof that leads from the page's end to it. Each
// page is one zstd frame with its content size and checksum; frames in a row are one zstd stream
// (RFC 8878), so `zstd -d` gives the whole as NDJSON, and a reader that has a frame has a page.
//
// Two files of one size are the same bytes, unless an erasure came between: an entry's line says
// whether its private fields were gone when the file was made.
//
// trust.md had "live records first". Entries in order are given instead because they alone can be
// proven: the tree commits to entries, not to rows, so live records would have to be believed until
// the last entry is there. And whoever has all entries derives every row with our own fold.
//
// Commit point: the rename of the .ndjson.zst, after both files are on disk. What a crash leaves
// behind is never listed, and is removed when the next one is made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "index/rebuild.h"
#include "index/store.h"

namespace chayan::index {

struct Snapshot {
  std::uint64_t size = 0;  // entries, at least one
  Hash root{};
  std::string checkpoint;  // the signed note
  std::uint64_t bytes = 0;
  Hash sha256{};  // of the file
  std::string created;

  std::string file() const;  // "1234.ndjson.zst"

  bool operator==(const Snapshot&) const = default;
};

std::string snapshot_folder(const Store& store);

// Makes the snapshot of what is published now, or gives the one of that size that is there. Reads
// from one view of the rows, so writers go on meanwhile. Any thread, one at a time.
// Errors: unavailable (nothing is published, the log is empty, stopped), io, corrupt.
Result<Snapshot> make_snapshot(const Store& store, const std::stop_token& stop,
                               const Progress& progress);

// Newest first. What is there of another log (before `check --new-origin`) is not listed. Any
// thread.
Result<std::vector<Snapshot>> list_snapshots(const Store& store);

// The same for a service that is asked again and again: a sidecar's checkpoint is verified when its
// bytes are new, not with each request. Any thread.
class SnapshotShelf {
 public:
  explicit SnapshotShelf(const Store& store);  // which must outlive it

  Result<std::vector<Snapshot>> list();

 private:
  struct Known;  // of one moment; never changes

  const Store& store_;
  std::mutex mutex_;
  std::shared_ptr<const Known> known_;
};

// Removes all but the newest `keep`, and what a crash or another log has left behind. A download
// under way keeps its open file. Not while one is made.
Result<void> remove_old_snapshots(const Store& store, std::size_t keep);

}  // namespace chayan::index
