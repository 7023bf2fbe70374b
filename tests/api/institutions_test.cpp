#include <set>

#include "base/limits.h"
#include "http/query.h"
#include "tests/api/fixture.h"

namespace chayan::api::testing {
namespace {

std::string q(std::string_view text) {
  return http::percent_encode(text);
}

std::set<std::string> codes(const Answer& answer) {
  std::set<std::string> found;
  for (std::size_t i = 0; i < answer.count("/items"); ++i) {
    found.insert(answer.text("/items/" + std::to_string(i) + "/credit_code"));
  }
  return found;
}

const std::set<std::string> kFirstOnly = {std::string(kFirst)};

TEST(FindInstitutions, FindsByNameOfOccupationAndLevelInAnySpelling) {
  const Registry& registry = shared_registry();
  for (const std::string level : {"3", "三级", "高级工", "高级工（三级）"}) {
    const Answer answer =
        registry.get("/v1/institutions?occupation=" + q("养老护理员") + "&level=" + q(level));
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(codes(answer), kFirstOnly);
    EXPECT_EQ(answer.text("/on"), kToday);
    EXPECT_EQ(answer.text("/next_cursor"), "null");
  }
}

TEST(FindInstitutions, ShowsTheMatchingLinesWithStateAndValidity) {
  const Answer answer = shared_registry().get("/v1/institutions?occupation=4-12-01-01&level=3");
  ASSERT_EQ(answer.status, 200) << answer.body;
  ASSERT_EQ(answer.count("/items/0/offerings"), 1U);
  EXPECT_EQ(answer.text("/items/0/offerings/0/item"), "foreign/1/3");
  EXPECT_EQ(answer.text("/items/0/offerings/0/state"), "effective");
  EXPECT_EQ(answer.text("/items/0/offerings/0/valid_from"), "2026-07-08");
  EXPECT_EQ(answer.text("/items/0/offerings/0/valid_to"), "2029-07-08");
  EXPECT_EQ(answer.text("/items/0/offerings/0/receipt"), "示例备案回执-SL-1");
}

TEST(FindInstitutions, AnswersForTheDayAsked) {
  const Registry& registry = shared_registry();
  const auto on = [&](const std::string& day) {
    return codes(registry.get("/v1/institutions?item=dual/1/1&on=" + day));
  };
  EXPECT_TRUE(on("2026-07-07").empty());
  EXPECT_EQ(on("2026-07-08").size(), 1U);
  EXPECT_EQ(on("2026-09-30").size(), 1U);
  EXPECT_TRUE(on("2026-10-01").empty()) << "suspended from the day itself";
  EXPECT_EQ(codes(registry.get("/v1/institutions?item=dual/1/1&status=suspended")).size(), 1U);
  EXPECT_TRUE(codes(registry.get("/v1/institutions?item=foreign/1/1&on=2029-07-09")).empty());
  EXPECT_EQ(codes(registry.get("/v1/institutions?item=foreign/1/1&on=2029-07-08")), kFirstOnly);
}

TEST(FindInstitutions, RestrictsByEveryParameter) {
  const Registry& registry = shared_registry();
  EXPECT_EQ(codes(registry.get("/v1/institutions?region=310115")), kFirstOnly);
  EXPECT_EQ(codes(registry.get("/v1/institutions?region=310000")), kFirstOnly);
  EXPECT_TRUE(codes(registry.get("/v1/institutions?region=110000")).empty());
  EXPECT_EQ(codes(registry.get("/v1/institutions?list=foreign")), kFirstOnly);
  EXPECT_TRUE(codes(registry.get("/v1/institutions?list=dual")).empty());
  EXPECT_EQ(codes(registry.get("/v1/institutions?q=" + q("照护"))), kFirstOnly);
  EXPECT_EQ(codes(registry.get("/v1/institutions?q=ylhly")), kFirstOnly);
  EXPECT_EQ(codes(registry.get("/v1/institutions?work_type=" + q("汽车机械维修工"))), kFirstOnly);
  EXPECT_EQ(codes(registry.get("/v1/institutions?status=in_procedure")),
            std::set<std::string>{std::string(kThird)});
  EXPECT_EQ(codes(registry.get("/v1/institutions?status=any")).size(), 3U);
}

TEST(FindInstitutions, NamesTheParameterToCorrect) {
  const Registry& registry = shared_registry();
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"level=9", "level"},
      {"region=99", "region"},
      {"list=other", "list"},
      {"item=foreign", "item"},
      {"status=valid", "status"},
      {"on=2026-02-30", "on"},
      {"on=tomorrow", "on"},
      {"limit=0", "limit"},
      {"limit=101", "limit"},
      {"limit=ten", "limit"},
      {"limit=", "limit"},
      {"cursor=AAAA", "cursor"},
      {"cursor=%21%21", "cursor"},
      {"occupation=4-10-01-99", "occupation"},
      {"occupation=4-1", "occupation"},
      {"occupation=" + q("宇航员"), "occupation"},
      {"work_type=" + q("宇航工"), "work_type"},
      {"q=" + std::string(limits::kQueryTextBytesMax + 1, 'a'), "q"},
      {"q=%zz", "q"},
      {"q=a&q=b", "q"},
      {"q=%ff", "q"}};
  for (const auto& [query, field] : bad) {
    const Answer answer = registry.get("/v1/institutions?" + query);
    EXPECT_EQ(answer.status, 400) << query << answer.body;
    EXPECT_EQ(answer.content_type, "application/problem+json");
    EXPECT_EQ(answer.text("/field"), field) << query;
    EXPECT_NE(answer.text("/detail"), "") << query;
  }
}

TEST(FindInstitutions, AnUnknownOccupationListsTheNearest) {
  const Answer answer = shared_registry().get("/v1/institutions?occupation=" + q("养老护理师"));
  ASSERT_EQ(answer.status, 400);
  EXPECT_NE(answer.text("/detail").find("养老护理员 4-10-01-05"), std::string::npos) << answer.body;
}

TEST(FindInstitutions, UnknownParametersNameTheNearOne) {
  const Registry& registry = shared_registry();
  const Answer typo = registry.get("/v1/institutions?ocupation=x", {{"Accept-Language", "en"}});
  EXPECT_EQ(typo.status, 400);
  EXPECT_EQ(typo.text("/field"), "occupation");
  EXPECT_NE(typo.text("/detail").find("did you mean \"occupation\""), std::string::npos);
  const Answer strange = registry.get("/v1/institutions?holdername=zhangsan");
  EXPECT_EQ(strange.status, 400);
  EXPECT_EQ(strange.text("/field"), "query");
  EXPECT_EQ(strange.everything().find("holdername"), std::string::npos);
  EXPECT_EQ(registry.get("/v1/institutions?x=1").text("/field"), "query") << "no slip of q";
  EXPECT_EQ(registry.get("/v1/limits?credit_code=1").text("/field"), "query");
  EXPECT_EQ(registry.get("/v1/institutions/" + std::string(kFirst) + "?credit_code=1").status, 400)
      << "a parameter of the path is none of the query";
}

TEST(FindInstitutions, PagesAreStableUnderWrites) {
  Registry registry;
  for (int n = 10; n < 30; ++n) registry.add_institution(n, "4-10-01-06", SkillLevel::senior);
  const std::string list = "/v1/institutions?occupation=4-10-01-06&level=3&limit=6";
  const std::set<std::string> before = codes(registry.get(list + "0"));
  ASSERT_EQ(before.size(), 20U);

  std::multiset<std::string> seen;
  std::string cursor;
  int pages = 0;
  do {
    const Answer page = registry.get(cursor.empty() ? list : list + "&cursor=" + cursor);
    ASSERT_EQ(page.status, 200) << page.body;
    for (const std::string& code : codes(page)) seen.insert(code);
    cursor = page.text("/next_cursor");
    // Rows before and behind the position come into being between two pages.
    registry.add_institution(100 + pages * 2, "4-10-01-06", SkillLevel::senior);
    registry.add_institution(101 + pages * 2, "4-10-01-06", SkillLevel::senior);
    ASSERT_LT(++pages, 20);
  } while (cursor != "null");
  for (const std::string& code : before) EXPECT_EQ(seen.count(code), 1U) << code;
}

TEST(FindInstitutions, ACursorIsBoundToItsQueryAndItsDayAndEnds) {
  Registry registry;
  for (int n = 10; n < 14; ++n) registry.add_institution(n, "4-10-01-06", SkillLevel::senior);
  const std::string list = "/v1/institutions?occupation=4-10-01-06&limit=2";
  const std::string cursor = registry.get(list).text("/next_cursor");
  ASSERT_NE(cursor, "null");
  const Headers english = {{"Accept-Language", "en"}};
  const auto detail = [&](const std::string& target) {
    const Answer answer = registry.get(target, english);
    EXPECT_EQ(answer.status, 400) << target << answer.body;
    EXPECT_EQ(answer.text("/field"), "cursor");
    return answer.text("/detail");
  };
  EXPECT_NE(detail("/v1/institutions?occupation=4-10-01-05&limit=2&cursor=" + cursor)
                .find("other parameters"),
            std::string::npos);
  EXPECT_NE(detail(list + "&on=2026-11-24&cursor=" + cursor).find("other parameters"),
            std::string::npos);
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    std::string tampered = cursor;
    tampered[i] = tampered[i] == 'A' ? 'B' : 'A';
    detail(list + "&cursor=" + tampered);
  }
  // Another page size may go on with it, and parameters may come in another order.
  EXPECT_EQ(
      registry.get("/v1/institutions?limit=3&cursor=" + cursor + "&occupation=4-10-01-06").status,
      200);

  // A list begun today stays on its day over midnight; a day and an hour later it has ended.
  registry.clock.advance(std::chrono::hours(20));
  EXPECT_EQ(registry.get("/v1/institutions").text("/on"), "2026-11-25");
  EXPECT_EQ(registry.get(list + "&cursor=" + cursor).text("/on"), kToday);
  registry.clock.advance(std::chrono::hours(6));
  EXPECT_NE(detail(list + "&cursor=" + cursor).find("expired"), std::string::npos);
}

TEST(FindInstitutions, AForeignServicesCursorIsRefused) {
  Registry one, other;
  for (Registry* registry : {&one, &other}) {
    for (int n = 10; n < 14; ++n) registry->add_institution(n, "4-10-01-06", SkillLevel::senior);
  }
  const std::string list = "/v1/institutions?occupation=4-10-01-06&limit=2";
  const std::string cursor = one.get(list).text("/next_cursor");
  EXPECT_EQ(other.get(list + "&cursor=" + cursor).status, 400);
}

TEST(ShowInstitution, ShowsScopeAndFilings) {
  const Answer answer = shared_registry().get("/v1/institutions/" + std::string(kFirst));
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.text("/name"), "示例照护评价中心");
  EXPECT_EQ(answer.text("/credit_code_checks"), "true");
  EXPECT_EQ(answer.text("/institution_kind_name"), "社会团体");
  ASSERT_EQ(answer.count("/filings"), 1U);
  EXPECT_EQ(answer.text("/filings/0/state"), "effective");
  EXPECT_EQ(answer.count("/filings/0/scope"), 4U);
  EXPECT_EQ(answer.text("/filings/0/scope/1/occupation"), "4-12-01-01");
}

TEST(ShowInstitution, AnswersForTheDayAsked) {
  const Registry& registry = shared_registry();
  const std::string path = "/v1/institutions/" + std::string(kSecond);
  EXPECT_EQ(registry.get(path).text("/filings/0/state"), "suspended");
  EXPECT_EQ(registry.get(path + "?on=2026-09-30").text("/filings/0/state"), "effective");
  const Answer early = registry.get(path + "?on=2026-07-01");
  EXPECT_EQ(early.text("/filings/0/state"), "in_procedure");
  EXPECT_EQ(early.text("/filings/0/receipt"), "null") << "it had none on that day";
}

TEST(ShowInstitution, ForgivesTypingAndFlagsWhatTheAuthoritySupplied) {
  const Registry& registry = shared_registry();
  EXPECT_EQ(registry.get("/v1/institutions/91350100m000100y43").status, 200);
  const Answer flagged = registry.get("/v1/institutions/" + std::string(kThird));
  ASSERT_EQ(flagged.status, 200) << flagged.body;
  EXPECT_EQ(flagged.text("/credit_code_checks"), "false");
}

TEST(ShowInstitution, TellsUnknownFromMistyped) {
  const Registry& registry = shared_registry();
  const Answer unknown = registry.get("/v1/institutions/9131000063159284XQ");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.text("/type"), "urn:chayan:problem:not-found");
  const Answer mistyped = registry.get("/v1/institutions/91350100M000100Y4Z");
  EXPECT_EQ(mistyped.status, 400);
  EXPECT_EQ(mistyped.text("/field"), "credit_code");
  EXPECT_EQ(registry.get("/v1/institutions/91350100M000100Y44").status, 400) << "check character";
  EXPECT_EQ(registry.get("/v1/institutions/%ff").text("/field"), "credit_code");
  EXPECT_EQ(registry.get("/v1/institutions/").status, 404);
}

TEST(ShowInstitutionHistory, ShowsEntriesAsRecorded) {
  const Registry& registry = shared_registry();
  const Answer answer = registry.get("/v1/institutions/" + std::string(kSecond) + "/history");
  ASSERT_EQ(answer.status, 200) << answer.body;
  ASSERT_EQ(answer.count("/items"), 7U);
  EXPECT_EQ(answer.text("/items/0/kind"), "institution.put");
  EXPECT_EQ(answer.text("/items/1/kind"), "filing.submitted");
  EXPECT_EQ(answer.text("/items/6/kind"), "filing.suspended");
  EXPECT_EQ(answer.text("/items/6/body/on"), "2026-10-01");
  EXPECT_EQ(answer.text("/items/6/body/reason"), "示例：整改");
  EXPECT_EQ(registry.get("/v1/institutions/9131000063159284XQ/history").status, 404);
}

}  // namespace
}  // namespace chayan::api::testing
