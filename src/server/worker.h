// One thread of the server: an io_context, an acceptor for each listener, and the connections that
// they accept.
#pragma once

#include <atomic>
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
  // From any thread: has every request that waits on this one asked again.
  //
  // Why no ring is lost. A request asks and finds nothing: so the news became visible after it
  // looked, and ring() is called after that. Either ring() finds rung_ unset: then it posts
  // wake_waiting(), which runs on this thread when the asking has suspended. Or it finds rung_ set:
  // then the wake_waiting() that will clear it does so after our exchange and, being an exchange
  // too (a plain store would not do), acquires what ours released. Had it run before the look, the
  // look would have seen the news; so it runs after.
  // A request that has asked but does not wait yet, because earlier answers are still being sent,
  // is not among the waiting when wake_waiting() runs: it compares ThreadState::rings with what it
  // was at its asking before it suspends, on this same thread.
  void ring();

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
  void wake_waiting();
  bool finished() const { return state_.draining && state_.connections == 0; }

  const std::chrono::milliseconds drain_max_;
  const std::size_t connections_max_;
  std::chrono::steady_clock::time_point drain_deadline_;
  std::atomic<bool> rung_{false};  // a wake_waiting() is posted and has not begun
  ThreadState state_;              // before io_, whose destructor ends the sessions that use it
  asio::io_context io_{1};
  Timer tick_;
  std::vector<std::unique_ptr<Door>> doors_;
};

}  // namespace chayan::server
