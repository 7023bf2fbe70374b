// The keys, in a directory outside the data directory, so that a copy of the data alone tells
// nothing.
//
//   keyring.json
//   {"format":1,"suite":"intl","created":"…Z",
//    "data_keys":[{"id":1,"state":"active","created":"…Z","wrapped":"hex"}]}
//   root.key       64 hex digits
//
// Files are 0400 in a directory of 0700, owned by the user who runs the service: checked at load.
// From the root secret HKDF derives, by label, the key that indexes certificates, the key that
// signs cursors, the secret of the log's signing keys, and the key that wraps the data keys. The
// suite (crypto/suite.h) is recorded here and with the data.
//
// A data key seals payloads and rows and has an id, ascending, that each sealed value names. One is
// "active": what is written is sealed under it. A rotation (index/rotation.h) adds one, and the one
// before is "retiring": read, and no longer written with. Once no record of the data is left under
// it, it is "retired": nothing but a backup from before the rotation needs it still, so it stays,
// wrapped, until it is forgotten. What only a forgotten key opens is gone.
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
#include "crypto/suite.h"

namespace chayan::crypto {

enum class DataKeyState : std::uint8_t { active, retiring, retired };
std::string_view name(DataKeyState state);

struct DataKey {
  Hash secret{};
  DataKeyState state = DataKeyState::active;
  std::string created = {};  // empty: not recorded

  bool operator==(const DataKey&) const = default;
};

struct Keyring {
  const Suite* suite = &kIntl;
  std::string created;
  Hash index_key{};    // certificate row keys
  Hash cursor_key{};   // page cursors
  SuiteKey rate_key;   // limits: what counts a number without holding it, and challenges
  SuiteKey audit_key;  // wraps the day keys of the audit trail (guard/audit_folder.h)
  Hash log_key{};      // secret of the keys that sign the log's checkpoints, see log_secret()
  std::uint32_t active_data_key = 0;
  std::map<std::uint32_t, DataKey> data_keys;  // unwrapped, by id
  Hash fingerprint{};  // tells keyrings apart without telling anything about them: stored with the
                       // data

  Keyring() = default;
  Keyring(const Keyring&) = default;
  Keyring& operator=(const Keyring&) = default;
  ~Keyring();  // wipes the keys

  // The secret of the key that signs for this log. `log_id` is random and made with the log: one
  // that is begun anew after a loss, under whatever name, has another key and so can never
  // contradict what the lost one had signed.
  Hash log_secret(std::string_view origin, std::string_view scheme, std::string_view log_id) const;
  // A rotation was begun and has not ended.
  bool has_retiring_key() const;

  // Makes a new keyring in `directory`, which is made where missing and must not hold one yet
  // (conflict); invalid_argument: it is empty. Durable when it returns: keyring.json is written last,
  // after root.key.
  static Result<Keyring> create(const std::string& directory, const std::string& created_utc,
                                const Suite& suite = kIntl);
  // Error unavailable: owner or mode is wrong, and the message says what to type. corrupt: the
  // files are not a keyring or do not belong together.
  static Result<Keyring> load(const std::string& directory);
  // True where either file is there: what an interrupted create left behind must be looked at by a
  // person, never be written over.
  static bool exists(const std::string& directory);

  // The three below replace keyring.json, whole and durably: before the rename there is the old
  // one, after it the new one. They exclude each other, between processes too (conflict).

  // Adds a new active data key; the one before is retiring.
  static Result<Keyring> add_data_key(const std::string& directory, const std::string& created_utc);
  // Retires what is retiring.
  static Result<Keyring> retire_data_keys(const std::string& directory);
  // Removes a retired key, for good. Errors: not_found, conflict (it is not retired).
  static Result<Keyring> forget_data_key(const std::string& directory, std::uint32_t id);
};

}  // namespace chayan::crypto
