#include "base/bytes.h"

#include <algorithm>

namespace chayan {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

template <typename T>
void put_big_endian(std::string& out, T value) {
  for (int shift = static_cast<int>(sizeof(T) - 1) * 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((value >> shift) & 0xFF));
  }
}

template <typename T>
T get_big_endian(std::string_view bytes) {
  T value = 0;
  for (const char byte : bytes) {
    value =
        static_cast<T>((static_cast<std::uint64_t>(value) << 8) | static_cast<std::uint8_t>(byte));
  }
  return value;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string encode_base64(std::string_view bytes, std::string_view alphabet) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : bytes) {
    bits = (bits << 8) | static_cast<std::uint8_t>(c);
    for (held += 8; held >= 6; held -= 6) text.push_back(alphabet[(bits >> (held - 6)) & 0x3F]);
  }
  if (held > 0) text.push_back(alphabet[(bits << (6 - held)) & 0x3F]);
  return text;
}

std::optional<std::string> decode_base64(std::string_view text, std::string_view alphabet) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const std::size_t value = alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes.push_back(static_cast<char>((bits >> held) & 0xFF));
    }
  }
  // Unused bits must be zero, so that a byte string has one spelling.
  if ((bits & ((1U << held) - 1)) != 0) return std::nullopt;
  return bytes;
}

}  // namespace

std::optional<Hash> hash_from(std::string_view bytes) {
  Hash hash;
  if (bytes.size() != hash.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

void put_u16(std::string& out, std::uint16_t value) {
  put_big_endian(out, value);
}
void put_u32(std::string& out, std::uint32_t value) {
  put_big_endian(out, value);
}
void put_u64(std::string& out, std::uint64_t value) {
  put_big_endian(out, value);
}

void put_prefixed(std::string& out, std::string_view bytes) {
  put_u32(out, static_cast<std::uint32_t>(bytes.size()));
  out.append(bytes);
}

std::string_view ByteReader::take(std::size_t length) {
  if (!ok_ || length > rest_.size()) {
    ok_ = false;
    rest_ = {};
    return {};
  }
  const std::string_view taken = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return taken;
}

std::uint8_t ByteReader::u8() {
  return get_big_endian<std::uint8_t>(take(1));
}
std::uint16_t ByteReader::u16() {
  return get_big_endian<std::uint16_t>(take(2));
}
std::uint32_t ByteReader::u32() {
  return get_big_endian<std::uint32_t>(take(4));
}
std::uint64_t ByteReader::u64() {
  return get_big_endian<std::uint64_t>(take(8));
}
std::string_view ByteReader::prefixed() {
  return take(u32());
}

std::string to_hex(std::string_view bytes) {
  std::string hex(bytes.size() * 2, '\0');
  char* at = hex.data();
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    *at++ = kHexDigits[byte >> 4];
    *at++ = kHexDigits[byte & 0xF];
  }
  return hex;
}

std::optional<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = hex_value(hex[i]);
    const int low = hex_value(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return bytes;
}

std::string to_base64url(std::string_view bytes) {
  return encode_base64(bytes, kBase64Url);
}

std::optional<std::string> from_base64url(std::string_view text) {
  return decode_base64(text, kBase64Url);
}

std::string to_base64(std::string_view bytes) {
  std::string text = encode_base64(bytes, kBase64);
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return decode_base64(text, kBase64);
}

}  // namespace chayan
