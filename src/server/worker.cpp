#include "server/worker.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "server/endpoint.h"

namespace chayan::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Out of descriptors or memory: connections wait in the backlog this long before the next try.
constexpr milliseconds kAcceptPause{50};
constexpr milliseconds kDrainTick{10};

// Connections above the limit that are told so at one time; further ones are closed unheard.
constexpr std::size_t kShedAtOnceMax = 256;

}  // namespace

Worker::Worker(const Options& options, Counters& counters)
    : drain_max_(options.timing.drain_max),
      connections_max_(options.connections_per_thread_max),
      state_(options.timing, options.connection_limits, counters),
      tick_(io_) {}

Result<void> Worker::listen(const Endpoint& endpoint, const Service& service) {
  auto acceptor = server::listen(io_, endpoint);
  if (!acceptor) return acceptor.error();
  doors_.push_back(std::make_unique<Door>(Door{std::move(*acceptor), Timer(io_), service}));
  return {};
}

Endpoint Worker::endpoint(std::size_t listener) const {
  return local_endpoint(doors_.at(listener)->acceptor);
}

void Worker::run() {
  for (const auto& door : doors_) asio::co_spawn(io_, accept(door.get()), asio::detached);
  asio::co_spawn(io_, watch_deadlines(), asio::detached);
  io_.run();
}

void Worker::drain() {
  asio::post(io_, [this] { begin_drain(); });
}

void Worker::ring() {
  if (rung_.exchange(true)) return;
  try {
    asio::post(io_, [this] { wake_waiting(); });
  } catch (...) {  // out of memory: the next ring tries again
    rung_ = false;
    throw;
  }
}

void Worker::wake_waiting() {
  rung_.exchange(false);
  ++state_.rings;
  state_.deadlines.for_each_waiting([](Timed& connection) { connection.ring(); });
}

Awaitable<void> Worker::accept(Door* door) {
  while (!state_.draining) {
    SystemError error;
    Socket socket(io_);
    asio::ip::tcp::endpoint peer;
    co_await door->acceptor.async_accept(socket, peer, suspend(error));
    if (state_.draining) co_return;
    if (!error) {
      admit(*door, std::move(socket), peer);
    } else if (error != asio::error::connection_aborted) {
      door->pause.expires_after(kAcceptPause);
      co_await door->pause.async_wait(suspend(error));
    }
  }
}

void Worker::admit(const Door& door, Socket socket, const asio::ip::tcp::endpoint& peer) {
  Counters& counters = state_.counters;
  ++counters.connections_accepted;
  SystemError error;
  socket.non_blocking(true, error);
  if (!error) socket.set_option(asio::ip::tcp::no_delay(true), error);
  if (error) return;  // the peer is gone already
  Admission admission = Admission::serve;
  if (state_.connections >= connections_max_) {
    ++counters.connections_shed;
    if (state_.connections >= connections_max_ + kShedAtOnceMax) return;
    admission = Admission::shed;
  }
  start_session(state_, door.service, std::move(socket), peer.address().to_string(), admission);
}

Awaitable<void> Worker::watch_deadlines() {
  while (!finished()) {
    const milliseconds interval = state_.deadlines.interval();
    SystemError error;
    tick_.expires_after(state_.draining ? std::min(interval, kDrainTick) : interval);
    co_await tick_.async_wait(suspend(error));
    const auto now = steady_clock::now();
    state_.deadlines.check(now);
    if (state_.draining && now >= drain_deadline_) {
      state_.deadlines.for_each([](Timed& connection) { connection.abandon(); });
    }
  }
}

void Worker::begin_drain() {
  if (state_.draining) return;
  state_.draining = true;
  drain_deadline_ = steady_clock::now() + drain_max_;
  SystemError ignored;
  for (const auto& door : doors_) {
    door->acceptor.close(ignored);
    door->pause.cancel();
  }
  state_.deadlines.for_each([](Timed& connection) { connection.drain(); });
  tick_.cancel();
}

}  // namespace chayan::server
