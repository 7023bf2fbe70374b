// SHA-256 and HMAC-SHA-256. The algorithms are fetched once for the process; contexts are kept per
// thread.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace chayan::crypto {

// Digest of the parts as if joined.
Hash sha256(std::initializer_list<std::string_view> parts);
inline Hash sha256(std::string_view bytes) {
  return sha256({bytes});
}

// A digest fed piece by piece, for data that never stands in memory at once.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  void update(std::string_view bytes);
  Hash finish();  // once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Hash hmac_sha256(std::string_view key, std::initializer_list<std::string_view> parts);

// HKDF-SHA-256 (RFC 5869) without salt: 32 bytes for `info`.
Hash hkdf_sha256(std::string_view secret, std::string_view info);

// From the operating system's generator. Never fails: a machine without entropy ends the process.
std::string random_bytes(std::size_t count);

// Takes the same time whatever the contents; lengths are not secret.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace chayan::crypto
