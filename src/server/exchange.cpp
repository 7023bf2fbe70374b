#include "server/exchange.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "server/response_writer.h"
#include "server/second_reading.h"

namespace chayan::server {
namespace {

void count(std::atomic<std::uint64_t>& counter) {
  counter.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

Exchange::Exchange(ThreadState& thread, const http::Application& application, std::string client,
                   bool secure)
    : thread_(thread), application_(application), client_(std::move(client)), secure_(secure) {}

Exchange::Wait::Wait(std::atomic<std::uint64_t>& counter, std::chrono::milliseconds length)
    : waiting(counter),
      end(std::chrono::steady_clock::now() +
          std::min<std::chrono::milliseconds>(length, limits::kWaitMax)) {
  ++waiting;
}

void Exchange::discard_input() {
  input_.clear();
  needed_bytes_ = limits::kHeadBytesMax;
}

Exchange::Next Exchange::advance(std::string& out) {
  while (true) {
    if (const auto next = answer_next(out)) return *next;
    if (out.size() >= limits::kPipelinedResponseBytesMax) return Next::again;
  }
}

std::optional<Exchange::Next> Exchange::answer_next(std::string& out) {
  if (stream_) return send_piece(out);
  if (!skip_empty_line()) return await(Phase::head, limits::kHeadBytesMax);
  const std::string_view bytes = input_.bytes();
  if (bytes.empty()) return await(Phase::idle, limits::kHeadBytesMax);
  if (awaits_ == Phase::body && bytes.size() < needed_bytes_) return Next::read;
  if (auto fault = scan_.advance(bytes)) return refuse(*fault, out);
  if (scan_.head_bytes() == 0) return await(Phase::head, limits::kHeadBytesMax);

  // A head whose body came later is checked a second time: the buffer may have moved meanwhile.
  if (auto fault = check_next_head(bytes)) return refuse(*fault, out);
  const Extent extent = measure(bytes);
  if (awaits_ != Phase::body && (!extent.fits || !extent.is_whole)) {
    const auto next = answer_by_head(extent, out);
    if (next != Next::read) return go_on(extent, next, out);
  }
  if (!extent.fits) {
    forgo_body(extent);
    return refuse({http::Refusal::body_too_large, "The body is longer than this target takes."},
                  out);
  }
  if (!extent.is_whole) {
    if (thread_.head.expects_continue && awaits_ != Phase::body) out.append(kContinue);
    return await(Phase::body, extent.head_bytes + extent.body_bytes);
  }
  const auto next = answer(bytes.substr(extent.head_bytes, extent.body_bytes), out);
  if (next == Next::wait) return next;  // the request stays
  return go_on(extent, next, out);
}

std::optional<Exchange::Next> Exchange::go_on(const Extent& extent, std::optional<Next> next,
                                              std::string& out) {
  if (next == Next::close || next == Next::broken) return next;
  input_.consume(extent.head_bytes + extent.body_bytes);
  scan_ = HeadScan();
  empty_line_skipped_ = false;
  awaits_ = Phase::idle;
  if (stream_) return send_piece(out);  // its first piece goes out with the head
  return next;
}

std::optional<Fault> Exchange::check_next_head(std::string_view bytes) {
  const std::string_view text = bytes.substr(0, scan_.head_bytes());
  if (auto fault = check_head(text, thread_.head)) return fault;
  return read_again(text, thread_.head);
}

Exchange::Extent Exchange::measure(std::string_view bytes) const {
  const Head& head = thread_.head;
  Extent extent;
  extent.head_bytes = scan_.head_bytes();
  extent.body_bytes = head.content_length.value_or(0);
  extent.is_whole = bytes.size() - extent.head_bytes >= extent.body_bytes;
  extent.fits = extent.body_bytes == 0 ||
                extent.body_bytes <= application_.body_bytes_max(head.method, head.target);
  return extent;
}

void Exchange::forgo_body(const Extent& extent) {
  const std::uint64_t received = input_.bytes().size() - extent.head_bytes;
  announced_bytes_ = extent.body_bytes - std::min(received, extent.body_bytes);
  if (!extent.fits) announced_bytes_ = std::min(announced_bytes_, limits::kRefusedBodyBytesMax);
}

Exchange::Next Exchange::await(Phase phase, std::size_t needed_bytes) {
  awaits_ = phase;
  needed_bytes_ = needed_bytes;
  return Next::read;
}

std::optional<Exchange::Next> Exchange::answer(std::string_view body, std::string& out) {
  if (const auto next = ask(body)) return next;
  return send_answer(/*close=*/false, out);
}

std::optional<Exchange::Next> Exchange::answer_by_head(const Extent& extent, std::string& out) {
  if (!application_.answer_by_head) return Next::read;
  thread_.response.clear();
  try {
    if (!application_.answer_by_head(request({}), thread_.response)) return Next::read;
  } catch (...) {
    count(thread_.counters.application_faults);
    return Next::broken;
  }
  thread_.response.source.reset();
  if (!extent.is_whole) forgo_body(extent);
  return send_answer(/*close=*/!extent.is_whole, out);
}

std::optional<Exchange::Next> Exchange::send_answer(bool close, std::string& out) {
  const Head& head = thread_.head;
  http::Response& response = thread_.response;
  ++requests_;
  count(thread_.counters.requests_answered);
  const bool spent = thread_.requests_limited && requests_ >= limits::kRequestsPerConnectionMax;
  AnswerFraming framing;
  framing.to_head = head.method == http::Method::head;
  framing.to_http_1_0 = head.http_1_0;
  const bool chunked = is_chunked(response, framing);
  const bool ends_by_closing =
      response.source && response.source_bytes == http::kUnknownLength && !chunked;
  close =
      close || !head.keep_alive || response.close || spent || thread_.draining || ends_by_closing;
  if (close) {
    framing.persistence = Persistence::close;
  } else if (head.http_1_0) {
    framing.persistence = Persistence::keep_and_say;
  }
  write_response(response, framing, thread_.date.at(std::time(nullptr)), out);
  if (response.source && sends_content(response.status, framing)) {
    stream_.emplace(Stream{std::move(response.source), response.source_bytes, chunked, close});
    return std::nullopt;
  }
  response.source.reset();
  if (close) return Next::close;
  return std::nullopt;
}

http::Request Exchange::request(std::string_view body) const {
  const Head& head = thread_.head;
  http::Request request;
  request.method = head.method;
  request.method_text = head.method_text;
  request.target = head.target;
  request.fields = head.fields();
  request.body = body;
  request.client = client_;
  request.secure = secure_;
  // Connections live long, and a certificate may end on one.
  if (std::chrono::system_clock::now() <= peer_certificate_.not_after) {
    request.peer_certificate = peer_certificate_.sha256;
  }
  request.waited = (wait_ && wait_->over) || thread_.draining;
  return request;
}

std::optional<Exchange::Next> Exchange::ask(std::string_view body) {
  const http::Request request = this->request(body);
  http::Response& response = thread_.response;
  response.clear();
  try {
    application_.answer(request, response);
  } catch (...) {  // it promised not to throw: nothing it has made can be trusted
    count(thread_.counters.application_faults);
    return Next::broken;
  }
  if (!response.wait) {
    wait_.reset();
    return std::nullopt;
  }
  if (request.waited) {  // it promised to answer now
    count(thread_.counters.application_faults);
    return Next::broken;
  }
  if (!wait_) wait_.emplace(thread_.counters.requests_waiting, *response.wait);
  return Next::wait;
}

// nullopt: the body is complete and the connection goes on.
std::optional<Exchange::Next> Exchange::send_piece(std::string& out) {
  const bool unknown = stream_->bytes_left == http::kUnknownLength;
  const auto room = static_cast<std::size_t>(
      std::min<std::uint64_t>(stream_->bytes_left, limits::kBodyPieceBytesMax));
  const std::size_t begin = out.size();
  const std::size_t head_bytes = stream_->chunked ? kChunkHeadBytes : 0;
  out.resize(begin + head_bytes + room);
  std::size_t filled = 0;
  bool failed = false;
  try {
    if (room > 0) filled = stream_->source->read({out.data() + begin + head_bytes, room});
    failed = filled > room || (filled == 0 && (unknown ? stream_->source->failed() : room > 0));
  } catch (...) {
    failed = true;
  }
  if (failed) return break_stream(out, begin);
  if (unknown && filled == 0) {
    out.resize(begin);
    return end_stream(out);
  }
  out.resize(begin + head_bytes + filled);
  if (stream_->chunked) {
    const auto head = chunk_head(filled);
    std::copy(head.begin(), head.end(), out.begin() + static_cast<std::ptrdiff_t>(begin));
    out.append(kChunkEnd);
  }
  if (unknown) return Next::again;
  stream_->bytes_left -= filled;
  if (stream_->bytes_left > 0) return Next::again;
  return end_stream(out);
}

std::optional<Exchange::Next> Exchange::end_stream(std::string& out) {
  if (stream_->chunked) out.append(kLastChunk);
  const bool close = stream_->close;
  stream_.reset();
  if (close) return Next::close;
  return std::nullopt;
}

std::optional<Exchange::Next> Exchange::break_stream(std::string& out, std::size_t begin) {
  out.resize(begin);
  count(thread_.counters.application_faults);
  return Next::broken;
}

Exchange::Next Exchange::refuse(const Fault& fault, std::string& out) {
  const std::string_view bytes = input_.bytes();
  http::Response& response = thread_.response;
  response.clear();
  try {
    application_.refuse(fault.refusal, fault.reason, find_accept_language(bytes), response);
  } catch (...) {
    count(thread_.counters.application_faults);
    return Next::broken;
  }
  response.source.reset();
  count(thread_.counters.requests_refused);
  AnswerFraming framing;
  framing.to_head = bytes.starts_with("HEAD ");
  framing.persistence = Persistence::close;
  write_response(response, framing, thread_.date.at(std::time(nullptr)), out);
  return Next::close;
}

// RFC 9112 section 2.2: one empty line before a request is ignored. False where only half of it is
// here.
bool Exchange::skip_empty_line() {
  if (empty_line_skipped_) return true;
  const std::string_view bytes = input_.bytes();
  if (!bytes.starts_with('\r')) return true;
  if (bytes.size() == 1) return false;
  if (bytes[1] == '\n') {
    input_.consume(2);
    empty_line_skipped_ = true;
  }
  return true;
}

}  // namespace chayan::server
