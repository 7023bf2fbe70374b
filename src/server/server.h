// The asynchronous shell: listeners, one thread a core, connections, deadlines, TLS, draining. The
// only room with coroutines. It knows messages, not what they say.
//
// Each thread has its own io_context and, for each listener, an acceptor of its own (SO_REUSEPORT):
// a connection lives and dies on one thread and shares nothing but the counters.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "http/message.h"

namespace chayan::server {

struct Endpoint {
  std::string address;     // "127.0.0.1", "::1", "0.0.0.0"
  std::uint16_t port = 0;  // 0: any free one
};
// "127.0.0.1:8080", "[::1]:8080"
Result<Endpoint> parse_endpoint(std::string_view text, std::string_view field = "listen");

// Deadlines and bounds; the defaults are limits.h. Tests shorten them.
struct Timing {
  std::chrono::milliseconds tls_handshake_max = limits::kTlsHandshakeMax;
  std::chrono::milliseconds head_max = limits::kHeadMax;
  std::chrono::milliseconds body_max = limits::kBodyMax;
  std::chrono::milliseconds write_max = limits::kWriteMax;
  std::chrono::milliseconds idle_max = limits::kIdleMax;
  std::chrono::milliseconds drain_max = limits::kDrainMax;
  std::chrono::milliseconds linger_max = limits::kLingerMax;
};

struct Listener {
  Endpoint endpoint;
  std::string tls_certificate_file;  // PEM chain; empty: plain HTTP
  std::string tls_key_file;
  http::Application application;
  // TLS with a client certificate: a handshake without one fails. Any certificate within its
  // validity is taken, whoever issued it: partners' certificates, self-signed ones too, are pinned
  // by the application (http::Request::peer_certificate), and a pin says more than any issuer
  // could.
  bool client_certificate = false;
};

struct Options {
  std::vector<Listener> listeners;
  unsigned threads = 1;
  bool connection_limits = true;  // false (measuring only): requests a connection are not counted
  std::size_t connections_per_thread_max = limits::kConnectionsPerThreadMax;
  Timing timing;
};

// Read from any thread while the server runs; what /metrics shows.
struct Counters {
  std::atomic<std::uint64_t> connections_accepted{0};
  std::atomic<std::uint64_t> connections_open{0};
  std::atomic<std::uint64_t> connections_shed{0};  // over Options::connections_per_thread_max
  std::atomic<std::uint64_t> requests_answered{0};
  std::atomic<std::uint64_t> requests_waiting{0};  // now, see http::Response::wait
  std::atomic<std::uint64_t> requests_refused{0};  // by the server itself, see http::Refusal
  std::atomic<std::uint64_t> deadlines_missed{0};  // by handshake, head, body or write; an idle
                                                   // connection that is closed is ordinary
  std::atomic<std::uint64_t> tls_handshakes_failed{0};
  std::atomic<std::uint64_t> application_faults{0};  // answer or refuse threw, answer waited after
                                                     // its time, a source ended early:
                                                     // connection cut
};

class Server {
 public:
  // Binds and listens at once, so that a port in use is an error here and not later. Nothing is
  // accepted before run().
  static Result<std::unique_ptr<Server>> create(Options options);
  ~Server();

  // Where listener i really listens (the port that 0 became).
  Endpoint endpoint(std::size_t i) const;

  // Serves on options.threads threads until drained; returns when all of them have ended.
  void run();
  // From any thread: stop accepting, finish requests under way (their answers say Connection:
  // close), close idle connections, end after drain_max at the latest. Idempotent.
  void drain();
  // Calls drain() on SIGTERM and SIGINT. Call before run().
  void drain_on_signals();
  // From any thread: what waiting requests wait for may have come; each is asked again. Make the
  // news visible to the application first, then ring. Cheap, and rings in quick succession are one.
  void ring();

  bool draining() const;  // any thread
  const Counters& counters() const;

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace chayan::server
