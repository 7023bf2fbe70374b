// Whom a request comes from, where reverse proxies stand before the service.
//
// X-Forwarded-For is what anybody may write. It is read only where the peer itself is a trusted
// proxy, and from the right, for each proxy appends the address it was asked by: the first address
// that is no trusted proxy's is the client. What stands left of it is the client's own word.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "guard/address.h"

namespace chayan::guard {

// Immutable; any thread.
class TrustedProxies {
 public:
  explicit TrustedProxies(std::vector<Network> networks = {}) : networks_(std::move(networks)) {}

  bool trusts(const Address& address) const;
  // `forwarded` is X-Forwarded-For, several fields of that name joined by commas in their order.
  // An element that is no address ends the reading: the request counts as its proxy's own.
  Address client(const Address& peer, std::string_view forwarded) const;

 private:
  std::vector<Network> networks_;
};

}  // namespace chayan::guard
