// Bad input against the real binary: each case says what it gets. Nothing is a fault of the
// server's, nothing is stored, and no answer repeats a personal value that it was sent.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/query.h"
#include "tests/support/process.h"

namespace chayan::test {
namespace {

using simdjson::dom::element;

// Pieces of the personal values in the cases below. What comes back must hold none of them.
constexpr std::array<std::string_view, 5> kCanaries = {"金丝雀", "CANARY", "canary", "80808080",
                                                       "%E9%87%91"};
const std::string kNumber = "CANARY-80808080";
const std::string kName = "测金丝雀";
const std::string kDocument = "E80808080";

std::string text(const element& object, std::string_view name) {
  std::string_view value;
  return object[name].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

std::string repeated(std::string_view piece, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += piece;
  return all;
}

void expect_no_canary(std::string_view given, const std::string& name) {
  for (const std::string_view canary : kCanaries) {
    EXPECT_EQ(given.find(canary), std::string_view::npos) << name << " repeats " << canary;
  }
}

bool is_ascii(std::string_view given) {
  return std::all_of(given.begin(), given.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// ---- what is sent

struct BadRequest {
  std::string name;
  int status = 0;
  std::string bytes;
  std::string field = {};  // that the problem names; empty: none is expected
};

std::string request(std::string_view line, std::string_view fields = {},
                    std::string_view body = {}) {
  return std::string(line) + "\r\nHost: test.example\r\n" + std::string(fields) + "\r\n" +
         std::string(body);
}

std::string get(std::string_view target) {
  return request("GET " + std::string(target) + " HTTP/1.1");
}

std::string post(std::string_view target, std::string_view type, std::string_view body,
                 std::string_view more_fields = {}) {
  const std::string content_type =
      type.empty() ? std::string() : "Content-Type: " + std::string(type) + "\r\n";
  return request("POST " + std::string(target) + " HTTP/1.1",
                 content_type + std::string(more_fields) +
                     "Content-Length: " + std::to_string(body.size()) + "\r\n",
                 body);
}

std::string verify(std::string_view json) {
  return post("/v1/verifications", "application/json", json);
}

// A question in which these members stand, given as JSON text.
std::string question(std::string_view members) {
  return verify("{" + std::string(members) + "}");
}
std::string question_with(std::string_view member) {
  return question(R"("certificate_number":")" + kNumber + R"(",)" + std::string(member));
}
std::string question_about(std::string_view number) {
  return question(R"("holder_name":")" + kName + R"(","certificate_number":)" +
                  std::string(number));
}

std::vector<BadRequest> heads() {
  const std::string line = "GET /livez HTTP/1.1\r\n";
  const std::string host = "Host: test.example\r\n";
  const std::string posted = "POST /v1/verifications HTTP/1.1";
  const std::string json = "Content-Type: application/json\r\n";
  return {
      {"two spaces in the request line", 400, request("GET  /livez HTTP/1.1")},
      {"space at the end of the request line", 400, request("GET /livez HTTP/1.1 ")},
      {"no target", 400, request("GET HTTP/1.1")},
      {"HTTP/0.9", 400, "GET /livez\r\n\r\n"},
      {"lower-case protocol", 400, request("GET /livez http/1.1")},
      {"method that is no token", 400, request("GE(T /livez HTTP/1.1")},
      {"absolute form", 400, request("GET http://canary.example/livez HTTP/1.1")},
      {"CONNECT", 400, request("CONNECT canary.example:443 HTTP/1.1")},
      {"asterisk form", 400, request("OPTIONS * HTTP/1.1")},
      {"UTF-8 in the target", 400, request("GET /金丝雀 HTTP/1.1")},
      {"NUL in the target", 400, request(std::string_view("GET /a\0b HTTP/1.1", 17))},
      {"fragment", 400, request("GET /livez#canary HTTP/1.1")},
      {"HTTP/2.0", 505, request("GET /livez HTTP/2.0")},
      {"preface of HTTP/2", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {"TLS greeting", 400, std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03", 11)},
      {"target of 2049 bytes", 414, get("/" + repeated("a", 2048))},
      {"request line without end", 414, "GET /" + repeated("a", 9000)},
      {"lines that end in LF alone", 400, "GET /livez HTTP/1.1\nHost: test.example\n\n"},
      {"CR alone in a field", 400, line + host + "X-A: canary\rcanary\r\n\r\n"},
      {"folded field", 400, line + host + "X-A: canary\r\n canary\r\n\r\n"},
      {"folded first field", 400, line + " X-A: canary\r\n" + host + "\r\n"},
      {"field without colon", 400, line + host + "canary\r\n\r\n"},
      {"space before the colon", 400, line + host + "X-A : canary\r\n\r\n"},
      {"field without name", 400, line + host + ": canary\r\n\r\n"},
      {"field name in UTF-8", 400, line + host + "金丝雀: x\r\n\r\n"},
      {"NUL in a field", 400, line + host + std::string("X-A: a\0b\r\n\r\n", 12)},
      {"no Host", 400, line + "\r\n"},
      {"two Hosts", 400, line + host + "Host: canary.example\r\n\r\n"},
      {"the same Host twice", 400, line + host + host + "\r\n"},
      {"Host with a space", 400, line + "Host: canary canary\r\n\r\n"},
      {"Host with a path", 400, line + "Host: canary.example/canary\r\n\r\n"},
      {"Host with a bad port", 400, line + "Host: canary.example:canary\r\n\r\n"},
      {"head of more than 8 KiB", 431, line + host + "X-A: " + repeated("a", 9000) + "\r\n\r\n"},
      {"65 fields", 431, line + host + repeated("X-A: canary\r\n", 64) + "\r\n"},
      {"Transfer-Encoding: chunked", 501,
       request(posted, json + "Transfer-Encoding: chunked\r\n", "0\r\n\r\n")},
      {"Transfer-Encoding: identity", 501,
       request(posted, json + "Transfer-Encoding: identity\r\nContent-Length: 2\r\n", "{}")},
      {"Transfer-Encoding after Content-Length", 501,
       request(posted, json + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "{}")},
      {"obscured Transfer-Encoding", 501,
       request(posted, json + "Transfer-Encoding: \tx-canary\r\nContent-Length: 2\r\n", "{}")},
      {"Transfer-Encoding on GET", 501,
       request("GET /livez HTTP/1.1", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n")},
      {"two Content-Lengths", 400,
       request(posted, json + "Content-Length: 2\r\nContent-Length: 3\r\n", "{}")},
      {"the same Content-Length twice", 400,
       request(posted, json + "Content-Length: 2\r\nContent-Length: 2\r\n", "{}")},
      {"Content-Length as a list", 400, request(posted, json + "Content-Length: 2, 2\r\n", "{}")},
      {"negative Content-Length", 400, request(posted, json + "Content-Length: -2\r\n", "{}")},
      {"signed Content-Length", 400, request(posted, json + "Content-Length: +2\r\n", "{}")},
      {"hexadecimal Content-Length", 400, request(posted, json + "Content-Length: 0x2\r\n", "{}")},
      {"empty Content-Length", 400, request(posted, json + "Content-Length:\r\n", "{}")},
      {"Content-Length beyond 64 bits", 400,
       request(posted, json + "Content-Length: 18446744073709551618\r\n", "{}")},
      {"POST without Content-Length", 411, request(posted, json, "{}")},
      {"GET with a body", 400, request("GET /livez HTTP/1.1", "Content-Length: 6\r\n", "canary")},
      {"unknown expectation", 417,
       request(posted, json + "Expect: canary\r\nContent-Length: 2\r\n", "{}")},
      {"body of 4097 bytes", 413, verify(repeated(" ", 4097))},
      {"body of 4 GiB announced", 413,
       request(posted, json + "Content-Length: 4294967296\r\n", "{")},
      {"body of 2^64 - 1 bytes announced", 413,
       request(posted, json + "Content-Length: 18446744073709551615\r\n", "{")},
      {"body to an address that is not asked so", 405,
       post("/v1/catalog", "application/json", R"({"a":1})")},
  };
}

std::vector<BadRequest> methods_and_paths() {
  const auto with_method = [](std::string_view method, std::string_view target) {
    return request(std::string(method) + " " + std::string(target) + " HTTP/1.1");
  };
  return {
      {"DELETE", 405, with_method("DELETE", "/v1/catalog")},
      {"PUT", 405, request("PUT /v1/verifications HTTP/1.1", "Content-Length: 0\r\n")},
      {"PATCH", 405, with_method("PATCH", "/v1/catalog")},
      {"TRACE", 405, with_method("TRACE", "/v1/catalog")},
      {"a method of our own", 405, with_method("CANARY", "/v1/catalog")},
      {"get", 405, with_method("get", "/v1/catalog")},
      {"GET where only POST is taken", 405, get("/v1/verifications")},
      {"the question in the address", 405, get("/v1/verifications?certificate_number=" + kNumber)},
      {"POST where only GET is taken", 405, post("/v1/catalog", "", "")},
      {"unknown path", 404, get("/canary")},
      {"version alone", 404, get("/v1")},
      {"slash at the end", 404, get("/v1/limits/")},
      {"two slashes", 404, get("//v1/limits")},
      {"dot segments", 404, get("/v1/../v1/limits")},
      {"escaped path to a file", 404, get("/..%2f..%2fetc%2fpasswd")},
      {"escaped letters of a path", 404, get("/%761/limits")},
      {"upper-case path", 404, get("/V1/limits")},
      {"metrics in public", 404, get("/metrics")},
      {"asset that is not there", 404, get("/assets/canary.css"), "file"},
      {"asset above the folder", 404, get("/assets/..%2fcanary"), "file"},
      {"credit code too short", 400, get("/v1/institutions/CANARY80808080"), "credit_code"},
      {"credit code with I", 400, get("/v1/institutions/9131011580808080I8"), "credit_code"},
      {"credit code that is not recorded", 404, get("/v1/institutions/91350100M000100Y43"),
       "credit_code"},
      {"history of none", 404, get("/v1/institutions/91350100M000100Y43/history"), "credit_code"},
      {"broken escape in the path", 400, get("/v1/institutions/%zz"), "credit_code"},
      {"half an escape in the path", 400, get("/v1/institutions/%E9%87%9"), "credit_code"},
      {"invalid UTF-8 in the path", 400, get("/v1/institutions/%ff%fe"), "credit_code"},
      {"NUL in the path", 400, get("/v1/institutions/a%00b"), "credit_code"},
      {"catalog that is none", 400, get("/v1/catalog/canary/1/1"), "item"},
      {"catalog row that is no number", 400, get("/v1/catalog/foreign/1/canary"), "item"},
      {"catalog row 0", 400, get("/v1/catalog/foreign/1/0"), "item"},
      {"catalog row beyond 32 bits", 400, get("/v1/catalog/foreign/1/99999999999"), "item"},
      {"catalog row that is not there", 404, get("/v1/catalog/foreign/1/99"), "item"},
      {"occupation code that is none", 400, get("/v1/occupations/canary"), "code"},
      {"occupation that is not recorded", 404, get("/v1/occupations/9-99-99-99"), "code"},
  };
}

std::vector<BadRequest> queries(const std::string& cursor) {
  const auto list = [](std::string_view query) {
    return get("/v1/institutions?" + std::string(query));
  };
  std::string tampered = cursor;
  tampered[tampered.size() / 2] = tampered[tampered.size() / 2] == 'A' ? 'B' : 'A';
  const std::string canary = http::percent_encode(kName);
  std::string many = "p0=canary";
  for (int i = 1; i < 33; ++i) many += "&p" + std::to_string(i) + "=canary";
  return {
      {"unknown parameter", 400, list(canary + "=1"), "query"},
      {"a slip of the pen", 400, list("ocupation=4-10-01-05"), "occupation"},
      {"parameter of another address", 400, get("/v1/limits?on=2026-01-01"), "query"},
      {"repeated parameter", 400, list("level=3&level=3"), "level"},
      {"repeated unknown parameter", 400, list("canary=1&canary=2"), "query"},
      {"parameter without name", 400, list("=" + canary), "query"},
      {"two ampersands", 400, list("level=3&&on=2026-01-01"), "query"},
      {"empty value", 400, list("level="), "level"},
      {"parameter without value", 400, list("level"), "level"},
      {"33 parameters", 400, list(many), "query"},
      {"broken escape", 400, list("q=%zz"), "q"},
      {"half an escape", 400, list("q=canary%E"), "q"},
      {"percent sign alone", 400, list("q=100%"), "q"},
      {"invalid UTF-8", 400, list("q=%ff%fe"), "q"},
      {"overlong UTF-8", 400, list("q=%c0%af"), "q"},
      {"a surrogate in UTF-8", 400, list("q=%ed%a0%80"), "q"},
      {"NUL", 400, list("q=a%00canary"), "q"},
      {"line feed", 400, list("q=canary%0d%0aSet-Cookie:%20canary"), "q"},
      {"text of 121 bytes", 400, list("q=" + repeated("a", 121)), "q"},
      {"date in words", 400, list("on=canary"), "on"},
      {"30 February", 400, list("on=2026-02-30"), "on"},
      {"29 February of no leap year", 400, list("on=2026-02-29"), "on"},
      {"month 13", 400, list("on=2026-13-01"), "on"},
      {"day 0", 400, list("on=2026-01-00"), "on"},
      {"year 1899", 400, list("on=1899-12-31"), "on"},
      {"year 2200", 400, list("on=2200-01-01"), "on"},
      {"year of five digits", 400, list("on=12026-01-01"), "on"},
      {"American date", 400, list("on=01/31/2026"), "on"},
      {"date and time", 400, list("on=2026-01-01T00:00:00Z"), "on"},
      {"level 0", 400, list("level=0"), "level"},
      {"level 6", 400, list("level=6"), "level"},
      {"level that is a name", 400, list("level=" + canary), "level"},
      {"level 3.0", 400, list("level=3.0"), "level"},
      {"region of five digits", 400, list("region=31011"), "region"},
      {"region that is a name", 400, list("region=" + canary), "region"},
      {"region with leading zero", 400, list("region=010000"), "region"},
      {"list that is none", 400, list("list=canary"), "list"},
      {"item without row", 400, list("item=foreign/1"), "item"},
      {"item with too much", 400, list("item=foreign/1/3/canary"), "item"},
      {"item with a negative row", 400, list("item=foreign/1/-3"), "item"},
      {"status that is none", 400, list("status=canary"), "status"},
      {"occupation code of the wrong form", 400, list("occupation=4-10-canary"), "occupation"},
      {"occupation code that is not recorded", 400, list("occupation=9-99-99-99"), "occupation"},
      {"occupation that is not recorded", 400, list("occupation=" + canary), "occupation"},
      {"work type that is not recorded", 400, list("work_type=" + canary), "work_type"},
      {"limit 0", 400, list("limit=0"), "limit"},
      {"limit 101", 400, list("limit=101"), "limit"},
      {"limit -1", 400, list("limit=-1"), "limit"},
      {"limit in words", 400, list("limit=canary"), "limit"},
      {"limit 1.5", 400, list("limit=1.5"), "limit"},
      {"limit beyond 64 bits", 400, list("limit=99999999999999999999"), "limit"},
      {"limit with a plus", 400, list("limit=%2B5"), "limit"},
      {"cursor of our own", 400, list("limit=1&status=any&cursor=canary"), "cursor"},
      {"cursor that is no base64", 400, list("limit=1&status=any&cursor=%21%21"), "cursor"},
      {"cursor tampered with", 400, list("limit=1&status=any&cursor=" + tampered), "cursor"},
      {"cursor cut short", 400,
       list("limit=1&status=any&cursor=" + cursor.substr(0, cursor.size() - 4)), "cursor"},
      {"cursor made longer", 400, list("limit=1&status=any&cursor=" + cursor + "AAAA"), "cursor"},
      {"cursor of another query", 400, list("limit=1&status=any&level=3&cursor=" + cursor),
       "cursor"},
      {"cursor of another address", 400, get("/v1/catalog?cursor=" + cursor), "query"},
      {"country too long", 400, get("/v1/catalog?country=" + repeated("a", 121)), "country"},
      {"authorization of nobody", 400, get("/v1/authorizations"), "institution"},
      {"authorization for nothing", 400, get("/v1/authorizations?institution=91350100M000100Y43"),
       "item"},
      {"authorization for two things", 400,
       get("/v1/authorizations?institution=91350100M000100Y43&item=foreign/1/1&level=3"), "item"},
      {"authorization without level", 400,
       get("/v1/authorizations?institution=91350100M000100Y43&occupation=4-10-01-05"), "level"},
      {"authorization of a code that is none", 400,
       get("/v1/authorizations?institution=" + canary + "&item=foreign/1/1"), "institution"},
      {"query on the question", 400,
       post("/v1/verifications?certificate_number=" + kNumber, "application/json", "{}"), "query"},
  };
}

std::vector<BadRequest> malformed_bodies() {
  const std::string good =
      R"({"certificate_number":")" + kNumber + R"(","holder_name":")" + kName + R"("})";
  const std::string cut = good.substr(0, good.size() - 1);
  const auto named = [](std::string_view value) {
    return question_with(R"("holder_name":")" + std::string(value) + "\"");
  };
  return {
      {"empty body", 400, verify(""), "body"},
      {"spaces alone", 400, verify("   "), "body"},
      {"cut short", 400, verify(cut), "body"},
      {"cut in a string", 400, verify(good.substr(0, good.size() - 3)), "body"},
      {"trailing comma", 400, verify(cut + ",}"), "body"},
      {"missing comma", 400, verify(R"({"certificate_number":"CANARY" "holder_name":"canary"})"),
       "body"},
      {"missing colon", 400, verify(R"({"certificate_number" "CANARY"})"), "body"},
      {"single quotes", 400, verify("{'certificate_number':'CANARY'}"), "body"},
      {"name without quotes", 400, verify(R"({certificate_number:"CANARY"})"), "body"},
      {"comment", 400, verify("/* canary */" + good), "body"},
      {"two documents", 400, verify(good + good), "body"},
      {"text behind the document", 400, verify(good + "canary"), "body"},
      {"NaN", 400, question_about("NaN"), "body"},
      {"literal cut short", 400, question_about("tru"), "body"},
      {"number with leading zero", 400, question_about("08080"), "body"},
      {"an array", 400, verify("[" + good + "]"), "body"},
      {"a string", 400, verify("\"CANARY\""), "body"},
      {"null", 400, verify("null"), "body"},
      {"a number", 400, verify("80808080"), "body"},
      {"XML", 400, verify("<certificate_number>CANARY</certificate_number>"), "body"},
      {"a form", 400, verify("certificate_number=CANARY&holder_name=canary"), "body"},
      {"line feed in a string", 400, named("canary\ncanary"), "body"},
      {"NUL in a string", 400, named(std::string_view("canary\0canary", 13)), "body"},
      {"unknown escape", 400, named("canary\\x41"), "body"},
      {"escape cut short", 400, named("canary\\u00"), "body"},
      {"half a surrogate pair", 400, named("canary\\ud800"), "body"},
      {"the other half", 400, named("canary\\udc00"), "body"},
      {"\\u0000", 400, named("canary\\u0000canary"), "body"},
      {"invalid UTF-8", 400, named("canary\xC3\x28"), "body"},
      {"overlong UTF-8", 400, named("canary\xC0\xAF"), "body"},
      {"a surrogate in UTF-8", 400, named("canary\xED\xA0\x80"), "body"},
      {"GB18030", 400, named("\xB2\xE2\xBD\xF0"), "body"},
      {"byte order mark", 400, verify("\xEF\xBB\xBF" + good), "body"},
      {"UTF-16", 400, verify(std::string_view("{\0\"\0c\0\"\0:\0001\0}\0", 14)), "body"},
      {"the same member twice", 400,
       question_with(R"("certificate_number":"CANARY","holder_name":"canary")"), "body"},
      {"the same member twice, once escaped", 400,
       question_with(R"("certificate\u005fnumber":"CANARY","holder_name":"canary")"), "body"},
      {"nested beyond 16 levels", 400,
       question_with("\"holder_name\":" + repeated("[", 17) + repeated("]", 17)), "body"},
      {"nested beyond 1,000 levels", 400,
       question_with("\"holder_name\":" + repeated("[", 1'500) + repeated("]", 1'500)), "body"},
      {"opened 4,000 times", 400, verify(repeated("[", 4'000)), "body"},
  };
}

std::vector<BadRequest> bodies_of_wrong_content() {
  const auto named = [](std::string_view value) {
    return question_with("\"holder_name\":" + std::string(value));
  };
  const auto documented = [](std::string_view value) {
    return question_with("\"document_number\":" + std::string(value));
  };
  const auto quoted = [](std::string_view value) { return "\"" + std::string(value) + "\""; };
  return {
      {"empty object", 400, verify("{}"), "certificate_number"},
      {"no number", 400, question(R"("holder_name":"canary")"), "certificate_number"},
      {"number null", 400, question_about("null"), "certificate_number"},
      {"number as a number", 400, question_about("80808080"), "certificate_number"},
      {"number as an array", 400, question_about(R"(["CANARY"])"), "certificate_number"},
      {"number as an object", 400, question_about(R"({"canary":"CANARY"})"), "certificate_number"},
      {"number as a boolean", 400, question_about("true"), "certificate_number"},
      {"number empty", 400, question_about("\"\""), "certificate_number"},
      {"number of spaces", 400, question_about("\"  \\u3000 \""), "certificate_number"},
      {"number of 65 characters", 400, question_about(quoted(repeated("8", 65))),
       "certificate_number"},
      {"number of 3,000 characters", 400, question_about(quoted(repeated("8", 3'000))),
       "certificate_number"},
      {"number with an emoji", 400, question_about(quoted("CANARY\xF0\x9F\x90\xA4")),
       "certificate_number"},
      {"number with a control character", 400, question_about(quoted("CANARY\\u0007")),
       "certificate_number"},
      {"neither name nor document", 400, question(R"("certificate_number":"CANARY")"),
       "holder_name"},
      {"name null", 400, named("null"), "holder_name"},
      {"name as a number", 400, named("80808080"), "holder_name"},
      {"name as an array", 400, named(R"(["canary"])"), "holder_name"},
      {"name empty", 400, named("\"\""), "holder_name"},
      {"name of spaces", 400, named("\"\\u3000  \""), "holder_name"},
      {"name of 201 bytes", 400, named(quoted(repeated("金", 67))), "holder_name"},
      {"document as a number", 400, documented("80808080"), "document_number"},
      {"document empty", 400, documented("\"\""), "document_number"},
      {"document of five characters", 400, documented("\"80808\""), "document_number"},
      {"document of 41 characters", 400, documented(quoted(repeated("8", 41))), "document_number"},
      {"document of 3,000 characters", 400, documented(quoted(repeated("8", 3'000))),
       "document_number"},
      {"document of spaces", 400, documented("\"            \""), "document_number"},
      {"unknown member", 400, named(R"("canary","canary_80808080":1)"), "body"},
      {"unknown member named like a person", 400, named(R"("canary","测金丝雀":1)"), "body"},
      {"member in capitals", 400, named(R"("canary","Holder_Name":"canary")"), "body"},
      {"prototype", 400, named(R"("canary","__proto__":{"canary":1})"), "body"},
      {"no media type", 415, post("/v1/verifications", "", "{}")},
      {"text", 415, post("/v1/verifications", "text/plain", "{}")},
      {"a form's media type", 415,
       post("/v1/verifications", "application/x-www-form-urlencoded", "certificate_number=CANARY")},
      {"a longer media type", 415, post("/v1/verifications", "application/jsonx", "{}")},
      {"multipart", 415, post("/v1/verifications", "multipart/form-data; boundary=canary", "")},
      {"gzip that is none", 415,
       post("/v1/verifications", "application/json", "{}", "Content-Encoding: gzip\r\n")},
  };
}

std::vector<BadRequest> pages() {
  const auto form = [](std::string_view body) {
    return post("/verify", "application/x-www-form-urlencoded", body);
  };
  return {
      {"page: unknown parameter", 400, get("/institutions?canary=1")},
      {"page: bad date", 400, get("/institutions?on=2026-02-30")},
      {"page: bad cursor", 400, get("/institutions?cursor=canary")},
      {"page: query on the home page", 400, get("/?canary=canary")},
      {"page: JSON for a form", 415, post("/verify", "application/json", "{}")},
      {"page: empty form", 400, form("")},
      {"page: form without number", 400, form("holder_name=canary")},
      {"page: unknown field", 400, form("certificate_number=CANARY&canary=canary")},
      {"page: field twice", 400, form("certificate_number=CANARY&certificate_number=CANARY")},
      {"page: broken escape", 400, form("certificate_number=%zz&holder_name=canary")},
      {"page: invalid UTF-8", 400, form("certificate_number=CANARY&holder_name=%ff")},
      {"page: number of 65 characters", 400,
       form("holder_name=canary&certificate_number=" + repeated("8", 65))},
  };
}

// ---- what comes back

void expect_problem(const BadRequest& bad, const HttpReply& reply, bool english) {
  EXPECT_EQ(reply.field("Content-Type"), "application/problem+json") << bad.name;
  simdjson::dom::parser parser;
  element problem;
  ASSERT_EQ(parser.parse(reply.body).get(problem), simdjson::SUCCESS) << bad.name << reply.body;
  EXPECT_TRUE(text(problem, "type").starts_with("urn:chayan:problem:")) << bad.name;
  EXPECT_EQ(text(problem, "field"), bad.field) << bad.name << ": " << reply.body;
  const std::string title = text(problem, "title");
  const std::string detail = text(problem, "detail");
  EXPECT_FALSE(title.empty() || detail.empty()) << bad.name << reply.body;
  EXPECT_EQ(is_ascii(title), english) << bad.name << ": " << title;
  EXPECT_TRUE(english || !is_ascii(detail)) << bad.name << ": " << detail;
}

class BadInput : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TempDirectory>();
    const std::string demo = *folder_ / "demo";
    ASSERT_EQ(
        run({CHAYAN_BINARY, "demo", "--institutions", "20", "--certificates", "100", "--out", demo})
            .code,
        0);
    const Finished imported =
        run({CHAYAN_BINARY, "import", "--data", data(), demo + "/registry.ndjson"});
    ASSERT_EQ(imported.code, 0) << imported.err;
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static std::string data() { return *folder_ / "data"; }

  // Size, root and digest of all rows; everything that is to stay as it is.
  static std::string state() {
    const Finished checked = run({CHAYAN_BINARY, "check", "--data", data(), "--json"});
    EXPECT_EQ(checked.code, 0) << checked.out << checked.err;
    EXPECT_NE(checked.out.find(R"("faults":[])"), std::string::npos) << checked.out;
    return checked.out;
  }

  static std::unique_ptr<TempDirectory> folder_;
};

std::unique_ptr<TempDirectory> BadInput::folder_;

std::string member_of_list(const ServeProcess& server, std::string_view name) {
  const HttpReply reply = server.get("/v1/institutions?limit=1&status=any");
  const std::string mark = "\"" + std::string(name) + "\":";
  const std::size_t at = reply.body.find(mark);
  if (reply.status != 200 || at == std::string::npos) return "no list";
  const std::size_t begin = at + mark.size();
  return reply.body.substr(begin, reply.body.find_first_of(",}", begin) - begin);
}

// Sends the request on a connection of its own and holds the answer to what is said of it.
void expect_refused(const ServeProcess& server, const BadRequest& bad, bool page, bool english) {
  std::string bytes = bad.bytes;
  if (english) bytes.insert(bytes.find("\r\n") + 2, "Accept-Language: en\r\n");
  HttpClient client = server.connect();
  ASSERT_TRUE(client.connected()) << bad.name;
  client.send(bytes);
  const auto reply = client.read_reply();
  ASSERT_TRUE(reply) << bad.name << " got no whole answer";
  EXPECT_EQ(reply->status, bad.status) << bad.name << ": " << reply->body;
  expect_no_canary(reply->head, bad.name);
  expect_no_canary(reply->body, bad.name);
  EXPECT_EQ(reply->field("Cache-Control"), "no-store") << bad.name;
  if (!page) return expect_problem(bad, *reply, english);
  EXPECT_EQ(reply->field("Content-Type"), "text/html; charset=utf-8") << bad.name;
}

TEST_F(BadInput, OverHttpGetsWhatTheTableSays) {
  const std::string before = state();
  std::size_t count = 0;
  {
    ServeProcess server(CHAYAN_BINARY, data());
    const std::string seq = member_of_list(server, "seq");
    std::string cursor = member_of_list(server, "next_cursor");
    ASSERT_GT(cursor.size(), 20U);
    cursor = cursor.substr(1, cursor.size() - 2);
    ASSERT_EQ(server.get("/v1/institutions?limit=1&status=any&cursor=" + cursor).status, 200);

    for (const BadRequest& bad : heads()) {
      expect_refused(server, bad, false, false);
      ++count;
    }
    for (const auto& table :
         {methods_and_paths(), queries(cursor), malformed_bodies(), bodies_of_wrong_content()}) {
      for (const BadRequest& bad : table) {
        expect_refused(server, bad, false, false);
        expect_refused(server, bad, false, true);
        ++count;
      }
    }
    for (const BadRequest& bad : pages()) {
      expect_refused(server, bad, true, false);
      ++count;
    }

    EXPECT_EQ(server.get("/readyz").status, 200);
    EXPECT_EQ(member_of_list(server, "seq"), seq);
    EXPECT_EQ(server.stop().value_or(Exit()).code, 0);
    expect_no_canary(server.process().err(), "the log");
    EXPECT_EQ(server.process().err().find("storage_fault"), std::string::npos);
  }
  EXPECT_GE(count, 120U);
  EXPECT_EQ(state(), before);
}

// What looks odd and is none of the above: it is answered.
TEST_F(BadInput, OddInputThatIsGood) {
  ServeProcess server(CHAYAN_BINARY, data());
  const std::string good =
      R"({"certificate_number":")" + kNumber + R"(","holder_name":")" + kName + R"("})";
  const std::vector<std::pair<std::string, std::string>> fine = {
      {"4096 bytes", verify(good + repeated(" ", 4096 - good.size()))},
      {"charset", post("/v1/verifications", "Application/JSON; charset=utf-8", good)},
      {"identity",
       post("/v1/verifications", "application/json", good, "Content-Encoding: identity\r\n")},
      {"level as 三级", get("/v1/institutions?level=%E4%B8%89%E7%BA%A7")},
      {"date of eight digits", get("/v1/institutions?on=20260623")},
      {"full-width level", get("/v1/institutions?level=%EF%BC%93")},
      {"limit 100", get("/v1/institutions?limit=100")},
      {"number in Chinese", question_about("\"测金丝雀\"")},
      {"number over two lines", question_about("\"CANARY\\n80808080\"")},
      {"text of 120 bytes", get("/v1/institutions?q=" + repeated("a", 120))},
  };
  for (const auto& [name, bytes] : fine) {
    HttpClient client = server.connect();
    ASSERT_TRUE(client.send(bytes));
    EXPECT_EQ(client.read_reply().value_or(HttpReply()).status, 200) << name;
  }
  EXPECT_EQ(server.post("/v1/verifications", good).body.find("\"match\""), std::string::npos);
}

// ---- files

struct BadFile {
  std::string name;
  std::string content;
  std::string says;  // how the line on stderr goes on behind the file's name
  std::string file_name = "rows.ndjson";
};

// A row of members given as JSON text; an empty text leaves the member out.
using Members = std::map<std::string, std::string>;

std::string row(Members members, const Members& changes) {
  for (const auto& [name, value] : changes) members[name] = value;
  std::string line;
  for (const auto& [name, value] : members) {
    if (value.empty()) continue;
    line.append(line.empty() ? "{\"" : ",\"").append(name).append("\":").append(value);
  }
  return line + "}\n";
}

std::string certificate(const Members& changes = {}) {
  return row({{"kind", R"("certificate.issued")"},
              {"issuer", R"("52310113700000001F")"},
              {"item", R"("foreign/1/1")"},
              {"issued_on", R"("2026-07-14")"},
              {"certificate_number", "\"" + kNumber + "\""},
              {"holder_name", "\"" + kName + "\""},
              {"document_type", R"("passport")"},
              {"document_number", "\"" + kDocument + "\""}},
             changes);
}

std::string institution(const Members& changes) {
  return row({{"kind", R"("institution.put")"},
              {"credit_code", R"("52310113700000001F")"},
              {"institution_kind", R"("other")"},
              {"name", R"("金丝雀示例机构")"},
              {"region", R"("310113")"}},
             changes);
}

std::string filing(const Members& changes) {
  return row({{"kind", R"("filing.submitted")"},
              {"filing", R"("CANARY-FILING")"},
              {"institution", R"("52310113700000001F")"},
              {"on", R"("2026-07-14")"},
              {"scope", R"([{"item":"foreign/1/1"}])"}},
             changes);
}

std::string event(const Members& changes) {
  return row({{"kind", R"("certificate.revoked")"},
              {"certificate_number", "\"" + kNumber + "\""},
              {"on", R"("2026-07-14")"}},
             changes);
}

std::vector<BadFile> bad_ndjson() {
  const std::string good = certificate();
  return {
      {"not JSON", good + "{canary}\n", ":2: body: "},
      {"an array", "{}\n[" + good + "]\n", ":1: kind: "},
      {"cut short", good.substr(0, good.size() - 3) + "\n", ":1: body: "},
      {"byte order mark in the middle", good + "\xEF\xBB\xBF" + good, ":2: body: "},
      {"GB18030", certificate({{"holder_name", "\"\xB2\xE2\xBD\xF0\""}}), ":1: body: "},
      {"\\u0000", certificate({{"holder_name", R"("canary\u0000")"}}), ":1: body: "},
      {"line of more than 64 KiB",
       certificate({{"holder_name", "\"" + repeated("金", 30'000) + "\""}}),
       ":1: The row is longer than 65536 bytes."},
      {"the same member twice", "{\"kind\":\"certificate.issued\",\"kind\":\"occupation.put\"}\n",
       ":1: body: "},
      {"no kind", certificate({{"kind", ""}}), ":1: kind: "},
      {"unknown kind", certificate({{"kind", R"("certificate.printed")"}}), ":1: kind: "},
      {"kind of an entry and not of a line", certificate({{"kind", R"("canary")"}}), ":1: kind: "},
      {"unknown member", certificate({{"remark", "\"canary\""}}), ":1: remark: "},
      {"member of another kind", certificate({{"valid_to", R"("2027-01-01")"}}), ":1: valid_to: "},
      {"bad actor", certificate({{"actor", R"("canary")"}}), ":1: actor: "},
      {"no number", certificate({{"certificate_number", ""}}), ":1: certificate_number: "},
      {"number of 65 characters",
       certificate({{"certificate_number", "\"" + repeated("8", 65) + "\""}}),
       ":1: certificate_number: "},
      {"number with an emoji", certificate({{"certificate_number", "\"CANARY\xF0\x9F\x90\xA4\""}}),
       ":1: certificate_number: "},
      {"number as a number", certificate({{"certificate_number", "80808080"}}),
       ":1: certificate_number: "},
      {"no name", certificate({{"holder_name", ""}}), ":1: holder_name: "},
      {"name of 201 bytes", certificate({{"holder_name", "\"" + repeated("金", 67) + "\""}}),
       ":1: holder_name: "},
      {"name with a line break", certificate({{"holder_name", R"("canary\ncanary")"}}),
       ":1: holder_name: "},
      {"unknown document type", certificate({{"document_type", R"("canary")"}}),
       ":1: document_type: "},
      {"ID number whose check digit does not hold",
       certificate(
           {{"document_type", R"("resident_id")"}, {"document_number", R"("999999198080808080")"}}),
       ":1: document_number: "},
      {"ID number of 17 digits",
       certificate(
           {{"document_type", R"("resident_id")"}, {"document_number", R"("99999919808080808")"}}),
       ":1: document_number: "},
      {"passport with a sign", certificate({{"document_number", R"("E8080-8080")"}}),
       ":1: document_number: "},
      {"30 February", certificate({{"issued_on", R"("2026-02-30")"}}), ":1: issued_on: "},
      {"date in words", certificate({{"issued_on", R"("canary")"}}), ":1: issued_on: "},
      {"date that lies ahead", certificate({{"issued_on", R"("2199-12-31")"}}), ":1: issued_on: "},
      {"issuer that is not recorded", certificate({{"issuer", R"("91350100M000100Y43")"}}),
       ":1: issuer: "},
      {"issuer that is no code", certificate({{"issuer", R"("canary")"}}), ":1: issuer: "},
      {"item that is not recorded", certificate({{"item", R"("foreign/9/9")"}}), ":1: item: "},
      {"item that is none", certificate({{"item", R"("canary")"}}), ":1: item: "},
      {"neither item nor occupation", certificate({{"item", ""}}), ":1: "},
      {"bad level", certificate({{"item", ""}, {"occupation", R"("4-10-01-05")"}, {"level", "9"}}),
       ":1: level: "},
      {"number twice in one file", good + good, ":2: certificate_number: "},
      {"number twice, written in another way",
       good + certificate({{"certificate_number", R"(" canary-80808080 ")"}}),
       ":2: certificate_number: "},
      {"revocation of none", event({}), ":1: certificate_number: "},
      {"event before its certificate", good + event({{"on", R"("2026-07-13")"}}), ":2: on: "},
      {"event that lies ahead", good + event({{"on", R"("2199-01-01")"}}), ":2: on: "},
      {"event after a revocation", good + event({}) + event({}), ":3: "},
      {"credit code with I", institution({{"credit_code", R"("52310113700000001I")"}}),
       ":1: credit_code: "},
      {"unknown institution kind", institution({{"institution_kind", R"("canary")"}}),
       ":1: institution_kind: "},
      {"institution without name", institution({{"name", R"("  ")"}}), ":1: name: "},
      {"name of 301 bytes", institution({{"name", "\"" + repeated("a", 301) + "\""}}),
       ":1: name: "},
      {"region of five digits", institution({{"region", R"("31011")"}}), ":1: region: "},
      {"filing of an unknown institution", filing({{"institution", R"("91350100M000100Y43")"}}),
       ":1: institution: "},
      {"filing without scope", filing({{"scope", ""}}), ":1: scope"},
      {"scope that is no array", filing({{"scope", "\"canary\""}}), ":1: scope: "},
      {"scope with an unknown member",
       filing({{"scope", R"([{"item":"foreign/1/1","remark":"canary"}])"}}), ":1: scope[0]."},
      {"scope with an unknown item", filing({{"scope", R"([{"item":"dual/9/9"}])"}}),
       ":1: scope[0].item: "},
      {"scope whose level contradicts its item",
       filing({{"scope", R"([{"item":"foreign/1/1","occupation":"4-10-01-05","level":"1"}])"}}),
       ":1: scope[0]: "},
      {"filing that skips the notice",
       filing({}) + filing({{"kind", R"("filing.filed")"},
                            {"scope", ""},
                            {"receipt", R"("R-1")"},
                            {"valid_from", R"("2026-07-14")"},
                            {"valid_to", R"("2029-07-14")"}}),
       ":2: "},
      {"filing submitted twice", filing({}) + filing({}), ":2: "},
      {"occupation with a bad code",
       "{\"kind\":\"occupation.put\",\"code\":\"4-10\",\"name\":\"x\"}\n", ":1: code: "},
      {"calendar without days off", "{\"kind\":\"calendar.put\",\"year\":\"canary\"}\n",
       ":1: year: "},
  };
}

const std::string kColumns = "证书编号,姓名,证件类型,证件号码,发证机构,发证日期,目录项目\n";

std::string csv(const std::string& name, const std::string& number = kNumber,
                const std::string& on = "2026-07-14") {
  return number + "," + name + ",passport," + kDocument + ",52310113700000001F," + on +
         ",foreign/1/1\n";
}

std::vector<BadFile> bad_csv() {
  const std::string good = csv(kName);
  const std::string second = csv(kName, "CANARY-2");
  std::vector<BadFile> files = {
      {"quote that nobody closes", kColumns + good + csv("\"canary", "CANARY-2"), ", line 3: "},
      {"quote in a cell without quotes", kColumns + good + csv("cana\"ry", "CANARY-2"),
       ", line 3: "},
      {"text behind a quote", kColumns + csv("\"canary\"canary"), ", line 2: "},
      {"more cells than columns", kColumns + good.substr(0, good.size() - 1) + ",canary\n", ":2: "},
      {"fewer cells than columns", kColumns + "CANARY-80808080,canary\n", ":2: issuer: "},
      {"unknown column", "备注," + kColumns + "canary," + good, ", line 1: "},
      {"column twice", "姓名," + kColumns + "canary," + good, ":2: body: "},
      {"column without a name", "," + kColumns + "canary," + good, ":2: "},
      {"no header", good + second, ", line 1: "},
      {"semicolons", "证书编号;姓名\nCANARY;canary\n", ", line 1: "},
      {"tabs", "证书编号\t姓名\nCANARY\tcanary\n", ", line 1: "},
      {"neither UTF-8 nor GB18030", kColumns + csv("\xFF\xFF"),
       ":2: A cell is neither UTF-8 nor GB18030."},
      {"NUL in a cell", kColumns + csv(std::string("can\0ary", 7)), ":2: body: "},
      {"line break in a name", kColumns + good + csv("\"canary\ncanary\"", "CANARY-2"),
       ":3: holder_name: "},
      {"row of more than 64 KiB", kColumns + good + csv(repeated("金", 30'000), "CANARY-2"),
       ":3: The row is longer than 65536 bytes."},
      {"bad date", kColumns + csv(kName, kNumber, "14.7.2026"), ":2: issued_on: "},
      {"number twice", kColumns + good + second + good, ":4: certificate_number: "},
      {"no name", kColumns + csv(""), ":2: holder_name: "},
      {"unknown kind", "类型,证书编号\ncanary,CANARY\n", ":2: kind: "},
  };
  for (BadFile& file : files) file.file_name = "rows.csv";
  return files;
}

TEST_F(BadInput, FilesAreRefusedAsAWholeWithLineAndField) {
  const std::string before = state();
  std::size_t count = 0;
  for (const auto& table : {bad_ndjson(), bad_csv()}) {
    for (const BadFile& bad : table) {
      const std::string path = *folder_ / bad.file_name;
      std::ofstream(path, std::ios::binary | std::ios::trunc) << bad.content;
      const Finished finished = run({CHAYAN_BINARY, "import", "--data", data(), path});
      EXPECT_EQ(finished.code, 1) << bad.name << finished.out << finished.err;
      EXPECT_NE(finished.err.find(path + bad.says), std::string::npos)
          << bad.name << " says: " << finished.err;
      expect_no_canary(finished.err, bad.name);
      expect_no_canary(finished.out, bad.name);
      ++count;
    }
  }
  EXPECT_GT(count, 70U);
  EXPECT_EQ(state(), before);
  // The good rows that stood beside the bad ones are good indeed.
  const std::string path = *folder_ / "good.csv";
  std::ofstream(path, std::ios::binary) << kColumns + csv(kName);
  EXPECT_EQ(run({CHAYAN_BINARY, "import", "--data", data(), "--dry-run", path}).code, 0);
  EXPECT_EQ(state(), before);
}

TEST_F(BadInput, WhatIsNoFileIsASentence) {
  for (const std::string& path : {*folder_ / "none.ndjson", folder_->path()}) {
    const Finished finished = run({CHAYAN_BINARY, "import", "--data", data(), path});
    EXPECT_EQ(finished.code, 1) << path;
    EXPECT_NE(finished.err.find(path), std::string::npos) << finished.err;
  }
  EXPECT_EQ(run({CHAYAN_BINARY, "import", "--data", data()}).code, 2);
}

}  // namespace
}  // namespace chayan::test
