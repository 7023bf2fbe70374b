// The log over HTTP without sockets: feed, checkpoint, tiles, entry bundles, and the batches that the
// admin listener records.
#include <gtest/gtest.h>

#include "api/routes.h"
#include "log/checkpoint.h"
#include "log/feed_reader.h"
#include "log/tile.h"
#include "tests/api/fixture.h"

namespace chayan::api::testing {
namespace {

// A registry of its own, whose checkpoint covers all it has.
class LogTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(registry_.store->publish()); }

  std::uint64_t size() const { return registry_.store->published()->checkpoint.size; }
  const log::NoteKey& key() const { return registry_.store->log_key(); }

  Registry registry_;
};

TEST_F(LogTest, TheFeedProvesItselfPageByPage) {
  log::FeedReader reader(key(), {});
  std::uint64_t pages = 0;
  while (reader.frontier().size() < size()) {
    const std::uint64_t next = reader.frontier().size();
    const std::string after = next == 0 ? "" : "&after=" + std::to_string(next - 1);
    const Answer answer = registry_.get("/v1/changes?limit=7" + after);
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.content_type, "application/x-ndjson");
    EXPECT_EQ(answer.header("Cache-Control"), "no-store");
    const auto page = reader.read(answer.body);
    ASSERT_TRUE(page) << page.error().message.en;
    EXPECT_LE(page->lines.size(), 7U);
    ++pages;
  }
  EXPECT_EQ(pages, (size() + 6) / 7);
  EXPECT_EQ(reader.frontier().root(), registry_.store->published()->checkpoint.root);
}

TEST_F(LogTest, AFeedWithoutLimitHasTheDefault) {
  const Answer answer = registry_.get("/v1/changes");
  log::FeedReader reader(key(), {});
  EXPECT_EQ(reader.read(answer.body).value().lines.size(), std::min<std::uint64_t>(size(), 1000));
}

TEST_F(LogTest, NothingPrivateStandsInTheFeed) {
  const Answer answer = registry_.get("/v1/changes?limit=10000");
  for (const std::string_view hidden :
       {kNumber, kName, kDocument, kOtherName, kOtherDocument, std::string_view("\"private\"")}) {
    EXPECT_EQ(answer.body.find(hidden), std::string::npos) << hidden;
  }
  EXPECT_NE(answer.body.find("\"erased\":true"), std::string::npos) << "one was erased";
}

TEST_F(LogTest, TheEndIsAnEmptyAnswerAndBeyondItIsRefused) {
  const std::string last = std::to_string(size() - 1);
  log::FeedReader whole(key(), {});
  ASSERT_TRUE(whole.read(registry_.get("/v1/changes?limit=10000").body));
  const Answer end = registry_.get("/v1/changes?after=" + last);
  EXPECT_EQ(end.status, 200);
  EXPECT_TRUE(whole.read(end.body).value().lines.empty());
  const Answer beyond = registry_.get("/v1/changes?after=" + std::to_string(size()));
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(beyond.text("/field"), "after");
  EXPECT_EQ(registry_.get("/v1/changes?after=9223372036854775807").status, 416);
}

TEST_F(LogTest, BadPositionsAreNamed) {
  for (const std::string bad : {"after=-1", "after=x", "after=", "after=9223372036854775808",
                                "limit=0", "limit=10001", "wait=61", "wait=-1", "from=1"}) {
    const Answer answer = registry_.get("/v1/changes?" + bad);
    EXPECT_EQ(answer.status, 400) << bad;
  }
}

TEST_F(LogTest, TheCheckpointIsTheSignedHead) {
  const Answer answer = registry_.get("/checkpoint");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(answer.header("Cache-Control"), "public, max-age=2");
  EXPECT_EQ(log::open_checkpoint(answer.body, key()).value(),
            registry_.store->published()->checkpoint);
  const Answer log = registry_.get("/v1/log");
  EXPECT_EQ(log.text("/keys/0/vkey"), log::verifier_line(key()));
  EXPECT_EQ(log.text("/origin"), registry_.store->origin());
  EXPECT_EQ(log.text("/role"), "origin");
}

TEST_F(LogTest, BundlesHashToTheTilesAndTheTilesToTheRoot) {
  // Enough for a full tile.
  for (int n = 0; n < 40; ++n) registry_.add_institution(100 + n, "4-10-01-05", SkillLevel::senior);
  ASSERT_TRUE(registry_.store->publish());
  ASSERT_GT(size(), 256U);
  log::Frontier tree;
  for (std::uint64_t index = 0; index * 256 < size(); ++index) {
    const std::uint64_t width = log::tile_width({0, index}, size());
    const std::string path = log::tile_path(index, width);
    const Answer bundle = registry_.get("/tile/entries/" + path);
    const Answer tile = registry_.get("/tile/0/" + path);
    ASSERT_EQ(bundle.status, 200) << path;
    ASSERT_EQ(tile.status, 200) << path;
    EXPECT_EQ(tile.content_type, "application/octet-stream");
    EXPECT_EQ(tile.header("Cache-Control"), "public, max-age=31536000, immutable");
    ASSERT_EQ(tile.body.size(), width * 32);
    ByteReader entries(bundle.body);
    for (std::uint64_t i = 0; i < width; ++i) {
      const std::string_view entry = entries.take(entries.u16());
      const Hash leaf = log::leaf_hash(entry);
      EXPECT_EQ(chayan::view(leaf), std::string_view(tile.body).substr(i * 32, 32));
      tree.append(leaf);
    }
    EXPECT_TRUE(entries.at_end());
  }
  EXPECT_EQ(tree.root(), registry_.store->published()->checkpoint.root);
  const Answer above = registry_.get("/tile/1/000.p/1");
  EXPECT_EQ(above.body,
            std::string(chayan::view(log::perfect_root(registry_.get("/tile/0/000").body))));
}

TEST_F(LogTest, TilesThatThePublishedTreeDoesNotHaveAre404) {
  const std::uint64_t width = size() % 256;
  ASSERT_GT(width, 1U);
  EXPECT_EQ(registry_.get("/tile/0/000.p/" + std::to_string(width - 1)).status, 200)
      << "a narrower one, of an earlier size, is there";
  for (const std::string path :
       {"/tile/0/000", "/tile/entries/000", "/tile/0/001", "/tile/1/000", "/tile/0/000.p/0",
        "/tile/0/000.p/256", "/tile/0/x000/000", "/tile/00/000", "/tile/64/000", "/tile/-1/000",
        "/tile/0/0", "/tile/0/000.p", "/tile/entries/1", "/tile/0/000/", "/tile/x/000"}) {
    EXPECT_EQ(registry_.get(path).status, 404) << path;
  }
  EXPECT_EQ(registry_.get("/tile/0/000.p/" + std::to_string(width + 1)).status, 404);
  EXPECT_EQ(registry_.get("/tile/0").status, 404);
}

std::string institution_line(int n) {
  std::string line;
  JsonWriter json(line);
  Change change;
  Institution institution;
  institution.credit_code = credit_code(n);
  institution.name = "上海示例" + std::to_string(n);
  institution.region = RegionCode::parse("310115", "region").value();
  change.body = institution;
  write_change(json, change);
  return line + "\n";
}

// Batches go through the admin listener's application.
class BatchTest : public LogTest {
 protected:
  void SetUp() override {
    Services services{*registry_.store, registry_.clock};
    services.record = [this](index::Batch batch) {
      return registry_.writer->submit(std::move(batch));
    };
    api_ = std::make_unique<Api>(std::move(services));
    admin_ = api_->admin_application();
  }

  Answer post(const std::string& body, std::string_view key) {
    std::vector<http::Field> fields = {{"Content-Type", "application/x-ndjson"},
                                       {"Accept-Language", "en"}};
    if (!key.empty()) fields.push_back({"Idempotency-Key", key});
    http::Request request;
    request.method = http::Method::post;
    request.target = "/v1/batches";
    request.fields = fields;
    request.body = body;
    http::Response response;
    admin_.answer(request, response);
    Answer answer;
    answer.status = response.status;
    answer.content_type = response.content_type;
    answer.body = response.body;
    return answer;
  }
  std::uint64_t head() const { return registry_.store->reader().head().value().size; }

  std::unique_ptr<Api> api_;
  http::Application admin_;
};

TEST_F(BatchTest, RecordsAllLinesAndAnswersAgainWhatItAnswered) {
  const std::uint64_t before = head();
  const std::string body = institution_line(700) + institution_line(701);
  const Answer first = post(body, "batch-1");
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.body, R"({"first_seq":)" + std::to_string(before) +
                            R"(,"count":2,"unchanged":0,"replayed":false})");
  EXPECT_EQ(head(), before + 2);
  EXPECT_EQ(post(body, "batch-1").body, R"({"first_seq":)" + std::to_string(before) +
                                            R"(,"count":2,"unchanged":0,"replayed":true})");
  EXPECT_EQ(post(institution_line(702), "batch-1").status, 409);
  EXPECT_EQ(head(), before + 2);
}

TEST_F(BatchTest, ARefusedLineIsNamedAndNothingIsRecorded) {
  const std::uint64_t before = head();
  const Answer broken = post(institution_line(703) + "{\"kind\":\n" + institution_line(704), "b");
  EXPECT_EQ(broken.status, 422);
  EXPECT_EQ(broken.content_type, "application/problem+json");
  EXPECT_EQ(broken.count("/rejections"), 1U);
  EXPECT_EQ(broken.json().at_pointer("/rejections/0/line").get_int64().value(), 2);
  const Answer contradicting = post(
      institution_line(703) + R"({"kind":"filing.filed","institution":")" +
          std::string(credit_code(703).text()) + R"(","filing":"F-none","on":"2026-11-02"})" + "\n",
      "c");
  EXPECT_EQ(contradicting.status, 422) << contradicting.body;
  EXPECT_EQ(contradicting.json().at_pointer("/rejections/0/line").get_int64().value(), 2);
  EXPECT_EQ(head(), before);
}

TEST_F(BatchTest, ABatchHasANameAndABound) {
  EXPECT_EQ(post(institution_line(705), "").text("/field"), "Idempotency-Key");
  EXPECT_EQ(post(institution_line(705), std::string(201, 'k')).status, 400);
  std::string many;
  for (int n = 0; n <= 2000; ++n) many += "{}\n";
  EXPECT_EQ(post(many, "many").status, 413);
}

TEST_F(BatchTest, ThePublicListenerHasNoSuchAddress) {
  EXPECT_EQ(registry_.post("/v1/batches", institution_line(706), "application/x-ndjson").status,
            404);
}

TEST_F(BatchTest, WhereNothingIsRecordedItSaysSo) {
  Api silent(Services{*registry_.store, registry_.clock});
  admin_ = silent.admin_application();
  EXPECT_EQ(post(institution_line(707), "k").status, 503);
}

}  // namespace
}  // namespace chayan::api::testing
