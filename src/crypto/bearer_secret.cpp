#include "crypto/bearer_secret.h"

#include <boost/crc.hpp>

#include "crypto/digest.h"

namespace chayan::crypto {
namespace {

constexpr std::string_view kPrefix = "chayan_";
constexpr std::size_t kBytes = 32;
constexpr std::size_t kCheckBytes = 4;

std::string check_of(std::string_view bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  std::string check;
  put_u32(check, crc.checksum());
  return check;
}

}  // namespace

BearerSecret BearerSecret::make() {
  return BearerSecret(*hash_from(random_bytes(kBytes)));
}

std::optional<BearerSecret> BearerSecret::parse(std::string_view text) {
  if (!text.starts_with(kPrefix)) return std::nullopt;
  const auto decoded = from_base64url(text.substr(kPrefix.size()));
  if (!decoded || decoded->size() != kBytes + kCheckBytes) return std::nullopt;
  const std::string_view bytes = std::string_view(*decoded).substr(0, kBytes);
  if (check_of(bytes) != decoded->substr(kBytes)) return std::nullopt;
  return BearerSecret(*hash_from(bytes));
}

std::string BearerSecret::text() const {
  const std::string_view bytes = view(bytes_);
  return std::string(kPrefix) + to_base64url(std::string(bytes) + check_of(bytes));
}

Hash BearerSecret::digest() const {
  return sha256(view(bytes_));
}

}  // namespace chayan::crypto
