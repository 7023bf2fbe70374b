// One connection's life: handshake, requests and answers until one side has enough, close.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <string>

#include "server/asio.h"
#include "server/thread_state.h"

namespace chayan::server {

// What a connection inherits from its listener.
struct Service {
  http::Application application;
  std::shared_ptr<asio::ssl::context> tls;  // null: plain HTTP
};

enum class Admission { serve, shed };

// Starts a session on the socket's executor; it owns itself from here. `thread` and `service`
// outlive it. A shed session answers 503 and closes; over TLS it closes at once, a handshake being
// the dearest thing that could be done for it.
void start_session(ThreadState& thread, const Service& service, Socket socket, std::string client,
                   Admission admission);

}  // namespace chayan::server
