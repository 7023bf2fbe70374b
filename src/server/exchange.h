// One connection's requests and answers, without sockets: received bytes go in, bytes to send come
// out. Sessions move the bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/message.h"
#include "server/input_buffer.h"
#include "server/thread_state.h"

namespace chayan::server {

class Exchange {
 public:
  // `thread` and `application` outlive the exchange.
  Exchange(ThreadState& thread, const http::Application& application, std::string client,
           bool secure);

  std::span<char> make_room() { return input_.make_room(needed_bytes_); }
  void received(std::size_t count) { input_.received(count); }
  // What arrives from now on is dropped.
  void discard_input();

  enum class Next {
    read,    // send what came out, then read on; awaits() says for what
    again,   // send what came out, then call again: more requests are there
    close,   // send what came out, then close so that the client can read it
    broken,  // send what came out, then cut the connection: the application failed
  };
  // Answers all complete requests in order, up to limits::kPipelinedResponseBytesMax, by appending
  // to `out`.
  Next advance(std::string& out);

  // idle (no byte of a request has arrived), head or body.
  Phase awaits() const { return awaits_; }

  Next refuse(const Fault& fault, std::string& out);

 private:
  // nullopt: one request was answered and the connection goes on.
  std::optional<Next> answer_next(std::string& out);
  std::optional<Fault> check_next_head(std::string_view bytes);
  Next await(Phase phase, std::size_t needed_bytes);
  std::optional<Next> answer(std::string_view body, std::string& out);
  bool skip_empty_line();

  ThreadState& thread_;
  const http::Application& application_;
  const std::string client_;
  const bool secure_;
  InputBuffer input_;
  HeadScan scan_;
  Phase awaits_ = Phase::idle;
  std::size_t needed_bytes_ = limits::kHeadBytesMax;  // by the request being read, from its start
  std::size_t requests_ = 0;
  bool empty_line_skipped_ = false;
};

}  // namespace chayan::server
