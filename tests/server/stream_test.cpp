// Streamed bodies: whole or cut, piece by piece, and the connection goes on behind them.
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "http/file_source.h"
#include "tests/server/test_server.h"
#include "tests/support/self_signed.h"
#include "tests/support/temp_directory.h"

namespace chayan::test {
namespace {

using namespace std::chrono_literals;

char byte_at(std::uint64_t position) {
  return static_cast<char>(position * 31 + (position >> 13));
}

std::string content(std::uint64_t bytes) {
  std::string all(bytes, '\0');
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = byte_at(i);
  return all;
}

// What the sources of one server were asked for.
struct Readings {
  std::atomic<int> sources{0};  // alive
  std::atomic<std::uint64_t> reads{0};
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> longest{0};
};

class PatternSource final : public http::BodySource {
 public:
  PatternSource(Readings& readings, std::uint64_t bytes, std::size_t piece_max)
      : readings_(readings), bytes_(bytes), piece_max_(piece_max) {
    ++readings_.sources;
  }
  ~PatternSource() override { --readings_.sources; }

  std::size_t read(std::span<char> room) override {
    ++readings_.reads;
    readings_.longest = std::max<std::uint64_t>(readings_.longest, room.size());
    const auto count = std::min<std::uint64_t>({room.size(), piece_max_, bytes_ - position_});
    for (std::size_t i = 0; i < count; ++i) room[i] = byte_at(position_ + i);
    position_ += count;
    readings_.bytes += count;
    return count;
  }

 private:
  Readings& readings_;
  const std::uint64_t bytes_;
  const std::size_t piece_max_;
  std::uint64_t position_ = 0;
};

// Of a length that nobody says: bytes that end, or fail where they would end.
class UnknownSource final : public http::BodySource {
 public:
  UnknownSource(Readings& readings, std::uint64_t bytes, bool fails)
      : source_(readings, bytes, SIZE_MAX), fails_(fails) {}
  std::size_t read(std::span<char> room) override { return source_.read(room); }
  bool failed() const override { return fails_; }

 private:
  PatternSource source_;
  const bool fails_;
};

class ThrowingSource final : public http::BodySource {
 public:
  std::size_t read(std::span<char>) override { throw std::runtime_error("a fault of the source"); }
};

// Longer in all than the write deadline allows one piece.
class SlowSource final : public http::BodySource {
 public:
  static constexpr std::uint64_t kBytes = 50;

  std::size_t read(std::span<char> room) override {
    std::this_thread::sleep_for(30ms);
    room[0] = 's';
    return 1;
  }
};

class Streams : public ::testing::TestWithParam<bool> {
 protected:
  // /stream/N and /sips/N (one byte a read) give N bytes; /short/N ends one byte early; /unknown/N
  // gives N bytes without saying how many, /failing/N fails behind them; the rest is echoed.
  server::Options options() {
    server::Options made = echo_options();
    made.listeners[0].application.answer = [this](const http::Request& request,
                                                  http::Response& response) {
      echo(request, response);
      const std::string target(request.target);
      if (target == "/throwing") {
        response.source = std::make_unique<ThrowingSource>();
        response.source_bytes = 10;
      } else if (target == "/slow") {
        response.source = std::make_unique<SlowSource>();
        response.source_bytes = SlowSource::kBytes;
      } else if (const std::size_t end = target.rfind('/'); end > 0) {
        stream(target.substr(0, end), std::stoull(target.substr(end + 1)), response);
      }
    };
    if (GetParam()) {
      made.listeners[0].tls_certificate_file = files_.certificate_file();
      made.listeners[0].tls_key_file = files_.key_file();
    }
    return made;
  }
  static HttpClient connect(const TestServer& server, int receive_buffer_bytes = 0) {
    HttpClient client = server.connect(0, receive_buffer_bytes);
    if (GetParam()) {
      EXPECT_TRUE(client.start_tls());
    }
    return client;
  }

  Readings readings_;

 private:
  void stream(const std::string& kind, std::uint64_t bytes, http::Response& response) {
    if (kind == "/unknown" || kind == "/failing") {
      response.source = std::make_unique<UnknownSource>(readings_, bytes, kind == "/failing");
      response.source_bytes = http::kUnknownLength;
      return;
    }
    const bool is_short = kind == "/short";
    const std::size_t piece_max = kind == "/sips" ? 1 : SIZE_MAX;
    if (kind == "/status") response.status = static_cast<int>(bytes);
    response.source =
        std::make_unique<PatternSource>(readings_, is_short ? bytes - 1 : bytes, piece_max);
    response.source_bytes = bytes;
  }

  SelfSigned files_;
};

INSTANTIATE_TEST_SUITE_P(Transports, Streams, ::testing::Bool(),
                         [](const auto& transport) { return transport.param ? "Tls" : "Plain"; });

TEST_P(Streams, ArriveWholeAndTheConnectionGoesOn) {
  TestServer server(options());
  HttpClient client = connect(server);
  for (const std::uint64_t bytes :
       {std::uint64_t{20} * 1024 * 1024 + 123, std::uint64_t{0}, std::uint64_t{1},
        std::uint64_t{limits::kBodyPieceBytesMax}, std::uint64_t{limits::kBodyPieceBytesMax} + 1}) {
    SCOPED_TRACE(bytes);
    client.send(get("/stream/" + std::to_string(bytes)));
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->field("Content-Length"), std::to_string(bytes));
    EXPECT_EQ(reply->field("Connection"), "");
    EXPECT_TRUE(reply->body == content(bytes));
    EXPECT_EQ(readings_.sources, 0);
    client.send(get("/after"));
    EXPECT_EQ(client.read_reply()->body, "GET /after\n");
  }
  EXPECT_EQ(readings_.longest, limits::kBodyPieceBytesMax);
  EXPECT_EQ(server->counters().application_faults, 0U);
}

TEST_P(Streams, OfUnknownLengthArriveInChunksAndTheConnectionGoesOn) {
  TestServer server(options());
  HttpClient client = connect(server);
  for (const std::uint64_t bytes :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{limits::kBodyPieceBytesMax},
        std::uint64_t{limits::kBodyPieceBytesMax} + 1, std::uint64_t{3'000'000}}) {
    SCOPED_TRACE(bytes);
    client.send(get("/unknown/" + std::to_string(bytes)) + get("/after"));
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->field("Transfer-Encoding"), "chunked");
    EXPECT_EQ(reply->field("Content-Length"), "");
    EXPECT_TRUE(reply->body == content(bytes));
    EXPECT_EQ(client.read_reply()->body, "GET /after\n");
  }
  EXPECT_EQ(readings_.sources, 0);
  EXPECT_EQ(readings_.longest, limits::kBodyPieceBytesMax);
  EXPECT_EQ(server->counters().application_faults, 0U);
}

TEST_P(Streams, OfUnknownLengthEndWithTheConnectionWhereHttpHasNoChunks) {
  TestServer server(options());
  HttpClient client = connect(server);
  client.send("GET /unknown/100000 HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
  const auto all = client.read_until_close();
  ASSERT_TRUE(all);
  const std::size_t body = all->find("\r\n\r\n") + 4;
  EXPECT_EQ(all->find("Transfer-Encoding"), std::string::npos);
  EXPECT_EQ(all->find("Content-Length"), std::string::npos);
  EXPECT_NE(all->substr(0, body).find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(all->substr(body) == content(100'000));
}

TEST_P(Streams, OfUnknownLengthThatFailLackTheirLastChunk) {
  TestServer server(options());
  HttpClient client = connect(server);
  client.send(get("/failing/100000") + get("/never"));
  EXPECT_FALSE(client.read_reply());
  EXPECT_TRUE(eventually([&] { return server->counters().connections_open == 0; }));
  EXPECT_EQ(server->counters().application_faults, 1U);
  EXPECT_EQ(readings_.sources, 0);
}

TEST_P(Streams, PipelinedAnswersKeepTheirOrder) {
  TestServer server(options());
  HttpClient client = connect(server);
  client.send(get("/1") + get("/stream/300000") + get("/2") + post("/sips/50", "ignored") +
              get("/stream/70000") + get("/3"));
  EXPECT_EQ(client.read_reply()->body, "GET /1\n");
  EXPECT_TRUE(client.read_reply()->body == content(300'000));
  EXPECT_EQ(client.read_reply()->body, "GET /2\n");
  EXPECT_EQ(client.read_reply()->body, content(50));
  EXPECT_TRUE(client.read_reply()->body == content(70'000));
  EXPECT_EQ(client.read_reply()->body, "GET /3\n");
}

TEST_P(Streams, AreNotReadWhereTheAnswerHasNoBody) {
  TestServer server(options());
  HttpClient client = connect(server);
  client.send("HEAD /stream/1000000 HTTP/1.1\r\nHost: a\r\n\r\n" + get("/status/204") +
              get("/status/304") + get("/after"));
  EXPECT_EQ(client.read_reply(ReplyTo::head)->field("Content-Length"), "1000000");
  for (const int status : {204, 304}) {
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, status);
    EXPECT_EQ(reply->field("Content-Length"), "");
  }
  EXPECT_EQ(client.read_reply()->body, "GET /after\n");
  EXPECT_EQ(readings_.reads, 0U);
  EXPECT_EQ(readings_.sources, 0);
}

TEST_P(Streams, ThatEndEarlyCutTheConnection) {
  for (const std::string target : {"/short/1000000", "/short/1", "/throwing"}) {
    SCOPED_TRACE(target);
    TestServer server(options());
    HttpClient client = connect(server);
    client.send(get("/before") + get(target) + get("/never"));
    EXPECT_EQ(client.read_reply()->body, "GET /before\n");
    EXPECT_FALSE(client.read_reply());
    EXPECT_TRUE(eventually([&] { return server->counters().connections_open == 0; }));
    EXPECT_EQ(server->counters().application_faults, 1U);
    EXPECT_EQ(server->counters().requests_answered, 2U);
    EXPECT_EQ(readings_.sources, 0);
  }
}

TEST_P(Streams, EndTheConnectionWhereTheClientWishes) {
  TestServer server(options());
  HttpClient client = connect(server);
  client.send(get("/stream/300000", "Connection: close\r\n"));
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->field("Connection"), "close");
  EXPECT_TRUE(reply->body == content(300'000));
  EXPECT_TRUE(client.is_closed());
}

constexpr std::uint64_t kGibibyte = 1024ULL * 1024 * 1024;

// Far more than all buffers of the kernel between two loopback sockets.
constexpr std::uint64_t kOnItsWayMax = 64ULL * 1024 * 1024;

TEST_P(Streams, WaitForTheirReaderWhoIsCutWhereItTakesNothing) {
  server::Options impatient = options();
  impatient.timing.write_max = 300ms;
  TestServer server(std::move(impatient));
  HttpClient client = connect(server, 4096);
  client.send(get("/stream/" + std::to_string(kGibibyte)));
  HttpClient other = connect(server);  // the one thread serves others meanwhile
  other.send(get("/other"));
  EXPECT_EQ(other.read_reply()->body, "GET /other\n");
  EXPECT_TRUE(eventually([&] { return server->counters().deadlines_missed == 1; }));
  EXPECT_TRUE(eventually([&] { return readings_.sources == 0; }));
  EXPECT_GT(readings_.bytes, 0U);
  EXPECT_LT(readings_.bytes, kOnItsWayMax);
}

TEST_P(Streams, OfAFastReaderDoNotKeepTheThread) {
  TestServer server(options());
  std::atomic<bool> enough = false;
  std::thread reader([&] {
    HttpClient client = connect(server);
    client.send(get("/stream/" + std::to_string(1024 * kGibibyte)));
    while (!enough && !client.read_some().empty()) {
    }
    EXPECT_TRUE(enough);
    client.reset();
  });
  EXPECT_TRUE(eventually([&] { return readings_.bytes > 1'000'000; }));
  HttpClient other = connect(server);
  for (int i = 0; i < 20; ++i) {
    other.send(get("/other"));
    const auto reply = other.read_reply();
    EXPECT_TRUE(reply && reply->body == "GET /other\n");
  }
  enough = true;
  reader.join();
  EXPECT_TRUE(eventually([&] { return readings_.sources == 0; }));  // the reader has gone
}

TEST_P(Streams, MayTakeLongerThanOnePieceMay) {
  server::Options hasty = options();
  hasty.timing.write_max = 1s;
  TestServer server(std::move(hasty));
  HttpClient client = connect(server);
  client.send(get("/slow"));
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, std::string(SlowSource::kBytes, 's'));
}

TEST_P(Streams, UnderWayAreFinishedByADrain) {
  TestServer server(options());
  HttpClient client = connect(server, 4096);
  client.send(get("/stream/30000000"));
  EXPECT_TRUE(eventually([&] { return readings_.reads > 0; }));
  server->drain();
  EXPECT_TRUE(eventually([&] { return !server.connect().connected(); }));
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->body == content(30'000'000));
  server.wait();
}

TEST_P(Streams, ThatOutlastADrainAreCut) {
  server::Options hasty = options();
  hasty.timing.drain_max = 30ms;
  TestServer server(std::move(hasty));
  HttpClient client = connect(server, 4096);
  client.send(get("/stream/" + std::to_string(kGibibyte)));
  EXPECT_TRUE(eventually([&] { return readings_.reads > 0; }));
  server.drain();
  EXPECT_EQ(server->counters().connections_open, 0U);
  EXPECT_EQ(readings_.sources, 0);
  EXPECT_LT(readings_.bytes, kOnItsWayMax);
}

TEST(FileStream, GivesThePartOfAFile) {
  const TempDirectory directory;
  const std::string path = directory / "snapshot";
  std::ofstream(path, std::ios::binary) << content(500'000);
  server::Options options = echo_options();
  options.listeners[0].application.answer = [path](const http::Request&, http::Response& response) {
    response.status = 206;
    response.source =
        std::make_unique<http::FileSource>(OpenFile(path, O_RDONLY), 100'000, 300'000);
    response.source_bytes = 300'000;
  };
  TestServer server(std::move(options));
  HttpClient client = server.connect();
  client.send(get("/"));
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 206);
  EXPECT_TRUE(reply->body == content(500'000).substr(100'000, 300'000));
}

}  // namespace
}  // namespace chayan::test
