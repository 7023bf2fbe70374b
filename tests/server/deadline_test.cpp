// Deadlines of tens of milliseconds. Only outcomes are asserted, never how long they took.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "server/deadlines.h"
#include "tests/server/test_server.h"

namespace chayan::test {
namespace {

using namespace std::chrono_literals;

server::Options with_timing(server::Timing timing) {
  server::Options options = echo_options();
  options.timing = timing;
  return options;
}

TEST(Deadline, HeadThatDoesNotArriveIsAnswered408) {
  server::Timing timing;
  timing.head_max = 30ms;
  TestServer server(with_timing(timing));
  HttpClient client = server.connect();
  client.send("GET / HTTP/1.1\r\nAccept-Language: zh\r\nHost:");
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 408);
  EXPECT_EQ(reply->field("Connection"), "close");
  EXPECT_NE(reply->body.find("[zh]"), std::string::npos);
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(server->counters().deadlines_missed, 1U);
  EXPECT_EQ(server->counters().requests_refused, 1U);
}

TEST(Deadline, BytesThatKeepComingDoNotMoveTheDeadlineOfTheHead) {
  server::Timing timing;
  timing.head_max = 50ms;
  TestServer server(with_timing(timing));
  HttpClient client = server.connect();
  client.send("GET / HTTP/1.1\r\nX: ");
  std::atomic<bool> refused = false;
  std::thread drip([&] {  // far fewer bytes than the head may have
    for (int i = 0; i < 4000 && !refused; ++i) {
      if (!client.send("a")) break;
      std::this_thread::sleep_for(2ms);
    }
  });
  const auto reply = client.read_reply();
  refused = true;
  drip.join();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 408);
}

TEST(Deadline, BodyThatDoesNotArriveIsAnswered408) {
  server::Timing timing;
  timing.body_max = 30ms;
  TestServer server(with_timing(timing));
  HttpClient client = server.connect();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n123");
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 408);
  EXPECT_TRUE(client.is_closed());
}

TEST(Deadline, SecondRequestHasADeadlineOfItsOwn) {
  server::Timing timing;
  timing.head_max = 30ms;
  TestServer server(with_timing(timing));
  HttpClient client = server.connect();
  client.send(get("/1") + "GET /2");
  EXPECT_EQ(client.read_reply()->body, "GET /1\n");
  EXPECT_EQ(client.read_reply()->status, 408);
  EXPECT_TRUE(client.is_closed());
}

TEST(Deadline, IdleConnectionIsClosedWithoutAWord) {
  server::Timing timing;
  timing.idle_max = 30ms;
  TestServer server(with_timing(timing));
  HttpClient fresh = server.connect();
  EXPECT_TRUE(fresh.is_closed());
  HttpClient used = server.connect();
  used.send(get("/"));
  EXPECT_EQ(used.read_reply()->status, 200);
  EXPECT_TRUE(used.is_closed());
  HttpClient empty_line = server.connect();
  empty_line.send("\r\n");
  EXPECT_EQ(empty_line.read_until_close().value_or(""), "");
  EXPECT_EQ(server->counters().deadlines_missed, 0U);
}

TEST(Deadline, ReaderThatTakesNothingIsCutOff) {
  server::Timing timing;
  timing.write_max = 30ms;
  TestServer server(with_timing(timing));
  HttpClient client = server.connect(0, 4096);
  client.send(get("/bytes/16000000"));
  EXPECT_TRUE(eventually([&] { return server->counters().deadlines_missed > 0; }));
  EXPECT_FALSE(client.read_reply());  // what the kernel held, and then the end
}

TEST(Deadline, RefusedClientThatTalksOnIsCutOff) {
  server::Timing timing;
  timing.linger_max = 30ms;
  TestServer server(with_timing(timing));
  HttpClient client = server.connect();
  client.send("BROKEN\r\n\r\n");
  EXPECT_EQ(client.read_reply()->status, 400);
  EXPECT_TRUE(client.is_closed());  // its sending side; ours stays open
  EXPECT_TRUE(eventually([&] { return server->counters().connections_open <= 0; }));
}

TEST(Deadline, RefusedClientMaySendABoundedAmountOnly) {
  TestServer server;
  HttpClient client = server.connect();
  client.send("BROKEN\r\n\r\n");
  EXPECT_EQ(client.read_reply()->status, 400);
  client.send(std::string(limits::kLingerBytesMax + 10'000, 'x'));
  EXPECT_TRUE(eventually([&] { return server->counters().connections_open <= 0; }));
}

class Recorder final : public server::Timed {
 public:
  void deadline_passed() override { ++passed; }
  void ring() override { ++rung; }
  void drain() override {}
  void abandon() override {}

  int passed = 0;
  int rung = 0;
};

TEST(Deadlines, PassOnceAndOnlyWhereThePhaseWasNotLeft) {
  server::Timing timing;
  timing.head_max = 100ms;
  timing.idle_max = 200ms;
  server::Deadlines deadlines(timing);
  Recorder late;
  Recorder moved;
  {
    Recorder gone;
    deadlines.enter(gone, server::Phase::head);
  }
  deadlines.enter(late, server::Phase::head);
  deadlines.enter(moved, server::Phase::head);
  deadlines.enter(moved, server::Phase::body);
  const auto now = std::chrono::steady_clock::now();
  deadlines.check(now - 1s);
  EXPECT_EQ(late.passed, 0);
  deadlines.check(now + 150ms);
  deadlines.check(now + 300ms);
  EXPECT_EQ(late.passed, 1);
  EXPECT_EQ(moved.passed, 0);
  int connections = 0;
  deadlines.for_each([&connections](server::Timed&) { ++connections; });
  EXPECT_EQ(connections, 2);  // one whose deadline has passed is still there to be drained
}

TEST(Deadlines, OfWaitsPassInTheirOrderAndAreLeftLikeOthers) {
  server::Deadlines deadlines{server::Timing()};
  const auto now = std::chrono::steady_clock::now();
  Recorder late;
  Recorder soon;
  Recorder answered;
  deadlines.enter_wait(late, now + 3s);
  deadlines.enter_wait(soon, now + 1s);
  deadlines.enter_wait(answered, now + 1s);
  {
    Recorder gone;
    deadlines.enter_wait(gone, now + 1s);
  }
  deadlines.enter_wait(late, now + 4s);
  deadlines.enter(answered, server::Phase::write);
  deadlines.check(now + 2s);
  EXPECT_EQ(soon.passed, 1);
  EXPECT_EQ(late.passed, 0);
  EXPECT_EQ(answered.passed, 0);
  deadlines.for_each_waiting([](server::Timed& timed) { timed.ring(); });
  EXPECT_EQ(late.rung, 1);
  EXPECT_EQ(soon.rung, 0);
  EXPECT_EQ(answered.rung, 0);
  int connections = 0;
  deadlines.for_each([&connections](server::Timed&) { ++connections; });
  EXPECT_EQ(connections, 3);
  deadlines.check(now + 5s);
  EXPECT_EQ(late.passed, 1);
}

}  // namespace
}  // namespace chayan::test
