#include <gtest/gtest.h>

#include "server/date_field.h"
#include "tests/server/test_server.h"

namespace chayan::test {
namespace {

TEST(Endpoint, IsParsed) {
  const auto v4 = server::parse_endpoint("127.0.0.1:8080");
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->address, "127.0.0.1");
  EXPECT_EQ(v4->port, 8080);
  const auto v6 = server::parse_endpoint("[0:0::1]:0");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->address, "::1");
  EXPECT_EQ(v6->port, 0);
  EXPECT_TRUE(server::parse_endpoint("[::]:65535"));
}

TEST(Endpoint, ErrorsNameTheFieldAndSayWhatToWrite) {
  for (const char* text :
       {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0.1:80x", "127.0.0.1: 80", "localhost:80", "::1:80", "[::1]", "[::1]80",
        "[127.0.0.1]:80", "[]:80", "256.0.0.1:80", "127.0.0.1:8080:80", "[::1:80"}) {
    SCOPED_TRACE(text);
    const auto parsed = server::parse_endpoint(text, "admin-listen");
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(parsed.error().field, "admin-listen");
    EXPECT_FALSE(parsed.error().message.en.empty());
    EXPECT_FALSE(parsed.error().message.zh.empty());
  }
}

TEST(Create, RefusesAPortThatAnotherServerHas) {
  TestServer first;
  server::Options options = echo_options();
  options.listeners[0].endpoint = first->endpoint(0);
  const auto second = server::Server::create(std::move(options));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::unavailable);
  EXPECT_NE(second.error().message.en.find(std::to_string(first->endpoint(0).port)),
            std::string::npos);
}

TEST(Create, RefusesAnAddressOfAnotherMachine) {
  server::Options options = echo_options();
  options.listeners[0].endpoint.address = "192.0.2.1";  // RFC 5737: nobody's
  const auto created = server::Server::create(std::move(options));
  ASSERT_FALSE(created);
  EXPECT_NE(created.error().message.en.find("192.0.2.1"), std::string::npos);
}

TEST(Create, ListenersHaveApplicationsOfTheirOwn) {
  server::Options options = echo_options();
  http::Application admin = echo_application();
  admin.answer = [](const http::Request&, http::Response& response) { response.body = "admin"; };
  options.listeners.push_back({{"127.0.0.1", 0}, {}, {}, std::move(admin)});
  options.threads = 2;
  TestServer server(std::move(options));
  EXPECT_NE(server->endpoint(0).port, server->endpoint(1).port);
  HttpClient user = server.connect(0);
  HttpClient administrator = server.connect(1);
  user.send(get("/"));
  administrator.send(get("/"));
  EXPECT_EQ(user.read_reply()->body, "GET /\n");
  EXPECT_EQ(administrator.read_reply()->body, "admin");
}

TEST(DateField, IsAnImfFixdate) {
  server::DateField date;
  EXPECT_EQ(date.at(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110 section 5.6.7
  EXPECT_EQ(date.at(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(date.at(1709251199), "Thu, 29 Feb 2024 23:59:59 GMT");
  EXPECT_EQ(date.at(1709251200), "Fri, 01 Mar 2024 00:00:00 GMT");
}

}  // namespace
}  // namespace chayan::test
