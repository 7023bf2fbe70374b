// Signed notes (C2SP signed-note): a text, an empty line, and a line a signature:
//   — <key name> <base64 of u32 key id ‖ signature>
// A key is known to its verifiers by one line, name+hex(id)+base64(type ‖ public key), as Go's
// sumdb/note prints it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/signature.h"

namespace chayan::log {

inline constexpr std::size_t kNoteBytesMax =
    16ULL * 1024;  // a checkpoint with 16 signatures: 3 KiB

struct NoteKey {
  std::string name;  // as check_key_name has it
  std::uint32_t id = 0;
  crypto::SignatureScheme scheme = crypto::SignatureScheme::ed25519;
  std::string public_key;

  bool operator==(const NoteKey&) const = default;
};

// id = SHA-256(name ‖ 0x0A ‖ type ‖ public key)[:4]. The type is 0x01 for Ed25519; for SM2 it is
// 0xff, the byte for schemes without one, and behind it a word that makes it ours.
NoteKey note_key(std::string name, crypto::SignatureScheme scheme, std::string public_key);

std::string verifier_line(const NoteKey& key);
// Error invalid_argument: not such a line, or its id is not of its key.
Result<NoteKey> parse_verifier_line(std::string_view text, std::string_view field);

// Where a name may not be a key's: empty, not UTF-8, or has white space of any script, a control
// character or '+'. Others refuse notes under such a name.
Result<void> check_key_name(std::string_view name, std::string_view field);

class NoteSigner {
 public:
  NoteSigner(std::string name, crypto::SigningKey key);

  const NoteKey& key() const { return public_; }
  // "— name base64\n"
  std::string signature_line(std::string_view text) const;

 private:
  crypto::SigningKey key_;
  NoteKey public_;
};

// `text` ends with a newline. The signatures stand in the order of the signers.
std::string sign_note(std::string_view text, std::span<const NoteSigner> signers);

// The text of a note that `key` signed. Error corrupt: not a note, or this key's signature is
// missing or wrong. Signatures of keys that are not `key` are passed over, as the specification
// wants. The view points into `note`.
Result<std::string_view> open_note(std::string_view note, const NoteKey& key);

}  // namespace chayan::log
