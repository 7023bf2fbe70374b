// Rotation of the data keys: a new key that everything is sealed under from now on, and the sealing
// anew of what older keys still seal, while the store goes on answering and recording.
//
//   KEYS/keyring.json  the new key active, the one before retiring    commit point of the beginning
//   m resealed         the last row that was gone through             with each bounded amendment
//   m oldest_key       no row is under an older data key              commit point of the end
//   KEYS/keyring.json  the older keys retired
//
// A kill between any two leaves a store that opens and a rotation that goes on from its last
// amendment when it is ordered again. `oldest_key` is what a store says of itself: data that was
// restored from before a rotation names an older key than the keyring's, is read with the retired
// keys, and is rotated to the active one like any other.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/keyring.h"
#include "index/commit.h"
#include "index/rebuild.h"
#include "index/store.h"

namespace chayan::index {

inline constexpr std::string_view kOldestKeyRow = "oldest_key";
inline constexpr std::string_view kResealedRow = "resealed";

// What the row says; the first key where there is none yet.
Result<std::uint32_t> read_oldest_key(const RowView& rows);

struct KeyUse {
  std::uint32_t id = 0;
  crypto::DataKeyState state = crypto::DataKeyState::active;
  std::string created;
  std::uint64_t records = 0;  // rows that are sealed under it

  bool operator==(const KeyUse&) const = default;
};

// Every key of the keyring file, ascending by id, and what a scan of one snapshot finds under each.
// A row under a key that is none of them is the error corrupt. Any thread.
Result<std::vector<KeyUse>> count_key_uses(const Store& store);

// Whether one was begun and has not ended, in the keyring or in this store.
Result<bool> is_rotation_under_way(const Store& store);

struct RotationRequest {
  Amend amend;
  std::stop_token stop = {};
  Progress progress = [](auto, auto) {};  // of sealed rows; the second is an estimate
};

struct Rotation {
  std::uint32_t active_key = 0;
  bool resumed = false;        // it had been begun before
  std::uint64_t resealed = 0;  // rows, by this call
};

// Begins a rotation, or goes on with the one that was begun, and returns when no row is left under
// an older key and those are retired. Readers and the writer go on meanwhile; an erasure does too.
// One at a time. Errors: unavailable (stopped; ordered again it goes on), conflict (somebody else
// changes the keyring), corrupt (a row does not open: it is named, and nothing is retired), io.
Result<Rotation> rotate_keys(Store& store, const RotationRequest& request);

}  // namespace chayan::index
