// The mirror's side of the log: applies proven answers of the feed with the same fold as the
// writer, in one synced WriteBatch each, so that a mirror is always the log as it was at some size.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "index/fold.h"
#include "index/purge.h"
#include "index/store.h"
#include "index/tree.h"
#include "log/feed_reader.h"

namespace chayan::index {

// Which private fields a mirror is to have.
enum class Wanted {
  as_shown,  // those of entries that are shown with all of them; the first without is remembered
             // (index/unheld.h)
  all,       // an entry that is shown with fewer ends it
};

// Not thread-safe; one a store. Readers of the store may read meanwhile.
class Follower {
 public:
  // `store` must outlive it, and becomes a mirror of the log with this key (Store::become_mirror).
  // Error conflict: all are wanted of a mirror that passed some over already.
  static Result<std::unique_ptr<Follower>> create(Store& store, const log::NoteKey& upstream,
                                                  Wanted wanted = Wanted::as_shown);

  // What the mirror has: where a FeedReader goes on.
  const log::Frontier& frontier() const { return standing_.tree.frontier(); }
  // The first entry whose private fields the mirror was not given; nullopt: it has all.
  std::optional<std::uint64_t> first_unheld() const { return standing_.first_unheld; }

  // The note of the largest checkpoint that a page of any process showed and did not reach, for
  // FeedReader::hold_to: a log that forgets what it signed is found out behind a restart too. Empty
  // where there is none.
  const std::string& promise() const { return standing_.promise; }

  // Records a page that FeedReader has proven, and publishes its checkpoint where the page reaches
  // it. The page must begin at frontier().size(). Private fields are kept where a line has all of
  // them; a line that shows some is kept without. Errors: corrupt where an entry contradicts the
  // rows, conflict where all private fields are wanted and not shown (the seq is named), and
  // nothing of the page is recorded; io: the outcome is unknown, end the process.
  Result<void> apply(const log::FeedPage& page);

 private:
  struct Standing {  // as committed
    GrowingTree tree;
    std::optional<std::uint64_t> first_unheld;
    std::string promise;
    std::uint64_t promised_size = 0;
  };
  Follower(Store& store, Standing standing, Wanted wanted);
  void purge_when_due();
  // Gives whether the line has all private fields that the entry commits to, or they are erased.
  Result<bool> put_line(const log::FeedPage::Line& line, RowBatch& rows);

  Store& store_;
  DatabaseRows database_;
  Standing standing_;
  const Wanted wanted_;
  Fold fold_;
  JsonParser parser_;
  std::optional<Purge> purge_;  // of what entries erased, until it is done
};

}  // namespace chayan::index
