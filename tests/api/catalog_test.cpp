// All 13 rows of the notice's two annexes, written here from the notice and not from data/, found
// in both directions.
#include "http/query.h"
#include "tests/api/fixture.h"

namespace chayan::api::testing {
namespace {

std::string q(std::string_view text) {
  return http::percent_encode(text);
}

struct Row {
  std::string_view item;
  std::string_view country;
  std::string_view body;         // a word of the awarding body
  std::string_view certificate;  // a word of the certificate that no other row has
  std::string_view occupation;
  std::string_view code;
  std::string_view work_type;
  std::string_view level;
};

constexpr Row kRows[] = {
    {"foreign/1/1", "英国", "TQUK", "老年护理证书", "养老护理员", "4-10-01-05", "", "3"},
    {"foreign/1/2", "英国", "TQUK", "第三级照护员文凭", "家政服务员", "4-10-01-06", "家庭照护员",
     "3"},
    {"foreign/1/3", "英国", "IMI", "国际二级证书", "汽车维修工", "4-12-01-01", "汽车机械维修工",
     "3"},
    {"foreign/1/4", "英国", "RAeS", "飞机维修技师", "航空附件装配工", "6-23-03-06", "航空附件修理",
     "3"},
    {"foreign/1/5", "英国", "RAeS", "飞机适航认证技师", "航空附件装配工", "6-23-03-06",
     "航空附件修理", "2"},
    {"foreign/1/6", "比利时", "KNX", "初级证书", "智能楼宇管理员", "4-06-01-04", "", "4"},
    {"foreign/1/7", "比利时", "KNX", "高级证书", "智能楼宇管理员", "4-06-01-04", "", "3"},
    {"dual/1/1", "", "华为", "HCIA-AI", "人工智能训练师", "4-04-05-05", "", "3"},
    {"dual/1/2", "", "华为", "HCIA-Security", "网络与信息安全管理员", "4-04-04-02",
     "网络安全管理员", "3"},
    {"dual/1/3", "", "华为", "HCIA-Datacom", "信息通信网络运行管理员", "4-04-04-01", "", "3"},
    {"dual/1/4", "", "立邦", "三星资格", "装饰装修工", "6-29-04-01", "艺术涂装师", "5"},
    {"dual/1/5", "", "立邦", "四星资格", "装饰装修工", "6-29-04-01", "艺术涂装师", "4"},
    {"dual/1/6", "", "立邦", "五星资格", "装饰装修工", "6-29-04-01", "艺术涂装师", "3"},
};

// The place of an item in an answer; empty where it is not in it.
std::string place_of(const Answer& answer, std::string_view item) {
  for (std::size_t i = 0; i < answer.count("/items"); ++i) {
    const std::string place = "/items/" + std::to_string(i);
    if (answer.text(place + "/item") == item) return place;
  }
  return {};
}

TEST(Catalog, HasTheThirteenRows) {
  const Registry& registry = shared_registry();
  EXPECT_EQ(registry.get("/v1/catalog").count("/items"), 13U);
  EXPECT_EQ(registry.get("/v1/catalog?list=foreign").count("/items"), 7U);
  EXPECT_EQ(registry.get("/v1/catalog?list=dual").count("/items"), 6U);
  EXPECT_EQ(registry.get("/v1/catalog?country=" + q("英国")).count("/items"), 5U);
  EXPECT_EQ(registry.get("/v1/catalog?awarding_body=KNX").count("/items"), 2U);
  EXPECT_EQ(registry.get("/v1/catalog?awarding_body=knx&level=4").count("/items"), 1U);
  EXPECT_EQ(registry.get("/v1/catalog?on=2000-01-01").count("/items"), 0U);
}

TEST(Catalog, EachRowIsFoundByItsCertificate) {
  for (const Row& row : kRows) {
    const Answer answer = shared_registry().get("/v1/catalog?q=" + q(row.certificate));
    ASSERT_EQ(answer.status, 200) << answer.body;
    const std::string place = place_of(answer, row.item);
    ASSERT_FALSE(place.empty()) << row.item << answer.body;
    EXPECT_EQ(answer.text(place + "/occupation_name"), row.occupation);
    EXPECT_EQ(answer.text(place + "/occupation"), row.code);
    EXPECT_EQ(answer.text(place + "/level"), row.level) << row.item;
    EXPECT_EQ(answer.text(place + "/work_type"),
              row.work_type.empty() ? "(absent)" : row.work_type);
    EXPECT_EQ(answer.text(place + "/country"), row.country.empty() ? "(absent)" : row.country);
  }
}

TEST(Catalog, EachRowIsFoundByBodyOccupationWorkTypeAndLevel) {
  const Registry& registry = shared_registry();
  for (const Row& row : kRows) {
    const std::string level = "level=" + std::string(row.level);
    std::vector<std::string> queries = {"occupation=" + q(row.occupation) + "&" + level,
                                        "occupation=" + std::string(row.code) + "&" + level, level,
                                        "awarding_body=" + q(row.body) + "&" + level,
                                        "q=" + q(row.occupation) + "&" + level};
    if (!row.work_type.empty()) queries.push_back("work_type=" + q(row.work_type) + "&" + level);
    for (const std::string& query : queries) {
      const Answer answer = registry.get("/v1/catalog?" + query);
      ASSERT_EQ(answer.status, 200) << query << answer.body;
      const std::string place = place_of(answer, row.item);
      ASSERT_FALSE(place.empty()) << row.item << " by " << query;
      EXPECT_NE(answer.text(place + "/certificate").find(row.certificate), std::string::npos);
      for (std::size_t i = 0; i < answer.count("/items"); ++i) {
        EXPECT_EQ(answer.text("/items/" + std::to_string(i) + "/level"), row.level);
      }
    }
  }
}

TEST(Catalog, TheForeignLevelIsNotTheChineseOne) {
  const Registry& registry = shared_registry();
  EXPECT_EQ(registry.get("/v1/catalog/foreign/1/3").text("/versions/0/level"), "3");  // IMI L2
  EXPECT_EQ(registry.get("/v1/catalog/foreign/1/5").text("/versions/0/level"),
            "2");  // RAeS Level 4
}

TEST(Catalog, ShowsOneItemWithItsDocument) {
  const Registry& registry = shared_registry();
  const Answer item = registry.get("/v1/catalog/dual/1/4");
  ASSERT_EQ(item.status, 200) << item.body;
  EXPECT_EQ(item.text("/versions/0/document"), "沪人社职〔2026〕5号");
  EXPECT_EQ(item.text("/versions/0/in_force"), "true");
  EXPECT_EQ(registry.get("/v1/catalog/foreign/1/99").status, 404);
  EXPECT_EQ(registry.get("/v1/catalog/other/1/1").status, 400);
  EXPECT_EQ(registry.get("/v1/catalog/foreign/x/1").text("/field"), "item");
  EXPECT_EQ(registry.get("/v1/catalog/foreign/1").status, 404);
}

TEST(Catalog, NamesTheParameterToCorrect) {
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"list=x", "list"},
      {"level=x", "level"},
      {"on=x", "on"},
      {"country=", "country"},
      {"occupation=4-99-99-99", "occupation"}};
  for (const auto& [query, field] : bad) {
    const Answer answer = shared_registry().get("/v1/catalog?" + query);
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_EQ(answer.text("/field"), field) << query;
  }
}

TEST(Occupations, AreListedFoundAndShown) {
  const Registry& registry = shared_registry();
  EXPECT_EQ(registry.get("/v1/occupations").count("/items"), 9U);
  EXPECT_EQ(registry.get("/v1/occupations?q=yanglao").text("/items/0/code"), "4-10-01-05");
  const Answer one = registry.get("/v1/occupations/6-29-04-01");
  ASSERT_EQ(one.status, 200) << one.body;
  EXPECT_EQ(one.text("/name"), "装饰装修工");
  EXPECT_EQ(one.text("/work_types/0"), "艺术涂装师");
  EXPECT_EQ(one.count("/levels"), 3U);
  EXPECT_EQ(one.count("/catalog"), 3U);
  EXPECT_EQ(one.text("/institutions"), "0");
  EXPECT_EQ(registry.get("/v1/occupations/4-10-01-05").text("/institutions"), "1");
  EXPECT_EQ(registry.get("/v1/occupations/4-10-01-05?on=2026-07-07").text("/institutions"), "0");
  EXPECT_EQ(registry.get("/v1/occupations/4-99-99-99").status, 404);
  EXPECT_EQ(registry.get("/v1/occupations/x").text("/field"), "code");
}

TEST(Authorizations, SayYesOrNoAndWhy) {
  const Registry& registry = shared_registry();
  const auto ask = [&](std::string_view institution, const std::string& rest) {
    return registry.get("/v1/authorizations?institution=" + std::string(institution) + "&" + rest);
  };
  const Answer yes = ask(kFirst, "item=foreign/1/5");
  ASSERT_EQ(yes.status, 200) << yes.body;
  EXPECT_EQ(yes.text("/authorized"), "true");
  EXPECT_EQ(yes.text("/reason"), "entitled");
  EXPECT_EQ(yes.text("/filing/filing"), "SL-1");
  EXPECT_EQ(yes.text("/item"), "foreign/1/5");
  EXPECT_EQ(ask(kFirst, "occupation=" + q("养老护理员") + "&level=3").text("/authorized"), "true");
  EXPECT_EQ(ask(kFirst, "occupation=4-10-01-05&level=2").text("/reason"), "out_of_scope");
  EXPECT_EQ(ask(kSecond, "item=dual/1/1").text("/reason"), "filing_suspended");
  EXPECT_EQ(ask(kSecond, "item=dual/1/1&on=2026-08-01").text("/reason"), "entitled");
  EXPECT_EQ(ask(kThird, "item=foreign/1/6").text("/reason"), "filing_in_procedure");
  EXPECT_EQ(ask(kFirst, "item=foreign/9/9").text("/reason"), "item_unknown");
  EXPECT_EQ(ask("9131000063159284XQ", "item=foreign/1/1").text("/reason"), "institution_unknown");
}

TEST(Authorizations, SpeakTheLanguageAsked) {
  const std::string target =
      "/v1/authorizations?institution=" + std::string(kSecond) + "&item=dual/1/1";
  const Answer zh = shared_registry().get(target);
  const Answer en = shared_registry().get(target, {{"Accept-Language", "en"}});
  EXPECT_NE(zh.text("/sentence"), en.text("/sentence"));
  EXPECT_NE(zh.header("ETag"), en.header("ETag"));
  EXPECT_EQ(zh.header("Vary"), "Accept-Encoding, Accept-Language");
}

TEST(Authorizations, NameTheParameterToCorrect) {
  const std::string by = "institution=" + std::string(kFirst);
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"item=foreign/1/1", "institution"},
      {"institution=x&item=foreign/1/1", "institution"},
      {by, "item"},
      {by + "&item=x", "item"},
      {by + "&item=foreign/1/1&level=3", "item"},
      {by + "&level=3", "occupation"},
      {by + "&occupation=4-10-01-05", "level"},
      {by + "&occupation=4-10-01-05&level=0", "level"},
      {by + "&item=foreign/1/1&on=x", "on"}};
  for (const auto& [query, field] : bad) {
    const Answer answer = shared_registry().get("/v1/authorizations?" + query);
    EXPECT_EQ(answer.status, 400) << query << answer.body;
    EXPECT_EQ(answer.text("/field"), field) << query;
  }
}

}  // namespace
}  // namespace chayan::api::testing
