// A TCP proxy between an HTTP client and a server on this machine that spoils responses as it is
// told: cuts them, ends them early, holds them back, flips one of their bits.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace chayan::test {

// What becomes of one response. `at` is the byte of it (head included) before which it happens.
struct Fault {
  enum class Kind {
    none,
    reset,  // the connection is reset
    close,  // it is closed in order, as after a whole answer
    stall,  // nothing more comes until the client gives up
    flip,   // of the byte at `at`, the bit `bit`
  };
  Kind kind = Kind::none;
  std::uint64_t at = 0;
  unsigned bit = 0;
};

struct ResponseSize {
  std::uint64_t head = 0;
  std::uint64_t body = 0;
  std::uint64_t all() const { return head + body; }
};

// Serves one connection at a time, so it is for a client that has one.
class FaultyProxy {
 public:
  // Asked once a response, on the proxy's thread.
  using Plan = std::function<Fault(const ResponseSize& size)>;
  struct Options {
    bool refuses_codings = false;  // the server sees no Accept-Encoding: bodies travel as they are
  };

  FaultyProxy(std::uint16_t server_port, Plan plan) : FaultyProxy(server_port, plan, Options()) {}
  FaultyProxy(std::uint16_t server_port, Plan plan, Options options);
  ~FaultyProxy();
  FaultyProxy(const FaultyProxy&) = delete;
  FaultyProxy& operator=(const FaultyProxy&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::uint64_t connections() const { return connections_; }
  // Where the server is now, for one that was started again. Takes effect with the next connection.
  void set_server_port(std::uint16_t port) { server_port_ = port; }

 private:
  void run();
  void serve(int client);

  Plan plan_;
  Options options_;
  std::atomic<std::uint16_t> server_port_;
  std::uint16_t port_ = 0;
  int listening_ = -1;
  std::atomic<bool> ending_{false};
  std::atomic<std::uint64_t> connections_{0};
  std::thread thread_;
};

}  // namespace chayan::test
