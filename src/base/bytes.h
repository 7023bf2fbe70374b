// Byte strings and their usual spellings. A byte string is a std::string, a view of one a
// std::string_view.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chayan {

using Hash = std::array<std::uint8_t, 32>;  // SHA-256, a Merkle node, a commitment

inline std::string_view view(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}
// `bytes` must be exactly 32 long.
std::optional<Hash> hash_from(std::string_view bytes);

// Big-endian, so that byte order is value order.
void put_u16(std::string& out, std::uint16_t value);
void put_u32(std::string& out, std::uint32_t value);
void put_u64(std::string& out, std::uint64_t value);
// Length as u32, then the bytes.
void put_prefixed(std::string& out, std::string_view bytes);

// Reads what the put_ functions wrote, front to back. After one read past the end every further
// read gives zero or an empty view and ok() is false: decode everything, then ask once.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  std::uint8_t u8();
  std::uint16_t u16();
  std::uint32_t u32();
  std::uint64_t u64();
  std::string_view prefixed();
  std::string_view take(std::size_t length);

  std::string_view rest() const { return rest_; }
  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view hex);  // lower or upper case, even length

std::string to_base64url(std::string_view bytes);  // RFC 4648 section 5, without padding
std::optional<std::string> from_base64url(std::string_view text);
std::string to_base64(std::string_view bytes);  // RFC 4648 section 4, padded
std::optional<std::string> from_base64(std::string_view text);

}  // namespace chayan
