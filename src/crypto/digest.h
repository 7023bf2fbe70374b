// SHA-256 and SM3, with their HMACs and the key derivation over them. The algorithms are fetched
// once for the process; contexts are kept per thread.
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

// SM3 (GB/T 32905-2016), and HMAC (RFC 2104) over it.
Hash sm3(std::initializer_list<std::string_view> parts);
inline Hash sm3(std::string_view bytes) {
  return sm3({bytes});
}
Hash hmac_sm3(std::string_view key, std::initializer_list<std::string_view> parts);

// A hash function of 32 bytes and its HMAC, where data says which of them it was made with.
struct DigestAlgorithm {
  std::string_view name;  // "alg" of an entry's body; OpenSSL knows it by the same word
  Hash (*digest)(std::initializer_list<std::string_view> parts);
  Hash (*hmac)(std::string_view key, std::initializer_list<std::string_view> parts);
};
inline constexpr DigestAlgorithm kSha256{"sha256", sha256, hmac_sha256};
inline constexpr DigestAlgorithm kSm3{"sm3", sm3, hmac_sm3};
// nullptr: no such.
const DigestAlgorithm* find_digest(std::string_view name);

// HKDF (RFC 5869) without salt: 32 bytes for `info`.
Hash hkdf(const DigestAlgorithm& algorithm, std::string_view secret, std::string_view info);
inline Hash hkdf_sha256(std::string_view secret, std::string_view info) {
  return hkdf(kSha256, secret, info);
}

// From the operating system's generator. Never fails: a machine without entropy ends the process.
std::string random_bytes(std::size_t count);

// Takes the same time whatever the contents; lengths are not secret.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace chayan::crypto
