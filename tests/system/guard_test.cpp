// Limits, proof of work, sameness and the audit trail over real HTTP: the service's own parts with
// a clock that the test moves, and X-Forwarded-For from a proxy on loopback.
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <regex>
#include <thread>

#include "api/api.h"
#include "base/json_writer.h"
#include "guard/audit_reader.h"
#include "guard/audit_trail.h"
#include "guard/guard.h"
#include "http/query.h"
#include "tests/server/test_server.h"
#include "tests/support/process.h"
#include "tests/support/registry.h"
#include "tests/system/cli.h"

namespace chayan::test {
namespace {

using guard::Network;

constexpr std::string_view kNumber = "S000031000001263000001";
constexpr std::string_view kOther = "S000031000001263000002";
constexpr std::string_view kErased = "S000031000001263000003";
constexpr std::string_view kUnknown = "S000031000001263999999";
constexpr std::string_view kName = "测试甲";
constexpr std::string_view kWrongName = "测试乙";

std::string question(std::string_view number, std::string_view name) {
  std::string body;
  JsonWriter(body)
      .begin_object()
      .member("certificate_number", number)
      .member("holder_name", name)
      .end_object();
  return body;
}

// The n-th simulated client.
std::string client(int n) {
  return "10." + std::to_string(n >> 16) + '.' + std::to_string((n >> 8) & 255) + '.' +
         std::to_string(n & 255);
}

class Connection {
 public:
  explicit Connection(HttpClient client) : client_(std::move(client)) {}

  HttpReply post(const std::string& target, const std::string& type, const std::string& body,
                 const std::string& fields) {
    client_.send("POST " + target + " HTTP/1.1\r\nHost: test.example\r\nContent-Type: " + type +
                 "\r\n" + fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                 body);
    auto reply = client_.read_reply();
    EXPECT_TRUE(reply);
    return reply ? std::move(*reply) : HttpReply();
  }
  HttpReply verify(const std::string& from, std::string_view number, std::string_view name,
                   const std::string& proof = {}) {
    std::string fields = "X-Forwarded-For: " + from + "\r\n";
    if (!proof.empty()) fields += "Chayan-Proof: " + proof + "\r\n";
    return post("/v1/verifications", "application/json", question(number, name), fields);
  }

 private:
  HttpClient client_;
};

bool is_match(const HttpReply& reply) {
  return reply.body.find(R"("result":"match")") != std::string::npos;
}

// All of a reply but the time, the wait and the challenge.
std::string without_values(const HttpReply& reply) {
  const std::regex values("(Date|Retry-After|Chayan-Challenge): [^\r]*");
  return std::regex_replace(reply.head, values, "$1: ?") + reply.body;
}

class GuardTest : public testing::Test {
 protected:
  GuardTest() {
    const CreditCode issuer = credit(1);
    registry_.write(official_changes());
    registry_.write(put_institution(issuer, "示例评价中心"));
    registry_.write(
        filing_until_filed(issuer, "SL-1", day("2026-08-03"), {item_line("foreign/1/1")}));
    for (const std::string_view number : {kNumber, kOther, kErased}) {
      registry_.write(issue(issuer, "foreign/1/1", day("2026-09-01"), std::string(number),
                            std::string(kName), "TEST00012345"));
    }
    registry_.write(
        certificate_event(CertificateEventKind::erased, std::string(kErased), day("2026-10-11")));
    limits_.proof_bits = 10;
  }

  void serve(std::vector<Network> proxies = {Network::parse("127.0.0.1", "f").value()}) {
    server_.reset();
    proxies_ = guard::TrustedProxies(std::move(proxies));
    const auto& keyring = registry_.store().keyring();
    guard_ = std::make_unique<guard::Guard>(keyring.rate_key, limits_, registry_.clock());
    guard::AuditOptions options;
    options.folder = audit_path();
    trail_ = guard::AuditTrail::open(options, keyring.audit_key, registry_.clock(), {}).value();
    api::Services services{registry_.store(), registry_.clock()};
    services.guard = guard_.get();
    services.trail = trail_.get();
    services.proxies = &proxies_;
    api_ = std::make_unique<api::Api>(std::move(services));
    server::Options serving;
    serving.listeners.push_back({{"127.0.0.1", 0}, {}, {}, api_->public_application()});
    serving.threads = 2;
    serving.connection_limits = false;
    server_ = std::make_unique<TestServer>(std::move(serving));
  }
  Connection connect() { return Connection(server_->connect()); }
  std::string audit_path() const { return registry_.folder() / "data.audit"; }
  // Asks until the free rate is used up: the 429.
  HttpReply exhaust(Connection& connection, const std::string& from) {
    for (std::uint32_t i = 0; i <= limits_.client_free.burst; ++i) {
      const HttpReply reply = connection.verify(from, kOther, kName);
      if (reply.status == 429) return reply;
    }
    ADD_FAILURE() << "no limit";
    return {};
  }

  Registry registry_;
  guard::Limits limits_;
  guard::TrustedProxies proxies_;
  std::unique_ptr<guard::Guard> guard_;
  std::unique_ptr<guard::AuditTrail> trail_;
  std::unique_ptr<api::Api> api_;
  std::unique_ptr<TestServer> server_;
};

TEST_F(GuardTest, AThousandClientsGetTenGuessesAnHourAtOneNumberAndOthersAreUnaffected) {
  serve();
  constexpr int kClients = 1000;
  constexpr int kRounds = 2;  // of all clients, in the hour
  constexpr int kThreads = 4;
  std::atomic<int> guesses{0}, refused{0}, honest{0}, next{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      Connection connection = connect();
      for (int n = next++; n < kClients * kRounds; n = next++) {
        const HttpReply reply =
            connection.verify(client(n % kClients), kNumber, std::string(kWrongName) + "一");
        ASSERT_TRUE(reply.status == 200 || reply.status == 429) << reply.status;
        ++(reply.status == 200 ? guesses : refused);
        ASSERT_FALSE(is_match(reply));
        if (n % 100 == thread) {
          const HttpReply other =
              connection.verify("192.0.2." + std::to_string(n / 100), kOther, kName);
          honest += is_match(other) ? 1 : 0;
          ASSERT_TRUE(is_match(other)) << other.status;
        }
        // All of it within one hour, and some of it in the same instant.
        if (n % 5 == 0) registry_.clock().advance(std::chrono::seconds(8));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(guesses, 10);
  EXPECT_GE(guesses, 5);
  EXPECT_EQ(guesses + refused, kClients * kRounds);
  EXPECT_GT(honest, 0);
  // Not even the right name is an answer now: it would be the eleventh guess.
  Connection connection = connect();
  const HttpReply late = connection.verify("198.51.100.1", kNumber, kName);
  EXPECT_EQ(late.status, 429);
  registry_.clock().advance(std::chrono::hours(2));
  EXPECT_TRUE(is_match(connection.verify("198.51.100.1", kNumber, kName)));
}

TEST_F(GuardTest, NumbersThatDoNotExistAreLimitedAlike) {
  serve();
  Connection connection = connect();
  std::vector<std::string> seen;
  for (const std::string_view number : {kNumber, kUnknown, kErased}) {
    std::string all;
    for (int n = 0; n < 20; ++n) {
      all += without_values(connection.verify(client(n), number, kWrongName)) + '\n';
    }
    EXPECT_NE(all.find(" 429 "), std::string::npos);
    seen.push_back(all);
  }
  EXPECT_EQ(seen[0], seen[1]);
  EXPECT_EQ(seen[0], seen[2]);
}

TEST_F(GuardTest, OneBodyWhicheverLimitItWas) {
  serve();
  Connection connection = connect();
  const HttpReply by_client = exhaust(connection, "192.0.2.1");
  HttpReply by_number;
  for (int n = 0; n < 20; ++n) by_number = connection.verify(client(n), kNumber, kWrongName);
  EXPECT_EQ(by_client.status, 429);
  EXPECT_EQ(without_values(by_client), without_values(by_number));
  EXPECT_EQ(by_client.field("Chayan-Challenge").size(), by_number.field("Chayan-Challenge").size());
  EXPECT_EQ(by_client.field("Retry-After"), "2");
  EXPECT_EQ(by_number.field("Retry-After"), "720");
  EXPECT_EQ(by_client.field("Content-Type"), "application/problem+json");
  EXPECT_EQ(by_client.field("Cache-Control"), "no-store");
}

TEST_F(GuardTest, AProofOfWorkLetsAClientThroughButNotPastANumbersFailures) {
  serve();
  Connection connection = connect();
  const HttpReply refused = exhaust(connection, "192.0.2.1");
  const std::string proof = guard::solve(refused.field("Chayan-Challenge"));
  EXPECT_EQ(connection.verify("192.0.2.2", kOther, kName).status, 200) << "another client is free";
  EXPECT_TRUE(is_match(connection.verify("192.0.2.1", kOther, kName, proof)));
  const HttpReply again = connection.verify("192.0.2.1", kOther, kName, proof);
  EXPECT_EQ(again.status, 429) << "once";

  for (int n = 0; n < 20; ++n) connection.verify(client(n), kNumber, kWrongName);
  const std::string good = guard::solve(again.field("Chayan-Challenge"));
  EXPECT_EQ(connection.verify("192.0.2.1", kNumber, kName, good).status, 429);
}

TEST_F(GuardTest, ThePageAsksForAProofAndTellsPeopleToWait) {
  serve();
  Connection connection = connect();
  exhaust(connection, "192.0.2.1");
  const std::string form =
      "certificate_number=" + std::string(kOther) + "&holder_name=" + http::percent_encode(kName);
  const std::string type = "application/x-www-form-urlencoded";
  const HttpReply refused =
      connection.post("/verify", type, form, "X-Forwarded-For: 192.0.2.1\r\n");
  EXPECT_EQ(refused.status, 429);
  EXPECT_NE(refused.body.find("查询过于频繁"), std::string::npos);
  EXPECT_EQ(refused.field("Retry-After"), "2");
  EXPECT_EQ(refused.body.find(kOther), std::string::npos);
  const std::string proof = guard::solve(refused.field("Chayan-Challenge"));
  const HttpReply through = connection.post(
      "/verify", type, form, "X-Forwarded-For: 192.0.2.1\r\nChayan-Proof: " + proof + "\r\n");
  EXPECT_EQ(through.status, 200);
  EXPECT_NE(through.body.find("信息相符"), std::string::npos);
}

TEST_F(GuardTest, ForwardedForCountsFromTrustedProxiesAlone) {
  serve({});
  Connection connection = connect();
  for (std::uint32_t n = 0; n < limits_.client_free.burst; ++n) {
    EXPECT_EQ(connection.verify(client(static_cast<int>(n)), kOther, kName).status, 200);
  }
  EXPECT_EQ(connection.verify("192.0.2.99", kOther, kName).status, 429) << "all are loopback";
}

// Every cause, the same form of input and the same length: whole replies but for the date.
TEST_F(GuardTest, EveryCauseOfNoMatchIsTheSameReplyToTheByte) {
  serve();
  Connection connection = connect();
  const std::regex date("Date: [^\r]*");
  std::vector<std::string> replies;
  for (const auto& [number, name] : std::vector<std::pair<std::string_view, std::string_view>>{
           {kNumber, kWrongName},
           {kUnknown, kName},
           {kErased, kName},
           {"S999999999999999999999", kName}}) {
    const HttpReply reply = connection.verify("192.0.2.1", number, name);
    EXPECT_EQ(reply.status, 200);
    replies.push_back(std::regex_replace(reply.head, date, "") + reply.body);
    EXPECT_EQ(replies.back(), replies.front()) << number;
  }
}

TEST_F(GuardTest, EachQuestionIsOnRecordWithWhatCameOfIt) {
  serve();
  Connection connection = connect();
  connection.verify("203.0.113.7", kNumber, kName);
  connection.verify("2001:db8:1:2::3", kUnknown, kName);
  exhaust(connection, "192.0.2.1");
  trail_->flush();
  std::vector<std::string> lines;
  const auto report =
      guard::read_audit(guard::AuditFolder(audit_path()), {},
                        [&](guard::DayNumber, const guard::AuditLine& line, std::string_view) {
                          if (!guard::is_question(line.kind)) return;
                          lines.push_back(line.client + ' ' + std::string(code(line.outcome)) +
                                          (line.seq ? " seq" : ""));
                        });
  ASSERT_TRUE(report);
  EXPECT_EQ(report->broken_at, "");
  ASSERT_GE(lines.size(), 3U);
  EXPECT_EQ(lines[0], "203.0.113.7/32 match seq");
  EXPECT_EQ(lines[1], "2001:db8:1:2::/64 no_match");
  EXPECT_EQ(lines.back(), "192.0.2.1/32 limited");
}

std::size_t occurrences(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos;
       at = text.find(what, at + 1)) {
    ++count;
  }
  return count;
}

TEST(AuditCommand, ATrailThatIsNotThereDoesNotHold) {
  const TempDirectory folder;
  const std::string data = folder / "data", lines = folder / "lines.ndjson";
  put_file(lines, import_lines(official_changes()));
  ASSERT_EQ(run_chayan({"import", "--data", data, lines}).code, 0);
  {
    ServeProcess server(CHAYAN_BINARY, data);
    EXPECT_EQ(server.post("/v1/verifications", question(kUnknown, kName)).status, 200);
    EXPECT_EQ(server.stop().value_or(Exit()).code, 0);
  }
  const auto audit = [](const std::string& of) {
    const Finished finished = run_chayan({"audit", "--data", of, "--verify"});
    EXPECT_EQ(finished.err.find("The chain holds") != std::string::npos, finished.code == 0);
    return finished;
  };
  EXPECT_EQ(audit(data).code, 0);
  const Finished mistyped = audit(data + "x");
  EXPECT_EQ(mistyped.code, 1);
  EXPECT_NE(mistyped.err.find("datax.audit"), std::string::npos) << mistyped.err;

  std::string day;
  for (const auto& file : std::filesystem::directory_iterator(data + ".audit")) {
    if (file.path().extension() == ".jsonl") day = file.path().string();
  }
  const std::string newer = data + ".audit/2999-01-01.key";
  put_file(newer, "sealed");
  const Finished lost = audit(data);
  EXPECT_EQ(lost.code, 1) << "the newest day's lines are gone, its key is not";
  EXPECT_NE(lost.err.find("2999-01-01"), std::string::npos) << lost.err;
  std::filesystem::remove(newer);
  EXPECT_EQ(audit(data).code, 0);
  std::filesystem::remove(day);
  EXPECT_EQ(audit(data).code, 1) << "the only day";
  std::filesystem::remove_all(data + ".audit");
  EXPECT_EQ(audit(data).code, 1);
}

// The real binary: killed without warning, started again, read by `chayan audit`.
TEST(AuditCommand, ReadsATrailThatSurvivedAKillAndFindsANumber) {
  const TempDirectory folder;
  const std::string data = folder / "data", lines = folder / "lines.ndjson";
  put_file(lines, import_lines(official_changes()));
  ASSERT_EQ(run_chayan({"import", "--data", data, lines}).code, 0);
  const auto ask_some = [&](bool kill) {
    ServeProcess server(CHAYAN_BINARY, data, {"--trusted-proxy", "127.0.0.0/8"});
    for (int n = 0; n < 4; ++n) {
      EXPECT_EQ(server.post("/v1/verifications", question(kUnknown, kName)).status, 200);
    }
    if (kill) {
      server.process().signal(SIGKILL);
      server.process().wait();
    } else {
      EXPECT_EQ(server.stop().value_or(Exit()).code, 0);
    }
  };
  ask_some(/*kill=*/true);
  for (const auto& file : std::filesystem::directory_iterator(data + ".audit")) {
    if (file.path().extension() != ".jsonl") continue;
    std::ofstream(file.path(), std::ios::app) << R"({"prev":"torn)";
  }
  ask_some(/*kill=*/false);

  const Finished verified = run_chayan({"audit", "--data", data, "--verify"});
  EXPECT_EQ(verified.code, 0) << verified.err;
  EXPECT_EQ(verified.out, "");
  EXPECT_NE(verified.err.find("The chain holds"), std::string::npos) << verified.err;
  EXPECT_NE(verified.err.find("as later ones tell: 1."), std::string::npos) << verified.err;
  const Finished read = run_chayan({"audit", "--data", data});
  EXPECT_NE(read.out.find(R"("outcome":"no_match")"), std::string::npos);
  EXPECT_EQ(read.out.find(kUnknown), std::string::npos);
  EXPECT_GE(occurrences(read.out, R"("kind":"verification")"), 4U) << "a kill takes at most four";
  const auto asked = [&](std::string_view number) {
    const std::string file = put_file(folder / "number", std::string(number) + "\n");
    return run({"/bin/sh", "-c",
                std::string(CHAYAN_BINARY) + " audit --data " + data +
                    " --verify --number-stdin < " + file})
        .err;
  };
  const auto questions = std::to_string(occurrences(read.out, R"("kind":"verification")"));
  const std::string right = "about this number: " + questions + ".\n";
  EXPECT_NE(asked(kUnknown).find(right), std::string::npos) << asked(kUnknown);
  EXPECT_NE(asked("s0000 31000001263999999").find(right), std::string::npos);
  EXPECT_NE(asked("S000031000001263888888").find("about this number: 0.\n"), std::string::npos);

  for (const auto& file : std::filesystem::directory_iterator(data + ".audit")) {
    if (file.path().extension() != ".jsonl") continue;
    std::string text = file_content(file.path().string());
    text.replace(text.find("no_match"), 8, "match");
    put_file(file.path().string(), text);
  }
  const Finished broken = run_chayan({"audit", "--data", data, "--verify"});
  EXPECT_EQ(broken.code, 1);
  EXPECT_NE(broken.err.find(".jsonl:"), std::string::npos) << broken.err;
}

TEST(ServeOptions, ABadNetworkOrRateIsAUsageError) {
  for (const auto& [option, value] :
       std::vector<std::pair<std::string, std::string>>{{"--trusted-proxy", "10.0.0.1/8"},
                                                        {"--client-rate", "30"},
                                                        {"--proof-bits", "0"},
                                                        {"--failures-an-hour", "1"},
                                                        {"--audit-days", "179"}}) {
    const Finished finished = run_chayan({"serve", "--data", "nowhere", option, value});
    EXPECT_NE(finished.code, 0) << option;
    EXPECT_NE(finished.err.find(option), std::string::npos) << finished.err;
  }
}

}  // namespace
}  // namespace chayan::test
