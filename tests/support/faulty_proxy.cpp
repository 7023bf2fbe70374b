#include "tests/support/faulty_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace chayan::test {
namespace {

constexpr int kTick = 20;  // ms between looks at whether the proxy is to end

class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int get() const { return descriptor_; }

  // The peer sees a reset and not an end.
  void reset() const {
    const linger at_once{1, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }

 private:
  int descriptor_;
};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

void send_at_once(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

int connect_to(std::uint16_t port) {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  if (::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    send_at_once(made);
    return made;
  }
  ::close(made);
  return -1;
}

bool send_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::uint64_t content_length(std::string_view head) {
  constexpr std::string_view kField = "\r\nContent-Length: ";
  const std::size_t at = head.find(kField);
  return at == head.npos ? 0 : std::strtoull(head.data() + at + kField.size(), nullptr, 10);
}

// The responses of one connection on their way to the client.
class Responses {
 public:
  Responses(int client, const FaultyProxy::Plan& plan) : client_(client), plan_(plan) {}

  // nullopt: more may come. Otherwise how the connection ends; `none`: the client has gone.
  std::optional<Fault::Kind> take(std::string_view bytes) {
    pending_.append(bytes);
    while (!pending_.empty()) {
      if (left_ == 0 && !begin()) return std::nullopt;
      if (const auto ended = pass()) return ended;
    }
    return std::nullopt;
  }

 private:
  // Makes the plan of the response that pending_ begins with; false: its head is not whole yet.
  bool begin() {
    const std::size_t end = pending_.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const std::size_t head = end + 4;
    const ResponseSize size{head, content_length(std::string_view(pending_).substr(0, head))};
    fault_ = plan_(size);
    at_ = 0;
    left_ = size.all();
    return true;
  }

  std::optional<Fault::Kind> pass() {
    std::string piece = pending_.substr(0, left_);
    pending_.erase(0, piece.size());
    const bool is_here =
        fault_.kind != Fault::Kind::none && fault_.at >= at_ && fault_.at < at_ + piece.size();
    const bool ends = is_here && fault_.kind != Fault::Kind::flip;
    if (is_here && !ends) {
      char& byte = piece[fault_.at - at_];
      byte = static_cast<char>(byte ^ (1 << fault_.bit));
    }
    at_ += piece.size();
    left_ -= piece.size();
    if (ends) piece.resize(piece.size() - (at_ - fault_.at));
    if (!send_all(client_, piece)) return Fault::Kind::none;
    return ends ? std::optional(fault_.kind) : std::nullopt;
  }

  int client_;
  const FaultyProxy::Plan& plan_;
  Fault fault_;
  std::string pending_;
  std::uint64_t at_ = 0;
  std::uint64_t left_ = 0;
};

// Same length, another name.
void hide_accept_encoding(std::string& request) {
  const std::size_t at = request.find("Accept-Encoding:");
  if (at != std::string::npos) request[at] = 'X';
}

}  // namespace

FaultyProxy::FaultyProxy(std::uint16_t server_port, Plan plan, Options options)
    : plan_(std::move(plan)), options_(options), server_port_(server_port) {
  listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t bytes = sizeof address;
  if (::bind(listening_, reinterpret_cast<sockaddr*>(&address), bytes) != 0 ||
      ::listen(listening_, 16) != 0 ||
      ::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &bytes) != 0) {
    throw std::runtime_error("the proxy cannot listen");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

FaultyProxy::~FaultyProxy() {
  ending_ = true;
  thread_.join();
  ::close(listening_);
}

void FaultyProxy::run() {
  while (!ending_) {
    pollfd waiting{listening_, POLLIN, 0};
    if (::poll(&waiting, 1, kTick) <= 0) continue;
    const int client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    ++connections_;
    serve(client);
  }
}

void FaultyProxy::serve(int descriptor) {
  const Socket client(descriptor);
  const Socket server(connect_to(server_port_));
  if (server.get() < 0) return client.reset();
  send_at_once(client.get());
  Responses responses(client.get(), plan_);
  bool stalls = false;
  std::array<char, 64 * 1024> room{};
  while (!ending_) {
    std::array<pollfd, 2> waiting{
        pollfd{client.get(), POLLIN, 0},
        pollfd{stalls ? -1 : server.get(), POLLIN, 0},
    };
    if (::poll(waiting.data(), waiting.size(), kTick) <= 0) continue;
    if (waiting[0].revents != 0) {
      const ssize_t count = ::recv(client.get(), room.data(), room.size(), 0);
      if (count <= 0) return;
      std::string request(room.data(), static_cast<std::size_t>(count));
      if (options_.refuses_codings) hide_accept_encoding(request);
      if (!stalls && !send_all(server.get(), request)) return client.reset();
    }
    if (waiting[1].revents != 0) {
      const ssize_t count = ::recv(server.get(), room.data(), room.size(), 0);
      if (count <= 0) return;
      const auto ended = responses.take({room.data(), static_cast<std::size_t>(count)});
      if (!ended) continue;
      if (*ended == Fault::Kind::reset) client.reset();
      if (*ended != Fault::Kind::stall) return;
      stalls = true;
    }
  }
}

}  // namespace chayan::test
