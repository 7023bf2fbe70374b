#include "loadtest/generator/answer_framer.h"

#include <strings.h>

#include <charconv>
#include <optional>

namespace chayan::loadtest {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kHeadBytesMax = 64ULL * 1024;

template <typename Number>
std::optional<Number> number_of(std::string_view text, int base = 10) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

// The value of the field `name` (with its colon), where the line is that field.
std::optional<std::string_view> value_of(std::string_view line, std::string_view name) {
  if (line.size() < name.size() || ::strncasecmp(line.data(), name.data(), name.size()) != 0) {
    return std::nullopt;
  }
  line.remove_prefix(name.size());
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  return line;
}

}  // namespace

void AnswerFramer::reset() {
  *this = AnswerFramer(protocol_);
}

AnswerFramer::State AnswerFramer::look(std::string_view bytes) {
  if (protocol_ == Protocol::redis) return look_at_redis(bytes);
  if (!head_is_read_) {
    const State state = look_at_head(bytes);
    if (state != State::whole) return state;
    head_is_read_ = true;
  }
  if (is_chunked_) return walk_chunks(bytes);
  size_ = body_at_ + body_bytes_;
  return bytes.size() >= size_ ? State::whole : State::more;
}

AnswerFramer::State AnswerFramer::look_at_head(std::string_view bytes) {
  constexpr std::size_t kStatusAt = 9;  // behind "HTTP/1.1 "
  std::size_t line_at = bytes.find('\n');
  bool has_length = false;
  while (line_at != std::string_view::npos) {
    ++line_at;
    const std::size_t line_end = bytes.find('\n', line_at);
    if (line_end == std::string_view::npos) break;
    const std::string_view line = bytes.substr(line_at, line_end - line_at);
    if (line.size() <= 1) {  // "\r": the head ends here
      const auto status = number_of<int>(bytes.substr(kStatusAt, 3));
      if (!bytes.starts_with("HTTP/1.") || !status) return State::malformed;
      status_ = *status;
      body_at_ = line_end + 1;
      next_chunk_ = body_at_;
      const bool has_no_body = status_ == 204 || status_ == 304;
      return has_length || is_chunked_ || has_no_body ? State::whole : State::malformed;
    }
    // Only three fields matter, of two initials; the others cost one look at a byte.
    switch (line.front() | 0x20) {
      case 'c':
        if (const auto length = value_of(line, "content-length:")) {
          const auto value = number_of<std::size_t>(*length);
          if (!value) return State::malformed;
          body_bytes_ = *value;
          has_length = true;
        } else if (const auto connection = value_of(line, "connection:")) {
          closes_ = value_of(*connection, "close").has_value();
        }
        break;
      case 't':
        if (const auto coding = value_of(line, "transfer-encoding:")) {
          is_chunked_ = value_of(*coding, "chunked").has_value();
        }
        break;
      default:
        break;
    }
    line_at = line_end;
  }
  return bytes.size() > kHeadBytesMax ? State::malformed : State::more;
}

AnswerFramer::State AnswerFramer::walk_chunks(std::string_view bytes) {
  for (;;) {
    const std::size_t line_end = bytes.find(kLineEnd, next_chunk_);
    if (line_end == std::string_view::npos) return State::more;
    const auto length =
        number_of<std::size_t>(bytes.substr(next_chunk_, line_end - next_chunk_), 16);
    if (!length) return State::malformed;
    const std::size_t after = line_end + 2 + *length + 2;
    if (bytes.size() < after) return State::more;
    next_chunk_ = after;
    if (*length == 0) {  // no server here sends trailers
      size_ = after;
      return State::whole;
    }
  }
}

AnswerFramer::State AnswerFramer::look_at_redis(std::string_view bytes) {
  const std::size_t line_end = bytes.find(kLineEnd);
  if (line_end == std::string_view::npos) return State::more;
  body_at_ = size_ = line_end + 2;
  body_bytes_ = 0;
  switch (bytes.front()) {
    case '+':
      status_ = 200;
      return State::whole;
    case '-':
      status_ = 500;
      return State::whole;
    case '$':
      break;
    default:
      return State::malformed;
  }
  const auto length = number_of<std::int64_t>(bytes.substr(1, line_end - 1));
  if (!length) return State::malformed;
  status_ = *length < 0 ? 404 : 200;
  if (*length < 0) return State::whole;
  body_bytes_ = static_cast<std::size_t>(*length);
  size_ = body_at_ + body_bytes_ + 2;
  return bytes.size() >= size_ ? State::whole : State::more;
}

std::string AnswerFramer::body(std::string_view bytes) const {
  if (!is_chunked_) return std::string(bytes.substr(body_at_, body_bytes_));
  std::string whole;
  for (std::size_t at = body_at_;;) {
    const std::size_t line_end = bytes.find(kLineEnd, at);
    const std::size_t length =
        number_of<std::size_t>(bytes.substr(at, line_end - at), 16).value_or(0);
    if (length == 0) return whole;
    whole.append(bytes.substr(line_end + 2, length));
    at = line_end + 2 + length + 2;
  }
}

}  // namespace chayan::loadtest
