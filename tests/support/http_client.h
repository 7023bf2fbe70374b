// A blocking HTTP test client on raw sockets: it sends the bytes it is given, broken ones too, and
// reads with one absolute deadline, so that a test that would hang fails instead.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace chayan::test {

struct HttpReply {
  int status = 0;
  std::string head;  // status line and fields, with the empty line
  std::string body;

  // Value of the first field of that name, compared without case; empty where there is none.
  std::string field(std::string_view name) const;
};

// What a client brings to its handshake.
struct ClientTls {
  std::string_view alpn = {};
  std::string certificate_file = {};  // PEM, with its key; empty: none
  std::string key_file = {};
  int version_max = 0;             // TLS1_2_VERSION; 0: the newest
  SSL_SESSION* resumed = nullptr;  // of an earlier connection
};

enum class ReplyTo { any, head };  // an answer to HEAD has a Content-Length and no body

class HttpClient {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds kPatience{
      20};  // sanitizers are slow; passing tests are not

  HttpClient() = default;
  // Connects; connected() says whether it went well.
  HttpClient(const std::string& address, std::uint16_t port, int receive_buffer_bytes = 0);
  ~HttpClient();
  HttpClient(HttpClient&& other) noexcept;
  HttpClient& operator=(HttpClient&& other) noexcept;

  bool connected() const { return socket_ >= 0; }
  // TLS over the connection, trusting any certificate. False where the handshake fails.
  bool start_tls(std::string_view alpn = {});
  // Under TLS 1.3 a handshake succeeds here before the server has seen our certificate.
  bool start_tls(const ClientTls& tls);
  // To be resumed. Under TLS 1.3 its ticket arrives with the first reply.
  std::shared_ptr<SSL_SESSION> tls_session() const;
  bool is_resumed() const { return SSL_session_reused(tls_.get()) == 1; }
  std::string tls_version() const;
  std::string alpn() const;

  // False where the connection is broken before all is sent.
  bool send(std::string_view bytes);
  void finish_sending();  // shuts down our side
  void reset();           // closes with RST

  // One reply with its Content-Length, or put together of its chunks; 1xx, 204 and 304 have no body. nullopt: the connection ended
  // or the deadline passed before it was complete.
  std::optional<HttpReply> read_reply(ReplyTo to = ReplyTo::any);
  // Everything until the peer closes. nullopt: the deadline passed, or the connection was reset.
  std::optional<std::string> read_until_close();
  // At least a byte of what comes next; empty: the connection ended or the deadline passed.
  std::string read_some();
  // Closed by the peer, in order and with no byte before it.
  bool is_closed();

 private:
  enum class Received { some, end, reset, late };
  Received receive();
  bool wait(short events) const;
  void close();

  int socket_ = -1;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> tls_context_{nullptr, SSL_CTX_free};
  std::unique_ptr<SSL, decltype(&SSL_free)> tls_{nullptr, SSL_free};
  std::string received_;
  Deadline deadline_ = std::chrono::steady_clock::now() + kPatience;
};

// "HTTP/1.1 200 ...HTTP/1.1 400 ..." taken apart: the replies in a stream that ended. A remainder
// that is no reply counts as one with status 0.
std::size_t count_replies(std::string stream);

}  // namespace chayan::test
