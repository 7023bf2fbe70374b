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

std::vector<api::Sample> samples(std::span<const server::Counters* const> servers) {
  const auto sum = [&](std::atomic<std::uint64_t> server::Counters::*counter) {
    double total = 0;
    for (const server::Counters* one : servers) {
      total += static_cast<double>((one->*counter).load(std::memory_order_relaxed));
    }
    return total;
  };
  using server::Counters;
  return {
      {"chayan_connections_accepted_total", "Connections accepted",
       sum(&Counters::connections_accepted)},
      {"chayan_connections_open", "Connections open now", sum(&Counters::connections_open), false},
      {"chayan_connections_shed_total", "Connections refused for load",
       sum(&Counters::connections_shed)},
      {"chayan_requests_refused_total", "Requests refused before an endpoint was asked",
       sum(&Counters::requests_refused)},
      {"chayan_requests_waiting", "Long polls held back now", sum(&Counters::requests_waiting),
       false},
      {"chayan_deadlines_missed_total", "Connections closed by a phase deadline",
       sum(&Counters::deadlines_missed)},
      {"chayan_tls_handshakes_failed_total", "TLS handshakes that failed",
       sum(&Counters::tls_handshakes_failed)},
  };
}

}  // namespace chayan::commands
