// A data directory, open. Owns the RocksDB database and the keys' working objects. One process at a
// time.
//
//   DATA/rows/      the database                     DATA/scratch/   rehearsals of imports; emptied
//   at open DATA.keys/      the keyring, outside the data    DATA.anchor     the head anchor,
//   likewise (both can be moved)
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/keyed_index.h"
#include "crypto/keyring.h"
#include "crypto/seal.h"
#include "log/merkle.h"

namespace rocksdb {
class DB;
}

namespace chayan::index {

class Reader;

struct StoreOptions {
  std::string data;    // directory
  std::string keys;    // keyring directory; empty: data + ".keys"
  std::string anchor;  // anchor file; empty: data + ".anchor"
  bool create = true;  // make directory and keyring where there is nothing yet
  std::size_t block_cache_bytes = std::size_t{256} << 20;
};

// Where the log stands: its size is the seq of the next entry.
struct Head {
  std::uint64_t size = 0;
  Hash root{};

  bool operator==(const Head&) const = default;
};

class Store {
 public:
  // Checks, in this order: keyring, format version, that the keyring is the data's own, that the
  // head and the entries agree, and the head anchor. A data directory whose log does not reach its
  // anchor with the anchored root, or whose anchor is missing, opens read-only (read_only_reason
  // says why); everything else that is wrong is an error.
  static Result<std::unique_ptr<Store>> open(const StoreOptions& options, const Clock& clock);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // A consistent view of now. Cheap; the store must outlive it. Any thread.
  Reader reader() const;

  bool read_only() const { return !read_only_reason_.empty(); }
  const std::string& read_only_reason() const { return read_only_reason_; }

  // Writes the anchor file for the present head, if it moved since the last time. Any thread.
  Result<void> write_anchor();
  // Accepts the present head as the truth although the anchor disagrees: an operator's decision
  // (`check --accept-head`).
  Result<void> accept_head();

  // For the other files of this folder.
  rocksdb::DB& db() const { return *db_; }
  const crypto::Sealer& sealer() const { return *sealer_; }
  const crypto::KeyedIndex& keyed_index() const { return *keyed_index_; }
  const crypto::Keyring& keyring() const { return keyring_; }
  const StoreOptions& options() const { return options_; }
  const Clock& clock() const { return clock_; }

 private:
  Store(StoreOptions options, const Clock& clock);
  Result<void> open_keyring();
  Result<void> open_database();
  Result<void> check_identity();
  Result<void> initialise();
  Result<void> check_head();

  StoreOptions options_;
  const Clock& clock_;
  crypto::Keyring keyring_;
  std::unique_ptr<crypto::Sealer> sealer_;
  std::unique_ptr<crypto::KeyedIndex> keyed_index_;
  std::unique_ptr<rocksdb::DB> db_;
  std::string read_only_reason_;
  struct AnchorState;
  std::unique_ptr<AnchorState> anchor_;
};

}  // namespace chayan::index
