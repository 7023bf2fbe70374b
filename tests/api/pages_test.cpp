#include "http/query.h"
#include "tests/api/fixture.h"

namespace chayan::api::testing {
namespace {

constexpr const char* kForm = "application/x-www-form-urlencoded";

bool has(const Answer& answer, std::string_view text) {
  return answer.body.find(text) != std::string::npos;
}

void expect_page(const Answer& answer, int status) {
  EXPECT_EQ(answer.status, status) << answer.body;
  EXPECT_EQ(answer.content_type, "text/html; charset=utf-8");
  EXPECT_TRUE(has(answer, "<html lang=\"zh-CN\">"));
  EXPECT_TRUE(has(answer, "name=\"viewport\""));
  const std::size_t script = answer.body.find("<script");
  EXPECT_EQ(script, answer.body.rfind("<script"));
  if (script != std::string::npos) {
    EXPECT_EQ(answer.body.find("<script src=\"/assets/verify-"), script) << "inline script";
  }
  EXPECT_FALSE(has(answer, "style=\"")) << "inline style, which the policy forbids";
  EXPECT_FALSE(has(answer, "{{"));
  EXPECT_NE(answer.header("Content-Security-Policy").find("default-src 'none'"), std::string::npos);
  EXPECT_NE(answer.header("Content-Security-Policy").find("frame-ancestors 'none'"),
            std::string::npos);
  EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(answer.header("Referrer-Policy"), "no-referrer");
}

std::string form(std::string_view number, std::string_view name, std::string_view document) {
  return "certificate_number=" + http::percent_encode(number) +
         "&holder_name=" + http::percent_encode(name) +
         "&document_number=" + http::percent_encode(document);
}

TEST(Pages, TheFirstPageHasBothFormsWithLabels) {
  const Answer home = shared_registry().get("/");
  expect_page(home, 200);
  EXPECT_TRUE(has(home, "<form action=\"/verify\" method=\"post\">"));
  EXPECT_TRUE(has(home, "<form action=\"/institutions\" method=\"get\""));
  for (const std::string id : {"certificate_number", "holder_name", "document_number", "occupation",
                               "work_type", "level", "q", "region", "on"}) {
    EXPECT_TRUE(has(home, "for=\"" + id + "\"")) << id;
    EXPECT_TRUE(has(home, "id=\"" + id + "\"")) << id;
  }
  EXPECT_TRUE(has(home, "高级工（三级）"));
}

TEST(Pages, TheStyleSheetIsNamedAfterItsContent) {
  const Registry& registry = shared_registry();
  const Answer home = registry.get("/");
  const std::size_t at = home.body.find("/assets/");
  ASSERT_NE(at, std::string::npos);
  const std::string path = home.body.substr(at, home.body.find('"', at) - at);
  const Answer style = registry.get(path);
  EXPECT_EQ(style.status, 200);
  EXPECT_EQ(style.content_type, "text/css; charset=utf-8");
  EXPECT_NE(style.header("Cache-Control").find("immutable"), std::string::npos);
  EXPECT_EQ(registry.get("/assets/style-0.css").status, 404);
  EXPECT_EQ(registry.get("/favicon.ico").status, 204);
}

TEST(Pages, TheScriptThatProvesWorkStandsBesideTheFormAlone) {
  const Registry& registry = shared_registry();
  const Answer home = registry.get("/");
  const std::size_t at = home.body.find("/assets/verify-");
  ASSERT_NE(at, std::string::npos);
  const Answer script = registry.get(home.body.substr(at, home.body.find('"', at) - at));
  EXPECT_EQ(script.status, 200);
  EXPECT_EQ(script.content_type, "text/javascript; charset=utf-8");
  EXPECT_TRUE(has(script, "Chayan-Proof"));
  EXPECT_FALSE(has(registry.get("/institutions"), "<script"));
}

TEST(Pages, AFormWithEmptyControlsFindsInstitutions) {
  const Answer page =
      shared_registry().get("/institutions?occupation=" + http::percent_encode("养老护理员") +
                            "&work_type=&level=3&q=&region=&on=");
  expect_page(page, 200);
  EXPECT_TRUE(has(page, "示例照护评价中心"));
  EXPECT_TRUE(has(page, "有效 Effective"));
  EXPECT_TRUE(has(page, "value=\"养老护理员\"")) << "the form keeps what was asked";
  EXPECT_TRUE(has(page, "<option value=\"3\" selected>"));
}

TEST(Pages, LinksLeadThroughAllPages) {
  Registry registry;
  for (int n = 10; n < 15; ++n) registry.add_institution(n, "4-10-01-06", SkillLevel::senior);
  std::string target = "/institutions?occupation=4-10-01-06&limit=2&level=";
  std::size_t seen = 0;
  for (int page = 0; page < 3; ++page) {
    const Answer answer = registry.get(target);
    expect_page(answer, 200);
    for (std::size_t at = 0; (at = answer.body.find("<article>", at)) != std::string::npos; ++at) {
      ++seen;
    }
    const std::size_t link = answer.body.find("rel=\"next\" href=\"");
    ASSERT_EQ(link == std::string::npos, page == 2);
    if (page == 2) break;
    const std::size_t begin = link + std::string_view("rel=\"next\" href=\"").size();
    target = answer.body.substr(begin, answer.body.find('"', begin) - begin);
    for (std::size_t at; (at = target.find("&amp;")) != std::string::npos;)
      target.replace(at, 5, "&");
  }
  EXPECT_EQ(seen, 5U);
}

TEST(Pages, EscapeWhatWasTyped) {
  const Answer page =
      shared_registry().get("/institutions?q=" + http::percent_encode("\"><script>x</script>"));
  expect_page(page, 200);
  EXPECT_TRUE(has(page, "&lt;script&gt;"));
  EXPECT_TRUE(has(page, "没有符合条件的机构"));
}

TEST(Pages, VerifyAnswersWithAPage) {
  const Registry& registry = shared_registry();
  const Answer match = registry.post("/verify", form(kNumber, kName, ""), kForm);
  expect_page(match, 200);
  EXPECT_TRUE(has(match, "信息相符"));
  EXPECT_TRUE(has(match, "有效 Valid"));
  EXPECT_TRUE(has(match, "示例照护评价中心"));
  EXPECT_EQ(match.header("Cache-Control"), "no-store");
  const Answer revoked = registry.post("/verify", form(kRevokedNumber, "", kDocument), kForm);
  EXPECT_TRUE(has(revoked, "已撤销 Revoked"));
  EXPECT_TRUE(has(revoked, "class=\"bad\""));
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
  expect_page(registry.get("/nothing", {{"Accept", "text/html,*/*"}}), 404);
  EXPECT_EQ(registry.get("/nothing").content_type, "application/problem+json");
}

}  // namespace
}  // namespace chayan::api::testing
