// One non-blocking connection to the server, plain or TLS.
#pragma once

#include <openssl/types.h>
#include <sys/socket.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace chayan::loadtest {

// Where to, resolved once. Throws std::runtime_error where there is no such place.
class Destination {
 public:
  Destination(const std::string& host, const std::string& port, bool tls);

  const sockaddr* address() const { return reinterpret_cast<const sockaddr*>(&address_); }
  socklen_t address_bytes() const { return address_bytes_; }
  SSL_CTX* tls() const { return tls_.get(); }  // null: plain

 private:
  sockaddr_storage address_{};
  socklen_t address_bytes_ = 0;
  std::shared_ptr<SSL_CTX> tls_;
};

class Connection {
 public:
  enum class Outcome { done, would_block, ended };

  Connection() = default;
  ~Connection() { close(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Begins; false: it was refused. Waits for the server where `waits`: ten thousand at once
  // overrun a listener's queue.
  bool open(const Destination& to, bool waits);
  void close();
  int descriptor() const { return descriptor_; }

  // What is to be sent; flush() sends it.
  std::string& out() { return out_; }
  bool has_unsent() const { return sent_ < out_.size(); }
  Outcome flush();
  // At most `size` bytes into `buffer`.
  Outcome receive(char* buffer, std::size_t size, std::size_t& count);
  // More was read off the socket than receive() has given: epoll tells nothing of it.
  bool has_unread() const;

 private:
  int descriptor_ = -1;
  SSL* tls_ = nullptr;
  std::string out_;
  std::size_t sent_ = 0;
};

}  // namespace chayan::loadtest
