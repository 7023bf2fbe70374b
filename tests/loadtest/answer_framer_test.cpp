#include "loadtest/generator/answer_framer.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace chayan::loadtest {
namespace {

using State = AnswerFramer::State;

// Cut anywhere, an answer is whole at its last byte and not before.
void expect_framed(Protocol protocol, const std::string& answer, int status,
                   std::string_view body) {
  const std::string with_next = answer + "HTTP/1.1 500";
  AnswerFramer framer(protocol);
  for (std::size_t bytes = 0; bytes < answer.size(); ++bytes) {
    EXPECT_EQ(framer.look(answer.substr(0, bytes)), State::more) << bytes << " of " << answer;
  }
  ASSERT_EQ(framer.look(with_next), State::whole) << answer;
  EXPECT_EQ(framer.size(), answer.size());
  EXPECT_EQ(framer.status(), status);
  EXPECT_EQ(framer.body(with_next), body);
  AnswerFramer at_once(protocol);
  EXPECT_EQ(at_once.look(with_next), State::whole);
  EXPECT_EQ(at_once.size(), answer.size());
}

TEST(AnswerFramer, FramesByLength) {
  expect_framed(Protocol::http, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nDate: x\r\n\r\nhello", 200,
                "hello");
  expect_framed(Protocol::http, "HTTP/1.1 503 Busy\r\nX: y\r\ncontent-length:0\r\n\r\n", 503, "");
  expect_framed(Protocol::http, "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n", 304, "");
}

TEST(AnswerFramer, FramesByChunks) {
  expect_framed(Protocol::http,
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                "5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n",
                200, "hello0123456789");
}

TEST(AnswerFramer, FramesRedis) {
  expect_framed(Protocol::redis, "$5\r\nhello\r\n", 200, "hello");
  expect_framed(Protocol::redis, "$0\r\n\r\n", 200, "");
  expect_framed(Protocol::redis, "$-1\r\n", 404, "");
  expect_framed(Protocol::redis, "-ERR no\r\n", 500, "");
}

TEST(AnswerFramer, SeesThatTheConnectionEnds) {
  AnswerFramer framer(Protocol::http);
  framer.look("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(framer.closes());
  framer.reset();
  framer.look("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n");
  EXPECT_FALSE(framer.closes());
}

TEST(AnswerFramer, RefusesWhatIsNoAnswer) {
  for (const std::string_view bytes :
       {"SSH-2.0-x\r\nX: y\r\n\r\n", "HTTP/1.1 200 OK\r\nX: y\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"}) {
    EXPECT_EQ(AnswerFramer(Protocol::http).look(bytes), State::malformed) << bytes;
  }
  EXPECT_EQ(AnswerFramer(Protocol::redis).look("!\r\n"), State::malformed);
  EXPECT_EQ(AnswerFramer(Protocol::redis).look("$x\r\n"), State::malformed);
}

}  // namespace
}  // namespace chayan::loadtest
