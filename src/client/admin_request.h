// One request to the admin listener of a running service (by libcurl): how a command has something
// done by the process that holds the data directory.
#pragma once

#include <chrono>
#include <string>

#include "base/result.h"

namespace chayan::client {

struct AdminReply {
  long status = 0;
  std::string body;  // an order's answer, under 64 KiB; a longer one is an error
};

// `server` is "http://127.0.0.1:9090"; `target` begins with '/'. A POST has an empty body. `wait`:
// how long the server was asked to hold its answer back. Redirects are not followed.
// Errors: unavailable (no connection, cut, silent), invalid_argument (not such an address).
Result<AdminReply> admin_get(const std::string& server, const std::string& target,
                             std::chrono::seconds wait = {});
Result<AdminReply> admin_post(const std::string& server, const std::string& target);

}  // namespace chayan::client
