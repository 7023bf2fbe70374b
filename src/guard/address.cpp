#include "guard/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace chayan::guard {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned kMappedBits = 96;
constexpr unsigned kClientBitsV6 = 64;

// `address` with all but its first `bits` bits cleared.
Address cut(Address address, unsigned bits) {
  for (unsigned i = 0; i < address.bytes.size(); ++i) {
    const unsigned kept = std::min(8U, bits - std::min(bits, 8 * i));
    address.bytes[i] = static_cast<std::uint8_t>(address.bytes[i] & (0xff00U >> kept));
  }
  return address;
}

Error bad_network(std::string_view field) {
  return invalid(std::string(field),
                 "This is no network: write an address, or one with a prefix length and no bits "
                 "set behind it, as 10.0.0.0/8 or 2001:db8::/32.",
                 "不是有效的网段，请填写地址，或如 10.0.0.0/8、2001:db8::/32 的网段。");
}

}  // namespace

std::optional<Address> Address::parse(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.empty() || text.size() >= terminated.size()) return std::nullopt;
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  std::copy(text.begin(), text.end(), terminated.begin());
  Address address;
  if (text.find(':') != std::string_view::npos) {
    if (::inet_pton(AF_INET6, terminated.data(), address.bytes.data()) != 1) return std::nullopt;
    return address;
  }
  std::copy(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes.begin());
  if (::inet_pton(AF_INET, terminated.data(), address.bytes.data() + 12) == 1) return address;
  return std::nullopt;
}

bool Address::is_v4() const {
  return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes.begin());
}

std::string Address::text() const {
  std::array<char, INET6_ADDRSTRLEN> out{};
  if (!is_v4()) {
    ::inet_ntop(AF_INET6, bytes.data(), out.data(), out.size());
    return out.data();
  }
  // inet_ntop would print each part by its format, for every question on record.
  char* at = out.data();
  for (std::size_t i = kMappedPrefix.size(); i < bytes.size(); ++i) {
    if (at != out.data()) *at++ = '.';
    at = std::to_chars(at, out.end(), bytes[i]).ptr;
  }
  return {out.data(), at};
}

Result<Network> Network::parse(std::string_view text, std::string_view field) {
  const std::size_t slash = text.find('/');
  const auto address = Address::parse(text.substr(0, slash));
  if (!address) return bad_network(field);
  const unsigned before = address->is_v4() ? kMappedBits : 0;
  unsigned bits = 128 - before;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    unsigned given = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), given);
    const bool is_number = fault == std::errc() && end == digits.data() + digits.size();
    if (!is_number || given > bits || (digits.size() > 1 && digits.front() == '0')) {
      return bad_network(field);
    }
    bits = given;
  }
  const Network network(*address, before + bits);
  if (cut(*address, network.bits_) != *address) return bad_network(field);
  return network;
}

Network Network::of_client(const Address& address) {
  const unsigned bits = address.is_v4() ? 128 : kClientBitsV6;
  return {cut(address, bits), bits};
}

bool Network::contains(const Address& address) const {
  return cut(address, bits_) == address_;
}

std::string Network::text() const {
  const bool is_v4 = address_.is_v4() && bits_ >= kMappedBits;
  return address_.text() + '/' + std::to_string(is_v4 ? bits_ - kMappedBits : bits_);
}

}  // namespace chayan::guard
