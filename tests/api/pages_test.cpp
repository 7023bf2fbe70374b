// What holds for every page, and the pages about certificates.
#include <algorithm>
#include <set>

#include "api/routes.h"
#include "http/content_coding.h"
#include "http/query.h"
#include "tests/api/page_checks.h"

namespace chayan::api::testing {
namespace {

constexpr const char* kForm = "application/x-www-form-urlencoded";
const Headers kEnglish = {{"Accept-Language", "en-GB,en;q=0.9"}};

const std::vector<std::string>& addresses() {
  static const std::vector<std::string> all = {
      "/",
      "/check",
      "/institutions",
      "/institutions?item=foreign/1/1",
      "/institutions?q=KNX",
      "/institutions?status=any&limit=1",
      "/institutions?compare=" + std::string(kFirst),
      "/institutions/" + std::string(kFirst),
      "/institutions/" + std::string(kFirst) + "?on=2026-07-01",
      "/institutions/" + std::string(kThird),
      "/compare",
      "/compare?codes=" + std::string(kFirst) + "," + std::string(kSecond),
      "/catalog",
      "/catalog?by=occupation",
      "/check-list",
      "/data",
      "/data/api",
      "/data/receipts",
      "/data/stored",
      "/design",
      "/reports",
      "/reports/own"};
  return all;
}

std::string form(std::string_view number, std::string_view name, std::string_view document) {
  return "certificate_number=" + http::percent_encode(number) +
         "&holder_name=" + http::percent_encode(name) +
         "&document_number=" + http::percent_encode(document);
}

TEST(Pages, EveryGetPageIsTriedHere) {
  std::set<std::string> tried;
  for (const std::string& address : addresses()) {
    const std::string path = address.substr(0, address.find('?'));
    tried.insert(path.starts_with("/institutions/") ? "/institutions/{credit_code}" : path);
  }
  tried.insert("/r/{code}");  // reports_test.cpp
  for (const Route& route : routes()) {
    if (route.page && route.verb == Verb::get) {
      EXPECT_TRUE(tried.contains(std::string(route.pattern))) << route.pattern;
    }
  }
}

TEST(Pages, StandInBothLanguages) {
  const Registry& registry = shared_registry();
  for (const std::string& address : addresses()) {
    SCOPED_TRACE(address);
    const Answer zh = registry.get(address);
    expect_page(zh, 200, "zh-CN");
    EXPECT_TRUE(has(zh, "找机构 <span class=\"alt\" lang=\"en\">Find an institution</span>"));
    const Answer en = registry.get(address, kEnglish);
    expect_page(en, 200, "en");
    EXPECT_TRUE(has(en, "Find an institution <span class=\"alt\" lang=\"zh-CN\">找机构</span>"));
    EXPECT_NE(zh.header("ETag"), en.header("ETag"));
  }
}

TEST(Pages, LinksResolve) {
  const Registry& registry = shared_registry();
  std::set<std::string> seen;
  for (const std::string& address : addresses()) {
    for (const std::string& link : attributes(registry.get(address).body, "href")) {
      if (link.starts_with('#') || !seen.insert(link).second) continue;
      if (link.starts_with("tel:") || link.starts_with("mailto:")) continue;
      if (link == "https://example.org") continue;  // the institution's own
      ASSERT_TRUE(link.starts_with('/')) << link << " on " << address;
      const Answer target = registry.get(link.substr(0, link.find('#')));
      EXPECT_LT(target.status, 400) << link << " on " << address;
      if (link.find('#') == std::string::npos) continue;
      const auto ids = attributes(target.body, "id");
      EXPECT_NE(std::find(ids.begin(), ids.end(), link.substr(link.find('#') + 1)), ids.end())
          << link << " on " << address;
    }
  }
  EXPECT_GT(seen.size(), 50U);
}

TEST(Pages, TheFirstPageHasBothQuestionsAndIsSmall) {
  const Registry& registry = shared_registry();
  const Answer home = registry.get("/");
  EXPECT_TRUE(has(home, "<form action=\"/verify\" method=\"post\" data-ask>"));
  EXPECT_TRUE(has(home, "<form action=\"/institutions\" method=\"get\""));
  for (const std::string id :
       {"certificate_number", "holder_name", "document_number", "q", "item"}) {
    EXPECT_TRUE(has(home, "for=\"" + id + "\"")) << id;
  }
  // Over the wire, with everything that it loads.
  const Headers coded = {{"Accept-Encoding", "gzip"}};
  std::size_t bytes = registry.get("/", coded).body.size();
  for (const std::string& link : attributes(home.body, "href")) {
    if (link.starts_with("/assets/")) bytes += registry.get(link, coded).body.size();
  }
  for (const std::string& link : attributes(home.body, "src")) {
    bytes += registry.get(link, coded).body.size();
  }
  EXPECT_LT(bytes, 60U * 1024);
}

TEST(Pages, FilesAreNamedAfterTheirContent) {
  const Registry& registry = shared_registry();
  std::size_t files = 0;
  const std::string body = registry.get("/").body + registry.get("/data/api").body;
  for (const std::string_view name : {"href", "src"}) {
    for (const std::string& path : attributes(body, name)) {
      if (!path.starts_with("/assets/")) continue;
      ++files;
      const Answer file = registry.get(path);
      EXPECT_EQ(file.status, 200) << path;
      EXPECT_NE(file.header("Cache-Control").find("immutable"), std::string::npos);
      const std::string type = path.ends_with(".css")   ? "text/css; charset=utf-8"
                               : path.ends_with(".svg") ? "image/svg+xml"
                                                        : "text/javascript; charset=utf-8";
      EXPECT_EQ(file.content_type, type) << path;
      EXPECT_EQ(file.body.find("http://www.w3.org") == std::string::npos, type != "image/svg+xml");
    }
  }
  EXPECT_GE(files, 6U);
  EXPECT_EQ(registry.get("/assets/style-0.css").status, 404);
  EXPECT_EQ(registry.get("/assets/style.css").status, 404);
  EXPECT_EQ(registry.get("/favicon.ico").status, 204);
}

TEST(Pages, TheScriptThatProvesWorkStandsBesideTheForm) {
  const Registry& registry = shared_registry();
  for (const std::string page : {"/", "/check"}) {
    const auto scripts = attributes(registry.get(page).body, "src");
    const auto verify = std::find_if(scripts.begin(), scripts.end(), [](const std::string& src) {
      return src.starts_with("/assets/verify-");
    });
    ASSERT_NE(verify, scripts.end()) << page;
    EXPECT_TRUE(has(registry.get(*verify), "Chayan-Proof"));
  }
}

TEST(Pages, OnlyOverTlsIsSaidOverTlsAlone) {
  const Registry& registry = shared_registry();
  const http::Application application = registry.api->public_application();
  for (const bool secure : {false, true}) {
    for (const std::string target : {"/", "/v1/limits", "/nothing"}) {
      http::Request request;
      request.method = http::Method::get;
      request.target = target;
      request.client = "192.0.2.1";
      request.secure = secure;
      http::Response response;
      application.answer(request, response);
      const bool says =
          std::any_of(response.headers.begin(), response.headers.end(),
                      [](const http::Header& h) { return h.name == "Strict-Transport-Security"; });
      EXPECT_EQ(says, secure) << target;
    }
  }
}

TEST(Pages, VerifyAnswersWithAPage) {
  const Registry& registry = shared_registry();
  const Answer match = registry.post("/verify", form(kNumber, kName, ""), kForm);
  expect_page(match, 200);
  EXPECT_TRUE(has(match, "信息相符"));
  EXPECT_TRUE(has(match, "证书状态：<strong>有效</strong>"));
  EXPECT_TRUE(has(match, "示例照护评价中心"));
  EXPECT_EQ(match.header("Cache-Control"), "no-store");
  const Answer revoked = registry.post("/verify", form(kRevokedNumber, "", kDocument), kForm);
  EXPECT_TRUE(has(revoked, "证书状态：<strong>已撤销</strong>"));
  EXPECT_TRUE(has(revoked, "class=\"answer bad\""));
  const Answer english = registry.post("/verify", form(kNumber, kName, ""), kForm, kEnglish);
  expect_page(english, 200, "en");
  EXPECT_TRUE(has(english, "Status: <strong>Valid</strong>"));
}

TEST(Pages, OnlyTheCheckPageMayAskForTheCamera) {
  for (const std::string& address : addresses()) {
    const std::string policy = shared_registry().get(address).header("Permissions-Policy");
    EXPECT_EQ(policy.find("camera=(self)") != std::string::npos, address == "/check") << policy;
  }
}

TEST(Pages, WhatIsWrongWithACheckStandsBesideItsControl) {
  const Registry& registry = shared_registry();
  const Answer missing = registry.post("/verify", form("", kName, ""), kForm);
  expect_page(missing, 400);
  EXPECT_TRUE(has(missing, "<a href=\"#certificate_number\">"));
  EXPECT_TRUE(has(missing, "aria-invalid=\"true\""));
  EXPECT_FALSE(has(missing, kName)) << "what was typed does not come back";
  EXPECT_TRUE(has(registry.post("/verify", form(kNumber, "", "12"), kForm),
                  "<a href=\"#document_number\">"));
}

TEST(Pages, EveryCauseOfNoMatchHasTheSameBytes) {
  const Registry& registry = shared_registry();
  const Answer unknown = registry.post("/verify", form("S000031000001263999999", kName, ""), kForm);
  expect_page(unknown, 200);
  EXPECT_TRUE(has(unknown, "未找到相符的证书"));
  EXPECT_EQ(unknown.everything(),
            registry.post("/verify", form(kNumber, "测试丁", ""), kForm).everything());
  EXPECT_EQ(unknown.everything(),
            registry.post("/verify", form(kErasedNumber, kName, ""), kForm).everything());
}

TEST(Pages, ProblemsArePagesForPeople) {
  const Registry& registry = shared_registry();
  expect_page(registry.post("/verify", form(kNumber, "", ""), kForm), 400);
  expect_page(registry.post("/verify", "certificate_number=%", kForm), 400);
  expect_page(registry.post("/verify", "{}", "application/json"), 415);
  expect_page(registry.get("/verify"), 405);
  expect_page(registry.get("/institutions?level=9"), 400);
  expect_page(registry.get("/institutions?level=9", kEnglish), 400, "en");
  expect_page(registry.get("/institutions/9131000063159284XQ"), 404);
  expect_page(registry.get("/institutions/x"), 400);
  expect_page(registry.get("/compare?codes=x"), 400);
  expect_page(registry.get("/catalog?by=x"), 400);
  expect_page(registry.get("/data?x=1"), 400);
  expect_page(registry.get("/nothing", {{"Accept", "text/html,*/*"}}), 404);
  EXPECT_EQ(registry.get("/nothing").content_type, "application/problem+json");
}

// They told people to read header fields.
TEST(Pages, ProblemsSpeakToPeople) {
  const Registry& registry = shared_registry();
  const Answer opened = registry.get("/verify");
  expect_page(opened, 405);
  EXPECT_TRUE(has(opened, "本页不能单独打开")) << opened.body;
  EXPECT_EQ(opened.header("Allow"), "POST, OPTIONS");
  const Answer foreign = registry.post("/verify", "x", "text/plain");
  expect_page(foreign, 415);
  EXPECT_TRUE(has(foreign, "不是本站的表单")) << foreign.body;
  const Answer lost = registry.get("/nothing", {{"Accept", "text/html"}});
  for (const std::string_view address : {"\"/check\"", "\"/institutions\""}) {
    EXPECT_TRUE(has(lost, "<li><a href=" + std::string(address))) << address;
  }
  for (const Answer& answer : {opened, foreign, lost}) {
    for (const std::string_view word : {"Allow", "Content-Type", "openapi.json"}) {
      EXPECT_FALSE(has(answer, word)) << word;
    }
  }
}

TEST(Pages, TheCheckerFindsFaults) {
  EXPECT_TRUE(html_faults("<p id=\"a\"><br><b>x</b></p><rect/>").empty());
  for (const std::string_view bad :
       {"<p><b></p></b>", "<p>", "</p>", "<p id=\"a\"></p><p id=\"a\"></p>",
        "<label for=\"a\"></label>", "<a href=\"#a\"></a>"}) {
    EXPECT_FALSE(html_faults(bad).empty()) << bad;
  }
}

}  // namespace
}  // namespace chayan::api::testing
