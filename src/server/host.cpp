#include "server/host.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>

namespace chayan::server {
namespace {

constexpr std::size_t kHostBytesMax = 255;  // a DNS name

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

constexpr std::array<bool, 256> kRegNameBytes = [] {
  std::array<bool, 256> allowed{};
  for (unsigned char c = 'a'; c <= 'z'; ++c) allowed[c] = true;
  for (unsigned char c = 'A'; c <= 'Z'; ++c) allowed[c] = true;
  for (unsigned char c = '0'; c <= '9'; ++c) allowed[c] = true;
  for (const char c : std::string_view("-._~!$&'()*+,;=")) {
    allowed[static_cast<unsigned char>(c)] = true;
  }
  return allowed;
}();

bool is_reg_name(std::string_view name) {
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (kRegNameBytes[static_cast<unsigned char>(name[i])]) continue;
    const bool escape =
        name[i] == '%' && i + 2 < name.size() && is_hex(name[i + 1]) && is_hex(name[i + 2]);
    if (!escape) return false;
    i += 2;
  }
  return !name.empty() && name.size() <= kHostBytesMax;
}

bool is_ipv6(std::string_view address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.empty() || address.size() >= text.size()) return false;
  std::ranges::copy(address, text.begin());
  in6_addr parsed;
  return inet_pton(AF_INET6, text.data(), &parsed) == 1;
}

// port = *DIGIT: it may be empty.
bool is_port(std::string_view text) {
  if (text.empty()) return true;
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

bool is_valid_host(std::string_view value) {
  if (value.starts_with('[')) {
    const std::size_t bracket = value.find(']');
    if (bracket == std::string_view::npos || !is_ipv6(value.substr(1, bracket - 1))) return false;
    const std::string_view rest = value.substr(bracket + 1);
    return rest.empty() || (rest[0] == ':' && is_port(rest.substr(1)));
  }
  const std::size_t colon = value.find(':');
  if (colon == std::string_view::npos) return is_reg_name(value);
  return is_reg_name(value.substr(0, colon)) && is_port(value.substr(colon + 1));
}

}  // namespace chayan::server
