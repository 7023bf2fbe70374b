// Plain request and response: the seam between server and api. Neither knows the other; serve.cpp
// hands the server an Application made of api functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace chayan::http {

enum class Method : std::uint8_t { get, head, post, options, other };

struct Field {
  std::string_view name;   // as sent
  std::string_view value;  // without outer white space
};

// Views point into the connection's buffer and live until the answer is made. Framing has been
// checked (server/head_check): the head is within limits, the body is complete and no longer than
// Application allowed.
struct Request {
  Method method = Method::other;
  std::string_view method_text;
  std::string_view target;  // origin form, starts with '/', visible ASCII only
  std::span<const Field> fields;
  std::string_view body;
  std::string_view client;  // peer's IP address as text
  bool secure = false;      // arrived over TLS

  // Value of the first field of that name, compared without case; empty where there is none.
  std::string_view field(std::string_view name) const;
};

struct Header {
  std::string_view name;  // a literal
  std::string value;
};

// Reused from request to request on a connection: clear() keeps capacity.
// The server adds Date, Content-Length and Connection, leaves the body out for HEAD, and nothing
// else.
struct Response {
  int status = 200;
  std::string_view content_type;  // a literal; empty: none
  std::vector<Header> headers;
  std::string body;
  bool close = false;  // close the connection after this answer

  void clear();
  void set(std::string_view name, std::string_view value);  // appends, or replaces one of that name
};

// What the server refuses on its own, before an endpoint is asked.
enum class Refusal : std::uint8_t {
  bad_head,           // 400: framing or syntax, RFC 9112
  head_too_large,     // 431
  target_too_long,    // 414
  body_too_large,     // 413
  length_required,    // 411: a body method without Content-Length
  transfer_encoding,  // 501
  version,            // 505
  request_timeout,    // 408
  overloaded,         // 503
  expectation,        // 417: an Expect other than 100-continue
};

// All three are called from any server thread at once and must not throw.
struct Application {
  // Longest body that this method and target take; 0: none. Asked before a byte of the body is
  // read.
  std::function<std::size_t(Method method, std::string_view target)> body_bytes_max;
  // Makes the answer. Runs to completion on the calling thread.
  std::function<void(const Request& request, Response& response)> answer;
  // Makes the answer to a refused request; `accept_language` is what could be read of that field.
  // `reason` is a short English sentence about the framing, without any byte of the request.
  std::function<void(Refusal refusal, std::string_view reason, std::string_view accept_language,
                     Response& response)>
      refuse;
};

std::string_view reason_phrase(int status);

}  // namespace chayan::http
