#include "loadtest/generator/connection.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace chayan::loadtest {
namespace {

// Of a count that SSL_read or SSL_write gave.
Connection::Outcome outcome_of(SSL* tls, int result) {
  if (result > 0) return Connection::Outcome::done;
  const int error = ::SSL_get_error(tls, result);
  const bool waits = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
  return waits ? Connection::Outcome::would_block : Connection::Outcome::ended;
}

Connection::Outcome outcome_of(ssize_t result) {
  if (result > 0) return Connection::Outcome::done;
  const bool waits = result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
  return waits ? Connection::Outcome::would_block : Connection::Outcome::ended;
}

}  // namespace

Destination::Destination(const std::string& host, const std::string& port, bool tls) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(host.c_str(), port.c_str(), &wanted, &found);
  if (error != 0) throw std::runtime_error(host + ": " + ::gai_strerror(error));
  address_bytes_ = found->ai_addrlen;
  std::memcpy(&address_, found->ai_addr, found->ai_addrlen);
  ::freeaddrinfo(found);
  if (!tls) return;
  // Not verified: what is measured is a server of one's own, mostly with a certificate of its own.
  tls_ = {::SSL_CTX_new(::TLS_client_method()), ::SSL_CTX_free};
  if (!tls_) throw std::runtime_error("TLS is not to be had");
  ::SSL_CTX_set_mode(tls_.get(),
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

bool Connection::open(const Destination& to, bool waits) {
  close();
  descriptor_ = ::socket(to.address()->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0) {
    throw std::runtime_error(std::string("No more sockets: ") + std::strerror(errno) +
                             "; see ulimit -n.");
  }
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto make_non_blocking = [&] { ::fcntl(descriptor_, F_SETFL, O_NONBLOCK); };
  if (!waits) make_non_blocking();
  if (::connect(descriptor_, to.address(), to.address_bytes()) != 0 && errno != EINPROGRESS) {
    close();
    return false;
  }
  if (waits) make_non_blocking();
  if (to.tls() != nullptr) {
    tls_ = ::SSL_new(to.tls());
    ::SSL_set_fd(tls_, descriptor_);
    ::SSL_set_connect_state(tls_);
  }
  return true;
}

void Connection::close() {
  if (tls_ != nullptr) ::SSL_free(tls_);
  tls_ = nullptr;
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
  out_.clear();
  sent_ = 0;
}

Connection::Outcome Connection::flush() {
  while (has_unsent()) {
    const char* from = out_.data() + sent_;
    const std::size_t left = out_.size() - sent_;
    ssize_t count = 0;
    Outcome outcome = Outcome::done;
    if (tls_ != nullptr) {
      count = ::SSL_write(tls_, from, static_cast<int>(left));
      outcome = outcome_of(tls_, static_cast<int>(count));
    } else {
      count = ::send(descriptor_, from, left, MSG_NOSIGNAL);
      outcome = outcome_of(count);
    }
    if (outcome != Outcome::done) return outcome;
    sent_ += static_cast<std::size_t>(count);
  }
  out_.clear();
  sent_ = 0;
  return Outcome::done;
}

Connection::Outcome Connection::receive(char* buffer, std::size_t size, std::size_t& count) {
  if (tls_ != nullptr) {
    const int got = ::SSL_read(tls_, buffer, static_cast<int>(size));
    count = got > 0 ? static_cast<std::size_t>(got) : 0;
    return outcome_of(tls_, got);
  }
  const ssize_t got = ::recv(descriptor_, buffer, size, 0);
  count = got > 0 ? static_cast<std::size_t>(got) : 0;
  return outcome_of(got);
}

bool Connection::has_unread() const {
  return tls_ != nullptr && ::SSL_pending(tls_) > 0;
}

}  // namespace chayan::loadtest
