// As much of a client's address as is kept: its network, not its machine.
#pragma once

#include <string>
#include <string_view>

namespace chayan::api {

// "192.0.2.0/24", "2001:db8:1::/48"; IPv4 within IPv6 counts as IPv4. "unknown" for anything else.
std::string client_prefix(std::string_view address);

}  // namespace chayan::api
