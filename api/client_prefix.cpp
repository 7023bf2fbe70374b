#include "api/client_prefix.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace chayan::api {
namespace {

constexpr std::string_view kMappedV4 = "::ffff:";
constexpr std::size_t kV6PrefixBytes = 6;

}  // namespace

std::string client_prefix(std::string_view address) {
  if (address.starts_with(kMappedV4) && address.find('.') != std::string_view::npos) {
    address.remove_prefix(kMappedV4.size());
  }
  const std::string text(address.substr(0, address.find('%')));  // without its interface
  std::array<unsigned char, 16> bytes{};
  std::array<char, INET6_ADDRSTRLEN> out{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) {
    bytes[3] = 0;
    inet_ntop(AF_INET, bytes.data(), out.data(), out.size());
    return std::string(out.data()) + "/24";
  }
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) {
    std::fill(bytes.begin() + kV6PrefixBytes, bytes.end(), static_cast<unsigned char>(0));
    inet_ntop(AF_INET6, bytes.data(), out.data(), out.size());
    return std::string(out.data()) + "/48";
  }
  return "unknown";
}

}  // namespace chayan::api
