// The keys, in a directory outside the data directory, so that a copy of the data alone tells
// nothing.
//
//   keyring.json
//   {"format":1,"suite":"intl","created":"…Z","data_keys":[{"id":1,"state":"active","wrapped":"hex"}]}
//   root.key       64 hex digits
//
// Files are 0400 in a directory of 0700, owned by the user who runs the service: checked at load.
// From the root secret HKDF derives, by label, the key that indexes certificates, the key that
// signs cursors, the secret of the log's signing keys, and the key that wraps the data keys. A data
// key seals payloads and rows and has an id, so that rotation can add one (issue: keys rotate): one
// is "active", others are "retiring", read but no longer written with. The suite is recorded here
// and with the data; "intl" is HMAC-SHA-256 and AES-256-GCM.
//
// A wrapped key is a value sealed (crypto/seal.h) under the wrapping key as key id 0, with the data
// key's id as associated data. AES-KWP would be the textbook wrap, but it cannot bind the id: two
// keys exchanged in the file would go unnoticed. And the seal's code is the code we test most.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace chayan::crypto {

struct Keyring {
  std::string suite = "intl";
  Hash index_key{};   // certificate row keys
  Hash cursor_key{};  // page cursors
  Hash log_key{};     // secret of the keys that sign the log's checkpoints, see log_secret()
  std::uint32_t active_data_key = 0;
  std::map<std::uint32_t, Hash> data_keys;  // unwrapped
  Hash fingerprint{};  // tells keyrings apart without telling anything about them: stored with the
                       // data

  Keyring() = default;
  Keyring(const Keyring&) = default;
  Keyring& operator=(const Keyring&) = default;
  ~Keyring();  // wipes the keys

  // The secret of the key that signs for a log of this origin: another origin, another key, so
  // that a log begun anew after a loss can never contradict what the lost one had signed.
  Hash log_secret(std::string_view origin, std::string_view scheme) const;

  // Makes a new keyring in `directory`, which is made where missing and must not hold one yet
  // (conflict). Durable when it returns: keyring.json is written last, after root.key.
  static Result<Keyring> create(const std::string& directory, const std::string& created_utc);
  // Error unavailable: owner or mode is wrong, and the message says what to type. corrupt: the
  // files are not a keyring or do not belong together.
  static Result<Keyring> load(const std::string& directory);
  // True where either file is there: what an interrupted create left behind must be looked at by a
  // person, never be written over.
  static bool exists(const std::string& directory);
};

}  // namespace chayan::crypto
