// Sealing of values at rest: AES-256-GCM with associated data.
//
// A sealed value is  key id (u32) ‖ nonce (12) ‖ ciphertext ‖ tag (16).
//
// The nonce is synthetic: HMAC-SHA-256(nonce key, u32 aad length ‖ aad ‖ plaintext)[:12], with the
// nonce key derived from the data key. So the same value under the same key seals to the same
// bytes, which lets `rebuild` be compared byte for byte, and a nonce repeats only where the whole
// message repeats (up to the 2^48 birthday bound of 96 bits); the length keeps apart messages whose
// bytes are the same when joined. What equal bytes tell, that two versions of one row are equal, is
// no secret: the associated data names the row.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/keyring.h"

namespace chayan::crypto {

inline constexpr std::size_t kSealOverheadBytes = 4 + 12 + 16;

class Sealer {
 public:
  // Copies the keys it needs; the active one must be among them. Thread-safe afterwards; cipher
  // contexts are kept per thread.
  explicit Sealer(const Keyring& keyring);
  ~Sealer();

  // Replaces `sealed`; its capacity is reused. Always under the active data key.
  void seal(std::string_view aad, std::string_view plaintext, std::string& sealed) const;
  // Error corrupt: wrong length, unknown key id, or bytes that are not what was sealed for this
  // aad. `plaintext` is replaced (empty on error); its capacity is reused.
  Result<void> open(std::string_view aad, std::string_view sealed, std::string& plaintext) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace chayan::crypto
