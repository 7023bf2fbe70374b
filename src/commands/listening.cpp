#include "commands/listening.h"

#include <atomic>

namespace chayan::commands {

bool is_loopback(const server::Endpoint& endpoint) {
  return endpoint.address.starts_with("127.") || endpoint.address == "::1";
}

std::string text(const server::Endpoint& endpoint) {
  const bool is_v6 = endpoint.address.find(':') != std::string::npos;
  return (is_v6 ? '[' + endpoint.address + ']' : endpoint.address) + ':' +
         std::to_string(endpoint.port);
}

std::vector<api::Sample> samples(const server::Counters& counters) {
  const auto value = [](const std::atomic<std::uint64_t>& counter) {
    return static_cast<double>(counter.load(std::memory_order_relaxed));
  };
  return {
      {"chayan_connections_accepted_total", "Connections accepted",
       value(counters.connections_accepted)},
      {"chayan_connections_open", "Connections open now", value(counters.connections_open), false},
      {"chayan_connections_shed_total", "Connections refused for load",
       value(counters.connections_shed)},
      {"chayan_requests_refused_total", "Requests refused before an endpoint was asked",
       value(counters.requests_refused)},
      {"chayan_requests_waiting", "Long polls held back now", value(counters.requests_waiting),
       false},
      {"chayan_deadlines_missed_total", "Connections closed by a phase deadline",
       value(counters.deadlines_missed)},
      {"chayan_tls_handshakes_failed_total", "TLS handshakes that failed",
       value(counters.tls_handshakes_failed)},
  };
}

}  // namespace chayan::commands
