// What a well-behaved client sees: answers in order, persistence, HEAD, bodies, split input.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "base/limits.h"
#include "server/thread_state.h"
#include "tests/server/test_server.h"

namespace chayan::test {
namespace {

TEST(Session, AnswersCarryDateLengthAndNoMore) {
  TestServer server;
  HttpClient client = server.connect();
  client.send(get("/a?b=c"));
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply);
  const std::string date = reply->field("Date");  // its form: DateField.IsAnImfFixdate
  EXPECT_EQ(date.size(), 29U);
  EXPECT_EQ(reply->head, "HTTP/1.1 200 OK\r\nDate: " + date +
                             "\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\n");
  EXPECT_EQ(reply->body, "GET /a?b=c\n");
}

TEST(Session, ClientAndTransportAreTold) {
  TestServer server;
  HttpClient client = server.connect();
  client.send(get("/client"));
  EXPECT_EQ(client.read_reply()->body, "127.0.0.1 plain");
}

TEST(Session, ServesIPv6) {
  server::Options options = echo_options();
  options.listeners[0].endpoint.address = "::1";
  TestServer server(std::move(options));
  EXPECT_EQ(server->endpoint(0).address, "::1");
  HttpClient client = server.connect();
  ASSERT_TRUE(client.connected());
  client.send(get("/client"));
  EXPECT_EQ(client.read_reply()->body, "::1 plain");
}

TEST(Session, HeadHasTheFieldsOfGetAndNoBody) {
  TestServer server;
  HttpClient client = server.connect();
  client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get("/y"));
  const auto head = client.read_reply(ReplyTo::head);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->field("Content-Length"), "8");  // "HEAD /x\n"
  EXPECT_EQ(client.read_reply()->body, "GET /y\n");
}

TEST(Session, StatusesWithoutContentHaveNeitherLengthNorBody) {
  TestServer server;
  HttpClient client = server.connect();
  client.send(get("/status/204") + get("/status/304") + get("/status/404"));
  for (const int status : {204, 304}) {
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, status);
    EXPECT_EQ(reply->head.find("Content-"), std::string::npos) << reply->head;
  }
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->head.starts_with("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_EQ(reply->body, "GET /status/404\n");
}

TEST(Session, PersistenceIsTheClientsChoice) {
  struct Case {
    std::string version;
    std::string fields;
    std::string connection;  // of the answer
  };
  const std::vector<Case> cases = {
      {"1.1", "", ""},
      {"1.1", "Connection: keep-alive\r\n", ""},
      {"1.1", "Connection: close\r\n", "close"},
      {"1.1", "Connection: Upgrade, CLOSE\r\n", "close"},
      {"1.1", "Connection: x\r\nConnection: close\r\n", "close"},
      {"1.1", "Connection: keep-alive, close\r\n", "close"},
      {"1.0", "", "close"},
      {"1.0", "Connection: keep-alive\r\n", "keep-alive"},
      {"1.0", "Connection: keep-alive, close\r\n", "close"},
  };
  TestServer server;
  for (const Case& c : cases) {
    SCOPED_TRACE(c.version + " " + c.fields);
    HttpClient client = server.connect();
    client.send("GET / HTTP/" + c.version + "\r\nHost: a\r\n" + c.fields + "\r\n");
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->field("Connection"), c.connection);
    if (c.connection == "close") {
      EXPECT_TRUE(client.is_closed());
    } else {
      client.send(get("/again"));
      EXPECT_EQ(client.read_reply()->body, "GET /again\n");
    }
  }
}

TEST(Session, ApplicationMayClose) {
  TestServer server;
  HttpClient client = server.connect();
  client.send(get("/close") + get("/never"));
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->field("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST(Session, ApplicationThatThrowsLosesItsConnectionAlone) {
  TestServer server;
  HttpClient client = server.connect();
  HttpClient other = server.connect();
  client.send(get("/1") + get("/throw") + get("/2"));
  EXPECT_EQ(client.read_reply()->body, "GET /1\n");
  EXPECT_FALSE(client.read_reply());
  other.send(get("/3"));
  EXPECT_EQ(other.read_reply()->body, "GET /3\n");
  EXPECT_EQ(server->counters().application_faults, 1U);
  EXPECT_EQ(server->counters().requests_answered, 2U);
}

TEST(Session, ThousandthAnswerIsTheLast) {
  TestServer server;
  HttpClient client = server.connect();
  for (std::size_t i = 1; i <= limits::kRequestsPerConnectionMax; ++i) {
    ASSERT_TRUE(client.send(get("/")));
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply) << i;
    ASSERT_EQ(reply->field("Connection"), i == limits::kRequestsPerConnectionMax ? "close" : "");
  }
  EXPECT_TRUE(client.is_closed());
}

TEST(Session, RequestsAreNotCountedWhereLimitsAreOff) {
  server::Options options = echo_options();
  options.connection_limits = false;
  TestServer server(std::move(options));
  HttpClient client = server.connect();
  for (std::size_t i = 0; i < limits::kRequestsPerConnectionMax + 5; ++i) {
    ASSERT_TRUE(client.send(get("/")));
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply) << i;
    ASSERT_EQ(reply->field("Connection"), "");
  }
}

TEST(Session, PipelinedAnswersComeInOrder) {
  TestServer server;
  HttpClient client = server.connect();
  constexpr int kRequests = 900;
  std::string requests;
  for (int i = 0; i < kRequests; ++i) {
    const std::string target = "/" + std::to_string(i);
    requests +=
        i % 3 == 0 ? post(target, std::string(static_cast<std::size_t>(i), 'p')) : get(target);
  }
  ASSERT_TRUE(client.send(requests));
  for (int i = 0; i < kRequests; ++i) {
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply) << i;
    const std::string target = "/" + std::to_string(i);
    ASSERT_EQ(reply->body,
              i % 3 == 0 ? "POST " + target + "\n" + std::string(static_cast<std::size_t>(i), 'p')
                         : "GET " + target + "\n");
  }
}

TEST(Session, ClientThatEndsItsSideStillGetsItsAnswers) {
  TestServer server;
  HttpClient client = server.connect();
  client.send(get("/1") + get("/2"));
  client.finish_sending();
  const auto stream = client.read_until_close();
  ASSERT_TRUE(stream);
  EXPECT_EQ(count_replies(*stream), 2U);
}

// Two requests, the first with a body that looks like a request.
const std::string kPair = post("/first", get("/smuggled")) + get("/second");
const std::string kFirstAnswer = "POST /first\n" + get("/smuggled");
const std::string kSecondAnswer = "GET /second\n";

void expect_pair_answered(HttpClient& client) {
  const auto first = client.read_reply();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->body, kFirstAnswer);
  const auto second = client.read_reply();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->body, kSecondAnswer);
}

TEST(SplitInput, AtEveryPositionGivesTheSameAnswers) {
  TestServer server;
  HttpClient client = server.connect();
  for (std::size_t position = 0; position <= kPair.size(); ++position) {
    SCOPED_TRACE(position);
    // The answer to a request of its own between the parts: the server has read the first part by
    // then, or reads both at once, and either must do.
    HttpClient other = server.connect();
    ASSERT_TRUE(client.send(std::string_view(kPair).substr(0, position)));
    other.send(get("/between"));
    ASSERT_TRUE(other.read_reply());
    ASSERT_TRUE(client.send(std::string_view(kPair).substr(position)));
    expect_pair_answered(client);
  }
}

TEST(SplitInput, ByteByByteGivesTheSameAnswers) {
  TestServer server;
  HttpClient client = server.connect();
  for (int round = 0; round < 3; ++round) {
    for (const char& byte : kPair) ASSERT_TRUE(client.send({&byte, 1}));
    expect_pair_answered(client);
  }
}

TEST(Bodies, GrowToTheRoutesLimit) {
  TestServer server;
  HttpClient client = server.connect();
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{8191},
                                  std::size_t{8192}, std::size_t{20'000}, kEchoBodyBytesMax}) {
    SCOPED_TRACE(bytes);
    const std::string body(bytes, 'x');
    ASSERT_TRUE(client.send(post("/", body) + get("/after")));
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->body, "POST /\n" + body);
    EXPECT_EQ(client.read_reply()->body, "GET /after\n");
  }
}

TEST(Bodies, OfMegabytesArriveWhole) {
  TestServer server;
  HttpClient client = server.connect();
  std::string body(std::size_t{4} * 1024 * 1024, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 31 + (i >> 13));
  ASSERT_TRUE(client.send(post("/large", body)));
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->body == "POST /large\n" + body);
}

TEST(Expectation, IsMetBeforeTheBodyIsRead) {
  TestServer server;
  HttpClient client = server.connect();
  for (int round = 0; round < 2; ++round) {
    client.send("POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\n");
    const auto interim = client.read_reply();
    ASSERT_TRUE(interim);
    EXPECT_EQ(interim->head, "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("hel");
    client.send("lo");
    EXPECT_EQ(client.read_reply()->body, "POST /e\nhello");
  }
}

TEST(Expectation, IsNotMetWhereTheBodyIsThereOrTheClientOld) {
  TestServer server;
  HttpClient client = server.connect();
  client.send(post("/e", "hello", "Expect: 100-continue\r\n"));
  EXPECT_EQ(client.read_reply()->body, "POST /e\nhello");
  client.send("POST /old HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  client.send("hello");
  EXPECT_EQ(client.read_reply()->body, "POST /old\nhello");
}

// The head of a POST alone.
std::string announced(std::string_view target, std::size_t body_bytes,
                      std::string_view fields = {}) {
  return "POST " + std::string(target) +
         " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body_bytes) + "\r\n" +
         std::string(fields) + "\r\n";
}

TEST(AnswerByHead, ArrivesThoughTheBodyIsNeverSent) {
  TestServer server;
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{60'000}, kEchoBodyBytesMax + 1}) {
    for (const std::string_view begun : {"", "x"}) {
      SCOPED_TRACE(std::to_string(bytes) + std::string(begun));
      if (begun.size() == bytes) continue;
      HttpClient client = server.connect();
      client.send(get("/before") + announced("/forbidden", bytes) + std::string(begun));
      EXPECT_EQ(client.read_reply()->body, "GET /before\n");
      const auto reply = client.read_reply();
      ASSERT_TRUE(reply);
      EXPECT_EQ(reply->status, 401);
      EXPECT_EQ(reply->field("Connection"), "close");
      EXPECT_TRUE(client.is_closed());
    }
  }
  EXPECT_EQ(server->counters().requests_refused, 0U) << "no 413 of the server's own";
}

TEST(AnswerByHead, ComesInPlaceOfTheContinuation) {
  TestServer server;
  HttpClient client = server.connect();
  client.send(announced("/forbidden", 5, "Expect: 100-continue\r\n"));
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 401);
  EXPECT_TRUE(client.is_closed());
}

// Where the body came with the head there is nothing to wait for, and nothing to close.
TEST(AnswerByHead, LeavesTheConnectionWhereTheBodyIsThere) {
  TestServer server;
  HttpClient client = server.connect();
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{5}, std::size_t{3000}}) {
    client.send(post("/forbidden", std::string(bytes, 'x')) + get("/after"));
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 401);
    EXPECT_EQ(reply->field("Connection"), "");
    EXPECT_EQ(client.read_reply()->body, "GET /after\n");
  }
}

// Many clients write all of their request before they read a byte: what the target would have taken
// is dropped, not answered with a reset that overtakes the answer.
TEST(AnswerByHead, ReachesAClientThatSendsItsWholeBodyFirst) {
  TestServer server;
  const std::string body(std::size_t{4} * 1024 * 1024, 'x');
  for (int round = 0; round < 3; ++round) {
    HttpClient client = server.connect();
    ASSERT_TRUE(client.send(announced("/forbidden/large", body.size())));
    ASSERT_TRUE(client.send(body));
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 401);
    EXPECT_TRUE(client.is_closed());
  }
  EXPECT_EQ(server->counters().deadlines_missed, 0U);
}

// A browser reads nothing before it has sent its file.
TEST(BodiesThatAreTooLong, AreReadAndDroppedSoThatTheRefusalArrives) {
  TestServer server;
  const std::string body(std::size_t{8} * 1024 * 1024, 'x');
  for (const auto& [target, status] : {std::pair("/forbidden", 401), std::pair("/free", 413)}) {
    HttpClient client = server.connect();
    ASSERT_TRUE(client.send(announced(target, body.size())));
    ASSERT_TRUE(client.send(body)) << target;
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply) << target;
    EXPECT_EQ(reply->status, status);
    EXPECT_TRUE(client.is_closed());
  }
  EXPECT_EQ(server->counters().deadlines_missed, 0U);
}

// Not all of it: what was announced beyond any file is cut.
TEST(BodiesThatAreTooLong, AreNotReadWithoutEnd) {
  TestServer server;
  HttpClient client = server.connect();
  ASSERT_TRUE(client.send(announced("/free", std::size_t{1} << 40)));
  const std::string piece(std::size_t{1} << 20, 'x');
  std::uint64_t sent = 0;
  while (client.send(piece)) {
    sent += piece.size();
    ASSERT_LT(sent, limits::kRefusedBodyBytesMax * 4);
  }
  EXPECT_GE(sent, limits::kRefusedBodyBytesMax);
}

TEST(AnswerByHead, BodiesThatAreTakenAreWaitedForAsBefore) {
  TestServer server;
  HttpClient client = server.connect();
  client.send(announced("/free", 5, "Expect: 100-continue\r\n"));
  EXPECT_EQ(client.read_reply()->status, 100);
  client.send("hello");
  EXPECT_EQ(client.read_reply()->body, "POST /free\nhello");
}

TEST(AnswerByHead, AFaultOfTheApplicationCutsTheConnection) {
  TestServer server;
  HttpClient client = server.connect();
  client.send(announced("/forbidden/throw", 5));
  EXPECT_FALSE(client.read_reply());
  EXPECT_EQ(server->counters().application_faults, 1U);
}

// More than are held.
TEST(AnswersThatAreReadyAtOnce, AllArrive) {
  std::atomic<bool> others_asked = false;
  server::Options options = echo_options();
  options.listeners[0].application.answer = [&](const http::Request& request,
                                                http::Response& response) {
    while (request.target == "/first" && !others_asked) std::this_thread::yield();
    response.body.assign(request.target);
  };
  TestServer server(std::move(options));
  std::vector<HttpClient> clients;
  for (std::size_t i = 0; i < server::kAnswersHeldMax * 2 + 3; ++i) {
    clients.push_back(server.connect());
  }
  for (int round = 0; round < 20; ++round) {
    others_asked = false;
    clients.front().send(get("/first"));
    for (std::size_t i = 1; i < clients.size(); ++i) {
      clients[i].send(get("/" + std::to_string(i)) + get("/again"));
    }
    others_asked = true;
    EXPECT_EQ(clients.front().read_reply()->body, "/first");
    for (std::size_t i = 1; i < clients.size(); ++i) {
      EXPECT_EQ(clients[i].read_reply()->body, "/" + std::to_string(i));
      EXPECT_EQ(clients[i].read_reply()->body, "/again");
    }
  }
}

// A client that was refused and does not go keeps nobody who wants to stop.
TEST(BodiesThatAreTooLong, DoNotHoldUpADrain) {
  server::Options options = echo_options();
  options.timing.write_max = std::chrono::hours(1);
  options.timing.drain_max = std::chrono::hours(1);
  TestServer server(std::move(options));
  HttpClient client = server.connect();
  client.send(announced("/free", std::size_t{1} << 20));
  EXPECT_EQ(client.read_reply()->status, 413);
  server.drain();  // returns when run() has
  EXPECT_EQ(server->counters().deadlines_missed, 0U);
}

TEST(LongAnswers, ReachASlowReader) {
  TestServer server;
  HttpClient client = server.connect(0, 4096);
  constexpr std::size_t kBytes = 1'048'576;
  client.send(get("/bytes/1048576") + get("/bytes/1048576") + get("/end"));
  HttpClient other = server.connect();  // the thread is not held up meanwhile
  other.send(get("/other"));
  EXPECT_EQ(other.read_reply()->body, "GET /other\n");
  for (int i = 0; i < 2; ++i) {
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->body, std::string(kBytes, 'b'));
  }
  EXPECT_EQ(client.read_reply()->body, "GET /end\n");
}

TEST(LongAnswers, DoNotHoldUpOthersWhenTheirReaderVanishes) {
  TestServer server;
  for (int i = 0; i < 5; ++i) {
    HttpClient client = server.connect(0, 4096);
    client.send(get("/bytes/8000000") + get("/bytes/8000000"));
    client.reset();
  }
  HttpClient other = server.connect();
  other.send(get("/other"));
  EXPECT_EQ(other.read_reply()->body, "GET /other\n");
}

}  // namespace
}  // namespace chayan::test
