// Syntax of the Host field: uri-host [ ":" port ], RFC 9110 section 7.2 and RFC 3986 section 3.2.
#pragma once

#include <string_view>

namespace chayan::server {

// reg-name, IPv4 or [IPv6], then a port up to 65535 if any. Empty is refused: every http URI has a
// host.
bool is_valid_host(std::string_view value);

}  // namespace chayan::server
