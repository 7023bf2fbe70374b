// What the address of a server says: read by the parser of the library that connects to it, so that
// what is judged here is what is asked there.
#pragma once

#include <string>

#include "base/result.h"

namespace chayan::client {

struct ServerUrl {
  bool is_https = false;
  bool is_this_machine = false;  // 127.0.0.1, [::1] or localhost

  // What is secret goes over TLS, or stays on this machine.
  bool keeps_secrets() const { return is_https || is_this_machine; }
};

// "https://registry.example:8443", with a path or without. Error invalid_argument: another scheme,
// no URL, or a user, query or fragment in it. The message does not repeat the URL: there may be a
// password in it.
Result<ServerUrl> parse_server_url(const std::string& url);

}  // namespace chayan::client
