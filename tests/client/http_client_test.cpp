// The client against a real server, directly and through a proxy that spoils responses.
#include "client/http_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "base/bytes.h"
#include "http/range.h"
#include "tests/server/test_server.h"
#include "tests/support/faulty_proxy.h"
#include "tests/support/self_signed.h"

namespace chayan::client {
namespace {

using namespace std::chrono_literals;
using test::Fault;
using test::FaultyProxy;
using test::ResponseSize;
using test::TestServer;

constexpr std::string_view kEtag = "\"one\"";

std::string long_text() {
  std::string text;
  for (int i = 0; text.size() < 3'000'000; ++i) text += std::to_string(i) + '\n';
  return text;
}

// What the source of a part reads from.
class TextSource final : public http::BodySource {
 public:
  explicit TextSource(std::string_view text) : text_(text) {}
  std::size_t read(std::span<char> room) override {
    const std::string_view piece = text_.substr(0, room.size());
    std::copy(piece.begin(), piece.end(), room.begin());
    text_.remove_prefix(piece.size());
    return piece.size();
  }

 private:
  std::string_view text_;
};

// /file is long_text() with Range; /latest leads to it; /poll waits until it is rung for.
class HttpClientTest : public testing::Test {
 protected:
  static server::Options options(std::function<std::string()> etag) {
    server::Options made = test::echo_options();
    made.listeners[0].application.answer = [text = long_text(), etag](const http::Request& request,
                                                                      http::Response& response) {
      if (request.target == "/latest") {
        response.status = 307;
        response.set("Location", "/file");
      } else if (request.target == "/poll") {
        if (!request.waited) response.wait = 60s;
        response.body = "rung";
      } else if (request.target == "/file") {
        answer_file(text, etag(), request, response);
      } else {
        test::echo(request, response);
      }
    };
    return made;
  }
  static void answer_file(const std::string& text, const std::string& etag,
                          const http::Request& request, http::Response& response) {
    const bool stands = request.field("If-Range") == etag;
    const http::Range range =
        http::parse_range(stands ? request.field("Range") : std::string_view(), text.size());
    response.set("ETag", etag);
    if (range.kind == http::Range::Kind::part) {
      response.status = 206;
      response.set("Content-Range", http::content_range(range, text.size()));
    }
    response.source =
        std::make_unique<TextSource>(std::string_view(text).substr(range.offset, range.length));
    response.source_bytes = range.length;
  }

  std::uint16_t port() { return server_->endpoint(0).port; }
  std::string url() { return "http://127.0.0.1:" + std::to_string(port()); }
  static ClientOptions at(const std::string& url) {
    ClientOptions made;
    made.base_url = url;
    return made;
  }

  std::string etag_{kEtag};
  TestServer server_{options([this] { return etag_; })};
};

Fault once(std::atomic<int>& left, Fault fault) {
  return left.fetch_sub(1) > 0 ? fault : Fault{};
}

TEST_F(HttpClientTest, GetsWhatIsThereWhateverTheStatus) {
  HttpClient client(at(url() + "/"));
  const auto answer = client.get("/echo?a=1");
  ASSERT_TRUE(answer) << answer.error().message.en;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "GET /echo?a=1\n");
  EXPECT_EQ(client.get("/status/404")->status, 404);
  EXPECT_EQ(client.get("/status/503")->status, 503);
  const auto empty = client.get("/bytes/0");
  ASSERT_TRUE(empty) << empty.error().message.en;
  EXPECT_EQ(empty->body, "");
  EXPECT_EQ(server_->counters().connections_accepted, 1U) << "one connection for all";
}

TEST_F(HttpClientTest, ARedirectIsFollowedByADownloadAlone) {
  HttpClient client(at(url()));
  EXPECT_EQ(client.get("/latest")->status, 307);
  Download download;
  download.target = "/latest";
  std::string received;
  const auto done = client.resume(download, [&](std::string_view piece) -> Result<void> {
    received += piece;
    return {};
  });
  ASSERT_TRUE(done) << done.error().message.en;
  EXPECT_EQ(done->status, 200);
  EXPECT_TRUE(received == long_text());
  EXPECT_EQ(download.received, received.size());
  EXPECT_EQ(download.etag, kEtag);
  EXPECT_TRUE(download.url.ends_with("/file"));
}

TEST_F(HttpClientTest, NobodyThereIsUnavailable) {
  std::string gone;
  {
    TestServer other;
    gone = "http://127.0.0.1:" + std::to_string(other->endpoint(0).port);
  }
  HttpClient client(at(gone));
  const auto answer = client.get("/");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
  EXPECT_NE(answer.error().message.en.find(gone), std::string::npos);
}

TEST_F(HttpClientTest, WhatCanNeverWorkIsSaidToBeSo) {
  for (const std::string bad : {"gopher://127.0.0.1", "http://[::", "file:///etc/hostname"}) {
    HttpClient client(at(bad));
    const auto answer = client.get("/");
    ASSERT_FALSE(answer) << bad;
    EXPECT_EQ(answer.error().code, ErrorCode::invalid_argument) << answer.error().message.en;
  }
}

TEST_F(HttpClientTest, ABearerNeverTravelsInClear) {
  // The second is no address that this machine calls its own, though it answers there.
  for (const std::string& elsewhere : {"http://127.0.0.1:x@127.0.0.1:" + std::to_string(port()),
                                       "http://127.0.0.2:" + std::to_string(port())}) {
    ClientOptions options = at(elsewhere);
    options.bearer = "secret";
    const auto answer = HttpClient(options).get("/echo");
    ASSERT_FALSE(answer) << elsewhere;
    EXPECT_EQ(answer.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(answer.error().message.en.find("secret"), std::string::npos);
  }
  EXPECT_EQ(server_->counters().connections_accepted, 0U);
}

// Of the environment, for as long as it lives.
class ProxyVariables {
 public:
  explicit ProxyVariables(const std::string& proxy) {
    for (const char* name : kNames) ::setenv(name, proxy.c_str(), 1);
  }
  ~ProxyVariables() {
    for (const char* name : kNames) ::unsetenv(name);
  }

 private:
  static constexpr std::array kNames = {"http_proxy", "all_proxy"};
};

TEST_F(HttpClientTest, ThisMachineIsAskedWithoutAProxy) {
  TestServer proxy;
  const ProxyVariables variables("http://127.0.0.1:" + std::to_string(proxy->endpoint(0).port));
  ClientOptions options = at(url());
  options.bearer = "secret";
  const auto answer = HttpClient(options).get("/echo");
  ASSERT_TRUE(answer) << answer.error().message.en;
  EXPECT_EQ(answer->body, "GET /echo\n");
  EXPECT_EQ(proxy->counters().connections_accepted, 0U);
}

// Every byte at which an answer can be cut, in order or not; also one that has no body to miss.
TEST_F(HttpClientTest, AnAnswerThatIsCutAnywhereIsAnError) {
  for (const Fault::Kind kind : {Fault::Kind::reset, Fault::Kind::close}) {
    for (const std::string target : {"/bytes/40", "/bytes/0", "/latest", "/status/404"}) {
      std::atomic<bool> spoils{true};
      std::atomic<std::uint64_t> cut{0};
      std::atomic<std::uint64_t> size{1};
      FaultyProxy proxy(port(), [&](const ResponseSize& response) {
        size = response.all();
        return spoils ? Fault{kind, cut} : Fault{};
      });
      HttpClient client(at(proxy.url()));
      for (; cut < size; ++cut) {
        const auto answer = client.get(target);
        ASSERT_FALSE(answer) << target << ": " << cut << " of " << size;
        EXPECT_EQ(answer.error().code, ErrorCode::unavailable) << answer.error().message.en;
      }
      EXPECT_GT(size, 80U);
      spoils = false;
      EXPECT_TRUE(client.get(target));
    }
  }
}

TEST_F(HttpClientTest, SilenceEndsInAnError) {
  FaultyProxy proxy(port(), [](const ResponseSize& size) {
    return Fault{Fault::Kind::stall, size.head + 10};
  });
  ClientOptions options = at(proxy.url());
  options.silence_max = 1s;
  HttpClient client(options);
  const auto answer = client.get("/bytes/40");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable) << answer.error().message.en;
}

// Takes one request and answers with these bytes, then closes.
class RawServer {
 public:
  explicit RawServer(std::string bytes) : bytes_(std::move(bytes)) {
    listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* at = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listening_, at, size) != 0 || ::listen(listening_, 1) != 0 ||
        ::getsockname(listening_, at, &size) != 0) {
      throw std::runtime_error("cannot listen");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { answer(); });
  }
  ~RawServer() {
    thread_.join();
    ::close(listening_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  void answer() const {
    const int client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    std::array<char, 4096> room{};
    EXPECT_GT(::recv(client, room.data(), room.size(), 0), 0);
    EXPECT_EQ(::send(client, bytes_.data(), bytes_.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes_.size()));
    ::close(client);
  }

  std::string bytes_;
  int listening_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

Result<Fetched> answered_with(const std::string& bytes) {
  const RawServer server(bytes);
  ClientOptions options;
  options.base_url = server.url();
  return HttpClient(options).get("/");
}

TEST(HttpClient, AWrongLengthIsNeverAShortBody) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const auto whole = answered_with(ok + "Content-Length: 4\r\n\r\nbody");
  ASSERT_TRUE(whole) << whole.error().message.en;
  EXPECT_EQ(whole->body, "body");
  for (const std::string& bad : {
           ok + "Content-Length: 5\r\n\r\nbody",
           ok + "\r\nbody",
           ok + "Content-Length: x\r\n\r\nbody",
           ok + "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n",
           std::string("HTTP/1.1 2"),
           std::string("body"),
       }) {
    const auto answer = answered_with(bad);
    ASSERT_FALSE(answer) << bad;
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable) << bad << answer.error().message.en;
  }
}

TEST(HttpClient, ABodyThatIsNotInItsCodingIsCorrupt) {
  const auto answer =
      answered_with("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Encoding: gzip\r\n\r\nbody");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::corrupt) << answer.error().message.en;
}

TEST_F(HttpClientTest, ABodyBeyondItsBoundIsRefused) {
  ClientOptions options = at(url());
  options.body_bytes_max = 1000;
  HttpClient client(options);
  EXPECT_EQ(client.get("/bytes/1000")->body.size(), 1000U);
  const auto answer = client.get("/bytes/1001");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::too_large);
  EXPECT_TRUE(client.get("/bytes/10")) << "and it goes on";
}

TEST_F(HttpClientTest, ADownloadGoesOnWhereItWasCut) {
  const std::string all = long_text();
  std::mt19937_64 random(7);
  std::atomic<int> cuts{20};
  FaultyProxy proxy(port(), [&](const ResponseSize& size) {
    const auto kind = random() % 2 == 0 ? Fault::Kind::reset : Fault::Kind::close;
    return once(cuts, {kind, random() % std::min<std::uint64_t>(size.all(), 400'000)});
  });
  HttpClient client(at(proxy.url()));
  Download download;
  download.target = "/file";
  std::string received;
  int attempts = 0;
  while (true) {
    ++attempts;
    const auto done = client.resume(download, [&](std::string_view piece) -> Result<void> {
      received += piece;
      return {};
    });
    EXPECT_EQ(download.received, received.size());
    if (done) break;
    ASSERT_EQ(done.error().code, ErrorCode::unavailable) << done.error().message.en;
    ASSERT_LT(attempts, 30);
  }
  EXPECT_TRUE(received == all);
  EXPECT_EQ(attempts, 21);
}

TEST_F(HttpClientTest, ADownloadDoesNotGoOnIntoAnotherFile) {
  std::atomic<int> cuts{1};
  FaultyProxy proxy(port(), [&](const ResponseSize&) {
    return once(cuts, {Fault::Kind::close, 100'000});
  });
  HttpClient client(at(proxy.url()));
  Download download;
  download.target = "/file";
  std::uint64_t received = 0;
  const auto count = [&](std::string_view piece) -> Result<void> {
    received += piece.size();
    return {};
  };
  ASSERT_FALSE(client.resume(download, count));
  EXPECT_GT(received, 0U);
  etag_ = "\"two\"";
  const std::uint64_t before = received;
  const auto done = client.resume(download, count);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::conflict);
  EXPECT_EQ(received, before) << "no byte of the other file";
}

TEST_F(HttpClientTest, ADownloadThatIsNotThereReachesNoSink) {
  HttpClient client(at(url()));
  Download download;
  download.target = "/status/404";
  const auto done = client.resume(download, [](std::string_view) -> Result<void> {
    ADD_FAILURE() << "the body of an error is no file";
    return {};
  });
  ASSERT_TRUE(done);
  EXPECT_EQ(done->status, 404);
  EXPECT_NE(done->body, "");
}

TEST_F(HttpClientTest, AnErrorOfTheSinkEndsTheDownload) {
  HttpClient client(at(url()));
  Download download;
  download.target = "/file";
  const auto done = client.resume(
      download, [](std::string_view) -> Result<void> { return corrupt("seq 7: wrong."); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error(), corrupt("seq 7: wrong."));
}

TEST_F(HttpClientTest, ALongPollIsHeldAndStopEndsIt) {
  HttpClient client(at(url()));
  auto polled = std::async(std::launch::async, [&] { return client.get("/poll", 60s); });
  ASSERT_TRUE(test::eventually([&] { return server_->counters().requests_waiting == 1; }));
  client.stop();
  const auto answer = polled.get();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
  EXPECT_FALSE(client.get("/echo")) << "stopped for good";
}

class TlsClientTest : public testing::Test {
 protected:
  server::Options options(bool client_certificate) const {
    server::Options made = test::echo_options();
    server::Listener& listener = made.listeners[0];
    listener.tls_certificate_file = server_files_.certificate_file();
    listener.tls_key_file = server_files_.key_file();
    listener.client_certificate = client_certificate;
    listener.application.answer = [](const http::Request& request, http::Response& response) {
      response.body = to_hex(request.peer_certificate);
    };
    return made;
  }
  ClientOptions client_options(TestServer& server) const {
    ClientOptions made;
    made.base_url = "https://127.0.0.1:" + std::to_string(server->endpoint(0).port);
    made.ca_file = server_files_.certificate_file();
    return made;
  }

  test::SelfSigned server_files_;
  test::SelfSigned client_files_;
};

TEST_F(TlsClientTest, BelievesWhomItIsToldToBelieve) {
  TestServer server(options(false));
  HttpClient client(client_options(server));
  const auto answer = client.get("/");
  ASSERT_TRUE(answer) << answer.error().message.en;
  EXPECT_EQ(answer->status, 200);

  ClientOptions other = client_options(server);
  other.ca_file = client_files_.certificate_file();
  EXPECT_FALSE(HttpClient(other).get("/"));
  other.ca_file.clear();
  EXPECT_FALSE(HttpClient(other).get("/"));
  other.ca_file = server_files_.certificate_file() + ".none";
  const auto missing = HttpClient(other).get("/");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::invalid_argument) << missing.error().message.en;
}

TEST_F(TlsClientTest, ShowsItsCertificateAndWithoutOneGetsNothing) {
  TestServer server(options(true));
  ClientOptions partner = client_options(server);
  partner.certificate_file = client_files_.certificate_file();
  partner.key_file = client_files_.key_file();
  HttpClient client(partner);
  const auto answer = client.get("/");
  ASSERT_TRUE(answer) << answer.error().message.en;
  EXPECT_EQ(answer->body, to_hex(client_files_.fingerprint()));

  const auto refused = HttpClient(client_options(server)).get("/");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable) << refused.error().message.en;
  partner.key_file = server_files_.key_file();
  const auto wrong_key = HttpClient(partner).get("/");
  ASSERT_FALSE(wrong_key);
  EXPECT_EQ(wrong_key.error().code, ErrorCode::invalid_argument) << wrong_key.error().message.en;
}

}  // namespace
}  // namespace chayan::client
