// Share reports as pages: the same deeds, limits and answers as of the JSON endpoints.
#include <algorithm>

#include "api/qr_code.h"
#include "base/limits.h"
#include "guard/guard.h"
#include "http/query.h"
#include "tests/api/page_checks.h"

namespace chayan::api::testing {
namespace {

using namespace std::chrono_literals;

constexpr const char* kForm = "application/x-www-form-urlencoded";

struct Proof {
  std::string_view number = kNumber;
  std::string_view name = kName;
  std::string_view document = kDocument;
};

std::string body_of(const Proof& proof, const std::string& more = {}) {
  return "certificate_number=" + http::percent_encode(proof.number) +
         "&holder_name=" + http::percent_encode(proof.name) +
         "&document_number=" + http::percent_encode(proof.document) + more;
}

constexpr const char* kOrder =
    "&valid_days=30&show_name=holder_name_masked&show_number=none"
    "&show_level=level";

class ReportsPages : public ::testing::Test {
 protected:
  Answer post(const std::string& target, const std::string& body) {
    return registry_.post(target, body, kForm);
  }
  Answer make(const std::string& more = kOrder) { return post("/reports/new", body_of({}, more)); }
  Answer list() { return post("/reports/list", body_of({})); }
  // The code on the page of a report that was made.
  static std::string code_on(const Answer& page) {
    for (const std::string& link : attributes(page.body, "href")) {
      if (link.starts_with("/r/")) return link.substr(3);
    }
    ADD_FAILURE() << page.body;
    return {};
  }
  // How the list names its reports, newest first.
  static std::vector<std::string> marks_on(const Answer& page) {
    std::vector<std::string> marks;
    for (const std::string& id : attributes(page.body, "id")) {
      if (id.starts_with("days-")) marks.push_back(id.substr(5));
    }
    return marks;
  }
  Answer open(const std::string& code) { return registry_.get("/v1/reports/" + code); }

  Registry registry_;
};

TEST_F(ReportsPages, TheHolderMakesOne) {
  expect_page(registry_.get("/reports"), 200);
  const Answer made = make();
  expect_page(made, 200);
  EXPECT_EQ(made.header("Cache-Control"), "no-store");
  EXPECT_TRUE(has(made, "2026-12-24 12:00"));
  const std::string code = code_on(made);
  const std::string url = "https://verify.example.cn/r/" + code;
  EXPECT_TRUE(has(made, url));
  EXPECT_TRUE(has(made, draw_qr(url).value().path));
  EXPECT_TRUE(has(made, "姓名（部分遮盖）"));
  EXPECT_FALSE(has(made, "发证日期"));
  for (const std::string_view personal : {kNumber, kName, kDocument}) {
    EXPECT_FALSE(has(made, personal));
  }
  const Answer seen = open(code);
  EXPECT_EQ(seen.text("/holder_name_masked"), "测***丙");
  EXPECT_EQ(seen.text("/expires_at"), "2026-12-24T04:00:00Z");
  EXPECT_EQ(seen.count("/shows"), 2U);
}

TEST_F(ReportsPages, WithoutAPublicAddressThereIsNoQrCode) {
  registry_.public_url.clear();
  const Answer made = make();
  expect_page(made, 200);
  EXPECT_FALSE(has(made, "class=\"qr\""));
  EXPECT_EQ(open(code_on(made)).status, 200);
}

TEST_F(ReportsPages, WhatTheFormOffersIsWhatAReportCanShow) {
  std::vector<std::string> offered;
  const Answer form = registry_.get("/reports");
  for (const std::string& value : attributes(form.body, "value")) {
    if (report_field_from_code(value)) offered.push_back(value);
  }
  std::sort(offered.begin(), offered.end());
  EXPECT_EQ(std::unique(offered.begin(), offered.end()), offered.end());
  EXPECT_EQ(offered.size(), kReportFieldCount);
}

TEST_F(ReportsPages, WhatIsWrongStandsBesideItsControlAndWhatWasTypedDoesNotComeBack) {
  const std::vector<std::pair<std::string, std::string>> bad = {
      {body_of({.number = ""}, kOrder), "certificate_number"},
      {body_of({.name = ""}, kOrder), "holder_name"},
      {body_of({.document = "1"}, kOrder), "document_number"},
      {body_of({}, "&show_level=level"), "valid_days"},
      {body_of({}, "&valid_days=181&show_level=level"), "valid_days"},
      {body_of({}, "&valid_days=3x&show_level=level"), "valid_days"},
      {body_of({}, "&valid_days=3"), "show"},
      {body_of({}, "&valid_days=3&show_name=none"), "show"},
      {body_of({}, "&valid_days=3&show_x=everything"), "show"}};
  for (const auto& [body, control] : bad) {
    const Answer answer = post("/reports/new", body);
    expect_page(answer, 400);
    EXPECT_TRUE(has(answer, "<a href=\"#" + control + "\">")) << body;
    EXPECT_TRUE(has(answer, "id=\"fault\"")) << body;
    for (const std::string_view personal : {kNumber, kName, kDocument}) {
      EXPECT_FALSE(has(answer, personal));
    }
  }
  expect_page(post("/reports/new", body_of({}, "&more=1")), 400);
  expect_page(post("/reports/new", "%"), 400);
  expect_page(post("/reports/list", body_of({}, "&valid_days=1")), 400);
  EXPECT_EQ(make("&valid_days=" + http::percent_encode("３０") + "&show_level=level").status, 200);
}

TEST_F(ReportsPages, AWrongProofGetsTheSameBytesWhateverIsWrong) {
  const std::vector<Proof> wrong = {{.name = "测试丁"},
                                    {.document = "440524188001010014"},
                                    {.document = "31002X"},
                                    {.number = kErasedNumber}};
  const std::string code = code_on(make());
  const std::string mark = marks_on(list()).at(0);
  const std::vector<std::pair<std::string, std::string>> deeds = {
      {"/reports/new", kOrder},
      {"/reports/list", ""},
      {"/reports/extend", "&valid_days=90&report=" + mark},
      {"/reports/end", "&report=" + mark},
      {"/reports/end-all", ""}};
  for (const auto& [target, more] : deeds) {
    SCOPED_TRACE(target);
    const Answer unknown = post(target, body_of({.number = "S000031000001263999999"}, more));
    expect_page(unknown, 200);
    EXPECT_TRUE(has(unknown, "没有与所填内容全部相符的证书"));
    for (const Proof& proof : wrong) {
      EXPECT_EQ(post(target, body_of(proof, more)).everything(), unknown.everything());
    }
  }
  EXPECT_EQ(open(code).text("/expires_at"), "2026-12-24T04:00:00Z");
  EXPECT_EQ(marks_on(list()).size(), 1U);
}

TEST_F(ReportsPages, TheHolderSeesAllOfThemAndWhoLooked) {
  EXPECT_TRUE(has(list(), "还没有分享报告"));
  const std::string first = code_on(make());
  registry_.clock.advance(1h);
  const std::string second = code_on(make());
  open(first);
  const Answer shown = list();
  expect_page(shown, 200);
  EXPECT_EQ(shown.header("Cache-Control"), "no-store");
  EXPECT_EQ(marks_on(shown).size(), 2U);
  EXPECT_TRUE(has(shown, "被打开 1 次"));
  EXPECT_TRUE(has(shown, "被打开 0 次"));
  EXPECT_TRUE(has(shown, "2026-11-24 13:00 · 192.0.2.0/24"));
  EXPECT_LT(shown.body.find("2026-11-24 13:00 生成"), shown.body.find("2026-11-24 12:00 生成"));
  for (const std::string& code : {first, second}) EXPECT_FALSE(has(shown, code));
}

TEST_F(ReportsPages, TheListExtendsAndEnds) {
  const std::string code = code_on(make());
  const std::string mark = marks_on(list()).at(0);
  registry_.clock.advance(24h * 10);
  const Answer extended = post("/reports/extend", body_of({}, "&valid_days=60&report=" + mark));
  expect_page(extended, 200);
  EXPECT_TRUE(has(extended, "有效期现至 2027-02-02 12:00"));
  EXPECT_EQ(open(code).text("/expires_at"), "2027-02-02T04:00:00Z");

  for (const std::string days : {"0", "181", "x", ""}) {
    const Answer wrong =
        post("/reports/extend", body_of({}, "&report=" + mark + "&valid_days=" + days));
    expect_page(wrong, 400);
    EXPECT_TRUE(has(wrong, "<a href=\"#days-" + mark + "\">"));
  }
  expect_page(post("/reports/end", body_of({}, "&report=00")), 404);
  expect_page(post("/reports/end", body_of({})), 404);

  const Answer ended = post("/reports/end", body_of({}, "&report=" + mark));
  expect_page(ended, 200);
  EXPECT_TRUE(has(ended, "已结束"));
  EXPECT_EQ(open(code).status, 404);
  EXPECT_TRUE(marks_on(ended).empty());
  const Answer late = post("/reports/extend", body_of({}, "&valid_days=1&report=" + mark));
  expect_page(late, 409);
  EXPECT_TRUE(has(late, "已结束或过期"));
}

TEST_F(ReportsPages, AReportOfAnotherCertificateIsNotThere) {
  const std::string other =
      code_on(post("/reports/new", body_of({.number = kRevokedNumber}, kOrder)));
  const std::string mark =
      marks_on(post("/reports/list", body_of({.number = kRevokedNumber}))).at(0);
  expect_page(post("/reports/end", body_of({}, "&report=" + mark)), 404);
  EXPECT_EQ(open(other).status, 200);
}

TEST_F(ReportsPages, AllEndAtOnce) {
  std::vector<std::string> codes;
  for (std::size_t i = 0; i < limits::kReportsPerCertificateMax; ++i) {
    codes.push_back(code_on(make()));
  }
  const Answer full = make();
  expect_page(full, 409);
  EXPECT_TRUE(has(full, "role=\"alert\""));
  const Answer ended = post("/reports/end-all", body_of({}));
  expect_page(ended, 200);
  EXPECT_TRUE(has(ended, "全部报告已结束"));
  for (const std::string& code : codes) EXPECT_EQ(open(code).status, 404);
}

TEST_F(ReportsPages, WhereNothingIsWrittenThereAreNone) {
  const Api mirror(Services{*registry_.store, registry_.clock});
  const http::Application application = mirror.public_application();
  for (const std::string target : {"/reports", "/reports/own", "/reports/new", "/reports/list"}) {
    const bool posted = target == "/reports/new" || target == "/reports/list";
    const std::vector<http::Field> fields = {{"Content-Type", kForm}};
    http::Request request;
    request.method = posted ? http::Method::post : http::Method::get;
    request.target = target;
    request.fields = fields;
    http::Response response;
    application.answer(request, response);
    EXPECT_EQ(response.status, 503) << target;
    EXPECT_EQ(response.content_type, "text/html; charset=utf-8");
  }
}

TEST_F(ReportsPages, ProofsAreGuessedWithinTheLimitsAlone) {
  guard::Limits limits;
  limits.client_free = {3, 60s};
  guard::Guard guard({&crypto::kIntl, {1}}, limits, registry_.clock);
  Services services{*registry_.store, registry_.clock};
  services.guard = &guard;
  services.amend = [](index::Amendment) -> Result<void> { return {}; };
  const Api api(std::move(services));
  const std::vector<http::Field> fields = {{"Content-Type", kForm}};
  const std::string body = body_of({.name = "测试丁"});
  std::vector<int> statuses;
  for (const std::string target :
       {"/reports/list", "/reports/end-all", "/reports/list", "/reports/list"}) {
    http::Request request;
    request.method = http::Method::post;
    request.target = target;
    request.fields = fields;
    request.body = body;
    request.client = "192.0.2.1";
    http::Response response;
    api.public_application().answer(request, response);
    statuses.push_back(response.status);
    if (response.status == 429) {
      EXPECT_EQ(response.content_type, "text/html; charset=utf-8");
      EXPECT_NE(response.body.find("请等候 60 秒"), std::string::npos) << "nobody sees a field";
    }
  }
  EXPECT_EQ(statuses, (std::vector<int>{200, 200, 200, 429}));
}

}  // namespace
}  // namespace chayan::api::testing
