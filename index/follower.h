// The mirror's side of the log: applies proven answers of the feed with the same fold as the
// writer, in one synced WriteBatch each, so that a mirror is always the log as it was at some size.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/result.h"
#include "index/fold.h"
#include "index/purge.h"
#include "index/store.h"
#include "index/tree.h"
#include "log/feed_reader.h"

namespace chayan::index {

// Not thread-safe; one a store. Readers of the store may read meanwhile.
class Follower {
 public:
  // `store` must outlive it, and becomes a mirror of the log with this key (Store::become_mirror).
  static Result<std::unique_ptr<Follower>> create(Store& store, const log::NoteKey& upstream);

  // What the mirror has: where a FeedReader goes on.
  const log::Frontier& frontier() const { return tree_.frontier(); }

  // The note of the largest checkpoint that a page of any process showed and did not reach, for
  // FeedReader::hold_to: a log that forgets what it signed is found out behind a restart too. Empty
  // where there is none.
  const std::string& promise() const { return promise_; }

  // Records a page that FeedReader has proven, and publishes its checkpoint where the page reaches
  // it. The page must begin at frontier().size(). Private fields are kept where a line has all of
  // them; a line that shows some is kept without. Errors: corrupt where an entry contradicts the
  // rows (its seq is named), and nothing of the page is recorded; io: the outcome is unknown, end
  // the process.
  Result<void> apply(const log::FeedPage& page);

 private:
  Follower(Store& store, GrowingTree tree, std::string promise, std::uint64_t promised_size);
  void purge_when_due();
  Result<void> put_line(const log::FeedPage::Line& line, RowBatch& rows);

  Store& store_;
  DatabaseRows database_;
  GrowingTree tree_;
  std::string promise_;
  std::uint64_t promised_size_;
  Fold fold_;
  JsonParser parser_;
  std::optional<Purge> purge_;  // of what entries erased, until it is done
};

}  // namespace chayan::index
