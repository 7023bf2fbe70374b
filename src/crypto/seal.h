// Sealing of values at rest: authenticated encryption with associated data, by the keyring's suite.
//
// A sealed value is  key id (u32) ‖ nonce (12) ‖ ciphertext ‖ tag (16)  in both suites.
//
// The nonce is synthetic: HMAC(nonce key, u32 aad length ‖ aad ‖ plaintext)[:12], with the
// nonce key derived from the data key. So the same value under the same key seals to the same
// bytes, which lets `rebuild` be compared byte for byte, and a nonce repeats only where the whole
// message repeats (up to the 2^48 birthday bound of 96 bits); the length keeps apart messages whose
// bytes are the same when joined. What equal bytes tell, that two versions of one row are equal, is
// no secret: the associated data names the row.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/keyring.h"
#include "crypto/suite.h"

namespace chayan::crypto {

inline constexpr std::size_t kSealOverheadBytes = 4 + kNonceBytes + kTagBytes;

// The data key that a value was sealed under; 0, which is none's, where it is too short for one.
std::uint32_t sealing_key(std::string_view sealed);

class Sealer {
 public:
  // Copies the keys it needs; the active one must be among them. Thread-safe afterwards; cipher
  // contexts are kept per thread.
  explicit Sealer(const Keyring& keyring);
  ~Sealer();

  // Goes on with the keys of another state of the same keyring, without a pause for those who seal
  // and open meanwhile. Who reads a value that was sealed after adopt() opens it, whenever the
  // reading began. Keys that the keyring no longer has are opened with until this object ends, for
  // there may be snapshots from before; their copies are wiped then.
  void adopt(const Keyring& keyring);

  // Replaces `sealed`; its capacity is reused. Always under the active data key.
  void seal(std::string_view aad, std::string_view plaintext, std::string& sealed) const;
  // Error corrupt: wrong length, unknown key id, or bytes that are not what was sealed for this
  // aad. `plaintext` is replaced (empty on error); its capacity is reused.
  Result<void> open(std::string_view aad, std::string_view sealed, std::string& plaintext) const;

 private:
  struct State;
  // Replaced states are kept: a thread may be about to use one. There is one a rotation.
  std::atomic<const State*> current_{nullptr};
  std::mutex adopting_;
  std::vector<std::unique_ptr<const State>> states_;
};

}  // namespace chayan::crypto
