// Draining, shedding, running out of descriptors: a server under pressure.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fcntl.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/server/test_server.h"

namespace chayan::test {
namespace {

using namespace std::chrono_literals;

TEST(Drain, ClosesIdleConnectionsAndAcceptsNoMore) {
  TestServer server;
  HttpClient fresh = server.connect();
  HttpClient used = server.connect();
  used.send(get("/"));
  EXPECT_EQ(used.read_reply()->status, 200);
  EXPECT_TRUE(eventually([&] { return server->counters().connections_open >= 2; }));
  server.drain();
  EXPECT_TRUE(fresh.is_closed());
  EXPECT_TRUE(used.is_closed());
  EXPECT_FALSE(server.connect().connected());
  EXPECT_EQ(server->counters().connections_open, 0U);
}

TEST(Drain, LetsARequestUnderWayFinish) {
  TestServer server;
  HttpClient head = server.connect();
  HttpClient body = server.connect();
  head.send(get("/0") + "GET /1 HTTP/1.1\r\nHost: a\r\n");
  body.send("POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(head.read_reply()->body, "GET /0\n");
  EXPECT_EQ(body.read_reply()->status, 100);
  server->drain();
  EXPECT_TRUE(eventually([&] { return !server.connect().connected(); }));
  head.send("\r\n");
  body.send("12345");
  for (HttpClient* client : {&head, &body}) {
    const auto reply = client->read_reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->field("Connection"), "close");
    EXPECT_TRUE(client->is_closed());
  }
  server.wait();
}

TEST(Drain, LetsALongAnswerFinish) {
  TestServer server;
  HttpClient client = server.connect(0, 4096);
  client.send(get("/bytes/8000000"));
  EXPECT_TRUE(eventually([&] { return server->counters().requests_answered > 0; }));
  server->drain();
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body.size(), 8'000'000U);
  server.wait();
}

TEST(Drain, EndsAtItsDeadlineWhateverClientsDo) {
  server::Options options = echo_options();
  options.timing.drain_max = 30ms;
  TestServer server(std::move(options));
  HttpClient stalled = server.connect();
  stalled.send(get("/") + "GET /never");
  EXPECT_EQ(stalled.read_reply()->status, 200);
  HttpClient reader = server.connect(0, 4096);
  reader.send(get("/bytes/16000000"));
  EXPECT_TRUE(eventually([&] { return server->counters().requests_answered >= 2; }));
  server.drain();  // returns only when run() has
  EXPECT_EQ(server->counters().connections_open, 0U);
  EXPECT_FALSE(stalled.read_reply());
}

TEST(Drain, IsIdempotentAndMayComeBeforeRun) {
  auto created = server::Server::create(echo_options());
  ASSERT_TRUE(created);
  (*created)->drain();
  (*created)->drain();
  (*created)->run();
  EXPECT_EQ((*created)->counters().connections_accepted, 0U);
}

TEST(Drain, FollowsSigterm) {
  auto created = server::Server::create(echo_options());
  ASSERT_TRUE(created);
  server::Server& server = **created;
  server.drain_on_signals();
  std::thread runner([&server] { server.run(); });
  HttpClient client(server.endpoint(0).address, server.endpoint(0).port);
  client.send(get("/"));
  EXPECT_EQ(client.read_reply()->status, 200);
  ::kill(::getpid(), SIGTERM);
  runner.join();
  EXPECT_TRUE(client.is_closed());
}

TEST(Server, NeverRunIsDestroyedCleanly) {
  auto created = server::Server::create(echo_options());
  ASSERT_TRUE(created);
  (*created)->drain_on_signals();
}

TEST(Overload, ConnectionsAboveTheLimitAreToldSo) {
  server::Options options = echo_options();
  options.connections_per_thread_max = 2;
  TestServer server(std::move(options));
  HttpClient first = server.connect();
  HttpClient second = server.connect();
  for (HttpClient* client : {&first, &second}) {
    client->send(get("/"));
    EXPECT_EQ(client->read_reply()->status, 200);
  }
  HttpClient third = server.connect();
  const auto reply = third.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 503);
  EXPECT_EQ(reply->field("Connection"), "close");
  EXPECT_TRUE(third.is_closed());
  third.finish_sending();
  EXPECT_EQ(server->counters().connections_shed, 1U);
  first.send(get("/"));
  EXPECT_EQ(first.read_reply()->status, 200);
  first.reset();
  EXPECT_TRUE(eventually([&] { return server->counters().connections_open <= 1; }));
  HttpClient fourth = server.connect();
  fourth.send(get("/"));
  EXPECT_EQ(fourth.read_reply()->status, 200);
}

TEST(Overload, OutOfDescriptorsConnectionsWaitAndAreServedLater) {
  TestServer server;
  HttpClient before = server.connect();
  before.send(get("/before"));
  EXPECT_EQ(before.read_reply()->status, 200);

  // From here on the process can open nothing; the client's own descriptor is kept for it.
  const int reserved = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(reserved, 0);
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &usual), 0);
  rlimit none = usual;
  none.rlim_cur = static_cast<rlim_t>(reserved) + 1;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  ::close(reserved);
  HttpClient waiting = server.connect();  // takes the reserved one; the server finds none
  waiting.send(get("/waiting"));
  before.send(get("/meanwhile"));
  const auto meanwhile = before.read_reply();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &usual), 0);

  ASSERT_TRUE(meanwhile);
  EXPECT_EQ(meanwhile->body, "GET /meanwhile\n");
  const auto reply = waiting.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "GET /waiting\n");
}

TEST(Threads, ServeManyClientsAtOnce) {
  server::Options options = echo_options();
  options.threads = 3;
  TestServer server(std::move(options));
  constexpr int kClients = 6;
  constexpr int kConnections = 20;
  constexpr int kRequests = 20;
  std::atomic<int> right = 0;
  std::vector<std::thread> clients;
  clients.reserve(kClients);
  for (int c = 0; c < kClients; ++c) {
    clients.emplace_back([&server, &right, c] {
      for (int i = 0; i < kConnections; ++i) {
        HttpClient client = server.connect();
        for (int r = 0; r < kRequests; ++r) {
          const std::string target = "/" + std::to_string(c) + "/" + std::to_string(r);
          client.send(r % 2 == 0 ? get(target) : post(target, "body"));
          const auto reply = client.read_reply();
          const std::string expected =
              r % 2 == 0 ? "GET " + target + "\n" : "POST " + target + "\nbody";
          if (reply && reply->body == expected) ++right;
        }
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(right, kClients * kConnections * kRequests);
  server.drain();
  EXPECT_EQ(server->counters().connections_accepted, kClients * kConnections);
  EXPECT_EQ(server->counters().requests_answered, kClients * kConnections * kRequests);
  EXPECT_EQ(server->counters().connections_open, 0U);
}

TEST(Threads, DrainUnderLoadBreaksNoAnswer) {
  server::Options options = echo_options();
  options.threads = 2;
  TestServer server(std::move(options));
  std::atomic<int> torn = 0;
  std::atomic<int> answered = 0;
  std::vector<std::thread> clients;
  clients.reserve(4);
  for (int c = 0; c < 4; ++c) {
    clients.emplace_back([&] {
      while (true) {
        HttpClient client = server.connect();
        if (!client.connected()) return;
        while (client.send(get("/load"))) {
          const auto reply = client.read_reply();
          if (!reply) break;  // closed before the request was seen: to be sent again elsewhere
          if (reply->body != "GET /load\n") ++torn;
          ++answered;
          if (reply->field("Connection") == "close") break;
        }
      }
    });
  }
  EXPECT_TRUE(eventually([&] { return answered >= 200; }));
  server.drain();
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(torn, 0);
}

}  // namespace
}  // namespace chayan::test
