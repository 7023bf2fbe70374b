// Addresses to listen on, and listening sockets.
#pragma once

#include "base/result.h"
#include "server/asio.h"
#include "server/server.h"

namespace chayan::server {

// Fails where another socket listens on `endpoint`. Acceptors are bound with SO_REUSEPORT, with
// which a second server of the same user would silently take half of the connections.
Result<void> require_free(const Endpoint& endpoint);

// Binds and listens, with SO_REUSEPORT.
Result<Acceptor> listen(asio::io_context& io, const Endpoint& endpoint);

Endpoint local_endpoint(const Acceptor& acceptor);

}  // namespace chayan::server
