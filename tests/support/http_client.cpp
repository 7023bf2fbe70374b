#include "tests/support/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace chayan::test {
namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";

int open_and_connect(const sockaddr* address, socklen_t bytes, int receive_buffer_bytes) {
  const int handle = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (handle < 0) return -1;
  const int on = 1;
  ::setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (receive_buffer_bytes > 0) {
    ::setsockopt(handle, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  }
  if (::connect(handle, address, bytes) == 0) return handle;
  ::close(handle);
  return -1;
}

// The body whose chunks begin at `at`, which moves behind them; nullopt where they are not all here.
std::optional<std::string> take_chunks(const std::string& stream, std::size_t& at) {
  std::string body;
  while (true) {
    const std::size_t line_end = stream.find("\r\n", at);
    if (line_end == std::string::npos) return std::nullopt;
    const std::size_t length = std::strtoull(stream.c_str() + at, nullptr, 16);
    at = line_end + 2;
    if (stream.size() < at + length + 2) return std::nullopt;
    body.append(stream, at, length);
    at += length + 2;
    if (length == 0) return body;
  }
}

// Takes one reply from the front of `stream`; nullopt where it is not complete.
std::optional<HttpReply> take_reply(std::string& stream, ReplyTo to) {
  const std::size_t head_end = stream.find(kHeadEnd);
  if (head_end == std::string::npos || !stream.starts_with("HTTP/1.1 ")) return std::nullopt;
  HttpReply reply;
  reply.head = stream.substr(0, head_end + kHeadEnd.size());
  reply.status = std::atoi(reply.head.c_str() + 9);
  const bool bodiless =
      to == ReplyTo::head || reply.status < 200 || reply.status == 204 || reply.status == 304;
  if (!bodiless && reply.field("Transfer-Encoding") == "chunked") {
    std::size_t at = reply.head.size();
    auto body = take_chunks(stream, at);
    if (!body) return std::nullopt;
    reply.body = std::move(*body);
    stream.erase(0, at);
    return reply;
  }
  const std::size_t length =
      bodiless ? 0 : std::strtoull(reply.field("Content-Length").c_str(), nullptr, 10);
  if (stream.size() < reply.head.size() + length) return std::nullopt;
  reply.body = stream.substr(reply.head.size(), length);
  stream.erase(0, reply.head.size() + length);
  return reply;
}

}  // namespace

std::string HttpReply::field(std::string_view name) const {
  std::size_t line = head.find("\r\n");
  while (line != std::string::npos && line + 2 < head.size()) {
    line += 2;
    const std::size_t end = head.find("\r\n", line);
    const std::string_view text = std::string_view(head).substr(line, end - line);
    if (text.size() > name.size() && text[name.size()] == ':' &&
        ::strncasecmp(text.data(), name.data(), name.size()) == 0) {
      const std::size_t value = text.find_first_not_of(' ', name.size() + 1);
      return value == std::string_view::npos ? std::string() : std::string(text.substr(value));
    }
    line = end;
  }
  return {};
}

HttpClient::HttpClient(const std::string& address, std::uint16_t port, int receive_buffer_bytes) {
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    socket_ =
        open_and_connect(reinterpret_cast<const sockaddr*>(&v4), sizeof v4, receive_buffer_bytes);
  } else if (::inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    socket_ =
        open_and_connect(reinterpret_cast<const sockaddr*>(&v6), sizeof v6, receive_buffer_bytes);
  }
}

HttpClient::~HttpClient() {
  close();
}

HttpClient::HttpClient(HttpClient&& other) noexcept {
  *this = std::move(other);
}

HttpClient& HttpClient::operator=(HttpClient&& other) noexcept {
  close();
  socket_ = std::exchange(other.socket_, -1);
  tls_ = std::move(other.tls_);
  tls_context_ = std::move(other.tls_context_);
  received_ = std::move(other.received_);
  deadline_ = other.deadline_;
  return *this;
}

void HttpClient::close() {
  tls_.reset();
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

bool HttpClient::wait(short events) const {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline_ - std::chrono::steady_clock::now());
  pollfd waiting{socket_, events, 0};
  return left.count() > 0 && ::poll(&waiting, 1, static_cast<int>(left.count())) == 1;
}

bool HttpClient::start_tls(std::string_view alpn) {
  ClientTls tls;
  tls.alpn = alpn;
  return start_tls(tls);
}

bool HttpClient::start_tls(const ClientTls& tls) {
  const std::string_view alpn = tls.alpn;
  tls_context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_max_proto_version(tls_context_.get(), tls.version_max);
  if (!tls.certificate_file.empty()) {
    SSL_CTX_set_security_level(tls_context_.get(), 0);  // bad ones are the server's to refuse
    const bool usable =
        SSL_CTX_use_certificate_chain_file(tls_context_.get(), tls.certificate_file.c_str()) == 1 &&
        SSL_CTX_use_PrivateKey_file(tls_context_.get(), tls.key_file.c_str(), SSL_FILETYPE_PEM) ==
            1;
    if (!usable) return false;
  }
  tls_.reset(SSL_new(tls_context_.get()));
  if (!alpn.empty()) {
    std::string list(1, static_cast<char>(alpn.size()));
    list += alpn;
    SSL_set_alpn_protos(tls_.get(), reinterpret_cast<const unsigned char*>(list.data()),
                        static_cast<unsigned>(list.size()));
  }
  if (tls.resumed != nullptr) {
    const std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> ours(
        SSL_SESSION_dup(tls.resumed), SSL_SESSION_free);
    SSL_set_session(tls_.get(), ours.get());
  }
  timeval patience{kPatience.count(), 0};  // the handshake blocks in read()
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  SSL_set_fd(tls_.get(), socket_);
  return SSL_connect(tls_.get()) == 1;
}

// A copy, and a copy again where it is resumed: a session is spoilt when a connection of it ends
// without a farewell.
std::shared_ptr<SSL_SESSION> HttpClient::tls_session() const {
  return {SSL_SESSION_dup(SSL_get0_session(tls_.get())), SSL_SESSION_free};
}

std::string HttpClient::tls_version() const {
  return SSL_get_version(tls_.get());
}

std::string HttpClient::alpn() const {
  const unsigned char* chosen = nullptr;
  unsigned bytes = 0;
  SSL_get0_alpn_selected(tls_.get(), &chosen, &bytes);
  return bytes == 0 ? std::string() : std::string(reinterpret_cast<const char*>(chosen), bytes);
}

bool HttpClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!tls_ && !wait(POLLOUT)) return false;
    const ssize_t count =
        tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
             : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && !tls_ && (errno == EAGAIN || errno == EINTR)) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void HttpClient::finish_sending() {
  if (tls_) SSL_shutdown(tls_.get());
  ::shutdown(socket_, SHUT_WR);
}

void HttpClient::reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

HttpClient::Received HttpClient::receive() {
  std::array<char, 65'536> buffer;
  if ((!tls_ || SSL_pending(tls_.get()) == 0) && !wait(POLLIN)) return Received::late;
  ssize_t count = 0;
  if (tls_) {
    count = SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (count <= 0) {
      const int error = SSL_get_error(tls_.get(), static_cast<int>(count));
      return error == SSL_ERROR_ZERO_RETURN ? Received::end : Received::reset;
    }
  } else {
    count = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (count == 0) return Received::end;
    if (count < 0) return Received::reset;
  }
  received_.append(buffer.data(), static_cast<std::size_t>(count));
  return Received::some;
}

std::optional<HttpReply> HttpClient::read_reply(ReplyTo to) {
  while (true) {
    if (auto reply = take_reply(received_, to)) return reply;
    if (receive() != Received::some) return std::nullopt;
  }
}

std::optional<std::string> HttpClient::read_until_close() {
  while (true) {
    const Received outcome = receive();
    if (outcome == Received::end) return std::exchange(received_, {});
    if (outcome != Received::some) return std::nullopt;
  }
}

std::string HttpClient::read_some() {
  if (received_.empty()) receive();
  return std::exchange(received_, {});
}

bool HttpClient::is_closed() {
  return received_.empty() && receive() == Received::end;
}

std::size_t count_replies(std::string stream) {
  std::size_t replies = 0;
  while (!stream.empty()) {
    ++replies;
    if (!take_reply(stream, ReplyTo::any)) break;
  }
  return replies;
}

}  // namespace chayan::test
