// Long poll: requests that wait are asked again when they should be, and no ring is lost.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/server/test_server.h"
#include "tests/support/process.h"
#include "tests/support/self_signed.h"

namespace chayan::test {
namespace {

using namespace std::chrono_literals;

// A number that grows, and what was asked about it. GET /after/N answers the number once it is
// above N, "waited" where it must answer earlier; the rest is echoed.
struct News {
  std::atomic<std::uint64_t> number{0};
  std::atomic<std::uint64_t> askings{0};  // of /after
  std::atomic<std::uint64_t> echoes{0};
  std::chrono::milliseconds wait = limits::kWaitMax;

  void answer(const http::Request& request, http::Response& response) {
    if (!request.target.starts_with("/after/")) {
      ++echoes;
      return echo(request, response);
    }
    const std::uint64_t known = std::stoull(std::string(request.target.substr(7)));
    const std::uint64_t now = number;
    ++askings;
    if (now > known) {
      response.body.assign(std::to_string(now)).append(request.body);
    } else if (request.waited) {
      response.body = "waited";
    } else {
      response.body = "not to be sent";
      response.wait = wait;
    }
  }

  server::Options options() {
    server::Options made = echo_options();
    made.listeners[0].application.answer = [this](const http::Request& request,
                                                  http::Response& response) {
      answer(request, response);
    };
    return made;
  }
};

std::string after(std::uint64_t number, std::string_view fields = {}) {
  return get("/after/" + std::to_string(number), fields);
}

class Waits : public ::testing::TestWithParam<bool> {
 protected:
  server::Options options() {
    server::Options made = news_.options();
    if (GetParam()) {
      made.listeners[0].tls_certificate_file = files_.certificate_file();
      made.listeners[0].tls_key_file = files_.key_file();
    }
    return made;
  }
  static HttpClient connect(const TestServer& server) {
    HttpClient client = server.connect();
    if (GetParam()) {
      EXPECT_TRUE(client.start_tls());
    }
    return client;
  }
  static bool waiting(TestServer& server, std::uint64_t requests) {
    return eventually([&] { return server->counters().requests_waiting == requests; });
  }
  void tell(TestServer& server) {
    ++news_.number;
    server->ring();
  }

  News news_;

 private:
  SelfSigned files_;
};

INSTANTIATE_TEST_SUITE_P(Transports, Waits, ::testing::Bool(),
                         [](const auto& transport) { return transport.param ? "Tls" : "Plain"; });

TEST_P(Waits, EndWithTheRingThatBringsTheNews) {
  TestServer server(options());
  HttpClient client = connect(server);
  client.send(after(0));
  EXPECT_TRUE(waiting(server, 1));
  HttpClient other = connect(server);  // the one thread serves others meanwhile
  other.send(get("/other"));
  EXPECT_EQ(other.read_reply()->body, "GET /other\n");
  server->ring();  // without news
  EXPECT_TRUE(eventually([&] { return news_.askings >= 2; }));
  tell(server);
  EXPECT_EQ(client.read_reply()->body, "1");
  EXPECT_EQ(server->counters().requests_waiting, 0U);
  client.send(after(0));  // no wait at all
  EXPECT_EQ(client.read_reply()->body, "1");
  client.send(after(1));  // the same connection waits again
  EXPECT_TRUE(waiting(server, 1));
  tell(server);
  EXPECT_EQ(client.read_reply()->body, "2");
  EXPECT_EQ(server->counters().requests_answered, 4U);
  EXPECT_EQ(server->counters().deadlines_missed, 0U);
}

TEST_P(Waits, EndWhenTheirTimeHasPassed) {
  news_.wait = 20ms;
  server::Options hasty = options();  // none of these deadlines is for one who waits
  hasty.timing.idle_max = hasty.timing.head_max = hasty.timing.body_max = 10s;
  TestServer server(std::move(hasty));
  HttpClient client = connect(server);
  for (int i = 0; i < 3; ++i) {
    client.send(after(0));
    EXPECT_EQ(client.read_reply()->body, "waited");
  }
  news_.wait = -1ms;
  client.send(after(0));
  EXPECT_EQ(client.read_reply()->body, "waited");
  EXPECT_EQ(news_.askings, 8U);
  EXPECT_EQ(server->counters().requests_waiting, 0U);
  EXPECT_EQ(server->counters().deadlines_missed, 0U);
}

TEST_P(Waits, AreNotCutByTheDeadlinesOfSlowClients) {
  server::Options hasty = options();
  hasty.timing.idle_max = 10ms;
  hasty.timing.head_max = 10ms;
  hasty.timing.write_max = 10ms;
  news_.wait = 300ms;
  TestServer server(std::move(hasty));
  HttpClient client = connect(server);
  client.send(after(0) + "GET /unfinished");
  EXPECT_EQ(client.read_reply()->body, "waited");
  EXPECT_EQ(client.read_reply()->status, 408);  // the head's deadline begins behind the wait
}

TEST_P(Waits, AreNotMadeLongerByRings) {
  news_.wait = 100ms;
  TestServer server(options());
  HttpClient client = connect(server);
  std::atomic<bool> answered = false;
  std::thread ringer([&] {
    while (!answered) {
      server->ring();
      std::this_thread::yield();
    }
  });
  client.send(after(0));
  const auto reply = client.read_reply();
  answered = true;
  ringer.join();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "waited");
}

TEST_P(Waits, HoldUpTheRequestsBehindThem) {
  TestServer server(options());
  HttpClient client = connect(server);
  client.send(get("/1") + after(0) + get("/2"));
  EXPECT_EQ(client.read_reply()->body, "GET /1\n");
  EXPECT_TRUE(waiting(server, 1));
  client.send(after(0) + after(1) + get("/3"));
  HttpClient other = connect(server);
  other.send(get("/other"));
  EXPECT_EQ(other.read_reply()->body, "GET /other\n");
  EXPECT_EQ(news_.echoes, 2U);
  tell(server);
  EXPECT_EQ(client.read_reply()->body, "1");
  EXPECT_EQ(client.read_reply()->body, "GET /2\n");
  EXPECT_EQ(client.read_reply()->body, "1");
  EXPECT_TRUE(waiting(server, 1));
  EXPECT_EQ(news_.echoes, 3U);
  tell(server);
  EXPECT_EQ(client.read_reply()->body, "2");
  EXPECT_EQ(client.read_reply()->body, "GET /3\n");
}

TEST_P(Waits, HoldUpMoreThanTheBufferTakes) {
  TestServer server(options());
  HttpClient client = connect(server);
  constexpr int kBehind = 1000;
  std::string requests = after(0);
  for (int i = 0; i < kBehind / 2; ++i) requests += get("/" + std::to_string(i));
  client.send(requests);
  EXPECT_TRUE(waiting(server, 1));
  requests.clear();
  for (int i = kBehind / 2; i < kBehind - 1; ++i) requests += get("/" + std::to_string(i));
  client.send(requests);
  server->ring();
  EXPECT_TRUE(eventually([&] { return news_.askings >= 2; }));
  EXPECT_EQ(news_.echoes, 0U);
  tell(server);
  EXPECT_EQ(client.read_reply()->body, "1");
  for (int i = 0; i < kBehind - 1; ++i) {
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply) << i;
    ASSERT_EQ(reply->body, "GET /" + std::to_string(i) + "\n");
  }
}

TEST_P(Waits, KeepTheWholeRequest) {
  TestServer server(options());
  HttpClient client = connect(server);
  const std::string body(20'000, 'b');
  client.send("\r\n" + post("/after/0", body) + get("/2"));
  EXPECT_TRUE(waiting(server, 1));
  server->ring();
  EXPECT_TRUE(eventually([&] { return news_.askings >= 2; }));
  tell(server);
  EXPECT_EQ(client.read_reply()->body, "1" + body);
  EXPECT_EQ(client.read_reply()->body, "GET /2\n");
}

TEST_P(Waits, OfHeadAreAnsweredWithoutABody) {
  TestServer server(options());
  HttpClient client = connect(server);
  client.send("HEAD /after/0 HTTP/1.1\r\nHost: a\r\n\r\n" + get("/2"));
  EXPECT_TRUE(waiting(server, 1));
  tell(server);
  EXPECT_EQ(client.read_reply(ReplyTo::head)->field("Content-Length"), "1");
  EXPECT_EQ(client.read_reply()->body, "GET /2\n");
}

TEST_P(Waits, AreAnsweredByADrain) {
  TestServer server(options());
  HttpClient one = connect(server);
  HttpClient two = connect(server);
  one.send(after(0) + get("/never"));
  two.send(get("/1") + after(0));
  EXPECT_EQ(two.read_reply()->body, "GET /1\n");
  EXPECT_TRUE(waiting(server, 2));
  server->drain();
  for (HttpClient* client : {&one, &two}) {
    const auto reply = client->read_reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->body, "waited");
    EXPECT_EQ(reply->field("Connection"), "close");
    EXPECT_TRUE(client->is_closed());
  }
  server.wait();
  EXPECT_EQ(news_.echoes, 1U);
  EXPECT_EQ(server->counters().requests_waiting, 0U);
  server->ring();  // to nobody
}

TEST_P(Waits, EndWithTheirClient) {
  TestServer server(options());
  HttpClient resetting = connect(server);
  resetting.send(after(0));
  EXPECT_TRUE(waiting(server, 1));
  resetting.reset();
  EXPECT_TRUE(waiting(server, 0));
  {
    HttpClient closing = connect(server);
    closing.send(after(0));
    EXPECT_TRUE(waiting(server, 1));
  }
  EXPECT_TRUE(waiting(server, 0));
  HttpClient full = connect(server);  // nothing more is read from it
  std::string requests = after(0);
  while (requests.size() < 3 * limits::kHeadBytesMax) requests += get("/behind");
  full.send(requests);
  EXPECT_TRUE(waiting(server, 1));
  full.reset();
  EXPECT_TRUE(waiting(server, 0));
  EXPECT_TRUE(eventually([&] { return server->counters().connections_open == 0; }));
  EXPECT_EQ(server->counters().deadlines_missed, 0U);
}

TEST_P(Waits, OfAClientThatEndsItsSideAreAnswered) {
  TestServer server(options());
  HttpClient client = connect(server);
  client.send(after(0) + after(0) + get("/2"));
  EXPECT_TRUE(waiting(server, 1));
  client.finish_sending();
  EXPECT_EQ(client.read_reply()->body, "waited");
  EXPECT_EQ(client.read_reply()->body, "waited");
  EXPECT_EQ(client.read_reply()->body, "GET /2\n");
  EXPECT_TRUE(eventually([&] { return server->counters().connections_open == 0; }));
}

TEST_P(Waits, WhoseTimeIsOverMustBeAnswered) {
  server::Options options = echo_options();
  options.listeners[0].application.answer = [](const http::Request&, http::Response& response) {
    response.wait = 1ms;
  };
  TestServer server(std::move(options));
  HttpClient client = server.connect();
  client.send(get("/"));
  EXPECT_FALSE(client.read_reply());
  EXPECT_EQ(server->counters().application_faults, 1U);
  EXPECT_EQ(server->counters().requests_answered, 0U);
}

TEST(Ring, BeforeAndAfterTheServerRunsDoesNoHarm) {
  News news;
  auto created = server::Server::create(news.options());
  ASSERT_TRUE(created);
  server::Server& server = **created;
  server.ring();
  server.ring();
  std::thread runner([&server] { server.run(); });
  HttpClient client(server.endpoint(0).address, server.endpoint(0).port);
  client.send(after(0));
  EXPECT_TRUE(eventually([&] { return news.askings > 0; }));
  ++news.number;
  server.ring();
  EXPECT_EQ(client.read_reply()->body, "1");
  server.drain();
  runner.join();
  server.ring();
  server.ring();
}

// Clients that follow the number, each on a thread of its own. Odd ones use TLS and send another
// request in front, so that rings come between the asking and the wait: TLS always suspends to
// send.
class Followers {
 public:
  Followers(const TestServer& server, std::size_t count, std::uint64_t last) : seen_(count) {
    for (std::size_t i = 0; i < count; ++i) {
      threads_.emplace_back([this, &server, i, last] { follow(server, i, last); });
    }
  }
  ~Followers() { join(); }

  void join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  bool all_have_seen(std::uint64_t number) const {
    return std::ranges::all_of(seen_, [number](const auto& seen) { return seen >= number; });
  }
  std::uint64_t failures() const { return failures_; }

 private:
  void follow(const TestServer& server, std::size_t i, std::uint64_t last) {
    const bool pipelines = i % 2 == 1;
    std::uint64_t requests = 0;
    HttpClient client = connect(server, pipelines);
    while (seen_[i] < last) {
      if (++requests % 100 == 0) client = connect(server, pipelines);
      client.send((pipelines ? get("/before") : std::string()) + after(seen_[i]));
      const bool echoed = !pipelines || client.read_reply();
      const auto reply = client.read_reply();
      if (!echoed || !reply || reply->body == "waited" || std::stoull(reply->body) <= seen_[i]) {
        ++failures_;
        seen_[i] = last;
        return;
      }
      seen_[i] = std::stoull(reply->body);
    }
  }

  static HttpClient connect(const TestServer& server, bool secure) {
    HttpClient client = server.connect(secure ? 1 : 0);
    if (secure) client.start_tls();  // where it fails no reply comes
    return client;
  }

  std::vector<std::atomic<std::uint64_t>> seen_;
  std::atomic<std::uint64_t> failures_{0};
  std::vector<std::thread> threads_;
};

constexpr std::size_t kFollowers = 6;

// Listener 0 is plain, 1 is TLS.
server::Options on_two_threads(News& news, const SelfSigned& files) {
  server::Options options = news.options();
  options.threads = 2;
  server::Listener secure = options.listeners[0];
  secure.tls_certificate_file = files.certificate_file();
  secure.tls_key_file = files.key_file();
  options.listeners.push_back(std::move(secure));
  return options;
}

// The next number comes in the moment in which the last follower has the one before, and asks
// again: one lost ring, and all stand still.
TEST(Ring, ReachesEveryFollowerEachTime) {
  const auto last = scaled(3000, 300);
  News news;
  const SelfSigned files;
  TestServer server(on_two_threads(news, files));
  Followers followers(server, kFollowers, last);
  for (std::uint64_t number = 1; number <= last; ++number) {
    news.number = number;
    server->ring();
    if (!eventually([&] { return followers.all_have_seen(number); })) {
      ADD_FAILURE() << "a follower never saw " << number;
      news.number = last;
      server->ring();
      break;
    }
  }
  followers.join();
  EXPECT_EQ(followers.failures(), 0U);
}

TEST(Ring, IsNotLostAmongManyFromManyThreads) {
  const auto each = scaled(1'000'000, 20'000);
  constexpr std::uint64_t kWriters = 2;
  News news;
  const SelfSigned files;
  TestServer server(on_two_threads(news, files));
  Followers followers(server, kFollowers, each * kWriters);
  std::vector<std::thread> writers;
  for (std::uint64_t w = 0; w < kWriters; ++w) {
    writers.emplace_back([&news, &server, each] {
      for (std::uint64_t i = 0; i < each; ++i) {
        ++news.number;
        server->ring();
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  followers.join();
  EXPECT_EQ(followers.failures(), 0U);
  EXPECT_EQ(server->counters().requests_waiting, 0U);
}

}  // namespace
}  // namespace chayan::test
