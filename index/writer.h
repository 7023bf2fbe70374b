// Writes batches of changes: admission, entries, rows, tree head and receipt in one synced
// WriteBatch.
//
// Commit point: the return of RocksDB's synced Write. Before it nothing has happened; after it
// everything has. A crash on either side needs no repair. A failed commit means *unknown*, not *not
// written*: the writer then refuses further work, and whoever runs it ends the process; the client
// asks again with its idempotency key.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/change.h"
#include "index/commit.h"
#include "index/record.h"
#include "index/row_batch.h"
#include "index/store.h"

namespace chayan::index {

struct Rejection {
  std::size_t index = 0;  // in Batch::changes
  Error error;
};

struct Batch {
  std::string idempotency_key;
  // Digest of what was submitted: the same key with other content is a conflict. Of it and of the
  // key nothing but MACs is stored.
  Hash content{};
  std::vector<Change> changes;
  bool skip_bad = false;  // record the good changes and list the others; else all or nothing
  // With skip_bad: told what is left out before anything is committed, for whoever must not lose it;
  // its error refuses the batch. Not of a replay. It must not throw, nor call the writer.
  std::function<Result<void>(const std::vector<Rejection>&)> set_aside = {};
};

struct BatchOutcome {
  // What was committed, now or when the key was first used; absent if nothing was.
  std::optional<BatchRecord> receipt;
  bool replayed = false;              // the receipt is an earlier one
  std::vector<Rejection> rejections;  // not kept for replays
  std::optional<Error>
      failure;  // conflict of keys, read-only store, io: nothing more is known than it says
};

class Writer {
 public:
  // Error unavailable where the store is read-only or a mirror. `store` must outlive the writer; one writer a
  // store.
  //
  // A thread of the writer's publishes the head after each commit (Store::publish), and calls
  // `published` after each time that it did, or could not.
  using OnPublished = std::function<void(const Result<void>& outcome)>;
  // When what was erased leaves the files. A load of many batches leaves it to the end
  // (purge_alone, index/purge.h): each purge rewrites the files that it touches, and erased
  // certificates stand in all of them. Killed in between, the next open of the store purges.
  enum class Purging { by_writer, left_to_caller };
  static Result<std::unique_ptr<Writer>> create(Store& store, OnPublished published = {},
                                                Purging purging = Purging::by_writer);
  ~Writer();

  // Blocks until the batch is committed or refused. Any thread: concurrent batches share one fsync.
  // One that erases waits, for limits::kPurgeWaitMax at most, until what it erased is out of the
  // files too (index/purge.h), where the writer purges; it is gone for every reader as soon as it is
  // committed.
  BatchOutcome submit(Batch batch);

  // Changes rows that are this store's own and not the log's: reports, the keys that rows are
  // sealed under. Blocks until committed or refused. It runs once, in order with the batches, on
  // whichever thread carries the group: `amendment` reads what those before it left and shares
  // their synced write. What it seals it seals itself, so that a rotation of keys does not miss it.
  // Its error takes it back alone and is returned; it must not throw, nor call
  // this writer. Errors of the commit itself: unavailable, io (unknown outcome), as of a batch.
  Result<void> amend(Amendment amendment);

 private:
  class Impl;
  explicit Writer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace chayan::index
