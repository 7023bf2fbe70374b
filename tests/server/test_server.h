// A real server on a loopback port, run on threads of its own, with an application that says what
// it was asked.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "server/server.h"
#include "tests/support/http_client.h"

namespace chayan::test {

inline constexpr std::size_t kEchoBodyBytesMax = 65'536;

// /echo?... and most else: "METHOD TARGET\nBODY". /status/NNN, /bytes/N, /close, /throw as named.
// /forbidden... is refused by the head alone.
inline void echo(const http::Request& request, http::Response& response) {
  response.content_type = "text/plain";
  const std::string target(request.target);
  if (target == "/throw") throw std::runtime_error("a fault of the application");
  if (target == "/close") response.close = true;
  if (target.starts_with("/status/")) response.status = std::stoi(target.substr(8));
  if (target.starts_with("/bytes/")) {
    response.body.assign(std::stoul(target.substr(7)), 'b');
  } else if (target == "/client") {
    response.body.assign(request.client).append(request.secure ? " secure" : " plain");
  } else {
    response.body.assign(request.method_text).append(" ").append(target).append("\n");
    response.body.append(request.body);
  }
}

inline bool forbid(const http::Request& request, http::Response& response) {
  if (request.target == "/forbidden/throw") throw std::runtime_error("a fault of the application");
  if (!request.target.starts_with("/forbidden")) return false;
  response.status = 401;
  response.body = "no";
  return true;
}

inline http::Application echo_application() {
  http::Application application;
  application.answer_by_head = forbid;
  application.body_bytes_max = [](http::Method method, std::string_view target) {
    if (target == "/large" || target == "/forbidden/large") return std::size_t{4} * 1024 * 1024;
    return method == http::Method::post ? kEchoBodyBytesMax : std::size_t{0};
  };
  application.answer = [](const http::Request& request, http::Response& response) {
    if (!forbid(request, response)) echo(request, response);
  };
  application.refuse = [](http::Refusal refusal, std::string_view reason,
                          std::string_view accept_language, http::Response& response) {
    constexpr int kStatuses[] = {400, 431, 414, 413, 411, 501, 505, 408, 503, 417};
    response.status = kStatuses[static_cast<std::size_t>(refusal)];
    response.content_type = "text/plain";
    response.body.assign(reason).append(" [").append(accept_language).append("]");
  };
  return application;
}

// Deadlines far away, so that a slow machine misses none.
inline server::Options echo_options() {
  server::Options options;
  options.listeners.push_back({{"127.0.0.1", 0}, {}, {}, echo_application()});
  return options;
}

class TestServer {
 public:
  explicit TestServer(server::Options options = echo_options()) {
    auto created = server::Server::create(std::move(options));
    if (!created) throw std::runtime_error(created.error().message.en);
    server_ = std::move(*created);
    thread_ = std::thread([this] { server_->run(); });
  }
  ~TestServer() { drain(); }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  server::Server* operator->() const { return server_.get(); }
  HttpClient connect(std::size_t listener = 0, int receive_buffer_bytes = 0) const {
    const server::Endpoint endpoint = server_->endpoint(listener);
    return HttpClient(endpoint.address, endpoint.port, receive_buffer_bytes);
  }
  // Drains and waits until run() has returned.
  void drain() {
    server_->drain();
    wait();
  }
  void wait() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::unique_ptr<server::Server> server_;
  std::thread thread_;
};

// Waits for what another thread brings about; false where it does not come.
template <typename Condition>
bool eventually(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + HttpClient::kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

inline std::string get(std::string_view target, std::string_view fields = {}) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: test.example\r\n" +
         std::string(fields) + "\r\n";
}

inline std::string post(std::string_view target, std::string_view body,
                        std::string_view fields = {}) {
  return "POST " + std::string(target) +
         " HTTP/1.1\r\nHost: test.example\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

}  // namespace chayan::test
