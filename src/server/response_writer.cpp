#include "server/response_writer.h"

#include <array>
#include <charconv>
#include <cstddef>

namespace chayan::server {
namespace {

void put_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void put_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

bool has_content(int status) {
  return status >= 200 && status != 204 && status != 304;
}

bool has_unknown_length(const http::Response& response) {
  return response.source && response.source_bytes == http::kUnknownLength;
}

void put_framing(const http::Response& response, AnswerFraming framing, std::string& out) {
  if (is_chunked(response, framing)) {
    put_field(out, "Transfer-Encoding", "chunked");
  } else if (!has_unknown_length(response)) {
    out.append("Content-Length: ");
    put_number(out, response.source ? response.source_bytes : response.body.size());
    out.append("\r\n");
  }
}

}  // namespace

bool is_chunked(const http::Response& response, AnswerFraming framing) {
  return has_unknown_length(response) && !framing.to_http_1_0;
}

std::array<char, kChunkHeadBytes> chunk_head(std::size_t bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<char, kChunkHeadBytes> head;
  head[kChunkHeadBytes - 2] = '\r';
  head[kChunkHeadBytes - 1] = '\n';
  for (std::size_t i = kChunkHeadBytes - 2; i-- > 0; bytes /= 16) head[i] = kDigits[bytes % 16];
  return head;
}

bool sends_content(int status, AnswerFraming framing) {
  return has_content(status) && !framing.to_head;
}

void write_response(const http::Response& response, AnswerFraming framing, std::string_view date,
                    std::string& out) {
  out.append("HTTP/1.1 ");
  put_number(out, static_cast<std::size_t>(response.status));
  out.append(" ").append(http::reason_phrase(response.status)).append("\r\n");
  put_field(out, "Date", date);
  const bool content = has_content(response.status);
  if (content) {
    if (!response.content_type.empty()) put_field(out, "Content-Type", response.content_type);
    put_framing(response, framing, out);
  }
  for (const http::Header& header : response.headers) put_field(out, header.name, header.value);
  if (framing.persistence == Persistence::close) put_field(out, "Connection", "close");
  if (framing.persistence == Persistence::keep_and_say) put_field(out, "Connection", "keep-alive");
  out.append("\r\n");
  if (sends_content(response.status, framing) && !response.source) out.append(response.body);
}

}  // namespace chayan::server
