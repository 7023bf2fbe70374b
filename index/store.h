// A data directory, open. Owns the RocksDB database and the keys' working objects. One process at a
// time.
//
//   DATA/rows/       the database
//   DATA/scratch/    rehearsals of imports; emptied at open
//   DATA/snapshots/  the log as files (index/snapshot_file.h)
//   KEYS/            the keyring, outside the data (default: DATA.keys)
//   KEYS/anchor.lock held by the one process that may move the anchor, and so may sign
//   KEYS/anchor      the head anchor (log/anchor.h). It stands with the keys and not with the data
//                    because it is the signing keys' memory: data restored from a backup, or copied,
//                    meets what these keys have signed for. Elsewhere with --anchor, where the
//                    keyring cannot be written to.
//
// A store is either a log's origin, which appends and signs, or a mirror, which follows one
// (index/follower.h) and holds its checkpoints.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/result.h"
#include "crypto/keyed_index.h"
#include "crypto/keyring.h"
#include "crypto/seal.h"
#include "log/anchor.h"
#include "log/checkpoint.h"
#include "log/merkle.h"

namespace rocksdb {
class DB;
}

namespace chayan::index {

class Reader;
class ReadViews;

struct StoreOptions {
  std::string data;    // directory
  std::string keys;    // keyring directory; empty: data + ".keys"
  std::string anchor;  // anchor file; empty: keys + "/anchor"
  // Name of the log, "example.org/registry"; recorded when the directory is made, and refused where
  // another is recorded. Empty: what is recorded; of a new directory one that nobody else has.
  std::string origin;
  bool create = true;  // make directory and keyring where there is nothing yet
  // To look at alone: the anchor's lock is not taken, so it may be done beside the service that
  // holds it; whoever sets this writes nothing.
  bool inspect = false;
  std::size_t block_cache_bytes = std::size_t{256} << 20;
};

// Where the log stands: its size is the seq of the next entry.
struct Head {
  std::uint64_t size = 0;
  Hash root{};

  bool operator==(const Head&) const = default;
};

// An operator's word on a log that its anchor does not vouch for.
struct HeadDecision {
  std::string new_origin;  // the name it goes on under, as a new log with a signing key of its own
  // Or: the newest checkpoint that these keys signed, as somebody else (a mirror) has it: a signed
  // note. The log must contain it, and goes on as it was.
  std::string last_checkpoint;
};

// A checkpoint that the world may see: persisted, and every entry it covers is here.
struct Published {
  log::Checkpoint checkpoint;
  std::string note;  // as signed
};

class Store {
 public:
  // Checks, in this order: keyring, format version, that the keyring is the data's own, that the
  // head and the entries agree, the floor (index/floor.h) and the head anchor. A data directory
  // whose log does not reach either with the root that it has there, or whose anchor is missing,
  // opens read-only (read_only_reason says why); a mirror, which signs nothing, goes on from its own
  // head, and is held against its anchor once it has reached it again. Everything else that is wrong
  // is an error. An erasure that the last process did not carry through is carried through
  // (index/purge.h).
  static Result<std::unique_ptr<Store>> open(const StoreOptions& options, const Clock& clock);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Of the database: another after each commit, whatever it wrote. Any thread.
  std::uint64_t sequence() const;
  // A consistent view of now. Cheap; the store must outlive it. Any thread.
  Reader reader() const;

  bool read_only() const { return !read_only_reason_.empty(); }
  const std::string& read_only_reason() const { return read_only_reason_; }

  const std::string& origin() const { return origin_; }
  // Random, made with the log and recorded with it; part of what its signing key is derived from.
  const std::string& log_id() const { return log_id_; }
  // The key that this log's checkpoints are verified with: its own, or of a mirror its upstream's.
  const log::NoteKey& log_key() const { return log_key_; }
  // In the gm suite a second signature stands beside the first; its key, else nullptr.
  const log::NoteKey* second_log_key() const;
  bool is_mirror() const { return is_mirror_; }
  // Makes an empty store a mirror of the log with this key; allowed again for the same key.
  // Error conflict: it is something else already.
  Result<void> become_mirror(const log::NoteKey& upstream);

  // The newest published checkpoint; null: none yet. Any thread.
  std::shared_ptr<const Published> published() const;
  // Signs the present head, persists the checkpoint in the anchor and publishes it, if the head
  // moved since the last time. Any thread. Error conflict where somebody else moved the anchor:
  // another process signs with these keys, and nothing more may be signed here.
  Result<void> publish();
  // On a mirror: persists the head, and publishes the upstream's checkpoint where it is of this
  // very head. The follower has verified it. Error corrupt: it is another log than the mirror had
  // reached once.
  Result<void> publish_upstream(const log::Checkpoint& checkpoint, const std::string& note);

  // Accepts the present head as the truth although the anchor disagrees or is missing: an operator's
  // decision (`check --accept-head`). The keys never sign for a second log under one key: the log
  // must hold its floor and what they signed last, or it goes on as another. On a mirror without
  // condition: it signs nothing. Errors: conflict where there is nothing to decide, or the decision
  // does not fit; invalid_argument for a name or a note that cannot be.
  Result<void> accept_head(const HeadDecision& decision);

  // For the other files of this folder.
  rocksdb::DB& db() const { return *db_; }
  ReadViews& views() const { return *views_; }
  const crypto::Sealer& sealer() const { return *sealer_; }
  // Has the sealer go on with another state of the keyring (index/rotation.h). Any thread.
  void adopt(const crypto::Keyring& keyring) { sealer_->adopt(keyring); }
  const crypto::KeyedIndex& keyed_index() const { return *keyed_index_; }
  // As it was when the store was opened: the sealer alone follows a rotation.
  const crypto::Keyring& keyring() const { return keyring_; }
  const StoreOptions& options() const { return options_; }
  const Clock& clock() const { return clock_; }

 private:
  Store(StoreOptions options, const Clock& clock);
  Result<void> open_keyring();
  Result<void> open_database();
  Result<void> check_identity();
  Result<void> take_data_keys();
  Result<void> read_origin();
  Result<void> initialise();
  Result<void> check_head();
  Result<void> finish_purge();
  // Why floor or anchor forbid writing; empty: they do not.
  Result<std::string> why_read_only(const Head& head);
  // Sets what is published.
  Result<std::string> hold_against(const log::Anchor& anchor, const Head& head);
  // Of a mirror behind its anchor, once it has reached it again.
  Result<void> hold_against_anchored();
  void show(std::shared_ptr<const Published> published);
  void make_signers();
  Result<void> begin_as(const std::string& new_origin);
  Result<Published> contained(const std::string& note, const Head& head) const;
  // Under publishing_: the anchor first, then the world.
  Result<void> advance(log::Anchor anchor, std::shared_ptr<const Published> published);

  StoreOptions options_;
  const Clock& clock_;
  crypto::Keyring keyring_;
  std::unique_ptr<crypto::Sealer> sealer_;
  std::unique_ptr<crypto::KeyedIndex> keyed_index_;
  std::unique_ptr<rocksdb::DB> db_;
  std::unique_ptr<ReadViews> views_;
  std::string read_only_reason_;
  std::optional<OpenFile> anchor_lock_;  // not held where the store is read-only
  std::string origin_;
  std::string log_id_;
  bool is_mirror_ = false;
  log::NoteKey log_key_;
  std::vector<log::NoteSigner> signers_;  // of an origin: the log's key first

  std::mutex publishing_;
  log::Anchor anchored_;           // what this process knows to be in the anchor file
  bool is_behind_anchor_ = false;  // a mirror that was restored
  mutable std::mutex published_mutex_;
  std::shared_ptr<const Published> published_;
};

}  // namespace chayan::index
