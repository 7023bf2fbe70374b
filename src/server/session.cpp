#include "server/session.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <utility>

#include "server/exchange.h"
#include "server/stream.h"
#include "server/tls.h"

namespace chayan::server {
namespace {

// An output buffer that has carried a long answer is given back above this.
constexpr std::size_t kKeptOutputBytes = 32'768;

class Counted {
 public:
  explicit Counted(std::size_t& count) : count_(count) { ++count_; }
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::size_t& count_;
};

template <typename Stream>
class Session final : public Timed {
 public:
  Session(ThreadState& thread, const Service& service, Socket socket, std::string client,
          Admission admission)
      : thread_(thread),
        admission_(admission),
        stream_(std::move(socket), service.tls.get()),
        exchange_(thread, service.application, std::move(client), Stream::kSecure) {
    ++thread_.connections;
    ++thread_.counters.connections_open;
  }
  ~Session() override {
    --thread_.connections;
    --thread_.counters.connections_open;
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  static Awaitable<void> run(std::unique_ptr<Session> session) {
    try {
      co_await session->serve();
    } catch (const std::exception&) {  // out of memory: this connection ends, others go on
    }
  }

  void deadline_passed() override {
    const bool ordinary = phase() == Phase::idle || phase() == Phase::wait || lingering_;
    if (!ordinary) ++thread_.counters.deadlines_missed;
    interrupt(Interruption::deadline);
  }
  void ring() override {
    if (!interrupted()) interrupt(Interruption::ring);  // another has more to say
  }
  void drain() override {
    const bool drops_body = lingering_ && phase() != Phase::linger;
    if (phase() == Phase::idle || phase() == Phase::handshake || phase() == Phase::wait ||
        drops_body) {
      interrupt(Interruption::drain);
    }
  }
  void abandon() override { interrupt(Interruption::abandon); }

 private:
  using Next = Exchange::Next;
  enum class Interruption { none, deadline, ring, drain, abandon };

  // Wakes the operation under way, which may have succeeded in the same moment: interruption_ and
  // not the operation's error says what happened.
  void interrupt(Interruption why) {
    interruption_ = why;
    SystemError ignored;
    stream_.socket().cancel(ignored);
  }
  bool interrupted() const { return interruption_ != Interruption::none; }

  Awaitable<void> serve() {
    if constexpr (Stream::kSecure) {
      const bool secured = co_await shake_hands();
      if (!secured) co_return;
    }
    thread_.deadlines.enter(*this, Phase::idle);
    if (admission_ == Admission::shed) {
      co_await refuse({http::Refusal::overloaded, "Too many connections are open."});
      co_return;
    }
    while (true) {
      thread_.out.clear();
      const std::uint64_t rings_heard = thread_.rings;
      const Next next = exchange_.advance(thread_.out);
      const bool answered = !thread_.out.empty();
      if (answered && !Stream::kSecure && !thread_.spare_buffers.empty()) {
        thread_.deadlines.enter(*this, Phase::write);
        std::string held = take_answer();
        {
          const Counted counted(thread_.answers_held);
          co_await next_turn();
        }
        bring_back(held);
        if (interrupted()) co_return;
      }
      if (answered) {
        const std::size_t sent = stream_.send_now(thread_.out);
        if (sent < thread_.out.size()) {
          const bool complete = co_await send_rest(sent);
          if (!complete) co_return;
        }
      }
      if (next == Next::broken) co_return;
      if (next == Next::close) {
        co_await linger();
        co_return;
      }
      if (next == Next::again) {
        // A socket that takes whatever it is given would keep the thread until the last byte of a
        // long body.
        thread_.deadlines.enter(*this, Phase::write);
        co_await next_turn();
        if (interrupted()) co_return;
        continue;
      }
      if (next == Next::wait) {
        const bool goes_on = co_await wait(rings_heard);
        if (!goes_on) co_return;
        continue;
      }

      if (client_ended_) co_return;
      const Phase awaited = exchange_.awaits();
      if (awaited == Phase::idle && thread_.draining) {
        if (!receive_now()) co_return;
        continue;
      }
      if (answered || awaited != phase()) thread_.deadlines.enter(*this, awaited);
      // Those whose answers are held send them first. By then this one's client has often asked
      // again, and the read finds it: now it would find nothing, and have to be told.
      if (answered && thread_.answers_held > 0) co_await next_turn();
      SystemError error;
      if (!interrupted()) {
        const std::span<char> room = exchange_.make_room();
        const std::size_t count = co_await stream_.layer().async_read_some(
            asio::buffer(room.data(), room.size()), suspend(error));
        exchange_.received(count);
      }
      if (interrupted()) {
        const bool goes_on = co_await after_interruption();
        if (!goes_on) co_return;
      } else if (error) {
        co_return;
      }
    }
  }

  Awaitable<bool> shake_hands() {
    thread_.deadlines.enter(*this, Phase::handshake);
    SystemError error;
    co_await stream_.layer().async_handshake(asio::ssl::stream_base::server, suspend(error));
    const bool secured = !error && !interrupted();
    if (!secured) ++thread_.counters.tls_handshakes_failed;
    if (secured) {
      exchange_.set_peer_certificate(peer_certificate(stream_.layer().native_handle()));
    }
    co_return secured;
  }

  // Comes back when all that is ready now has had its turn. No coroutine of its own: a connection has
  // one operation under way at any time, whose memory Asio uses again for the next.
  Awaitable<void> next_turn() {
    return asio::post(stream_.socket().get_executor(), asio::use_awaitable_t<Executor>());
  }

  // The answer is the connection's while it is held, for others write theirs meanwhile.
  std::string take_answer() {
    std::string answer = std::move(thread_.spare_buffers.back());
    thread_.spare_buffers.pop_back();
    answer.swap(thread_.out);
    return answer;
  }
  void bring_back(std::string& answer) {
    answer.swap(thread_.out);
    answer.clear();
    if (answer.capacity() > kKeptOutputBytes) answer = room_for_answer();
    thread_.spare_buffers.push_back(std::move(answer));
  }

  // Sends what the kernel did not take at once. The buffer of the thread is handed over to the
  // connection, since others write answers meanwhile.
  Awaitable<bool> send_rest(std::size_t sent) {
    unsent_.swap(thread_.out);
    thread_.deadlines.enter(*this, Phase::write);
    SystemError error;
    co_await asio::async_write(stream_.layer(),
                               asio::buffer(unsent_.data() + sent, unsent_.size() - sent),
                               suspend(error));
    std::string().swap(unsent_);
    co_return !error && !interrupted();
  }

  // Suspends until there is reason to put the request to the application again. It has been asked
  // when `rings` were heard. False: the connection has ended.
  //
  // Reads on meanwhile, into what room is left behind the request, to see the end of the client.
  // Where requests behind this one fill the buffer, a broken connection is still seen, but an end
  // only when the wait is over.
  Awaitable<bool> wait(std::uint64_t rings) {
    if (client_ended_) {
      exchange_.end_wait();
      co_return true;
    }
    thread_.deadlines.enter_wait(*this, exchange_.wait_end());
    while (thread_.rings == rings && !thread_.draining) {
      SystemError error;
      const bool reads = exchange_.has_room();
      if (reads) {
        const std::span<char> room = exchange_.make_room();
        const std::size_t count = co_await stream_.layer().async_read_some(
            asio::buffer(room.data(), room.size()), suspend(error));
        exchange_.received(count);
      } else {
        co_await stream_.socket().async_wait(Socket::wait_error, suspend(error));
      }
      const Interruption why = std::exchange(interruption_, Interruption::none);
      client_ended_ = reads && error == asio::error::eof;
      const bool broken = reads ? error && error != asio::error::operation_aborted && !client_ended_
                                : why == Interruption::none;
      if (broken || why == Interruption::abandon) co_return false;
      if (why == Interruption::deadline || client_ended_) exchange_.end_wait();
      if (why != Interruption::none || client_ended_) co_return true;
    }
    co_return true;
  }

  // While draining: a request that is already in the socket is still answered.
  bool receive_now() {
    const std::size_t count = stream_.receive_now(exchange_.make_room());
    exchange_.received(count);
    return count > 0;
  }

  // A read was interrupted. True: carry on.
  Awaitable<bool> after_interruption() {
    const Interruption why = std::exchange(interruption_, Interruption::none);
    if (why == Interruption::drain) co_return true;
    if (why == Interruption::deadline && phase() != Phase::idle) {
      co_await refuse({http::Refusal::request_timeout, "The request did not arrive in time."});
    }
    co_return false;
  }

  Awaitable<void> refuse(Fault fault) {
    thread_.out.clear();
    const Next next = exchange_.refuse(fault, thread_.out);
    if (next != Next::close) co_return;
    const std::size_t sent = stream_.send_now(thread_.out);
    if (sent < thread_.out.size()) {
      const bool complete = co_await send_rest(sent);
      if (!complete) co_return;
    }
    co_await linger();
  }

  // Closing a socket with unread input resets the connection, and the reset may overtake the last
  // answer: end our side, then drop what still comes, within bounds. A client that sends its body
  // before it listens gets the time that it would have to take an answer; over TLS its records are
  // counted, which are some hundredths longer than what they hold.
  Awaitable<void> linger() {
    lingering_ = true;
    const std::uint64_t announced = exchange_.announced_bytes();
    const std::uint64_t bytes_max =
        announced + (Stream::kSecure ? announced / 16 : 0) + limits::kLingerBytesMax;
    const bool may_send = announced > 0 && !thread_.draining;
    thread_.deadlines.enter(*this, may_send ? Phase::write : Phase::linger);
    exchange_.discard_input();
    SystemError error;
    if constexpr (Stream::kSecure) {
      co_await stream_.layer().async_shutdown(suspend(error));
    }
    stream_.socket().shutdown(asio::socket_base::shutdown_send, error);
    std::uint64_t dropped = 0;
    while (!error && !interrupted() && dropped < bytes_max) {
      const std::span<char> room = exchange_.make_room();
      dropped += co_await stream_.socket().async_read_some(asio::buffer(room.data(), room.size()),
                                                           suspend(error));
    }
  }

  ThreadState& thread_;
  const Admission admission_;
  Stream stream_;
  Exchange exchange_;
  std::string unsent_;
  Interruption interruption_ = Interruption::none;
  bool lingering_ = false;
  // It sends no more, but may read: what it has asked is still answered. Asio must not be asked to
  // read again: it would wait for an event that epoll has told already.
  bool client_ended_ = false;
};

template <typename Stream>
void start(ThreadState& thread, const Service& service, Socket socket, std::string client,
           Admission admission) {
  const Executor executor = socket.get_executor();
  auto session = std::make_unique<Session<Stream>>(thread, service, std::move(socket),
                                                   std::move(client), admission);
  asio::co_spawn(executor, Session<Stream>::run(std::move(session)), asio::detached);
}

}  // namespace

void start_session(ThreadState& thread, const Service& service, Socket socket, std::string client,
                   Admission admission) {
  if (!service.tls) {
    start<PlainStream>(thread, service, std::move(socket), std::move(client), admission);
  } else if (admission == Admission::serve) {
    start<TlsStream>(thread, service, std::move(socket), std::move(client), admission);
  }
}

}  // namespace chayan::server
