// The secret of an employer's credential, as it is typed into files and fields:
//
//   chayan_  ‖  base64url(32 random bytes ‖ CRC-32 of them, big-endian)      55 characters
//
// The prefix lets people and scanners for leaked secrets tell what it is; the CRC tells a slip of
// the pen from a secret that is not (any longer) good. What is kept is SHA-256 of the 32 bytes: of
// 256 random bits there is nothing to guess, so the slowness of a password hash, which is there to
// make guessing dear, would cost each request its time and gain nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace chayan::crypto {

class BearerSecret {
 public:
  static BearerSecret make();
  // nullopt: this is no secret of ours, or one with a slip in it. Exactly one text is the right one.
  static std::optional<BearerSecret> parse(std::string_view text);

  std::string text() const;
  Hash digest() const;

 private:
  explicit BearerSecret(const Hash& bytes) : bytes_(bytes) {}

  Hash bytes_;
};

}  // namespace chayan::crypto
