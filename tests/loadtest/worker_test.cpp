// Runs against a server of one's own that answers what a test wants. Each lasts long enough that
// even a starved machine sees an answer.
#include "loadtest/generator/worker.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "loadtest/generator/result.h"

namespace chayan::loadtest {
namespace {

// Answers each GET of one connection after the other; after `answers_a_connection` it closes.
class CannedServer {
 public:
  CannedServer(std::string answer, std::size_t answers_a_connection)
      : answer_(std::move(answer)),
        answers_a_connection_(answers_a_connection),
        listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t bytes = sizeof at;
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&at), bytes) != 0 ||
        ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &bytes) != 0) {
      throw std::runtime_error("cannot listen");
    }
    port_ = ntohs(at.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~CannedServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  CannedServer(const CannedServer&) = delete;
  CannedServer& operator=(const CannedServer&) = delete;

  std::string port() const { return std::to_string(port_); }

 private:
  void serve() {
    for (;;) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      converse(connection);
      ::close(connection);
    }
  }

  void converse(int connection) const {
    std::array<char, 4096> buffer;
    std::string received;
    for (std::size_t answered = 0; answered < answers_a_connection_;) {
      const std::size_t end = received.find("\r\n\r\n");
      if (end != std::string::npos) {
        received.erase(0, end + 4);
        ++answered;
        ::send(connection, answer_.data(), answer_.size(), MSG_NOSIGNAL);
        continue;
      }
      const ssize_t count = ::recv(connection, buffer.data(), buffer.size(), 0);
      if (count <= 0) return;
      received.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }

  std::string answer_;
  std::size_t answers_a_connection_;
  int listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

std::string answer(const std::string& status, const std::string& fields, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

constexpr double kSeconds = 0.4;

struct Ran {
  Tally tally;
  Verdict verdict;
};

Ran ran(const CannedServer& server, Options options = {}) {
  options.host = "127.0.0.1";
  options.port = server.port();
  options.mix = {{Kind::catalog, 1}};
  options.check = 1;
  options.connections = 1;
  options.seconds = kSeconds;
  options.warm_up = 0;
  const Workload workload(options);
  const Destination destination(options.host, options.port, false);
  Worker worker(options, workload, destination, 0);
  worker.connect();
  const Nanoseconds start = steady_now();
  worker.run({start, start, start + static_cast<Nanoseconds>(kSeconds * 1e9)});
  return {worker.tally(), verdict(options, worker.tally())};
}

constexpr std::size_t kEndless = SIZE_MAX;
constexpr const char* kGood = R"({"items":[{"item":"foreign/1/1"}]})";

TEST(Worker, CountsAndChecksAnswers) {
  const CannedServer server(answer("200 OK", "", kGood), kEndless);
  const Ran closed = ran(server);
  EXPECT_EQ(closed.verdict, Verdict::good);
  EXPECT_GT(closed.tally.good(), 0u);
  EXPECT_GE(closed.tally.checked, closed.tally.good());
  EXPECT_EQ(closed.tally.wrong, 0u);
  EXPECT_EQ(closed.tally.unanswered, 0u);
  EXPECT_EQ(closed.tally.latency.count(), closed.tally.good());
}

TEST(Worker, KeepsSeveralQuestionsUnderWay) {
  const CannedServer server(answer("200 OK", "", kGood), kEndless);
  Options options;
  options.pipeline = 8;
  EXPECT_EQ(ran(server, options).verdict, Verdict::good);
}

// Each due request is in the histogram, whether it was answered, late, or never sent.
TEST(Worker, LeavesNoDueRequestOut) {
  const CannedServer server(answer("200 OK", "", kGood), kEndless);
  Options options;
  for (const double rate : {100.0, 10'000'000.0}) {  // the second is more than anybody answers
    options.rate = rate;
    const Ran open = ran(server, options);
    EXPECT_EQ(open.tally.latency.count(), static_cast<std::uint64_t>(rate * kSeconds));
    EXPECT_EQ(open.tally.service.count(), open.tally.good());
  }
}

TEST(Worker, FailsOnAWrongAnswerOrStatus) {
  const CannedServer wrong(answer("200 OK", "", "{}"), kEndless);
  EXPECT_EQ(ran(wrong).verdict, Verdict::wrong);
  const CannedServer refusing(answer("503 Busy", "", ""), kEndless);
  const Ran refused = ran(refusing);
  EXPECT_EQ(refused.verdict, Verdict::wrong);
  EXPECT_GT(refused.tally.refused(), 0u);
  EXPECT_EQ(refused.tally.faults.front(), "status 503");
}

TEST(Worker, AsksAgainWhatAnOrderlyEndLeftOpen) {
  const CannedServer server(answer("200 OK", "Connection: close\r\n", kGood), 1);
  Options options;
  options.pipeline = 4;
  const Ran result = ran(server, options);
  EXPECT_EQ(result.verdict, Verdict::good);
  EXPECT_GT(result.tally.reconnected, 0u);
  EXPECT_EQ(result.tally.broken, 0u);
}

TEST(Worker, FailsWhereConnectionsBreak) {
  const CannedServer server(answer("200 OK", "", kGood), 1);
  Options options;
  options.pipeline = 4;
  const Ran result = ran(server, options);
  EXPECT_EQ(result.verdict, Verdict::wrong);
  EXPECT_GT(result.tally.broken, 0u);
}

TEST(Worker, EndsWhereNobodyAnswers) {
  const CannedServer server("", 0);
  EXPECT_THROW(ran(server), std::runtime_error);
}

TEST(Verdict, HoldsTheResultAgainstItsGoals) {
  Tally tally;
  tally.statuses[200] = 100;
  tally.latency.record(2'000'000, 100);
  Options options;
  options.seconds = 1;
  EXPECT_EQ(verdict(options, tally), Verdict::good);
  options.goal_p99_ms = 1.9;
  EXPECT_EQ(verdict(options, tally), Verdict::goal_missed);
  options.goal_p99_ms = 2.1;
  options.goal_rate = 101;
  EXPECT_EQ(verdict(options, tally), Verdict::goal_missed);
  options.goal_rate = 100;
  EXPECT_EQ(verdict(options, tally), Verdict::good);
  tally.wrong = 1;
  EXPECT_EQ(verdict(options, tally), Verdict::wrong);
}

}  // namespace
}  // namespace chayan::loadtest
