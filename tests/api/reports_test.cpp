// Share reports over HTTP without sockets: made, opened, extended, ended, expired, erased, guessed.
#include <functional>
#include <iostream>
#include <random>
#include <set>

#include "api/client_prefix.h"
#include "api/qr_code.h"
#include "base/json_reader.h"
#include "base/limits.h"
#include "domain/report_code.h"
#include "domain/share_report.h"
#include "guard/guard.h"
#include "tests/api/fixture.h"
#include "tests/api/json_schema.h"

namespace chayan::api::testing {
namespace {

using namespace std::chrono_literals;

struct Order {
  std::string_view number = kNumber;
  std::string_view name = kName;
  std::string_view document = kDocument;
  std::int64_t days = 0;  // 0: left out
  std::vector<std::string_view> show = {};
};

std::string body_of(const Order& order) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().member("certificate_number", order.number);
  json.optional_member("holder_name", order.name);
  json.optional_member("document_number", order.document);
  if (order.days != 0) json.member("valid_days", order.days);
  if (!order.show.empty()) {
    json.key("show").begin_array();
    for (const std::string_view field : order.show) json.string(field);
    json.end_array();
  }
  json.end_object();
  return body;
}

class ReportsApiTest : public ::testing::Test {
 protected:
  Answer create(const Order& order) { return registry_.post("/v1/reports", body_of(order)); }
  std::string make(const Order& order) {
    const Answer made = create(order);
    EXPECT_EQ(made.status, 201) << made.body;
    return made.text("/code");
  }
  Answer open(const std::string& code) { return registry_.get("/v1/reports/" + code); }
  Answer page(const std::string& code) { return registry_.get("/r/" + code); }
  Answer manage(const std::string& code, const std::string& what, const Order& order) {
    return registry_.post("/v1/reports/" + code + "/" + what, body_of(order));
  }
  void record_line(const std::string& line) {
    JsonParser parser;
    auto object = parser.parse_object(line).value();
    registry_.record({read_change(object).value()});
  }
  void event(std::string_view kind, std::string_view number) {
    record_line(R"({"kind":"certificate.)" + std::string(kind) + R"(","certificate_number":")" +
                std::string(number) + R"(","on":"2026-11-24","reason":"示例"})");
  }
  void expect_documented(const std::string& schema, const Answer& answer) {
    const Answer document = registry_.get("/openapi.json");
    const auto at = document.json().at_pointer("/components/schemas/" + schema).value();
    for (const std::string& fault : schema_faults(document.json(), at, answer.json())) {
      ADD_FAILURE() << fault << "\n" << answer.body;
    }
  }

  Registry registry_;
};

TEST_F(ReportsApiTest, TheHolderMakesOneAndTheBearerSeesIt) {
  const Answer made = create({.days = 30, .show = {"holder_name_masked", "level", "issuer"}});
  ASSERT_EQ(made.status, 201) << made.body;
  expect_documented("ReportCreation", made);
  const std::string code = made.text("/code");
  EXPECT_EQ(made.text("/url"), "https://verify.example.cn/r/" + code);
  EXPECT_EQ(made.text("/qr"), "/v1/reports/" + code + "/qr.svg");
  EXPECT_EQ(made.text("/created_at"), "2026-11-24T04:00:00Z");
  EXPECT_EQ(made.text("/expires_at"), "2026-12-24T04:00:00Z");
  EXPECT_EQ(made.header("Cache-Control"), "no-store");

  const Answer seen = open(code);
  ASSERT_EQ(seen.status, 200) << seen.body;
  expect_documented("Report", seen);
  EXPECT_EQ(seen.text("/status"), "valid");
  EXPECT_EQ(seen.text("/holder_name_masked"), "测***丙");
  EXPECT_EQ(seen.text("/level"), "3");
  EXPECT_EQ(seen.text("/issuer/name"), "示例照护评价中心");
  EXPECT_EQ(seen.header("Cache-Control"), "no-store");
  EXPECT_EQ(seen.header("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(seen.header("X-Robots-Tag"), "noindex, nofollow");
  for (const std::string_view hidden : {kNumber, kName, kDocument}) {
    EXPECT_EQ(seen.body.find(hidden), std::string::npos);
  }
  EXPECT_EQ(open(ReportCode::parse(code).value().grouped()).status, 200);
}

TEST_F(ReportsApiTest, AWrongProofGetsWhatAVerificationAnswers) {
  const std::vector<Order> wrong = {
      {.name = "测试丁"},
      {.document = "440524188001010014"},
      {.document = "31002X"},  // its last six verify, but do not prove
      {.number = "S000031000001263999999"},
      {.number = kErasedNumber}};
  const std::string plain = registry_.verify(kNumber, "测试丁", kDocument).body;
  for (Order order : wrong) {
    order.days = 30;
    order.show = {"level"};
    const Answer answer = create(order);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, plain);
    EXPECT_EQ(
        answer.everything(),
        create({.number = "S000031000001263999999", .days = 1, .show = {"level"}}).everything());
  }
}

TEST_F(ReportsApiTest, BadBodiesAreNamedByField) {
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"{", "body"},
      {"[]", "body"},
      {body_of({.name = "", .days = 1, .show = {"level"}}), "holder_name"},
      {body_of({.document = "", .days = 1, .show = {"level"}}), "document_number"},
      {body_of({.number = "", .days = 1, .show = {"level"}}), "certificate_number"},
      {body_of({.show = {"level"}}), "valid_days"},
      {body_of({.days = 181, .show = {"level"}}), "valid_days"},
      {body_of({.days = -1, .show = {"level"}}), "valid_days"},
      {body_of({.days = 1}), "show"},
      {body_of({.days = 1, .show = {"everything"}}), "show"},
      {body_of({.days = 1, .show = {"holder_name", "holder_name_masked"}}), "show"},
      {R"({"阿依古丽":1})", "body"}};
  for (const auto& [body, field] : bad) {
    const Answer answer = registry_.post("/v1/reports", body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_EQ(answer.text("/field"), field) << body << answer.body;
    EXPECT_EQ(answer.body.find("阿依古丽"), std::string::npos);
  }
}

// What the bearer sees of a certificate, field by field, written down by hand.
const std::map<std::string, std::string>& expected_values() {
  static const std::map<std::string, std::string> all = {
      {"holder_name", R"("holder_name":"测试甲乙丙")"},
      {"holder_name_masked", R"("holder_name_masked":"测***丙")"},
      {"certificate_number", R"("certificate_number":"S000031000001263000001")"},
      {"certificate_number_masked", R"("certificate_number_masked":"******************0001")"},
      {"document_type", R"("document_type":"resident_id")"},
      {"document_last_four", R"("document_last_four":"**************002X")"},
      {"occupation", R"("occupation":{"code":"4-10-01-05","name":"养老护理员"})"},
      {"level", R"("level":"3","level_name":"高级工（三级）")"},
      {"issuer", R"("issuer":{"credit_code":"91350100M000100Y43","name":"示例照护评价中心"})"},
      {"issued_on", R"("issued_on":"2026-09-01")"},
      {"issuer_authorized", R"("issuer_authorized":true)"},
      {"original_certificate", R"("original_certificate":"ORIGINAL-TEST-1")"}};
  return all;
}

// The members of the answer but for the terms and the status.
std::set<std::string> members(const Answer& answer) {
  std::set<std::string> names;
  for (const auto member : answer.json().get_object()) names.insert(std::string(member.key));
  for (const char* always : {"status", "shows", "created_at", "expires_at"}) {
    EXPECT_EQ(names.erase(always), 1U) << always;
  }
  names.erase("level_name");
  return names;
}

class ReportContents : public ReportsApiTest {
 protected:
  void expect_shows(const std::vector<ReportField>& chosen) {
    Order order{.days = 1, .show = {}};
    std::set<std::string> names;
    for (const ReportField field : chosen) {
      order.show.push_back(code(field));
      names.insert(std::string(code(field)));
    }
    const std::string code_text = make(order);
    const Answer seen = open(code_text);
    ASSERT_EQ(seen.status, 200) << seen.body;
    EXPECT_EQ(members(seen), names);
    for (const auto& [name, value] : expected_values()) {
      EXPECT_EQ(seen.body.find(value) != std::string::npos, names.contains(name)) << name;
    }
    expect_page_shows(page(code_text), names);
    ASSERT_EQ(manage(code_text, "revoke", {}).status, 200) << "so that there is room";
  }

  static void expect_page_shows(const Answer& shown, const std::set<std::string>& names) {
    ASSERT_EQ(shown.status, 200) << shown.body;
    const std::vector<std::pair<std::string, std::string>> texts = {
        {"holder_name", "<dd>测试甲乙丙</dd>"},
        {"holder_name_masked", "<dd>测***丙</dd>"},
        {"certificate_number", "<dd>S000031000001263000001</dd>"},
        {"certificate_number_masked", "<dd>******************0001</dd>"},
        {"document_type",
         "<dd>居民身份证 <span class=\"alt\" lang=\"en\">Resident identity card</span></dd>"},
        {"document_last_four", "<dd>**************002X</dd>"},
        {"occupation", "<dd>养老护理员</dd>"},
        {"level",
         "<dd>高级工（三级） <span class=\"alt\" lang=\"en\">Senior worker (level 3)</span></dd>"},
        {"issuer", "示例照护评价中心"},
        {"issued_on", "<dd>2026-09-01</dd>"},
        {"basis", "沪人社职〔2025〕338号"},
        {"issuer_authorized", "<dd>是 <span class=\"alt\" lang=\"en\">Yes</span></dd>"},
        {"status_history",
         "2026-09-01 核发 <span class=\"alt\" lang=\"en\">2026-09-01 Issued</span>"},
        {"original_certificate", "ORIGINAL-TEST-1"}};
    for (const auto& [name, text] : texts) {
      EXPECT_EQ(shown.body.find(text) != std::string::npos, names.contains(name)) << name;
    }
    EXPECT_EQ(shown.body.find(kDocument), std::string::npos);
  }
};

TEST_F(ReportContents, EachFieldAloneIsShownAlone) {
  for (std::size_t i = 0; i < kReportFieldCount; ++i) {
    expect_shows({static_cast<ReportField>(i)});
  }
}

TEST_F(ReportContents, RandomChoicesAreShownExactly) {
  const auto seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::cout << "seed " << seed << '\n';
  std::mt19937 random(seed);
  for (int i = 0; i < 40; ++i) {
    std::vector<ReportField> chosen;
    for (std::size_t f = 0; f < kReportFieldCount; ++f) {
      const auto field = static_cast<ReportField>(f);
      if (random() % 2 == 0) chosen.push_back(field);
    }
    const auto drop_both = [&](ReportField full, ReportField masked) {
      const auto has = [&](ReportField f) {
        return std::find(chosen.begin(), chosen.end(), f) != chosen.end();
      };
      if (has(full) && has(masked)) std::erase(chosen, random() % 2 == 0 ? full : masked);
    };
    drop_both(ReportField::holder_name, ReportField::holder_name_masked);
    drop_both(ReportField::certificate_number, ReportField::certificate_number_masked);
    if (!chosen.empty()) expect_shows(chosen);
  }
}

TEST_F(ReportsApiTest, TheFactsAreThePresentOnes) {
  const std::string code = make({.days = 30, .show = {"holder_name", "status_history"}});
  record_line(R"({"kind":"certificate.corrected","certificate_number":")" + std::string(kNumber) +
              R"(","on":"2026-11-24","holder_name":"测试改名后","document_type":"resident_id",)" +
              R"("document_number":")" + std::string(kDocument) + R"("})");
  EXPECT_EQ(open(code).text("/holder_name"), "测试改名后");
  EXPECT_EQ(open(code).text("/status"), "corrected");
  event("revoked", kNumber);
  EXPECT_EQ(open(code).text("/status"), "revoked");
  EXPECT_NE(page(code).body.find("已撤销"), std::string::npos);
  EXPECT_NE(page(code).body.find("class=\"answer bad\""), std::string::npos);
}

TEST_F(ReportsApiTest, ExpiresToTheSecond) {
  const std::string code = make({.days = 2, .show = {"level"}});
  registry_.clock.advance(48h - 1s);
  EXPECT_EQ(open(code).status, 200);
  registry_.clock.advance(1s);
  EXPECT_EQ(open(code).status, 404);
  EXPECT_EQ(page(code).status, 404);
  EXPECT_EQ(registry_.get("/v1/reports/" + code + "/qr.svg").status, 404);
}

TEST_F(ReportsApiTest, IsExtendedWhileItIsActiveAndNeverShortened) {
  const std::string code = make({.days = 10, .show = {"level"}});
  registry_.clock.advance(24h * 9);
  const Answer extended = manage(code, "extend", {.days = 30});
  ASSERT_EQ(extended.status, 200) << extended.body;
  expect_documented("ManagedReport", extended);
  EXPECT_EQ(extended.text("/expires_at"), "2027-01-02T04:00:00Z");
  EXPECT_EQ(manage(code, "extend", {.days = 1}).text("/expires_at"), "2027-01-02T04:00:00Z");
  EXPECT_EQ(manage(code, "extend", {.days = 181}).text("/field"), "valid_days");
  EXPECT_EQ(manage(code, "extend", {}).text("/field"), "valid_days");
  registry_.clock.advance(24h * 29);
  EXPECT_EQ(open(code).status, 200);
  registry_.clock.advance(24h);
  EXPECT_EQ(open(code).status, 404);
  EXPECT_EQ(manage(code, "extend", {.days = 30}).status, 409);
}

TEST_F(ReportsApiTest, IsEndedForGood) {
  const std::string code = make({.days = 10, .show = {"level"}});
  const Answer ended = manage(code, "revoke", {});
  ASSERT_EQ(ended.status, 200) << ended.body;
  EXPECT_EQ(ended.text("/state"), "ended");
  EXPECT_EQ(ended.text("/ended_at"), "2026-11-24T04:00:00Z");
  EXPECT_EQ(open(code).status, 404);
  registry_.clock.advance(1h);
  EXPECT_EQ(manage(code, "revoke", {}).text("/ended_at"), "2026-11-24T04:00:00Z");
  EXPECT_EQ(manage(code, "extend", {.days = 30}).status, 409);
}

TEST_F(ReportsApiTest, TheHolderSeesWhenItWasOpened) {
  const std::string code = make({.days = 10, .show = {"level"}});
  EXPECT_EQ(manage(code, "accesses", {}).count("/accesses"), 0U);
  open(code);
  registry_.clock.advance(1h);
  page(code);
  registry_.ask(http::Method::head, "/v1/reports/" + code);
  registry_.get("/v1/reports/" + code + "/qr.svg");
  const Answer accesses = manage(code, "accesses", {});
  ASSERT_EQ(accesses.status, 200) << accesses.body;
  expect_documented("ManagedReport", accesses);
  EXPECT_EQ(accesses.text("/access_count"), "2");
  EXPECT_EQ(accesses.text("/accesses/0/at"), "2026-11-24T05:00:00Z");
  EXPECT_EQ(accesses.text("/accesses/1/at"), "2026-11-24T04:00:00Z");
  EXPECT_EQ(accesses.text("/accesses/0/client"), "192.0.2.0/24");
  registry_.clock.advance(24h * 181);
  EXPECT_EQ(manage(code, "accesses", {}).count("/accesses"), 0U);
  EXPECT_EQ(manage(code, "accesses", {}).text("/access_count"), "2");
}

// The bytes of every way in which a code opens nothing.
TEST_F(ReportsApiTest, CodesThatOpenNothingAreAlike) {
  const std::string never(ReportCode::from_random(std::string(27, 'x')).text());
  const std::string ended = make({.days = 10, .show = {"level"}});
  const std::string expired = make({.days = 1, .show = {"level"}});
  const std::string erased = make({.number = kUnauthorizedNumber,
                                   .name = kOtherName,
                                   .document = kOtherDocument,
                                   .days = 10,
                                   .show = {"level"}});
  EXPECT_EQ(open(erased).status, 200);
  manage(ended, "revoke", {});
  registry_.clock.advance(25h);
  event("erased", kUnauthorizedNumber);
  const Answer unknown = open(never);
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.content_type, "application/problem+json");
  EXPECT_EQ(page(never).content_type, "text/html; charset=utf-8");
  const std::string qr = "/qr.svg";
  for (const std::string& code : {ended, expired, erased}) {
    EXPECT_EQ(open(code).everything(), unknown.everything());
    EXPECT_EQ(page(code).everything(), page(never).everything());
    EXPECT_EQ(open(code + qr).everything(), open(never + qr).everything());
  }
}

TEST_F(ReportsApiTest, OnlyTheHolderManagesAndNothingIsTold) {
  const std::string code = make({.days = 10, .show = {"level"}});
  const std::string never(ReportCode::from_random(std::string(27, 'x')).text());
  for (const std::string what : {"revoke", "accesses", "extend"}) {
    const std::int64_t days = what == "extend" ? 30 : 0;
    const Answer unknown = manage(never, what, {.days = days});
    EXPECT_EQ(unknown.status, 404);
    const std::vector<Order> wrong = {
        {.name = "测试丁", .days = days},
        {.document = "31002X", .days = days},
        {.number = kRevokedNumber, .days = days},  // the same holder's other certificate
        {.number = kErasedNumber, .days = days},
        {.number = "S000031000001263999999", .days = days}};
    for (const Order& order : wrong) {
      EXPECT_EQ(manage(code, what, order).everything(), unknown.everything());
    }
    EXPECT_EQ(registry_.post("/v1/reports/" + code + "/" + what, "{}").status, 400);
  }
  EXPECT_EQ(open(code).status, 200);
}

TEST_F(ReportsApiTest, TypingErrorsAreToldWithoutALookUp) {
  const std::string code = make({.days = 10, .show = {"level"}});
  for (std::size_t i = 0; i < code.size(); ++i) {
    std::string typed = code;
    typed[i] = typed[i] == '7' ? '8' : '7';
    const Answer answer = open(typed);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.text("/field"), "code");
  }
  EXPECT_EQ(open("x").status, 400);
  EXPECT_EQ(page("x").status, 400);
  EXPECT_EQ(manage("x", "revoke", {}).status, 400);
}

// Guesses meet nothing, whatever they are; their number is the guard's business.
TEST_F(ReportsApiTest, GuessedCodesOpenNothing) {
  for (int i = 0; i < 5; ++i) make({.days = 10, .show = {"level"}});
  std::mt19937 random(7);
  const std::string miss =
      open(std::string(ReportCode::from_random(std::string(27, 'x')).text())).everything();
  for (int i = 0; i < 1000; ++i) {
    std::string bytes(ReportCode::kRandomBytes, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    EXPECT_EQ(open(std::string(ReportCode::from_random(bytes).text())).everything(), miss);
  }
}

TEST_F(ReportsApiTest, ActiveOnesAreBounded) {
  for (std::size_t i = 0; i < limits::kReportsPerCertificateMax; ++i) {
    make({.days = 1, .show = {"level"}});
  }
  EXPECT_EQ(create({.days = 1, .show = {"level"}}).status, 409);
  registry_.clock.advance(25h);
  make({.days = 1, .show = {"level"}});
}

// Whoever knows the papers can make reports that the holder never saw: he needs no code to end them.
TEST_F(ReportsApiTest, TheHolderSeesAndEndsAllWithoutACode) {
  std::vector<std::string> codes;
  for (std::size_t i = 0; i < limits::kReportsPerCertificateMax; ++i) {
    codes.push_back(make({.days = 1, .show = {"level"}}));
  }
  const std::string other =
      make({.number = kRevokedNumber, .days = 1, .show = {"level"}});  // of the same holder
  manage(codes[0], "revoke", {});
  open(codes[1]);
  const Answer list = registry_.post("/v1/reports/list", body_of({}));
  ASSERT_EQ(list.status, 200) << list.body;
  expect_documented("OwnReports", list);
  EXPECT_EQ(list.count("/reports"), codes.size());
  EXPECT_EQ(list.text("/reports/0/state"), "active");
  EXPECT_EQ(list.text("/reports/19/state"), "ended") << "the oldest comes last";
  EXPECT_EQ(list.text("/reports/18/access_count"), "1");
  EXPECT_EQ(list.header("Cache-Control"), "no-store");
  for (const std::string& code : codes) EXPECT_EQ(list.body.find(code), std::string::npos);

  registry_.clock.advance(1h);
  const Answer ended = registry_.post("/v1/reports/revoke", body_of({}));
  ASSERT_EQ(ended.status, 200) << ended.body;
  expect_documented("OwnReports", ended);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    EXPECT_EQ(ended.text("/reports/" + std::to_string(i) + "/state"), "ended");
  }
  EXPECT_EQ(ended.text("/reports/0/ended_at"), "2026-11-24T05:00:00Z");
  EXPECT_EQ(ended.text("/reports/19/ended_at"), "2026-11-24T04:00:00Z") << "it had ended before";
  for (const std::string& code : codes) EXPECT_EQ(open(code).status, 404);
  EXPECT_EQ(open(other).status, 200);
  make({.days = 1, .show = {"level"}});
  EXPECT_EQ(registry_.post("/v1/reports/list", body_of({})).text("/reports/0/state"), "active");
}

TEST_F(ReportsApiTest, AllReportsTakeTheHoldersProofAndTellNothingWithoutIt) {
  const std::string code = make({.days = 1, .show = {"level"}});
  const std::string plain = registry_.verify(kNumber, "测试丁", kDocument).body;
  for (const std::string what : {"list", "revoke"}) {
    const std::string path = "/v1/reports/" + what;
    const Answer unknown = registry_.post(path, body_of({.number = "S000031000001263999999"}));
    const std::vector<Order> wrong = {
        {.name = "测试丁"}, {.document = "31002X"}, {.number = kErasedNumber}};
    for (const Order& order : wrong) {
      const Answer answer = registry_.post(path, body_of(order));
      EXPECT_EQ(answer.status, 200);
      EXPECT_EQ(answer.body, plain);
      EXPECT_EQ(answer.everything(), unknown.everything());
      expect_documented("OwnReports", answer);
    }
    EXPECT_EQ(registry_.post(path, body_of({.days = 3})).text("/field"), "body");
    EXPECT_EQ(registry_.post(path, "{}").status, 400);
  }
  EXPECT_EQ(open(code).status, 200);
  const Answer none = registry_.post(
      "/v1/reports/list",
      body_of({.number = kUnauthorizedNumber, .name = kOtherName, .document = kOtherDocument}));
  EXPECT_EQ(none.count("/reports"), 0U) << none.body;
}

TEST_F(ReportsApiTest, TheCodeIsInNoRecordOfARequest) {
  const std::string code = make({.days = 10, .show = {"level"}});
  registry_.records.clear();
  open(code);
  page(code);
  manage(code, "accesses", {});
  registry_.get("/v1/reports/" + code + "/qr.svg");
  ASSERT_EQ(registry_.records.size(), 4U);
  for (const RequestRecord& record : registry_.records) {
    EXPECT_NE(record.route.find("{code}"), std::string_view::npos) << record.route;
  }
  const Answer metrics = registry_.ask(http::Method::get, "/metrics", {}, {}, true);
  EXPECT_EQ(metrics.body.find(code), std::string::npos);
}

TEST_F(ReportsApiTest, ThePageIsForPeopleAndPrinters) {
  const std::string code = make({.days = 10, .show = {"holder_name", "level"}});
  const Answer shown = page(code);
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(shown.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(shown.header("Cache-Control"), "no-store");
  EXPECT_EQ(shown.header("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(shown.header("X-Robots-Tag"), "noindex, nofollow");
  const auto has = [&](const std::string& text) {
    return shown.body.find(text) != std::string::npos;
  };
  EXPECT_TRUE(has("<html lang=\"zh-CN\">"));
  EXPECT_TRUE(has("<meta name=\"robots\" content=\"noindex, nofollow\">"));
  EXPECT_TRUE(has("src=\"/v1/reports/" + code + "/qr.svg\""));
  EXPECT_TRUE(has(ReportCode::parse(code).value().grouped()));
  EXPECT_TRUE(has("2026-12-04 12:00")) << "in Shanghai's time";
  EXPECT_FALSE(has("<script>")) << "none inline";
  EXPECT_FALSE(has("style=\""));
  EXPECT_FALSE(has("{{"));
  const std::string home = registry_.get("/").body;
  EXPECT_EQ(home.find("noindex"), std::string::npos);
  const std::size_t style = home.find("/assets/style-");
  const Answer sheet = registry_.get(home.substr(style, home.find('"', style) - style));
  EXPECT_NE(sheet.body.find("@media print"), std::string::npos);
}

TEST_F(ReportsApiTest, WithoutAPublicAddressThereIsNoQrCode) {
  registry_.public_url.clear();
  const Answer made = registry_.post("/v1/reports", body_of({.days = 10, .show = {"level"}}),
                                     "application/json", {{"Host", "evil.example"}});
  EXPECT_EQ(made.text("/url"), "null");
  EXPECT_EQ(made.text("/qr"), "null");
  const std::string code = made.text("/code");
  const Answer shown = registry_.get("/r/" + code, {{"Host", "evil.example"}});
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(shown.body.find("qr.svg"), std::string::npos);
  EXPECT_EQ(shown.body.find("evil.example"), std::string::npos);
  EXPECT_EQ(registry_.get("/v1/reports/" + code + "/qr.svg").status, 503);
}

// A mirror, or a store that is read-only, is given no way to write.
TEST_F(ReportsApiTest, WhereNothingIsWrittenEveryRequestIsRefusedAlike) {
  const std::string code = make({.days = 10, .show = {"level"}});
  const Api mirror(Services{*registry_.store, registry_.clock});
  const http::Application application = mirror.public_application();
  const auto ask = [&](http::Method method, const std::string& target, const std::string& body) {
    const std::vector<http::Field> fields = {{"Content-Type", "application/json"}};
    http::Request request;
    request.method = method;
    request.target = target;
    request.fields = fields;
    request.body = body;
    http::Response response;
    application.answer(request, response);
    return response;
  };
  const std::string at = "/v1/reports/" + code;
  const auto made = ask(http::Method::post, "/v1/reports", body_of({.days = 1, .show = {"level"}}));
  EXPECT_EQ(made.status, 503);
  EXPECT_NE(made.body.find("分享报告"), std::string::npos);
  EXPECT_EQ(made.body, ask(http::Method::post, "/v1/reports", "{}").body);
  EXPECT_EQ(made.body, ask(http::Method::get, at, "").body);
  EXPECT_EQ(made.body, ask(http::Method::get, at + "/qr.svg", "").body);
  EXPECT_EQ(ask(http::Method::get, "/r/" + code, "").status, 503);
  for (const char* what : {"/extend", "/revoke", "/accesses"}) {
    EXPECT_EQ(made.body, ask(http::Method::post, at + what, body_of({})).body) << what;
  }
}

// One address guesses codes, then many guess one holder's name.
TEST_F(ReportsApiTest, GuessesOfCodesAndOfProofsAreLimited) {
  guard::Limits limits;
  limits.client_free = {5, 60s};
  guard::Guard few({&crypto::kIntl, {1}}, limits, registry_.clock);
  guard::Limits generous;
  generous.client_free = {1000, 1ms};
  guard::Guard many({&crypto::kIntl, {1}}, generous, registry_.clock);
  const auto ask = [&](guard::Guard& guard, http::Method method, const std::string& target,
                       const std::string& body) {
    Services services{*registry_.store, registry_.clock};
    services.guard = &guard;
    services.amend = [](index::Amendment) -> Result<void> { return {}; };
    const Api api(std::move(services));
    const std::vector<http::Field> fields = {{"Content-Type", "application/json"}};
    http::Request request;
    request.method = method;
    request.target = target;
    request.fields = fields;
    request.body = body;
    request.client = "192.0.2.1";
    http::Response response;
    api.public_application().answer(request, response);
    return response;
  };
  const std::string never(ReportCode::from_random(std::string(27, 'x')).text());
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(ask(few, http::Method::get, "/v1/reports/" + never, {}).status, 404);
  }
  EXPECT_EQ(ask(few, http::Method::get, "/v1/reports/" + never, {}).status, 429);
  EXPECT_EQ(ask(few, http::Method::get, "/v1/reports/" + never + "/qr.svg", {}).status, 429);
  const http::Response page = ask(few, http::Method::get, "/r/" + never, {});
  EXPECT_EQ(page.status, 429);
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(ask(few, http::Method::get, "/v1/reports/typing-error", {}).status, 400)
      << "told without a look-up";

  std::size_t answered = 0;
  for (std::uint32_t i = 0; i < 2 * generous.failures_an_hour; ++i) {
    const std::string body = body_of({.name = "测试丁", .days = 1, .show = {"level"}});
    const bool creates = i % 2 == 0;
    const http::Response guess =
        creates ? ask(many, http::Method::post, "/v1/reports", body)
                : ask(many, http::Method::post, "/v1/reports/" + never + "/revoke",
                      body_of({.name = "测试丁"}));
    EXPECT_TRUE(guess.status == 429 || guess.status == (creates ? 200 : 404)) << guess.status;
    answered += guess.status == 429 ? 0 : 1;
  }
  EXPECT_LE(answered, generous.failures_an_hour);
  EXPECT_GT(answered, 0U);
}

TEST(ClientPrefix, KeepsTheNetworkAlone) {
  EXPECT_EQ(client_prefix("192.0.2.77"), "192.0.2.0/24");
  EXPECT_EQ(client_prefix("::ffff:192.0.2.77"), "192.0.2.0/24");
  EXPECT_EQ(client_prefix("2001:db8:1:2:3:4:5:6"), "2001:db8:1::/48");
  EXPECT_EQ(client_prefix("fe80::1%eth0"), "fe80::/48");
  EXPECT_EQ(client_prefix("somebody"), "unknown");
  EXPECT_EQ(client_prefix(""), "unknown");
}

TEST(QrCode, IsAnSvgWithAQuietZoneAndHasABound) {
  const std::string svg = qr_svg("https://verify.example.cn/r/X").value();
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  EXPECT_NE(svg.find("viewBox=\"0 0 37 37\""), std::string::npos) << "version 3 is 29 wide";
  EXPECT_EQ(qr_svg(std::string(5000, 'x')).error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace chayan::api::testing
