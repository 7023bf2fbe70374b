#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/server/test_server.h"
#include "tests/support/self_signed.h"

namespace chayan::test {
namespace {

using namespace std::chrono_literals;

class Tls : public ::testing::Test {
 protected:
  server::Options options() const {
    server::Options result = echo_options();
    result.listeners[0].tls_certificate_file = files_.certificate_file();
    result.listeners[0].tls_key_file = files_.key_file();
    return result;
  }

  SelfSigned files_;
};

TEST_F(Tls, SpeaksVersion13AndHttp11) {
  TestServer server(options());
  HttpClient client = server.connect();
  ASSERT_TRUE(client.start_tls("http/1.1"));
  EXPECT_EQ(client.tls_version(), "TLSv1.3");
  EXPECT_EQ(client.alpn(), "http/1.1");
  client.send(get("/client") + post("/x", "body"));
  EXPECT_EQ(client.read_reply()->body, "127.0.0.1 secure");
  EXPECT_EQ(client.read_reply()->body, "POST /x\nbody");
}

TEST_F(Tls, TellsAClientOfAnotherProtocolNo) {
  TestServer server(options());
  HttpClient client = server.connect();
  EXPECT_FALSE(client.start_tls("h2"));
  EXPECT_TRUE(eventually([&] { return server->counters().tls_handshakes_failed == 1; }));
  HttpClient other = server.connect();
  EXPECT_TRUE(other.start_tls());
}

TEST_F(Tls, EndsInOrderAfterTheLastAnswerAndAfterARefusal) {
  TestServer server(options());
  HttpClient last = server.connect();
  ASSERT_TRUE(last.start_tls());
  last.send(get("/close"));
  EXPECT_EQ(last.read_reply()->field("Connection"), "close");
  EXPECT_TRUE(last.is_closed());  // with close_notify
  HttpClient refused = server.connect();
  ASSERT_TRUE(refused.start_tls());
  refused.send("GET / HTTP/1.1\r\n\r\n" + get("/smuggled"));
  EXPECT_EQ(refused.read_reply()->status, 400);
  EXPECT_TRUE(refused.is_closed());
}

TEST_F(Tls, ClosesOnAPlainRequest) {
  TestServer server(options());
  HttpClient client = server.connect();
  client.send(get("/"));
  EXPECT_FALSE(client.read_reply());
  EXPECT_EQ(server->counters().tls_handshakes_failed, 1U);
  EXPECT_EQ(server->counters().requests_answered, 0U);
}

TEST_F(Tls, HandshakeHasADeadline) {
  server::Options slow = options();
  slow.timing.tls_handshake_max = 30ms;
  TestServer server(std::move(slow));
  HttpClient client = server.connect();
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(server->counters().deadlines_missed, 1U);
  EXPECT_EQ(server->counters().tls_handshakes_failed, 1U);
}

TEST_F(Tls, HeadHasADeadline) {
  server::Options slow = options();
  slow.timing.head_max = 30ms;
  TestServer server(std::move(slow));
  HttpClient client = server.connect();
  ASSERT_TRUE(client.start_tls());
  client.send("GET / HT");
  EXPECT_EQ(client.read_reply()->status, 408);
  EXPECT_TRUE(client.is_closed());
}

TEST_F(Tls, LargeBodiesAndAnswersPass) {
  TestServer server(options());
  HttpClient client = server.connect(0, 4096);
  ASSERT_TRUE(client.start_tls());
  const std::string body(1'048'576, 'x');
  ASSERT_TRUE(client.send(post("/large", body)));
  EXPECT_EQ(client.read_reply()->body, "POST /large\n" + body);
  ASSERT_TRUE(client.send(get("/bytes/1048576")));
  EXPECT_EQ(client.read_reply()->body.size(), 1'048'576U);
}

TEST_F(Tls, DrainsLikePlain) {
  TestServer server(options());
  HttpClient idle = server.connect();
  ASSERT_TRUE(idle.start_tls());
  HttpClient busy = server.connect();
  ASSERT_TRUE(busy.start_tls());
  busy.send(get("/1") + "GET /2 HTTP/1.1\r\n");
  EXPECT_EQ(busy.read_reply()->body, "GET /1\n");
  server->drain();
  EXPECT_TRUE(eventually([&] { return !server.connect().connected(); }));
  busy.send("Host: a\r\n\r\n");
  const auto reply = busy.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->field("Connection"), "close");
  EXPECT_FALSE(idle.read_reply());
}

TEST_F(Tls, ServesManyClientsOnSeveralThreads) {
  server::Options wide = options();
  wide.threads = 2;
  TestServer server(std::move(wide));
  std::atomic<int> right = 0;
  std::vector<std::thread> clients;
  clients.reserve(4);
  for (int c = 0; c < 4; ++c) {
    clients.emplace_back([&] {
      for (int i = 0; i < 5; ++i) {
        HttpClient client = server.connect();
        if (!client.start_tls()) continue;
        client.send(get("/a"));
        const auto reply = client.read_reply();
        if (reply && reply->body == "GET /a\n") ++right;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(right, 20);
}

TEST_F(Tls, FilesAreCheckedBeforeServing) {
  const auto fault = [this](const std::string& certificate, const std::string& key) {
    server::Options bad = options();
    bad.listeners[0].tls_certificate_file = certificate;
    bad.listeners[0].tls_key_file = key;
    const auto created = server::Server::create(std::move(bad));
    return created ? Error() : created.error();
  };
  const std::string missing = files_.key_file() + ".missing";
  const Error no_certificate = fault(missing, files_.key_file());
  EXPECT_EQ(no_certificate.field, "tls_certificate_file");
  EXPECT_NE(no_certificate.message.en.find(missing), std::string::npos);
  EXPECT_NE(no_certificate.message.en.find("No such file"), std::string::npos)
      << no_certificate.message.en;
  EXPECT_EQ(fault(files_.certificate_file(), missing).field, "tls_key_file");
  EXPECT_EQ(fault(files_.certificate_file(), "").field, "tls_key_file");
  EXPECT_EQ(fault(files_.key_file(), files_.key_file()).field, "tls_certificate_file");
  EXPECT_EQ(fault(files_.certificate_file(), files_.certificate_file()).field, "tls_key_file");
  const SelfSigned other;
  const Error mismatch = fault(files_.certificate_file(), other.key_file());
  EXPECT_EQ(mismatch.field, "tls_key_file");
  EXPECT_FALSE(mismatch.message.zh.empty());
}

}  // namespace
}  // namespace chayan::test
