#include "server/head_check.h"

#include <algorithm>
#include <charconv>

#include "server/ascii.h"
#include "server/host.h"

namespace chayan::server {
namespace {

using http::Refusal;

enum ByteClass : std::uint8_t {
  kTokenByte = 1,   // RFC 9110 tchar
  kTargetByte = 2,  // visible ASCII but '#', which starts a fragment and is never sent
  kValueByte = 4,   // field-vchar, space, tab; bytes from 0x80 are obs-text
};

constexpr std::array<std::uint8_t, 256> kByteClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  for (std::size_t byte = 0x20; byte < 256; ++byte) {
    if (byte != 0x7F) classes[byte] |= kValueByte;
    if (byte > 0x20 && byte < 0x7F && byte != '#') classes[byte] |= kTargetByte;
    const bool alphanumeric = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                              (byte >= 'a' && byte <= 'z');
    if (alphanumeric) classes[byte] |= kTokenByte;
  }
  classes['\t'] |= kValueByte;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) {
    classes[static_cast<unsigned char>(c)] |= kTokenByte;
  }
  return classes;
}();

bool is(char c, ByteClass wanted) {
  return (kByteClasses[static_cast<unsigned char>(c)] & wanted) != 0;
}

bool all_are(std::string_view text, ByteClass wanted) {
  return std::ranges::all_of(text, [wanted](char c) { return is(c, wanted); });
}

Fault bad(std::string_view reason) {
  return {Refusal::bad_head, reason};
}

std::string_view trim(std::string_view text) {
  const auto outer = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && outer(text.front())) text.remove_prefix(1);
  while (!text.empty() && outer(text.back())) text.remove_suffix(1);
  return text;
}

http::Method method_of(std::string_view text) {
  if (text == "GET") return http::Method::get;
  if (text == "POST") return http::Method::post;
  if (text == "HEAD") return http::Method::head;
  if (text == "OPTIONS") return http::Method::options;
  return http::Method::other;
}

// HTTP/1.0 or HTTP/1.1; another well-formed version is 505, anything else 400.
std::optional<Fault> check_version(std::string_view version, Head& result) {
  result.http_1_0 = version == "HTTP/1.0";
  if (result.http_1_0 || version == "HTTP/1.1") return std::nullopt;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool well_formed = version.size() == 8 && version.starts_with("HTTP/") &&
                           digit(version[5]) && version[6] == '.' && digit(version[7]);
  if (well_formed) return Fault{Refusal::version, "Only HTTP/1.0 and HTTP/1.1 are spoken here."};
  return bad("The request line must be METHOD TARGET HTTP/1.1 with single spaces.");
}

std::optional<Fault> check_request_line(std::string_view line, Head& result) {
  const std::size_t method_end = line.find(' ');
  const std::size_t target_end = line.rfind(' ');
  if (method_end == std::string_view::npos || method_end == target_end) {
    return bad("The request line must be METHOD TARGET HTTP/1.1 with single spaces.");
  }
  result.method_text = line.substr(0, method_end);
  result.target = line.substr(method_end + 1, target_end - method_end - 1);
  result.method = method_of(result.method_text);
  if (result.method_text.empty() || !all_are(result.method_text, kTokenByte)) {
    return bad("The method must be a token.");
  }
  if (auto fault = check_version(line.substr(target_end + 1), result)) return fault;
  if (result.target.size() > limits::kTargetBytesMax) {
    return Fault{Refusal::target_too_long, "The target is longer than 2048 bytes."};
  }
  if (!result.target.starts_with('/')) {
    return bad("The target must be a path that starts with a slash.");
  }
  if (!all_are(result.target, kTargetByte)) {
    return bad("The target may hold visible ASCII only; escape other bytes as %XX.");
  }
  return std::nullopt;
}

std::optional<Fault> check_field_line(std::string_view line, http::Field& field) {
  if (line.front() == ' ' || line.front() == '\t') {
    return bad("A field line must not be folded onto a second line.");
  }
  std::size_t colon = 0;
  while (colon < line.size() && is(line[colon], kTokenByte)) ++colon;
  if (colon == line.size()) return bad("A field line has no colon.");
  if (line[colon] != ':' || colon == 0) {
    return bad("A field name must be a token directly before its colon.");
  }
  field.name = line.substr(0, colon);
  const std::string_view value = line.substr(colon + 1);
  if (!all_are(value, kValueByte)) return bad("A field value holds a control byte.");
  field.value = trim(value);
  return std::nullopt;
}

// The fields that decide framing and persistence.
struct FramingFields {
  unsigned hosts = 0;
  unsigned content_lengths = 0;
  unsigned transfer_encodings = 0;
  std::string_view host;
  std::string_view content_length;
  bool says_close = false;
  bool says_keep_alive = false;
  bool expects_continue = false;
  bool expects_other = false;
};

void note_connection(std::string_view value, FramingFields& framing) {
  while (!value.empty()) {
    const std::size_t comma = std::min(value.find(','), value.size());
    const std::string_view option = trim(value.substr(0, comma));
    if (equals_ignoring_case(option, "close")) framing.says_close = true;
    if (equals_ignoring_case(option, "keep-alive")) framing.says_keep_alive = true;
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
}

void note_field(const http::Field& field, FramingFields& framing) {
  switch (field.name.size()) {  // spares most names the comparison
    case 4:
      if (!equals_ignoring_case(field.name, "host")) return;
      ++framing.hosts;
      framing.host = field.value;
      return;
    case 6:
      if (!equals_ignoring_case(field.name, "expect")) return;
      (equals_ignoring_case(field.value, "100-continue") ? framing.expects_continue
                                                         : framing.expects_other) = true;
      return;
    case 10:
      if (equals_ignoring_case(field.name, "connection")) note_connection(field.value, framing);
      return;
    case 14:
      if (!equals_ignoring_case(field.name, "content-length")) return;
      ++framing.content_lengths;
      framing.content_length = field.value;
      return;
    case 17:
      if (equals_ignoring_case(field.name, "transfer-encoding")) ++framing.transfer_encodings;
      return;
    default:
      return;
  }
}

std::optional<Fault> check_content_length(const FramingFields& framing, Head& result) {
  result.content_length.reset();
  if (framing.content_lengths == 0) return std::nullopt;
  if (framing.content_lengths > 1) return bad("Content-Length stands more than once.");
  const std::string_view text = framing.content_length;
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc() || end != text.data() + text.size()) {
    return bad("Content-Length must be one whole number in digits.");
  }
  result.content_length = length;
  return std::nullopt;
}

std::optional<Fault> check_host(const FramingFields& framing, const Head& head) {
  if (framing.hosts > 1) return bad("Host stands more than once.");
  if (framing.hosts == 0) {
    if (head.http_1_0) return std::nullopt;
    return bad("An HTTP/1.1 request must name its Host.");
  }
  if (!is_valid_host(framing.host)) return bad("Host must be a name or address and a port.");
  return std::nullopt;
}

std::optional<Fault> check_framing(const FramingFields& framing, Head& result) {
  if (framing.transfer_encodings > 0) {
    return Fault{Refusal::transfer_encoding,
                 "Transfer-Encoding is not taken; send the body with Content-Length."};
  }
  if (auto fault = check_content_length(framing, result)) return fault;
  if (auto fault = check_host(framing, result)) return fault;
  // RFC 9110 section 10.1.1: an HTTP/1.0 client's expectation is ignored.
  result.expects_continue = framing.expects_continue && !result.http_1_0;
  if (framing.expects_other && !result.http_1_0) {
    return Fault{Refusal::expectation, "Expect may be 100-continue only."};
  }
  result.keep_alive = !framing.says_close && (!result.http_1_0 || framing.says_keep_alive);
  if (result.method == http::Method::post && !result.content_length) {
    return Fault{Refusal::length_required, "A POST request must state its Content-Length."};
  }
  const bool bodiless = result.method == http::Method::get || result.method == http::Method::head;
  if (bodiless && result.content_length.value_or(0) > 0) {
    return bad("A GET or HEAD request must not carry a body.");
  }
  return std::nullopt;
}

}  // namespace

std::optional<Fault> HeadScan::advance(std::string_view bytes) {
  while (head_bytes_ == 0) {
    const std::size_t line_feed = bytes.find('\n', line_start_);
    if (line_feed == std::string_view::npos) break;
    if (line_feed == 0 || bytes[line_feed - 1] != '\r') {
      return bad("Lines must end in carriage return and line feed.");
    }
    if (line_feed == line_start_ + 1) head_bytes_ = line_feed + 1;
    line_start_ = line_feed + 1;
  }
  if (head_bytes_ > limits::kHeadBytesMax ||
      (head_bytes_ == 0 && bytes.size() >= limits::kHeadBytesMax)) {
    if (line_start_ == 0) {
      return Fault{Refusal::target_too_long, "The request line is longer than 8192 bytes."};
    }
    return Fault{Refusal::head_too_large, "The head is longer than 8192 bytes."};
  }
  // A TLS greeting and other noise is told at once and not when the head's deadline has passed.
  if (line_start_ == 0 && !bytes.empty() && !is(bytes[0], kTokenByte)) {
    return bad("The method must be a token.");
  }
  return std::nullopt;
}

std::optional<Fault> check_head(std::string_view head, Head& result) {
  FramingFields framing;
  result.field_count = 0;
  std::size_t line_start = 0;
  while (true) {
    // A carriage return alone inside the line is found below: it is in no byte class.
    const std::size_t line_feed = head.find('\n', line_start);
    if (line_feed == std::string_view::npos || line_feed == 0 || head[line_feed - 1] != '\r') {
      return bad("Lines must end in carriage return and line feed.");
    }
    const std::string_view line = head.substr(line_start, line_feed - 1 - line_start);
    if (line_start == 0) {
      if (auto fault = check_request_line(line, result)) return fault;
    } else if (line.empty()) {
      return check_framing(framing, result);
    } else {
      if (result.field_count == limits::kFieldsMax) {
        return Fault{Refusal::head_too_large, "The head has more than 64 fields."};
      }
      http::Field& field = result.field_storage[result.field_count];
      if (auto fault = check_field_line(line, field)) return fault;
      note_field(field, framing);
      ++result.field_count;
    }
    line_start = line_feed + 1;
  }
}

std::string_view find_accept_language(std::string_view head) {
  constexpr std::string_view kName = "accept-language:";
  std::size_t line_start = 0;
  while (line_start < head.size()) {
    const std::size_t line_end = std::min(head.find('\n', line_start), head.size());
    std::string_view line = head.substr(line_start, line_end - line_start);
    if (line.empty() || line == "\r") break;
    if (equals_ignoring_case(line.substr(0, kName.size()), kName)) {
      line.remove_prefix(kName.size());
      if (line.ends_with('\r')) line.remove_suffix(1);
      return all_are(line, kValueByte) ? trim(line) : std::string_view();
    }
    line_start = line_end + 1;
  }
  return {};
}

}  // namespace chayan::server
