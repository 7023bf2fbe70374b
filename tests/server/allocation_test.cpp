// The hot path allocates nothing: every operator new of this program is counted per thread. A
// sanitizer brings an operator new of its own, and the test then has nothing to count with.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <thread>

#include "tests/server/test_server.h"
#include "tests/support/sanitized.h"

#if !defined(CHAYAN_SANITIZED)

namespace {
thread_local std::uint64_t allocations = 0;
}  // namespace

void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace chayan::test {
namespace {

TEST(Allocation, KeptAliveRequestMakesNone) {
  // The application notes the counter of the server's thread, which nothing else runs on.
  std::atomic<std::uint64_t> seen = 0;
  server::Options options = echo_options();
  std::atomic<bool> others_asked = false;
  options.listeners[0].application.answer = [&](const http::Request& request,
                                                http::Response& response) {
    // So that all others are ready at once, which a thread that is free seldom sees.
    while (request.target == "/first" && !others_asked) std::this_thread::yield();
    response.body.assign(200, 'x');
    seen = allocations;
  };
  TestServer server(std::move(options));
  std::vector<HttpClient> clients;
  clients.reserve(8);
  for (int i = 0; i < 8; ++i) clients.push_back(server.connect());
  const auto ask_all = [&](const std::string& request) {
    others_asked = false;
    clients.front().send(get("/first"));
    for (HttpClient& client : clients) client.send(request);
    others_asked = true;
    ASSERT_TRUE(clients.front().read_reply());
    for (HttpClient& client : clients) {
      const auto reply = client.read_reply();
      ASSERT_TRUE(reply);
      ASSERT_EQ(reply->body.size(), 200U);
    }
  };
  const std::string browser =
      get("/v1/verifications", "User-Agent: test\r\nAccept: */*\r\nAccept-Language: zh-CN\r\n");
  for (int i = 0; i < 100; ++i) ask_all(browser);
  const std::uint64_t warm = seen;
  EXPECT_GT(warm, 0U);  // the counter counts
  for (int i = 0; i < 100; ++i) {
    ask_all(browser);
    ask_all(post("/v1/verifications", "{\"a\":1}"));
    ask_all(get("/"));
  }
  EXPECT_EQ(seen - warm, 0U);
}

}  // namespace
}  // namespace chayan::test

#endif
