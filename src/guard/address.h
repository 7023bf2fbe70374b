// IP addresses and networks: who asks, as far as limits and the audit trail tell people apart.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace chayan::guard {

// IPv4 addresses are held as IPv4-mapped IPv6 ones (RFC 4291 section 2.5.5.2), so that a client
// counts as one however the listener saw it.
struct Address {
  std::array<std::uint8_t, 16> bytes{};

  // "203.0.113.7", "2001:db8::1"; no zone, no port.
  static std::optional<Address> parse(std::string_view text);
  bool is_v4() const;
  std::string text() const;
  std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  bool operator==(const Address&) const = default;
};

// All addresses that begin with the same bits.
class Network {
 public:
  // "10.0.0.0/8", "2001:db8::/32", or an address alone. Bits behind the length must be zero: a slip
  // there would trust, or shut out, others than were meant.
  static Result<Network> parse(std::string_view text, std::string_view field);
  // What counts as one client: the address itself of IPv4, and the first 64 bits of IPv6, which is
  // the least that a household is given.
  static Network of_client(const Address& address);

  bool contains(const Address& address) const;
  const Address& address() const { return address_; }
  std::string text() const;  // "203.0.113.7/32", "2001:db8::/64"

  bool operator==(const Network&) const = default;

 private:
  Network(const Address& address, unsigned bits) : address_(address), bits_(bits) {}

  Address address_;
  unsigned bits_ = 128;  // of the mapped form
};

}  // namespace chayan::guard
