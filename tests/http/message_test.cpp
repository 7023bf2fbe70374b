#include "http/message.h"

#include <gtest/gtest.h>

#include <array>

namespace chayan::http {
namespace {

TEST(Request, FieldsAreFoundWithoutCaseAndTheFirstCounts) {
  const std::array fields = {Field{"Host", "a.example"}, Field{"ACCEPT-encoding", "gzip"},
                             Field{"X-Empty", ""}, Field{"host", "b.example"}};
  Request request;
  request.fields = fields;
  EXPECT_EQ(request.field("host"), "a.example");
  EXPECT_EQ(request.field("Accept-Encoding"), "gzip");
  EXPECT_EQ(request.field("x-empty"), "");
  EXPECT_EQ(request.field("Hos"), "");
  EXPECT_EQ(request.field("Hostt"), "");
  EXPECT_EQ(request.field(""), "");
  EXPECT_EQ(Request().field("Host"), "");
}

TEST(Request, OnlyLettersHaveCase) {
  const std::array fields = {Field{"x-[", "1"}, Field{"x-@", "2"}};
  Request request;
  request.fields = fields;
  EXPECT_EQ(request.field("X-{"), "");  // '[' and '{' differ by the same bit as 'A' and 'a'
  EXPECT_EQ(request.field("X-`"), "");
  EXPECT_EQ(request.field("X-["), "1");
}

TEST(Response, SetAppendsOrReplaces) {
  Response response;
  response.set("ETag", "\"1\"");
  response.set("Vary", "Accept-Language");
  response.set("etag", "\"2\"");
  ASSERT_EQ(response.headers.size(), 2U);
  EXPECT_EQ(response.headers[0].name, "ETag");
  EXPECT_EQ(response.headers[0].value, "\"2\"");
  EXPECT_EQ(response.headers[1].value, "Accept-Language");
}

class NoSource final : public BodySource {
 public:
  std::size_t read(std::span<char>) override { return 0; }
};

TEST(Response, ClearForgetsTheAnswerAndKeepsTheRoom) {
  Response response;
  response.status = 404;
  response.content_type = "application/json";
  response.set("ETag", "\"1\"");
  response.body.assign(5000, 'x');
  response.close = true;
  response.source = std::make_unique<NoSource>();
  response.source_bytes = 7;
  response.wait = std::chrono::seconds(1);
  const std::size_t capacity = response.body.capacity();
  const char* const room = response.body.data();
  response.clear();
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(response.content_type.empty());
  EXPECT_TRUE(response.headers.empty());
  EXPECT_TRUE(response.body.empty());
  EXPECT_FALSE(response.close);
  EXPECT_FALSE(response.source);
  EXPECT_EQ(response.source_bytes, 0U);
  EXPECT_FALSE(response.wait);
  EXPECT_EQ(response.body.capacity(), capacity);
  EXPECT_EQ(response.body.data(), room);
}

TEST(ReasonPhrase, EveryStatusWeSendHasOne) {
  for (const int status : {200, 206, 303, 304, 400, 403, 404, 405, 406, 408, 409, 411, 413,
                           414, 415, 416, 417, 422, 429, 431, 500, 501, 503, 505, 507}) {
    EXPECT_FALSE(reason_phrase(status).empty()) << status;
  }
  EXPECT_EQ(reason_phrase(200), "OK");
  EXPECT_EQ(reason_phrase(431), "Request Header Fields Too Large");
  EXPECT_EQ(reason_phrase(299), "");
  EXPECT_EQ(reason_phrase(0), "");
}

}  // namespace
}  // namespace chayan::http
