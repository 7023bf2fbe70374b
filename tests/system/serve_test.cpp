// `serve` as an operator meets it: how it starts, refuses to start, says what it does, and ends.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <simdjson.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "tests/support/files.h"
#include "tests/support/process.h"
#include "tests/support/self_signed.h"
#include "tests/system/served_log.h"

namespace chayan::test {
namespace {

namespace fs = std::filesystem;
using simdjson::dom::element;

std::string get_request(std::string_view target, std::string_view more_fields = {}) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: test.example\r\n" +
         std::string(more_fields) + "\r\n";
}

std::string text(const element& object, std::string_view name) {
  std::string_view value;
  return object[name].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

// A small registry, made once. Tests that change it or need two take copies.
class ServeTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TempDirectory>();
    const std::string demo = *folder_ / "demo";
    const Finished made =
        run({CHAYAN_BINARY, "demo", "--institutions", "5", "--certificates", "20", "--out", demo});
    ASSERT_EQ(made.code, 0) << made.err;
    const Finished imported =
        run({CHAYAN_BINARY, "import", "--data", data(), demo + "/registry.ndjson"});
    ASSERT_EQ(imported.code, 0) << imported.err;
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static std::string data() { return *folder_ / "data"; }

  // The data directory with its keyring and anchor, once more.
  static std::string copy_of_data(const std::string& name) {
    for (const std::string suffix : {"", ".keys"}) {
      fs::copy(data() + suffix, *folder_ / (name + suffix), fs::copy_options::recursive);
    }
    return *folder_ / name;
  }

  // A question about a certificate of the demo that the truth answers with match.
  static std::string question() {
    simdjson::dom::parser parser;
    std::ifstream truths(*folder_ / "demo/truth.ndjson");
    for (std::string line; std::getline(truths, line);) {
      const element truth = parser.parse(line);
      if (text(truth, "status") != "valid") continue;
      return R"({"certificate_number":")" + text(truth, "certificate_number") +
             R"(","holder_name":")" + text(truth, "holder_name") + R"("})";
    }
    return {};
  }

  static Finished serve(const std::string& at, std::vector<std::string> more) {
    more.insert(more.begin(), {CHAYAN_BINARY, "serve", "--data", at, "--admin", "127.0.0.1:0"});
    return run(more);
  }

  static std::unique_ptr<TempDirectory> folder_;
};

std::unique_ptr<TempDirectory> ServeTest::folder_;

void expect_one_sentence(const Finished& finished, std::string_view part) {
  EXPECT_EQ(finished.code, 1) << finished.err;
  EXPECT_NE(finished.err.find(part), std::string::npos) << finished.err;
  const std::string last = finished.err.substr(finished.err.rfind("chayan: "));
  EXPECT_EQ(std::count(last.begin(), last.end(), '\n'), 1) << finished.err;
  EXPECT_EQ(finished.out, "");
}

TEST_F(ServeTest, IsReadyWhenItSaysThatItListens) {
  ServeProcess server(CHAYAN_BINARY, data());
  for (const HttpReply& reply : {server.get("/readyz"), server.get_admin("/readyz")}) {
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, R"({"status":"ready","read_only":false,"verifies":true})");
  }
  EXPECT_EQ(server.get("/livez").status, 200);
  EXPECT_EQ(server.get_admin("/livez").status, 200);
  EXPECT_EQ(server.stop().value_or(Exit()).code, 0);
}

TEST_F(ServeTest, MetricsStandOnTheAdminListenerAndTheRegistryOnThePublicOne) {
  ServeProcess server(CHAYAN_BINARY, data());
  EXPECT_EQ(server.get("/metrics").status, 404);
  EXPECT_EQ(server.get_admin("/v1/institutions").status, 404);
  EXPECT_EQ(server.post("/v1/verifications", question()).status, 200);
  const HttpReply metrics = server.get_admin("/metrics");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_NE(metrics.body.find("\nchayan_ready 1"), std::string::npos);
  EXPECT_NE(metrics.body.find("\nchayan_read_only 0"), std::string::npos);
  EXPECT_NE(metrics.body.find("/v1/verifications"), std::string::npos);
}

// An anchor that cannot be moved holds up what is published, and nothing else; and it is seen.
TEST_F(ServeTest, MetricsSayHowFarTheLogIsPublishedAndWhatFailed) {
  const std::string data = copy_of_data("published");
  const std::string anchor = data + ".keys/anchor";
  ServeProcess server(CHAYAN_BINARY, data);
  const auto metric = [&](const std::string& name) {
    const std::string body = server.get_admin("/metrics").body;
    const std::size_t at = body.find("\n" + name + " ");
    EXPECT_NE(at, std::string::npos) << name;
    return at == std::string::npos ? -1.0 : std::stod(body.substr(at + name.size() + 2));
  };
  const auto comes_to = [&](const std::string& name, double least) {
    const auto patience = std::chrono::steady_clock::now() + Process::kPatience;
    while (metric(name) < least && std::chrono::steady_clock::now() < patience) {
      server.process().wait(std::chrono::milliseconds(5));  // between two looks
    }
    return metric(name) >= least;
  };
  const auto record_calendar = [&](int year) {
    const std::string line = "{\"kind\":\"calendar.put\",\"year\":" + std::to_string(year) +
                             ",\"days_off\":[],\"extra_working_days\":[],\"source\":\"示例\"}\n";
    EXPECT_EQ(record(server, std::to_string(year), line).status, 200);
  };
  const double size = metric("chayan_log_size");
  EXPECT_TRUE(comes_to("chayan_published_size", size));
  EXPECT_EQ(metric("chayan_publish_failures_total"), 0);

  const std::string good = file_content(anchor);
  std::ofstream(anchor, std::ios::app) << "what nobody wrote\n";
  record_calendar(2027);
  EXPECT_TRUE(comes_to("chayan_publish_failures_total", 1));
  EXPECT_EQ(metric("chayan_log_size"), size + 1) << "recorded all the same";
  EXPECT_EQ(metric("chayan_published_size"), size);

  std::ofstream(anchor, std::ios::trunc) << good;
  EXPECT_TRUE(comes_to("chayan_published_size", size + 1)) << "tried again";
}

TEST_F(ServeTest, ADrainFinishesTheRequestUnderWayAndEndsWithZero) {
  ServeProcess server(CHAYAN_BINARY, data());
  const std::string body = question();
  HttpClient idle = server.connect();
  ASSERT_TRUE(idle.send(get_request("/livez")));
  ASSERT_TRUE(idle.read_reply());

  HttpClient busy = server.connect();
  ASSERT_TRUE(
      busy.send("POST /v1/verifications HTTP/1.1\r\nHost: test.example\r\nContent-Type: "
                "application/json\r\nExpect: 100-continue\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n"));
  const auto go_on = busy.read_reply();
  ASSERT_TRUE(go_on && go_on->status == 100) << "the request is under way from here on";

  server.process().signal(SIGTERM);
  EXPECT_TRUE(idle.is_closed());
  const auto deadline = std::chrono::steady_clock::now() + HttpClient::kPatience;
  while (server.connect().connected()) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  EXPECT_FALSE(server.process().wait(std::chrono::milliseconds(0))) << "ended under a request";

  ASSERT_TRUE(busy.send(body));
  const auto reply = busy.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_NE(reply->body.find(R"("result":"match")"), std::string::npos) << reply->body;
  EXPECT_EQ(reply->field("Connection"), "close");
  EXPECT_TRUE(busy.is_closed());
  EXPECT_EQ(server.process().wait().value_or(Exit()).code, 0);
}

TEST_F(ServeTest, SigintEndsItTheSameWay) {
  ServeProcess server(CHAYAN_BINARY, data());
  server.process().signal(SIGINT);
  EXPECT_EQ(server.process().wait().value_or(Exit()).code, 0) << server.process().err();
}

TEST_F(ServeTest, APortInUseIsASentence) {
  const ServeProcess first(CHAYAN_BINARY, data());
  const std::string other = copy_of_data("other-port");
  for (const std::uint16_t port : {first.port(), first.admin_port()}) {
    const std::string taken = "127.0.0.1:" + std::to_string(port);
    expect_one_sentence(serve(other, {"--listen", taken}), std::to_string(port));
  }
  EXPECT_EQ(first.get("/livez").status, 200);
}

TEST_F(ServeTest, APortOfAnotherProgramIsASentence) {
  const int other = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(other, reinterpret_cast<const sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(other, 1), 0);
  ASSERT_EQ(::getsockname(other, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const std::string port = std::to_string(ntohs(address.sin_port));
  expect_one_sentence(serve(data(), {"--listen", "127.0.0.1:" + port}), port);
  ::close(other);
}

TEST_F(ServeTest, LimitsAreLiftedOnLoopbackOnly) {
  for (const std::string address : {"0.0.0.0:0", "[::]:0"}) {
    expect_one_sentence(serve(data(), {"--listen", address, "--no-limits"}), "loopback");
  }
}

// The last answer that a connection may have says so; without limits there is none.
TEST_F(ServeTest, AConnectionHasAThousandRequestsUnlessLimitsAreLifted) {
  for (const bool lifted : {false, true}) {
    ServeProcess server(
        CHAYAN_BINARY, data(),
        lifted ? std::vector<std::string>{"--no-limits"} : std::vector<std::string>{});
    HttpClient client = server.connect();
    for (std::size_t i = 1; i <= limits::kRequestsPerConnectionMax; ++i) {
      ASSERT_TRUE(client.send(get_request("/livez")));
      const auto reply = client.read_reply();
      ASSERT_TRUE(reply) << i;
      const bool last = !lifted && i == limits::kRequestsPerConnectionMax;
      ASSERT_EQ(reply->field("Connection"), last ? "close" : "") << i;
    }
    if (!lifted) {
      EXPECT_TRUE(client.is_closed());
    } else {
      ASSERT_TRUE(client.send(get_request("/livez")));
      EXPECT_TRUE(client.read_reply());
    }
  }
}

TEST_F(ServeTest, WrongUsageIsTwoAndSaysWhat) {
  const std::vector<std::vector<std::string>> wrong = {
      {"--no-such-flag"},
      {"--threads", "0"},
      {"--threads", "many"},
      {"--tls-cert", "chain.pem"},
      {"--tls-key", "key.pem"},
      {"--cache-mib", "1"},
      {"surplus"},
  };
  for (const auto& arguments : wrong) {
    const Finished finished = serve(data(), arguments);
    EXPECT_EQ(finished.code, 2) << arguments[0] << finished.err;
    EXPECT_NE(finished.err, "") << arguments[0];
  }
  EXPECT_EQ(run({CHAYAN_BINARY, "serve"}).code, 2) << "--data is missing";
  EXPECT_EQ(run({CHAYAN_BINARY}).code, 2);
  EXPECT_EQ(run({CHAYAN_BINARY, "no-such-command"}).code, 2);
  for (const std::string address : {"127.0.0.1", "127.0.0.1:65536", ":8080", "localhost:x", ""}) {
    EXPECT_NE(serve(data(), {"--listen", address}).code, 0) << address;
  }
}

TEST_F(ServeTest, TlsOnThePublicListener) {
  const SelfSigned identity;
  ServeProcess server(
      CHAYAN_BINARY, data(),
      {"--tls-cert", identity.certificate_file(), "--tls-key", identity.key_file()});
  EXPECT_NE(server.process().out().find("listens on https://"), std::string::npos);
  HttpClient client = server.connect();
  ASSERT_TRUE(client.start_tls());
  EXPECT_EQ(client.tls_version(), "TLSv1.3");
  ASSERT_TRUE(client.send(get_request("/v1/catalog")));
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->field("Strict-Transport-Security"), "max-age=31536000");
  EXPECT_EQ(server.get_admin("/readyz").status, 200) << "admin stays plain";

  HttpClient plain = server.connect();
  ASSERT_TRUE(plain.send(get_request("/v1/catalog")));
  EXPECT_FALSE(plain.read_reply()) << "plain HTTP must not be answered where TLS is spoken";
  EXPECT_EQ(server.stop().value_or(Exit()).code, 0);
}

TEST_F(ServeTest, ACertificateThatCannotBeUsedIsASentence) {
  const SelfSigned identity;
  const SelfSigned stranger;
  const std::string none = *folder_ / "none.pem";
  const std::string file = identity.certificate_file();
  expect_one_sentence(serve(data(), {"--listen", "127.0.0.1:0", "--tls-cert", none, "--tls-key",
                                     identity.key_file()}),
                      "none.pem");
  for (const std::string& key : {none, stranger.key_file(), file}) {
    expect_one_sentence(
        serve(data(), {"--listen", "127.0.0.1:0", "--tls-cert", file, "--tls-key", key}), ".pem");
  }
}

TEST_F(ServeTest, ASecondProcessOnTheSameDataIsRefused) {
  const ServeProcess first(CHAYAN_BINARY, data());
  expect_one_sentence(serve(data(), {"--listen", "127.0.0.1:0"}), "in use by another process");
  expect_one_sentence(
      run({CHAYAN_BINARY, "import", "--data", data(), *folder_ / "demo/registry.ndjson"}),
      "in use by another process");
  expect_one_sentence(run({CHAYAN_BINARY, "check", "--data", data()}), "in use by another process");
  EXPECT_EQ(first.get("/readyz").status, 200);
}

// Without its anchor nobody can say that the log is whole: it is read and not written.
TEST_F(ServeTest, AReadOnlyStoreAnswersAndSaysSo) {
  const std::string doubtful = copy_of_data("read-only");
  ASSERT_TRUE(fs::remove(doubtful + ".keys/anchor"));
  {
    ServeProcess server(CHAYAN_BINARY, doubtful);
    EXPECT_EQ(server.get("/readyz").body, R"({"status":"ready","read_only":true,"verifies":true})");
    EXPECT_EQ(server.get_admin("/readyz").body,
              R"({"status":"ready","read_only":true,"verifies":true})");
    EXPECT_NE(server.get_admin("/metrics").body.find("\nchayan_read_only 1"), std::string::npos);
    const HttpReply reply = server.post("/v1/verifications", question());
    EXPECT_NE(reply.body.find(R"("result":"match")"), std::string::npos) << reply.body;
    EXPECT_EQ(server.get("/v1/institutions?status=any").status, 200);
    EXPECT_NE(server.process().err().find(R"("event":"read_only")"), std::string::npos);
    EXPECT_EQ(server.stop().value_or(Exit()).code, 0);
  }
  const Finished imported =
      run({CHAYAN_BINARY, "import", "--data", doubtful, *folder_ / "demo/registry.ndjson"});
  EXPECT_EQ(imported.code, 1) << imported.out;
  EXPECT_EQ(run({CHAYAN_BINARY, "check", "--data", doubtful}).code, 1);
  EXPECT_EQ(run({CHAYAN_BINARY, "check", "--data", doubtful, "--accept-head"}).code, 1);
  EXPECT_EQ(run({CHAYAN_BINARY, "check", "--data", doubtful, "--accept-head", "--new-origin",
                 "second.example/log"})
                .code,
            0);
  EXPECT_EQ(ServeProcess(CHAYAN_BINARY, doubtful).get("/readyz").body,
            R"({"status":"ready","read_only":false,"verifies":true})");
}

TEST_F(ServeTest, EveryLogLineIsAJsonObjectWithoutAnyValueOfARequest) {
  ServeProcess server(CHAYAN_BINARY, data(), {"--access-log"});
  EXPECT_EQ(server.get("/v1/institutions?q=canary-text").status, 200);
  EXPECT_EQ(server.get("/canary-path?canary=canary").status, 404);
  EXPECT_EQ(server.get("/v1/institutions/canary-code").status, 400);
  EXPECT_EQ(server
                .post("/v1/verifications",
                      R"({"certificate_number":"CANARY-NUMBER","holder_name":"canary-name"})")
                .status,
            200);
  HttpClient broken = server.connect();
  ASSERT_TRUE(broken.send("GET /canary HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"));
  EXPECT_EQ(broken.read_reply().value_or(HttpReply()).status, 400);
  ASSERT_EQ(server.stop().value_or(Exit()).code, 0);

  simdjson::dom::parser parser;
  std::istringstream lines(server.process().err());
  std::vector<std::string> events;
  std::vector<std::string> requests;
  for (std::string line; std::getline(lines, line);) {
    element entry;
    ASSERT_EQ(parser.parse(line).get(entry), simdjson::SUCCESS) << line;
    ASSERT_TRUE(entry.is_object()) << line;
    EXPECT_EQ(text(entry, "time").size(), std::string_view("2026-11-02T00:00:00Z").size()) << line;
    EXPECT_NE(text(entry, "level"), "") << line;
    events.push_back(text(entry, "event"));
    if (events.back() != "request") continue;
    requests.push_back(text(entry, "method") + " " + text(entry, "route") + " " +
                       std::to_string(std::int64_t(entry["status"])));
    EXPECT_GE(std::int64_t(entry["microseconds"]), 0) << line;
    EXPECT_GE(std::int64_t(entry["bytes"]), 1) << line;
  }
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.front(), "started");
  EXPECT_EQ(events.back(), "stopped");
  EXPECT_EQ(requests,
            (std::vector<std::string>{"GET /v1/institutions 200", "GET (none) 404",
                                      "GET /v1/institutions/{credit_code} 400",
                                      "POST /v1/verifications 200", "other (refused) 400"}));
  for (const std::string_view canary : {"canary", "CANARY"}) {
    EXPECT_EQ(server.process().err().find(canary), std::string::npos);
    EXPECT_EQ(server.process().out().find(canary), std::string::npos);
  }
}

TEST_F(ServeTest, WithoutAccessLogOrdinaryRequestsLeaveNoLine) {
  ServeProcess server(CHAYAN_BINARY, data());
  EXPECT_EQ(server.get("/v1/catalog").status, 200);
  EXPECT_EQ(server.get("/nothing").status, 404);
  ASSERT_EQ(server.stop().value_or(Exit()).code, 0);
  const std::string log = server.process().err();
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 2) << log;
}

}  // namespace
}  // namespace chayan::test
