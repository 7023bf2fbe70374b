// Heads that must be refused. Each is followed by a request that would be answered if the refused
// one had been taken with another length than its own: exactly one answer may come back.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/server/test_server.h"

namespace chayan::test {
namespace {

struct BadHead {
  std::string name;
  int status;
  std::string bytes;
};

const std::string kHost = "Host: a.example\r\n";

std::string repeated(std::string_view text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

// A request line and one Host, then these lines.
std::string with(std::string_view lines, std::string_view request_line = "GET / HTTP/1.1") {
  return std::string(request_line) + "\r\n" + kHost + std::string(lines) + "\r\n";
}

std::string line(std::string_view request_line) {
  return with("", request_line);
}

std::string posted(std::string_view lines, std::string_view body = "") {
  return with(lines, "POST / HTTP/1.1") + std::string(body);
}

std::vector<BadHead> request_lines() {
  return {
      {"two spaces after the method", 400, line("GET  / HTTP/1.1")},
      {"two spaces before the version", 400, line("GET /  HTTP/1.1")},
      {"tab for a space", 400, line("GET\t/ HTTP/1.1")},
      {"space at the end", 400, line("GET / HTTP/1.1 ")},
      {"space at the front", 400, line(" GET / HTTP/1.1")},
      {"no target", 400, line("GET HTTP/1.1")},
      {"empty target", 400, line("GET  HTTP/1.1")},
      {"HTTP/0.9", 400, "GET /\r\n"},
      {"no method", 400, line("/ HTTP/1.1")},
      {"method with a parenthesis", 400, line("GE(T / HTTP/1.1")},
      {"method with a colon", 400, line("GET: / HTTP/1.1")},
      {"method with a byte of UTF-8", 400, line("G\xC3\x8BT / HTTP/1.1")},
      {"two targets", 400, line("GET /a /b HTTP/1.1")},
      {"space in the target", 400, line("GET /a b HTTP/1.1")},
      {"absolute form", 400, line("GET http://a.example/ HTTP/1.1")},
      {"authority form", 400, line("CONNECT a.example:443 HTTP/1.1")},
      {"asterisk form", 400, line("OPTIONS * HTTP/1.1")},
      {"target without slash", 400, line("GET index HTTP/1.1")},
      {"UTF-8 in the target", 400, line("GET /\xE6\x9F\xA5 HTTP/1.1")},
      {"byte 0x80 in the target", 400, line("GET /\x80 HTTP/1.1")},
      {"DEL in the target", 400, line("GET /\x7F HTTP/1.1")},
      {"NUL in the target", 400, line(std::string("GET /\0 HTTP/1.1", 15))},
      {"control byte in the target", 400, line("GET /\x01 HTTP/1.1")},
      {"bare carriage return in the target", 400, line("GET /\rx HTTP/1.1")},
      {"fragment in the target", 400, line("GET /a#b HTTP/1.1")},
      {"lower-case version name", 400, line("GET / http/1.1")},
      {"version with two digits", 400, line("GET / HTTP/1.10")},
      {"version with leading zero", 400, line("GET / HTTP/01.1")},
      {"version without minor", 400, line("GET / HTTP/1")},
      {"version of another protocol", 400, line("GET / ICAP/1.0")},
      {"HTTP/2.0", 505, line("GET / HTTP/2.0")},
      {"HTTP/1.2", 505, line("GET / HTTP/1.2")},
      {"HTTP/0.9 written out", 505, line("GET / HTTP/0.9")},
      {"HTTP/2 preface", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {"target of 2049 bytes", 414, line("GET /" + repeated("a", 2048) + " HTTP/1.1")},
      {"request line that does not end", 414, "GET /" + repeated("a", 9000)},
      {"TLS greeting", 400, std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03", 11)},
      {"two empty lines in front", 400, "\r\n\r\n" + line("GET / HTTP/1.1")},
  };
}

std::vector<BadHead> lines_and_fields() {
  return {
      {"bare line feeds", 400, "GET / HTTP/1.1\nHost: a.example\n\n"},
      {"bare line feed after the request line", 400, "GET / HTTP/1.1\n" + kHost + "\r\n"},
      {"bare line feed between fields", 400, with("X: 1\nY: 2\r\n")},
      {"bare line feed at the end", 400, "GET / HTTP/1.1\r\n" + kHost + "\n"},
      {"line feed in front", 400, "\n" + line("GET / HTTP/1.1")},
      {"bare carriage returns", 400, "GET / HTTP/1.1\rHost: a.example\r\r\n\r\n"},
      {"carriage return in a value", 400, with("X: a\rb\r\n")},
      {"carriage return twice", 400, with("X: a\r\r\n")},
      {"carriage return in a name", 400, with("X\r: a\r\n")},
      {"folded line", 400, with("X: a\r\n b\r\n")},
      {"folded line with a tab", 400, with("X: a\r\n\tb\r\n")},
      {"fold directly after the request line", 400, "GET / HTTP/1.1\r\n X: a\r\n" + kHost + "\r\n"},
      {"folded Content-Length", 400, posted("Content-Length:\r\n 5\r\n", "12345")},
      {"folded Transfer-Encoding", 400, posted("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")},
      {"space before the colon", 400, with("X : a\r\n")},
      {"tab before the colon", 400, with("X\t: a\r\n")},
      {"space before the colon of Content-Length", 400, posted("Content-Length : 5\r\n", "12345")},
      {"no colon", 400, with("X\r\n")},
      {"empty name", 400, with(": a\r\n")},
      {"name with a space", 400, with("X Y: a\r\n")},
      {"name with a byte of UTF-8", 400, with("X\xC3\x84: a\r\n")},
      {"name with NUL", 400, with(std::string("X\0: a\r\n", 7))},
      {"name with a slash", 400, with("X/Y: a\r\n")},
      {"name in quotes", 400, with("\"X\": a\r\n")},
      {"NUL in a value", 400, with(std::string("X: a\0b\r\n", 8))},
      {"control byte in a value", 400, with("X: a\x01\r\n")},
      {"escape in a value", 400, with("X: \x1B[0m\r\n")},
      {"DEL in a value", 400, with("X: a\x7F\r\n")},
      {"65 fields", 431, with(repeated("X: a\r\n", 64))},
      {"head of more than 8192 bytes", 431, with("X: " + repeated("a", 8192) + "\r\n")},
      {"head of many lines", 431, with(repeated("X: " + repeated("a", 1000) + "\r\n", 9))},
  };
}

std::vector<BadHead> hosts() {
  const auto host = [](std::string_view value) {
    return "GET / HTTP/1.1\r\nHost: " + std::string(value) + "\r\n\r\n";
  };
  return {
      {"no Host", 400, "GET / HTTP/1.1\r\n\r\n"},
      {"two Hosts", 400, with(kHost)},
      {"two different Hosts", 400, with("Host: b.example\r\n")},
      {"two Hosts in different case", 400, with("hOST: b.example\r\n")},
      {"two Hosts on HTTP/1.0", 400, with(kHost, "GET / HTTP/1.0")},
      {"empty Host", 400, host("")},
      {"Host with a space", 400, host("a b")},
      {"Host with a slash", 400, host("a/b")},
      {"Host with a user", 400, host("user@a.example")},
      {"Host as a URI", 400, host("http://a.example")},
      {"Host list", 400, host("a.example, /b")},
      {"Host with a port of letters", 400, host("a.example:http")},
      {"Host with a port too large", 400, host("a.example:65536")},
      {"Host with two ports", 400, host("a.example:80:80")},
      {"Host of a port alone", 400, host(":80")},
      {"IPv6 Host without brackets", 400, host("::1")},
      {"IPv6 Host with one bracket", 400, host("[::1")},
      {"brackets without an address", 400, host("[]")},
      {"brackets around a name", 400, host("[a.example]")},
      {"text after the brackets", 400, host("[::1]80")},
      {"Host with a broken escape", 400, host("a%2")},
      {"Host with a byte of UTF-8", 400, host("\xE4\xB8\x8A")},
      {"Host of 256 bytes", 400, host(repeated("a", 256))},
  };
}

std::vector<BadHead> bodies() {
  const std::string chunked = "5\r\nhello\r\n0\r\n\r\n";
  return {
      {"Transfer-Encoding: chunked", 501, posted("Transfer-Encoding: chunked\r\n", chunked)},
      {"chunked on GET", 501, with("Transfer-Encoding: chunked\r\n") + chunked},
      {"chunked on HTTP/1.0", 501,
       with("Transfer-Encoding: chunked\r\n", "POST / HTTP/1.0") + chunked},
      {"Transfer-Encoding: gzip", 501, posted("Transfer-Encoding: gzip\r\n", chunked)},
      {"quoted chunked", 501, posted("Transfer-Encoding: \"chunked\"\r\n", chunked)},
      {"chunked twice", 501, posted("Transfer-Encoding: chunked, chunked\r\n", chunked)},
      {"xchunked", 501, posted("Transfer-Encoding: xchunked\r\n", chunked)},
      {"empty Transfer-Encoding", 501, posted("Transfer-Encoding:\r\n", chunked)},
      {"identity", 501, posted("Transfer-Encoding: identity\r\n", chunked)},
      {"Transfer-Encoding in mixed case", 501, posted("tRANSFER-eNCODING: chunked\r\n", chunked)},
      {"chunked after a tab", 501, posted("Transfer-Encoding:\tchunked\r\n", chunked)},
      {"Content-Length, then chunked", 501,
       posted("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", chunked)},
      {"chunked, then Content-Length", 501,
       posted("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", chunked)},
      {"gzip, then Content-Length", 501,
       posted("Transfer-Encoding: gzip\r\nContent-Length: 5\r\n", "12345")},
      {"two Transfer-Encodings", 501,
       posted("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", chunked)},
      {"Content-Length twice, equal", 400,
       posted("Content-Length: 5\r\nContent-Length: 5\r\n", "12345")},
      {"Content-Length twice, different", 400,
       posted("Content-Length: 5\r\nContent-Length: 0\r\n", "12345")},
      {"Content-Length as a list", 400, posted("Content-Length: 5, 5\r\n", "12345")},
      {"Content-Length with a plus", 400, posted("Content-Length: +5\r\n", "12345")},
      {"Content-Length with a minus", 400, posted("Content-Length: -5\r\n", "12345")},
      {"Content-Length in hexadecimal", 400, posted("Content-Length: 0x5\r\n", "12345")},
      {"Content-Length with a point", 400, posted("Content-Length: 5.0\r\n", "12345")},
      {"Content-Length in two parts", 400, posted("Content-Length: 1 5\r\n", "12345")},
      {"Content-Length of letters", 400, posted("Content-Length: five\r\n", "12345")},
      {"empty Content-Length", 400, posted("Content-Length:\r\n", "12345")},
      {"Content-Length in quotes", 400, posted("Content-Length: \"5\"\r\n", "12345")},
      {"Content-Length of 2^64", 400, posted("Content-Length: 18446744073709551616\r\n")},
      {"Content-Length of 2^64 + 5", 400, posted("Content-Length: 18446744073709551621\r\n")},
      {"Content-Length of 2^64 - 1", 413, posted("Content-Length: 18446744073709551615\r\n")},
      {"body one byte too long", 413, posted("Content-Length: 65537\r\n")},
      {"body where the method takes none", 413,
       with("Content-Length: 5\r\n", "DELETE / HTTP/1.1") + "12345"},
      {"body too long with an expectation", 413,
       posted("Content-Length: 65537\r\nExpect: 100-continue\r\n")},
      {"GET with a body", 400, with("Content-Length: 5\r\n") + "12345"},
      {"HEAD with a body", 400, with("Content-Length: 5\r\n", "HEAD / HTTP/1.1") + "12345"},
      {"POST without a length", 411, posted("")},
      {"POST without a length on HTTP/1.0", 411, with("", "POST / HTTP/1.0")},
      {"another expectation", 417, posted("Content-Length: 5\r\nExpect: 200-ok\r\n", "12345")},
      {"an expectation and another", 417,
       posted("Content-Length: 5\r\nExpect: 100-continue\r\nExpect: x\r\n", "12345")},
      {"an empty expectation", 417, with("Expect:\r\n")},
  };
}

std::vector<BadHead> all_bad_heads() {
  std::vector<BadHead> all = request_lines();
  for (const auto& part : {lines_and_fields(), hosts(), bodies()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

TEST(BadHeads, AreRefusedWithOneAnswerAndTheConnectionIsClosed) {
  TestServer server;
  const std::vector<BadHead> heads = all_bad_heads();
  EXPECT_GE(heads.size(), 60U);
  for (const BadHead& head : heads) {
    SCOPED_TRACE(head.name);
    HttpClient client = server.connect();
    ASSERT_TRUE(client.connected());
    client.send(head.bytes + get("/smuggled"));
    const auto stream = client.read_until_close();
    ASSERT_TRUE(stream) << "reset, or not closed";
    EXPECT_TRUE(stream->starts_with("HTTP/1.1 " + std::to_string(head.status))) << *stream;
    EXPECT_NE(stream->find("Connection: close\r\n"), std::string::npos);
    EXPECT_EQ(stream->find("smuggled"), std::string::npos);
    // An answer to HEAD states a length and has no body, so that it cannot be counted that way.
    if (!head.bytes.starts_with("HEAD")) {
      EXPECT_EQ(count_replies(*stream), 1U) << *stream;
    }
  }
  EXPECT_EQ(server->counters().requests_refused, heads.size());
  EXPECT_EQ(server->counters().requests_answered, 0U);
}

TEST(BadHeads, AreRefusedAsWellWhenTheyArriveByteByByte) {
  TestServer server;
  for (const BadHead& head : all_bad_heads()) {
    if (head.bytes.size() > 500) continue;
    SCOPED_TRACE(head.name);
    HttpClient client = server.connect();
    ASSERT_TRUE(client.connected());
    const std::string bytes = head.bytes + get("/smuggled");
    for (const char& byte : bytes) {
      if (!client.send({&byte, 1})) break;  // refused already
    }
    const auto reply =
        client.read_reply(head.bytes.starts_with("HEAD") ? ReplyTo::head : ReplyTo::any);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, head.status) << reply->head;
    const auto rest = client.read_until_close();
    EXPECT_EQ(rest.value_or(""), "");  // or reset, which ends it as well
  }
  EXPECT_EQ(server->counters().requests_answered, 0U);
}

TEST(BadHeads, AfterGoodOnesLeaveTheEarlierAnswersWhole) {
  TestServer server;
  HttpClient client = server.connect();
  client.send(get("/1") + get("/2") + "GET /3\r\n\r\n" + get("/4"));
  EXPECT_EQ(client.read_reply()->body, "GET /1\n");
  EXPECT_EQ(client.read_reply()->body, "GET /2\n");
  EXPECT_EQ(client.read_reply()->status, 400);
  EXPECT_TRUE(client.is_closed());
}

TEST(BadHeads, LanguageOfTheRefusalIsTheClients) {
  TestServer server;
  HttpClient client = server.connect();
  client.send(with("accept-language: zh-CN,zh;q=0.9\r\nX : 1\r\n"));
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 400);
  EXPECT_EQ(reply->body,
            "A field name must be a token directly before its colon. [zh-CN,zh;q=0.9]");
}

TEST(GoodHeads, AtTheBoundsAreTaken) {
  TestServer server;
  const std::vector<std::string> heads = {
      line("GET /" + repeated("a", 2047) + " HTTP/1.1"),
      with(repeated("X: a\r\n", 63)),
      with("X: " + repeated("a", 8192 - with("X: \r\n").size()) + "\r\n"),
      "\r\n" + line("GET / HTTP/1.1"),
      "GET / HTTP/1.1\r\nhost:a.example:65535\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: [2001:db8::1]:443\t\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: 192.0.2.1:\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a%20b\r\n\r\n",
      "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
      with("X:\r\nY: \t \r\nZ: \xE6\x9F\xA5\r\n"),
      with("Content-Length: 0\r\n"),
      with("Content-Length: 00000000000000000000000\r\n"),
      with("Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n"),
      with("Expect: 200-ok\r\nConnection: keep-alive\r\n", "GET / HTTP/1.0"),
      line("DELETE / HTTP/1.1"),
      line("OPTIONS /x?y=!$&'()*+,;=:@%E6%9F%A5 HTTP/1.1"),
      posted("Content-Length: 005\r\n", "12345"),
  };
  HttpClient client = server.connect();
  for (const std::string& head : heads) {
    SCOPED_TRACE(head);
    client.send(head);
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 200) << reply->body;
  }
}

}  // namespace
}  // namespace chayan::test
