// Plain request and response: the seam between server and api. Neither knows the other; serve.cpp
// hands the server an Application made of api functions.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
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
  // SHA-256 of the client's certificate (DER, 32 bytes); empty where there is none. The client has
  // proven that it holds the key, and the certificate is within its validity. Who issued it was not
  // looked at: whether this one counts is the application's to decide.
  std::string_view peer_certificate;
  bool waited = false;  // Response::wait is over, or the server cannot wait: answer now

  // Value of the first field of that name, compared without case; empty where there is none.
  std::string_view field(std::string_view name) const;
  // The values of all fields of that name as one list, joined by commas (RFC 9110 section 5.3).
  std::string list(std::string_view name) const;
};

struct Header {
  std::string_view name;  // a literal
  std::string value;
};

// A body that is too long to be held, read while it is sent. Lives on one server thread, which it
// holds up while it reads, and is destroyed as soon as it is not needed: sent, cut, or HEAD.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // Fills `room` from the front, in part or whole, and says how much; 0: nothing more, or a
  // failure. Must not throw.
  virtual std::size_t read(std::span<char> room) = 0;
  // After a 0, of a body of unknown length, whose end nothing else tells from a failure.
  virtual bool failed() const { return false; }
};

// Length of a source that is not known before it ends.
inline constexpr std::uint64_t kUnknownLength = std::numeric_limits<std::uint64_t>::max();

// Reused from request to request on a connection: clear() keeps capacity.
// The server adds Date, Content-Length or Transfer-Encoding, and Connection, leaves the body out for HEAD, and nothing
// else.
//
// An answer is made of `body`; or of `source`; or it is put off by `wait`, and then nothing else of
// it counts.
struct Response {
  int status = 200;
  std::string_view content_type;  // a literal; empty: none
  std::vector<Header> headers;
  std::string body;
  // Where set, the body is source_bytes bytes read from it, in pieces of up to
  // limits::kBodyPieceBytesMax: each is sent before the next is read. A source that ends early cuts
  // the connection, so that a client cannot take the part for the whole. Of kUnknownLength the body
  // goes out in chunks (RFC 9112 section 7.1), a piece each, the last of which says that it is
  // whole; to HTTP/1.0 as it is, ended by the connection's end.
  std::unique_ptr<BodySource> source;
  std::uint64_t source_bytes = 0;
  bool close = false;  // close the connection after this answer

  // Long poll. Set: there is nothing to answer yet. The same request is put to the application
  // again after each Server::ring(), and with Request::waited when this time has passed (at most
  // limits::kWaitMax, and a tenth of a second late at most), when the server drains, or when the
  // client has ended its side; it must then be answered. The time runs from the first asking: what
  // later askings say does not move it.
  std::optional<std::chrono::milliseconds> wait;

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

// All are called from any server thread at once and must not throw.
struct Application {
  // May be empty. Makes the answer to a request whose head alone decides it (nobody may ask, or not
  // there, or not so), whatever its body would be, and gives true; false: nothing is decided yet.
  // Asked before a body is waited for or refused for its length, with `body` empty; where it is
  // not, for the body came with its head, `answer` is asked alone and must decide alike.
  // Such an answer is made of `body` alone.
  std::function<bool(const Request& request, Response& response)> answer_by_head;
  // Longest body that this method and target take; 0: none. Asked before a byte of the body is
  // read.
  std::function<std::size_t(Method method, std::string_view target)> body_bytes_max;
  // Makes the answer, or puts it off. Runs to completion on the calling thread.
  std::function<void(const Request& request, Response& response)> answer;
  // Makes the answer to a refused request, with a `body`; `accept_language` is what could be read
  // of that field. `reason` is a short English sentence about the framing, without any byte of the
  // request.
  std::function<void(Refusal refusal, std::string_view reason, std::string_view accept_language,
                     Response& response)>
      refuse;
};

std::string_view reason_phrase(int status);

}  // namespace chayan::http
