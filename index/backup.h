// Backups of the rows in a folder of their own, by RocksDB's BackupEngine: incremental, for backups
// share the table files that they have in common; each file with its checksum, each backup synced
// before it counts. And restoring from them.
//
// A backup holds rows alone, never keys: whoever steals it has sealed values and no keyring, and
// whoever restores it needs the keyring from elsewhere. It holds at least what was recorded when it
// began. An erasure that came before it has been purged (index/purge.h), so what it erased is not in
// it; earlier backups in the folder have it until they are removed, or until the data key that they
// need is rotated out and forgotten.
//
//   BACKUPS/                 0700; meta/, private/ and shared_checksum/ are BackupEngine's own
//   BACKUPS/lock             held by whoever writes or reads there
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "index/rebuild.h"
#include "index/store.h"

namespace chayan::index {

struct Backup {
  std::uint32_t id = 0;  // ascending
  std::string created;
  std::string origin;   // the log's name
  std::string keyring;  // fingerprint of the keyring that opens it, hexadecimal
  // The head when it began; the log in it begins with this, and may be longer.
  Head head;
  std::string checkpoint;   // the newest published then; empty: none was
  std::uint64_t bytes = 0;  // of its files, shared ones included
  std::uint32_t files = 0;
};

// Makes one, then removes all but the newest `keep`. Writers and readers of the store go on; the
// copying thread has a low priority. Any thread.
// Errors: conflict (somebody else works there; it holds another registry's backups), unavailable
// (stopped; an erasure is being carried out), io.
Result<Backup> make_backup(const Store& store, const std::string& folder, std::size_t keep,
                           const std::stop_token& stop);

// Newest first. Error not_found: no such folder. A store is not needed, nor are keys.
Result<std::vector<Backup>> list_backups(const std::string& folder);

struct RestoreRequest {
  std::string backups;              // folder
  std::optional<std::uint32_t> id;  // the newest where it is left out
  std::string destination;          // data directory to make; must not exist
  std::string keys;
  std::string anchor;                 // empty: keys + "/anchor"
  std::optional<std::uint64_t> size;  // how many entries the log is to have; all where left out
};

struct Restored {
  Backup backup;
  CheckReport report;  // without faults
  // It is shorter than what the backup holds, and its keys may have signed for that: it goes on
  // under another name alone. Of a mirror never: it signs nothing.
  bool is_cut = false;
  // Why the keys do not let the result be written to: they have signed for more, as a rule. Empty:
  // it can go on as it is.
  std::string read_only_reason;
  bool is_mirror = false;
};

// Unpacks a backup under another name, holds it against what the backup says of itself, lays what
// it holds as the floor (index/floor.h: its keys sign no second history, whatever anchor they come
// back with), cuts the log where a size is asked for (index/rebuild.h), checks everything
// (index::check) and only then gives it its name. The anchor is read and not moved.
// Errors: conflict (the destination exists, is in the folder of the backups or is being restored to
// by somebody else; other keys), not_found (no such backup), invalid_argument (`size` is beyond its
// end), corrupt, io. After an error nothing is left.
Result<Restored> restore(const RestoreRequest& request, const Clock& clock,
                         const Progress& progress);

}  // namespace chayan::index
