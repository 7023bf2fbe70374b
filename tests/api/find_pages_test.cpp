// The pages by which institutions are found, and what feeds them.
#include <set>

#include "api/figures.h"
#include "api/institution_card.h"
#include "api/openapi.h"
#include "api/plot.h"
#include "api/routes.h"
#include "domain/region.h"
#include "http/query.h"
#include "tests/api/json_schema.h"
#include "tests/api/page_checks.h"

namespace chayan::api::testing {
namespace {

const Headers kEnglish = {{"Accept-Language", "en"}};

std::size_t count(const Answer& answer, std::string_view text) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = answer.body.find(text, at)) != std::string::npos; ++at) ++found;
  return found;
}

std::string link_of(const Answer& answer, std::string_view beginning) {
  for (const std::string& link : attributes(answer.body, "href")) {
    if (link.starts_with(beginning)) return link;
  }
  return {};
}

TEST(FindPages, ACardSaysInWordsUntilWhenItIsFiledForWhat) {
  const Answer page =
      shared_registry().get("/institutions?occupation=" + http::percent_encode("养老护理员") +
                            "&work_type=&level=3&q=&region=&on=");
  expect_page(page, 200);
  EXPECT_TRUE(has(page, "示例照护评价中心"));
  EXPECT_TRUE(has(page, "备案有效至 2029-07-08，可评价："));
  EXPECT_TRUE(has(page, "Filed until 2029-07-08 for:"));
  EXPECT_TRUE(has(page, "养老护理员 · 高级工（三级）"));
  EXPECT_TRUE(has(page, "href=\"tel:02100000000\""));
  EXPECT_TRUE(has(page, "浦东新区"));
  EXPECT_TRUE(has(page, "<option value=\"4-10-01-05\" selected>"))
      << "the form keeps what was asked";
  EXPECT_TRUE(has(page, "<option value=\"3\" selected>"));
}

TEST(FindPages, ACertificateHeldLeadsToWhoMayConvertIt) {
  const Answer page = shared_registry().get("/institutions?item=foreign/1/1");
  expect_page(page, 200);
  EXPECT_TRUE(has(
      page, "可比照认定为 <strong>养老护理员 · 高级工（三级）</strong>（沪人社职〔2025〕338号）"));
  EXPECT_TRUE(has(page, "示例照护评价中心"));
  EXPECT_TRUE(has(page, "<option value=\"foreign/1/1\" selected>"));
  EXPECT_TRUE(has(shared_registry().get("/institutions?item=foreign/1/1&on=2020-01-01"),
                  "当日目录中没有该项"));
}

TEST(FindPages, AWordMayMeanACertificate) {
  const Answer page = shared_registry().get("/institutions?q=knx");
  expect_page(page, 200);
  EXPECT_TRUE(has(page, "没有符合条件的机构"));
  EXPECT_TRUE(has(page, "href=\"/institutions?item=foreign%2F1%2F6\""));
}

TEST(FindPages, AnEmptyListSaysWhatToDoNext) {
  const Registry& registry = shared_registry();
  const Answer page = registry.get("/institutions?item=dual/1/1");
  expect_page(page, 200);
  EXPECT_TRUE(has(page, "没有符合条件的机构"));
  const std::string any_state = "/institutions?item=dual%2F1%2F1&status=any";
  ASSERT_EQ(link_of(page, any_state), any_state);
  const Answer any = registry.get(any_state);
  EXPECT_TRUE(has(any, "示例数字技能评价中心"));
  EXPECT_TRUE(has(any, "备案已暂停，暂不能评价："));
  EXPECT_EQ(link_of(any, "/institutions?item=dual%2F1%2F1"), "/institutions?item=dual%2F1%2F1")
      << "a condition can be taken away";
}

TEST(FindPages, LinksLeadThroughAllPagesAndKeepWhatIsCompared) {
  Registry registry;
  for (int n = 10; n < 15; ++n) registry.add_institution(n, "4-10-01-06", SkillLevel::senior);
  std::string target =
      "/institutions?occupation=4-10-01-06&limit=2&level=&compare=" + std::string(kFirst);
  std::size_t seen = 0;
  for (int page = 0; page < 3; ++page) {
    const Answer answer = registry.get(target);
    expect_page(answer, 200);
    EXPECT_TRUE(has(answer, "再选一家即可比较"));
    seen += count(answer, "<li class=\"card\"");
    EXPECT_EQ(has(answer, "rel=\"next\""), page < 2);
    if (page == 2) break;
    const std::size_t link = answer.body.find("rel=\"next\"");
    target = attributes(std::string_view(answer.body).substr(link), "href").front();
  }
  EXPECT_EQ(seen, 5U);
}

TEST(FindPages, InstitutionsAreChosenToBeCompared) {
  const Registry& registry = shared_registry();
  const std::string first(kFirst), second(kSecond);
  const Answer list = registry.get("/institutions?status=any&compare=" + first);
  expect_page(list, 200);
  const std::string choose = "/institutions?status=any&compare=" + first + "%2C" + second;
  ASSERT_EQ(link_of(list, choose), choose + "#compared");
  const Answer chosen = registry.get(choose);
  const std::string compare = "/compare?codes=" + first + "%2C" + second;
  ASSERT_EQ(link_of(chosen, compare), compare);
  const Answer page = registry.get(compare);
  expect_page(page, 200);
  EXPECT_TRUE(has(page, "示例照护评价中心"));
  EXPECT_TRUE(has(page, "示例数字技能评价中心"));
  EXPECT_TRUE(has(page, "可评价"));
  EXPECT_TRUE(has(page, "至 <span class=\"nowrap\">2029-07-08</span>"));
  EXPECT_TRUE(
      has(registry.get(compare + "&on=2026-08-01", kEnglish), "As it stands on 2026-08-01"));
  EXPECT_EQ(registry.get(compare + "&on=x").status, 400);
  const std::string third(kThird);
  EXPECT_EQ(registry.get("/compare?codes=" + first + "," + second + "," + third).status, 200);
  EXPECT_EQ(
      registry.get("/compare?codes=" + first + "," + second + "," + third + ",9131000063159284XQ")
          .status,
      400);
  EXPECT_EQ(registry.get("/compare?codes=9131000063159284XQ").status, 404);
}

TEST(FindPages, AFaultOfTheFormIsShownInIt) {
  const Answer page =
      shared_registry().get("/institutions?on=2026-02-30&q=" + http::percent_encode("测金丝雀"));
  expect_page(page, 400);
  EXPECT_TRUE(has(page, "<div class=\"summary\" role=\"alert\">"));
  EXPECT_TRUE(has(page, "<a href=\"#on\">"));
  EXPECT_FALSE(has(page, "金丝雀")) << "no byte of a request stands in a problem";
  EXPECT_FALSE(has(page, "2026-02-30"));
}

TEST(FindPages, AnInstitutionSaysWhereItStoodOnADay) {
  const Registry& registry = shared_registry();
  const std::string address = "/institutions/" + std::string(kFirst);
  const Answer today = registry.get(address);
  expect_page(today, 200);
  EXPECT_TRUE(has(today, "2026-11-24 备案有效，可评价 4 项。"));
  EXPECT_TRUE(has(today, "class=\"answer good\""));
  EXPECT_TRUE(has(today, "On 2026-11-24 it is filed for 4 items."));
  EXPECT_TRUE(has(today, "2026-07-08 至 2029-07-08：备案有效"));
  EXPECT_TRUE(has(today, "2029-07-09 起：已到期"));
  EXPECT_TRUE(has(today, "<rect class=\"mark good\""));
  const Answer before = registry.get(address + "?on=2026-07-01");
  EXPECT_TRUE(has(before, "2026-07-01 不能评价：备案办理中。"));
  EXPECT_TRUE(has(before, "class=\"answer wait\""));
  const Answer suspended = registry.get("/institutions/" + std::string(kSecond));
  EXPECT_TRUE(has(suspended, "不能评价：已暂停。"));
  EXPECT_TRUE(has(suspended, "示例：整改"));
  EXPECT_TRUE(has(registry.get("/institutions/" + std::string(kThird)), "校验位不符"));
}

TEST(FindPages, TheCatalogReadsInBothDirections) {
  const Registry& registry = shared_registry();
  const Answer certificates = registry.get("/catalog");
  EXPECT_EQ(count(certificates, "<tr id="), 13U);
  EXPECT_TRUE(has(certificates, "沪人社职〔2025〕338号"));
  EXPECT_TRUE(has(certificates, "沪人社职〔2026〕5号"));
  const Answer occupations = registry.get("/catalog?by=occupation");
  EXPECT_EQ(count(occupations, "<li id="), 13U);
  EXPECT_TRUE(has(occupations, "家政服务员（家庭照护员） · 高级工（三级）"));
  const Answer knx = registry.get("/catalog?q=KNX");
  expect_page(knx, 200);
  EXPECT_EQ(count(knx, "<tr id="), 2U);
  EXPECT_TRUE(has(registry.get("/catalog?q=nothing"), "没有符合条件的目录项"));
}

TEST(FindPages, SuggestionsAreOfThreeKinds) {
  const Registry& registry = shared_registry();
  const Answer document = registry.get("/openapi.json");
  const auto schema = document.json().at_pointer("/components/schemas/SuggestionList").value();
  const auto first = [&](const std::string& typed) {
    const Answer answer = registry.get("/v1/suggestions?q=" + http::percent_encode(typed));
    EXPECT_EQ(answer.status, 200) << answer.body;
    for (const auto& fault : schema_faults(document.json(), schema, answer.json(), typed)) {
      ADD_FAILURE() << fault;
    }
    return answer.text("/items/0/kind") + " " + answer.text("/items/0/value");
  };
  EXPECT_EQ(first("ylhl"), "occupation 4-10-01-05");
  EXPECT_EQ(first("knx"), "item foreign/1/6");
  EXPECT_EQ(first("示例照护"), "institution " + std::string(kFirst));
  EXPECT_EQ(first("sljh") + first("shilizhao"),
            "(absent) (absent)institution " + std::string(kFirst));
  EXPECT_EQ(registry.get("/v1/suggestions").status, 400);
  EXPECT_EQ(registry.get("/v1/suggestions?q=").status, 400);
  // An institution is suggested for its name, and not for what it assesses.
  EXPECT_EQ(registry.get("/v1/suggestions?q=" + http::percent_encode("养老护理员")).count("/items"),
            2U);
}

TEST(FindPages, FiguresAreCounted) {
  Registry registry;
  const Answer before = registry.get("/data");
  expect_page(before, 200);
  EXPECT_TRUE(has(before, "<strong>1</strong>家机构备案有效"));
  EXPECT_TRUE(has(before, "<strong>3</strong>家机构有记录"));
  EXPECT_TRUE(has(before, "<strong>13</strong>项目录有效"));
  EXPECT_TRUE(has(before, "<strong>5</strong>张证书核发")) << "an erased one was issued too";
  registry.add_institution(20, "4-10-01-06", SkillLevel::senior);
  // The page's checkpoint moves by itself; the figures are kept for a moment.
  EXPECT_TRUE(has(registry.get("/data"), "<strong>3</strong>家机构有记录"));
  registry.clock.advance(std::chrono::seconds(10));
  const Answer after = registry.get("/data");
  EXPECT_TRUE(has(after, "<strong>2</strong>家机构备案有效"));
  EXPECT_TRUE(has(after, "<strong>4</strong>家机构有记录"));
  EXPECT_FALSE(has(after, "证书数目前统计到"));
}

TEST(FindPages, TheMonthOfAnIssueIsReadFromItsEntry) {
  EXPECT_EQ(month_of_issue(R"({"body":{"issued_on":"2026-09-01"},"kind":"certificate.issued"})"),
            "2026-09");
  EXPECT_EQ(month_of_issue(R"({"body":{"issued_on":"2026-09-01"},"kind":"certificate.corrected"})"),
            "");
  // A text that holds the words has its quotes escaped.
  EXPECT_EQ(month_of_issue(R"({"body":{"a":"\"kind\":\"certificate.issued\""},"kind":"x"})"), "");
}

TEST(FindPages, PlotsHaveEveryMonthAndStopAtABound) {
  EXPECT_EQ(percent(1, 8), "12.50%");
  EXPECT_EQ(percent(1, 1000), "0.10%");
  EXPECT_EQ(percent(3, 0), "0.00%");
  const auto months = [](const CountByMonth& counts) {
    return month_plot(counts).get("months")->list_value().size();
  };
  EXPECT_EQ(months({}), 0U);
  EXPECT_EQ(months({{"2026-11", 1}, {"2027-02", 2}}), 4U);
  const PageData many = month_plot({{"1999-01", 7}, {"2027-02", 2}});
  EXPECT_EQ(many.get("months")->list_value().size(), 36U);
  EXPECT_EQ(many.get("earlier")->string_value(), "7");
}

TEST(FindPages, ATelephoneIsWhatStandsBeforeOtherWords) {
  EXPECT_EQ(telephone_address("021-0000 0000 转 8001"), "tel:02100000000");
  EXPECT_EQ(telephone_address("+86 (21) 00000000"), "tel:+862100000000");
  EXPECT_EQ(telephone_address("12"), "");
  EXPECT_EQ(telephone_address("见网站"), "");
}

TEST(FindPages, TheReferenceHasEverySchemaAndEveryPublicAddress) {
  const Answer page = shared_registry().get("/data/api");
  simdjson::dom::parser parser;
  const auto schemas = parser.parse(component_schemas()).get_object().value();
  EXPECT_EQ(named_schemas().size(), schemas.size());
  for (const NamedSchema& schema : named_schemas()) {
    simdjson::dom::parser one;
    EXPECT_EQ(simdjson::minify(one.parse(schema.json).value()),
              simdjson::minify(schemas.at_key(schema.name).value()))
        << schema.name;
  }
  for (const Route& route : routes()) {
    if ((route.listeners & kPublic) == 0 || route.page) continue;
    EXPECT_TRUE(has(page, "id=\"" + std::string(route.operation) + "\"")) << route.operation;
  }
  EXPECT_FALSE(has(page, "/v1/keys/rotations")) << "not for the public";
}

// ---- markup planted in every field of the data and of the input

constexpr const char* kMarkup = "<b>\"'&";
constexpr const char* kWeb = "https://example.org/<b>\"'&";

std::vector<Change> planted() {
  Occupation occupation;
  occupation.code = OccupationCode::parse("9-99-99-99").value();
  occupation.name = std::string("职业") + kMarkup;
  occupation.name_en = std::string("Occupation") + kMarkup;
  occupation.work_types = {std::string("工种") + kMarkup};
  occupation.source = kMarkup;
  CatalogItem item;
  item.id = CatalogItemId::parse("foreign/9/1").value();
  item.document = item.country = item.awarding_body = item.awarding_body_en =
      item.awarding_body_abbreviation = item.certificate = item.certificate_en = item.standard =
          kMarkup;
  item.occupation = occupation.code;
  item.occupation_name = occupation.name;
  item.work_type = occupation.work_types.front();
  item.level = SkillLevel::senior;
  item.effective_from = day("2026-01-01");
  Institution institution;
  institution.credit_code = credit_code(77);
  institution.name = std::string("机构") + kMarkup;
  institution.region = RegionCode::parse("999999").value();
  institution.address = institution.registration_authority = institution.national_filing_number =
      institution.service_phone = institution.supervision_phone = institution.service_address =
          institution.service_email = kMarkup;
  institution.website = kWeb;
  return {Change{occupation, {}}, Change{item, {}}, Change{institution, {}}};
}

TEST(FindPages, EscapeEveryFieldOfTheData) {
  Registry registry;
  registry.record(planted());
  ScopeLine line;
  line.item = CatalogItemId::parse("foreign/9/1").value();
  std::vector<Change> filing =
      effective_filing(std::string("F") + kMarkup, credit_code(77), {line});
  registry.record(std::move(filing));
  FilingEvent suspended;
  suspended.kind = FilingEventKind::suspended;
  suspended.filing = std::string("F") + kMarkup;
  suspended.institution = credit_code(77);
  suspended.on = day("2026-11-01");
  suspended.reason = kMarkup;
  registry.record({Change{suspended, {}}});
  const std::string code(credit_code(77).text());
  for (const std::string& target :
       {std::string("/"), std::string("/institutions"), std::string("/institutions?status=any"),
        std::string("/institutions?status=any&item=foreign/9/1&compare=") + code,
        "/institutions?status=any&occupation=9-99-99-99&q=" + http::percent_encode("职业"),
        "/institutions/" + code, "/compare?codes=" + code + "," + std::string(kFirst),
        std::string("/catalog"), std::string("/catalog?by=occupation"), std::string("/data")}) {
    for (const Headers& headers : {Headers(), kEnglish}) {
      SCOPED_TRACE(target);
      const Answer page = registry.get(target, headers);
      expect_page(page, 200, headers.empty() ? "zh-CN" : "en");
      EXPECT_FALSE(has(page, "<b>"));
      EXPECT_FALSE(has(page, "\"'&<"));
      EXPECT_TRUE(has(page, "&lt;b&gt;&quot;&apos;&amp;") ||
                  has(page, "&lt;b&gt;&quot;&#39;&amp;"));
    }
  }
}

TEST(FindPages, EscapeEveryParameter) {
  const Registry& registry = shared_registry();
  const std::string markup = http::percent_encode(kMarkup);
  for (const Route& route : routes()) {
    if (!route.page || route.verb != Verb::get) continue;
    std::string path(route.pattern);
    for (std::size_t i = 0; !brace_name(route.pattern, i).empty(); ++i) {
      const std::string brace = "{" + std::string(brace_name(route.pattern, i)) + "}";
      path.replace(path.find(brace), brace.size(), markup);
    }
    std::vector<std::string> targets = {path, path + "?" + markup + "=" + markup};
    for (const Parameter& parameter : route.parameters) {
      targets.push_back(path + "?" + std::string(parameter.name) + "=" + markup);
    }
    for (const std::string& target : targets) {
      const Answer page = registry.get(target);
      EXPECT_LT(page.status, 500) << target;
      EXPECT_FALSE(has(page, "<b>")) << target;
      EXPECT_TRUE(html_faults(page.body).empty()) << target;
    }
  }
  const Answer kept = registry.get("/institutions?q=" + markup);
  expect_page(kept, 200);
  EXPECT_TRUE(has(kept, "&lt;b&gt;"));
}

}  // namespace
}  // namespace chayan::api::testing
