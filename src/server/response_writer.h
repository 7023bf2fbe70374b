// Answers as bytes (RFC 9112 section 4), written by hand into the buffer that is sent.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "http/message.h"

namespace chayan::server {

enum class Persistence {
  keep,          // HTTP/1.1: nothing to say
  keep_and_say,  // HTTP/1.0 with keep-alive
  close,
};

struct AnswerFraming {
  bool to_head = false;      // the request was HEAD: same fields, no body
  bool to_http_1_0 = false;  // which knows no chunks
  Persistence persistence = Persistence::keep;
};

inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// Whether a body follows the head.
bool sends_content(int status, AnswerFraming framing);

// Whether the body goes out in chunks.
bool is_chunked(const http::Response& response, AnswerFraming framing);

// What stands in front of a chunk's bytes: always kChunkHeadBytes long, so that it can be written
// when the bytes behind it are known.
inline constexpr std::size_t kChunkHeadBytes = 10;
std::array<char, kChunkHeadBytes> chunk_head(std::size_t bytes);
inline constexpr std::string_view kChunkEnd = "\r\n";
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

// Appends to `out`; of a streamed response the head alone. 204 and 304 have neither body nor
// Content-Length: RFC 9110 section 8.6 forbids the length in the one, and in the other allows only
// that of the 200 it stands for.
void write_response(const http::Response& response, AnswerFraming framing, std::string_view date,
                    std::string& out);

}  // namespace chayan::server
