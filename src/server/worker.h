// One thread of the server: an io_context, an acceptor for each listener, and the connections that
// they accept.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "server/asio.h"
#include "server/session.h"
#include "server/thread_state.h"

namespace chayan::server {

class Worker {
 public:
  Worker(const Options& options, Counters& counters);

  // Before run(). `service` outlives the worker.
  Result<void> listen(const Endpoint& endpoint, const Service& service);
  Endpoint endpoint(std::size_t listener) const;

  // Serves on the calling thread until drained.
  void run();
  // From any thread.
  void drain();

  asio::io_context& io() { return io_; }

 private:
  struct Door {
    Acceptor acceptor;
    Timer pause;
    const Service& service;
  };

  Awaitable<void> accept(Door* door);
  void admit(const Door& door, Socket socket, const asio::ip::tcp::endpoint& peer);
  Awaitable<void> watch_deadlines();
  void begin_drain();
  bool finished() const { return state_.draining && state_.connections == 0; }

  const std::chrono::milliseconds drain_max_;
  const std::size_t connections_max_;
  std::chrono::steady_clock::time_point drain_deadline_;
  ThreadState state_;  // before io_, whose destructor ends the sessions that use it
  asio::io_context io_{1};
  Timer tick_;
  std::vector<std::unique_ptr<Door>> doors_;
};

}  // namespace chayan::server
