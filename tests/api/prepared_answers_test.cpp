#include "api/prepared_answers.h"

#include "base/limits.h"
#include "tests/api/fixture.h"

namespace chayan::api::testing {
namespace {

constexpr AnswerKey kKey{"/v1/institutions?level=3", Language::zh, http::Coding::identity, 495'000,
                         7};

http::Response answer(std::string body) {
  http::Response response;
  response.content_type = "application/json";
  response.set("ETag", "\"tag\"");
  response.body = std::move(body);
  return response;
}

TEST(PreparedAnswers, AreFoundUnderTheirWholeKeyAlone) {
  const PreparedAnswers prepared;
  prepared.keep(kKey, answer("{}"));
  http::Response found;
  ASSERT_TRUE(prepared.find(kKey, found));
  EXPECT_EQ(found.status, 200);
  EXPECT_EQ(found.content_type, "application/json");
  ASSERT_EQ(found.headers.size(), 1U);
  EXPECT_EQ(found.headers[0].value, "\"tag\"");
  EXPECT_EQ(found.body, "{}");

  std::vector<AnswerKey> others(5, kKey);
  others[0].target = "/v1/institutions?level=4";
  others[1].language = Language::en;
  others[2].coding = http::Coding::gzip;
  ++others[3].hour;
  ++others[4].sequence;
  for (const AnswerKey& other : others) EXPECT_FALSE(prepared.find(other, found));
  EXPECT_FALSE(PreparedAnswers().find(kKey, found));
}

TEST(PreparedAnswers, OfAnotherTimeAllAreGone) {
  const PreparedAnswers prepared;
  prepared.keep(kKey, answer("1"));
  AnswerKey later = kKey;
  later.target = "/v1/catalog";
  ++later.sequence;
  prepared.keep(later, answer("2"));
  http::Response found;
  EXPECT_FALSE(prepared.find(kKey, found));
  EXPECT_TRUE(prepared.find(later, found));
}

TEST(PreparedAnswers, AreNeverMoreNorLongerThanTheBounds) {
  const PreparedAnswers prepared;
  http::Response found;
  prepared.keep(kKey, answer(std::string(limits::kPreparedAnswerBytesMax + 1, 'x')));
  EXPECT_FALSE(prepared.find(kKey, found));
  http::Response refused = answer("{}");
  refused.status = 400;
  prepared.keep(kKey, refused);
  EXPECT_FALSE(prepared.find(kKey, found));

  std::vector<std::string> targets;
  for (std::size_t i = 0; i < 3 * limits::kPreparedAnswersMax; ++i) {
    targets.push_back("/v1/catalog?level=" + std::to_string(i));
  }
  std::size_t kept = 0;
  for (const bool looking : {false, true}) {
    for (const std::string& target : targets) {
      AnswerKey key = kKey;
      key.target = target;
      if (!looking) prepared.keep(key, answer("{}"));
      if (looking && prepared.find(key, found)) ++kept;
    }
  }
  EXPECT_GT(kept, 0U);
  EXPECT_LE(kept, limits::kPreparedAnswersMax);
}

// Whatever was asked before, the answer is that of a service that was never asked.
TEST(PreparedAnswers, ChangeNoAnswer) {
  Registry registry;
  const std::vector<std::string> targets = {"/v1/institutions?occupation=4-10-01-05&level=3",
                                            "/v1/institutions?limit=1&status=any",
                                            "/v1/institutions?level=99",
                                            "/v1/institutions/" + std::string(kFirst),
                                            "/v1/institutions/" + std::string(kThird),
                                            "/v1/catalog",
                                            "/v1/catalog?occupation=4-10-01-05",
                                            "/v1/occupations"};
  const std::vector<Headers> fields = {{},
                                       {{"Accept-Language", "en"}},
                                       {{"Accept-Encoding", "gzip"}},
                                       {{"Accept-Encoding", "zstd"}},
                                       {{"If-None-Match", "*"}, {"Accept-Encoding", "gzip"}},
                                       {{"If-None-Match", "\"other\""}}};
  const auto compare = [&](const char* when) {
    for (const Headers& given : fields) {
      for (const auto method : {http::Method::get, http::Method::head}) {
        std::vector<std::string> first;
        std::vector<std::string> again;
        for (auto* answers : {&first, &again}) {
          for (const std::string& target : targets) {
            answers->push_back(registry.ask(method, target, given).everything());
          }
        }
        registry.forget();
        for (std::size_t i = 0; i < targets.size(); ++i) {
          const std::string unprepared = registry.ask(method, targets[i], given).everything();
          EXPECT_EQ(first[i], unprepared) << when << ' ' << targets[i];
          EXPECT_EQ(again[i], unprepared) << when << ' ' << targets[i];
        }
      }
    }
  };
  compare("at first");
  registry.clock.advance(std::chrono::hours(24 * 400));
  compare("when another day has come");
  registry.add_institution(7, "4-10-01-05", SkillLevel::senior);
  compare("after a commit");
}

TEST(PreparedAnswers, SeeACommitAtOnce) {
  Registry registry;
  const std::string target = "/v1/institutions?occupation=4-10-01-05&level=3&limit=100";
  for (int i = 1; i <= 5; ++i) {
    const std::size_t before = registry.get(target).count("/items");
    EXPECT_EQ(registry.get(target).count("/items"), before);
    registry.add_institution(i, "4-10-01-05", SkillLevel::senior);
    EXPECT_EQ(registry.get(target).count("/items"), before + 1);
  }
}

}  // namespace
}  // namespace chayan::api::testing
