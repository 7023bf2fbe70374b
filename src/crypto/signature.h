// Signing keys: Ed25519 (RFC 8032), and SM2 with SM3 (GB/T 32918.2) for those who must have it.
//
// A key is derived from 32 secret bytes, so that a keyring holds no more than its root. SM2
// signatures are the 64 bytes r ‖ s, made with the user id 1234567812345678 that every other
// implementation takes (OpenSSL's default is empty and verifies nowhere else); they differ from
// call to call, Ed25519's do not.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace chayan::crypto {

enum class SignatureScheme : std::uint8_t { ed25519, sm2 };

class SigningKey {
 public:
  SigningKey(SignatureScheme scheme, const Hash& secret);
  ~SigningKey();
  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;

  SignatureScheme scheme() const;
  // Ed25519: 32 bytes; SM2: the point as 0x04 ‖ x ‖ y, 65 bytes.
  const std::string& public_key() const;
  // 64 bytes. Thread-safe.
  std::string sign(std::string_view message) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// False for anything that is not this key's signature of this message, a malformed key included.
bool verify_signature(SignatureScheme scheme, std::string_view public_key, std::string_view message,
                      std::string_view signature);

}  // namespace chayan::crypto
