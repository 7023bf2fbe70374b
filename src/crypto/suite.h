// The two sets of primitives that a registry can stand on. Which one is chosen when its keyring is
// made, recorded with the keys and with the data, and never changed; everything that works under
// the keyring goes by this object, so that nobody asks twice.
//
//   intl  HMAC-SHA-256, AES-256-GCM, Ed25519
//   gm    HMAC-SM3, SM4-CTR with HMAC-SM3 (encrypt-then-MAC), SM2 with SM3 beside Ed25519
//
// The log's tree is SHA-256 and its first signature Ed25519 in both: C2SP fixes them (trust.md).
#pragma once

#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "crypto/digest.h"

namespace chayan::crypto {

inline constexpr std::size_t kNonceBytes = 12;
inline constexpr std::size_t kTagBytes = 16;

// Authenticated encryption under one key. Not thread-safe: a thread has its own.
class Cipher {
 public:
  virtual ~Cipher() = default;
  // Writes plaintext.size() bytes of ciphertext and then the tag to `out`. `nonce` has kNonceBytes,
  // and never comes again for another message.
  virtual void encrypt(std::string_view nonce, std::string_view aad, std::string_view plaintext,
                       char* out) = 0;
  // `ciphertext_and_tag` is at least kTagBytes long. False where the tag is wrong; what stands at
  // `out` is then not to be used.
  virtual bool decrypt(std::string_view nonce, std::string_view aad,
                       std::string_view ciphertext_and_tag, char* out) = 0;
};

struct Suite {
  std::string_view name;
  const DigestAlgorithm& digest;  // of commitments, row keys, key derivation
  std::unique_ptr<Cipher> (*make_cipher)(const Hash& data_key);
  bool signs_with_sm2;  // beside Ed25519
};

extern const Suite kIntl;
extern const Suite kGm;

// A secret, and whose primitives use it.
struct SuiteKey {
  const Suite* suite = &kIntl;
  Hash secret{};
};
// nullptr: no such.
const Suite* find_suite(std::string_view name);

}  // namespace chayan::crypto
