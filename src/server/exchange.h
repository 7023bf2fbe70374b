// One connection's requests and answers, without sockets: received bytes go in, bytes to send come
// out. Sessions move the bytes.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "http/message.h"
#include "server/input_buffer.h"
#include "server/thread_state.h"
#include "server/tls.h"

namespace chayan::server {

class Exchange {
 public:
  // `thread` and `application` outlive the exchange.
  Exchange(ThreadState& thread, const http::Application& application, std::string client,
           bool secure);

  std::span<char> make_room() { return input_.make_room(needed_bytes_); }
  void received(std::size_t count) { input_.received(count); }
  // False: make_room() would have to grow the buffer.
  bool has_room() const { return !input_.full(); }
  // Of requests from now on and to its end, see http::Request.
  void set_peer_certificate(PeerCertificate certificate) {
    peer_certificate_ = std::move(certificate);
  }
  // What arrives from now on is dropped.
  void discard_input();
  // After Next::close: bytes of a body that was not waited for, up to what the target takes or
  // limits::kRefusedBodyBytesMax. The client may be sending them.
  std::uint64_t announced_bytes() const { return announced_bytes_; }

  enum class Next {
    read,    // send what came out, then read on; awaits() says for what
    again,   // send what came out, then call again: more requests are there, or more of a body
    wait,    // send what came out, then call again when there is reason to ask again
    close,   // send what came out, then close so that the client can read it
    broken,  // send what came out, then cut the connection: the application failed
  };
  // Answers all complete requests in order, up to limits::kPipelinedResponseBytesMax, by appending
  // to `out`. A streamed body comes out piece by piece.
  Next advance(std::string& out);

  // After Next::wait, whose request stays in the buffer: when it must be answered, and that this
  // has come.
  std::chrono::steady_clock::time_point wait_end() const { return wait_->end; }
  void end_wait() { wait_->over = true; }

  // idle (no byte of a request has arrived), head or body.
  Phase awaits() const { return awaits_; }

  Next refuse(const Fault& fault, std::string& out);

 private:
  // A body that is being sent.
  struct Stream {
    std::unique_ptr<http::BodySource> source;
    std::uint64_t bytes_left;  // or http::kUnknownLength
    bool chunked;
    bool close;  // the connection, when it is sent
  };
  // A request that the application has put off; counted while it lives.
  struct Wait {
    Wait(std::atomic<std::uint64_t>& counter, std::chrono::milliseconds length);
    ~Wait() { --waiting; }
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

    std::atomic<std::uint64_t>& waiting;
    const std::chrono::steady_clock::time_point end;
    bool over = false;
  };

  // The request that is being read, as it lies in the buffer.
  struct Extent {
    std::size_t head_bytes = 0;
    std::uint64_t body_bytes = 0;
    bool is_whole = false;  // the body is here
    bool fits = false;      // the target takes a body of this length
  };

  // nullopt: one request was answered and the connection goes on.
  std::optional<Next> answer_next(std::string& out);
  std::optional<Fault> check_next_head(std::string_view bytes);
  Extent measure(std::string_view bytes) const;
  // The answer is made, and the connection ends without the rest of the body.
  void forgo_body(const Extent& extent);
  Next await(Phase phase, std::size_t needed_bytes);
  // The request that was answered leaves the buffer.
  std::optional<Next> go_on(const Extent& extent, std::optional<Next> next, std::string& out);
  std::optional<Next> answer(std::string_view body, std::string& out);
  // Next::read: the head decides nothing.
  std::optional<Next> answer_by_head(const Extent& extent, std::string& out);
  // What is left to do about the application's answer, or nullopt where it is to be sent.
  std::optional<Next> ask(std::string_view body);
  http::Request request(std::string_view body) const;
  // Sends what the application has answered. `close`: the connection ends with it.
  std::optional<Next> send_answer(bool close, std::string& out);
  std::optional<Next> send_piece(std::string& out);
  std::optional<Next> end_stream(std::string& out);
  std::optional<Next> break_stream(std::string& out, std::size_t begin);
  bool skip_empty_line();

  ThreadState& thread_;
  const http::Application& application_;
  const std::string client_;
  const bool secure_;
  PeerCertificate peer_certificate_;
  InputBuffer input_;
  HeadScan scan_;
  Phase awaits_ = Phase::idle;
  std::size_t needed_bytes_ = limits::kHeadBytesMax;  // by the request being read, from its start
  std::uint64_t announced_bytes_ = 0;
  std::size_t requests_ = 0;
  std::optional<Stream> stream_;
  std::optional<Wait> wait_;
  bool empty_line_skipped_ = false;
};

}  // namespace chayan::server
