// Snapshots over HTTP: the list, whole files and parts, conditions, and what is not a snapshot. And
// the orders of an operator.
#include <random>
#include <thread>

#include "crypto/digest.h"
#include "index/snapshot_file.h"
#include "tests/api/fixture.h"
#include "tests/api/json_schema.h"
#include "tests/support/snapshot_pages.h"

namespace chayan::api::testing {
namespace {

using http::Method;

class SnapshotsTest : public ::testing::Test {
 protected:
  SnapshotsTest() {
    EXPECT_TRUE(registry_.store->publish());
    snapshot_ = make();
    path_ = "/v1/snapshots/" + snapshot_.file();
    whole_ = test::bytes_of(index::snapshot_folder(*registry_.store) + '/' + snapshot_.file());
    etag_ = '"' + to_hex(view(crypto::sha256(whole_))) + '"';
  }

  index::Snapshot make() {
    return index::make_snapshot(*registry_.store, {}, [](auto, auto) {}).value();
  }
  Answer get(const Headers& headers = {}) const { return registry_.get(path_, headers); }

  Registry registry_;
  index::Snapshot snapshot_;
  std::string path_;
  std::string whole_;
  std::string etag_;
};

TEST_F(SnapshotsTest, AreListedNewestFirst) {
  const auto first = snapshot_;
  registry_.add_institution(1, "4-10-01-05", SkillLevel::senior);
  ASSERT_TRUE(registry_.store->publish());
  const auto second = make();
  const Answer list = registry_.get("/v1/snapshots");
  ASSERT_EQ(list.status, 200);
  ASSERT_EQ(list.count("/items"), 2U);
  EXPECT_EQ(list.text("/items/0/file"), second.file());
  EXPECT_EQ(list.text("/items/1/file"), first.file());
  EXPECT_EQ(list.text("/items/1/after"), std::to_string(first.size - 1));
  EXPECT_EQ(list.text("/items/1/checkpoint"), first.checkpoint);
  EXPECT_EQ('"' + list.text("/items/1/sha256") + '"', etag_);
  EXPECT_EQ(list.text("/items/1/bytes"), std::to_string(whole_.size()));

  const Answer latest = registry_.get("/v1/snapshots/latest");
  EXPECT_EQ(latest.status, 307);
  EXPECT_EQ(latest.header("Location"), "/v1/snapshots/" + second.file());
  EXPECT_EQ(latest.header("Cache-Control"), "no-store");
  // Where it goes on, the feed says what came since.
  const Answer rest = registry_.get("/v1/changes?after=" + list.text("/items/1/after"));
  log::FeedReader reader(registry_.store->log_key(),
                         test::proven_tree(whole_, registry_.store->log_key()));
  EXPECT_TRUE(reader.read(rest.body));
  EXPECT_EQ(reader.frontier().size(), second.size);
}

TEST_F(SnapshotsTest, AnswersAreAsDocumented) {
  const Answer document = registry_.get("/openapi.json");
  const auto expect = [&](const std::string& schema, const Answer& answer) {
    const auto at = document.json().at_pointer("/components/schemas/" + schema).value();
    for (const auto& fault : schema_faults(document.json(), at, answer.json(), schema)) {
      ADD_FAILURE() << fault << "\n" << answer.body;
    }
  };
  expect("SnapshotList", registry_.get("/v1/snapshots"));
  expect("Problem", registry_.get("/v1/snapshots/none"));
  expect("Problem", get({{"Range", "bytes=999999999-"}}));
  const std::string at = "/paths/~1v1~1snapshots";
  EXPECT_EQ(document.text(at + "/get/operationId"), "listSnapshots");
  EXPECT_EQ(document.text(at + "/post/operationId"), "makeSnapshot");
  EXPECT_NE(document.text(at + "~1{file}/get/responses/206/description"), "(absent)");
  EXPECT_NE(document.text(at + "~1{file}/get/responses/416/description"), "(absent)");
  EXPECT_NE(document.text(at + "~1latest/get/responses/307/description"), "(absent)");
  EXPECT_NE(document.text(at + "~1latest/get/responses/404/description"), "(absent)");
}

TEST_F(SnapshotsTest, TheWholeFile) {
  const Answer answer = get({{"Accept-Encoding", "gzip, zstd"}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, whole_);
  EXPECT_EQ(answer.content_type, "application/zstd");
  EXPECT_EQ(answer.header("ETag"), etag_);
  EXPECT_EQ(answer.header("Repr-Digest"),
            "sha-256=:" + to_base64(view(crypto::sha256(whole_))) + ':');
  EXPECT_EQ(answer.header("Accept-Ranges"), "bytes");
  EXPECT_EQ(answer.header("Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(answer.header("Content-Disposition"),
            "attachment; filename=\"" + snapshot_.file() + '"');
  EXPECT_EQ(answer.header("Content-Encoding"), "");
  const auto tree = test::proven_tree(answer.body, registry_.store->log_key());
  EXPECT_EQ(tree.size(), snapshot_.size);
  EXPECT_EQ(registry_.records.back().response_bytes, whole_.size());

  const Answer head = registry_.ask(Method::head, path_);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("ETag"), etag_);
}

TEST_F(SnapshotsTest, Parts) {
  const std::string size = std::to_string(whole_.size());
  const auto expect_part = [&](const std::string& range, std::size_t offset, std::size_t length) {
    const Answer part = get({{"Range", range}});
    EXPECT_EQ(part.status, 206) << range;
    EXPECT_EQ(part.body, whole_.substr(offset, length)) << range;
    EXPECT_EQ(part.header("Content-Range"), "bytes " + std::to_string(offset) + '-' +
                                                std::to_string(offset + length - 1) + '/' + size);
    EXPECT_EQ(part.header("ETag"), etag_);
    EXPECT_EQ(part.header("Repr-Digest"), get().header("Repr-Digest")) << "of the whole";
  };
  expect_part("bytes=0-0", 0, 1);
  expect_part("bytes=10-19", 10, 10);
  expect_part("bytes=100-", 100, whole_.size() - 100);
  expect_part("bytes=-7", whole_.size() - 7, 7);
  expect_part("bytes=0-99999999999", 0, whole_.size());

  const Answer beyond = get({{"Range", "bytes=" + size + "-"}});
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(beyond.header("Content-Range"), "bytes */" + size);
  EXPECT_EQ(beyond.header("Cache-Control"), "no-store");
  EXPECT_EQ(beyond.content_type, "application/problem+json");
  for (const std::string nonsense : {"bytes=5-3", "lines=1-2", "bytes=0-1,4-5", "bytes"}) {
    const Answer whole = get({{"Range", nonsense}});
    EXPECT_EQ(whole.status, 200) << nonsense;
    EXPECT_EQ(whole.body, whole_);
  }
}

TEST_F(SnapshotsTest, Conditions) {
  EXPECT_EQ(get({{"Range", "bytes=5-"}, {"If-Range", etag_}}).status, 206);
  for (const std::string& other :
       {std::string("\"other\""), "W/" + etag_, std::string("Tue, 24 Nov 2026 08:00:00 GMT")}) {
    const Answer whole = get({{"Range", "bytes=5-"}, {"If-Range", other}});
    EXPECT_EQ(whole.status, 200) << other;
    EXPECT_EQ(whole.body, whole_);
    // A range beyond the end of something else is no error here.
    EXPECT_EQ(get({{"Range", "bytes=99999999-"}, {"If-Range", other}}).status, 200);
  }
  for (const Headers& headers : {Headers{{"If-None-Match", etag_}},
                                 Headers{{"If-None-Match", etag_}, {"Range", "bytes=5-"}}}) {
    const Answer same = get(headers);
    EXPECT_EQ(same.status, 304);
    EXPECT_EQ(same.body, "");
    EXPECT_EQ(same.header("ETag"), etag_);
    EXPECT_EQ(same.header("Content-Range"), "");
  }
}

TEST_F(SnapshotsTest, NothingElseIsOpened) {
  const std::string size = std::to_string(snapshot_.size);
  for (const std::string& name :
       {size, size + ".json", size + ".ndjson", "0" + snapshot_.file(), snapshot_.file() + "/",
        std::string("1.ndjson.zst"), std::string("..%2Frows%2FCURRENT"),
        std::string("%2e%2e%2frows%2fCURRENT"), "..%2Fsnapshots%2F" + snapshot_.file(),
        "%2E%2F" + snapshot_.file(), snapshot_.file() + "%00"}) {
    const int status = registry_.get("/v1/snapshots/" + name).status;
    EXPECT_TRUE(status == 404 || status == 400) << name << ' ' << status;
  }
  EXPECT_EQ(registry_.get("/v1/snapshots/../rows/CURRENT").status, 404);
  std::filesystem::remove(index::snapshot_folder(*registry_.store) + '/' + snapshot_.file());
  EXPECT_EQ(get().status, 404);
  EXPECT_EQ(registry_.get("/v1/snapshots/latest").status, 404);
  EXPECT_EQ(registry_.get("/v1/snapshots").count("/items"), 0U);
}

// The jobs of a service that never ends them unless it is told to.
class OrdersTest : public ::testing::Test {
 protected:
  OrdersTest() {
    Services services{*registry_.store, registry_.clock};
    services.start_job = [this](JobKind kind) -> Result<Job> {
      if (kind == JobKind::backup) {
        return Error{ErrorCode::unavailable, {}, {"There is no folder.", "没有目录。"}};
      }
      job_ = Job{7, kind, JobState::running, {}, 0, {}, {}};
      return job_;
    };
    services.find_job = [this](std::uint64_t number) {
      return number == job_.number ? std::optional(job_) : std::nullopt;
    };
    api_ = std::make_unique<Api>(std::move(services));
  }

  http::Response ask(Method method, std::string_view target, bool waited = false) const {
    http::Request request;
    request.method = method;
    request.target = target;
    request.waited = waited;
    http::Response response;
    api_->admin_application().answer(request, response);
    return response;
  }

  Registry registry_;
  Job job_;
  std::unique_ptr<Api> api_;
};

TEST_F(OrdersTest, AreAnsweredAtOnceAndAskedAfter) {
  const http::Response ordered = ask(Method::post, "/v1/snapshots");
  EXPECT_EQ(ordered.status, 202);
  EXPECT_EQ(ordered.body, R"({"job":7,"kind":"snapshot","state":"running"})");
  const auto location =
      std::find_if(ordered.headers.begin(), ordered.headers.end(),
                   [](const http::Header& header) { return header.name == "Location"; });
  ASSERT_NE(location, ordered.headers.end());
  EXPECT_EQ(location->value, "/v1/jobs/7");

  EXPECT_EQ(ask(Method::get, "/v1/jobs/7").body, ordered.body);
  EXPECT_EQ(ask(Method::get, "/v1/jobs/7?wait=30").wait, std::chrono::seconds(30));
  EXPECT_EQ(ask(Method::get, "/v1/jobs/7?wait=30", true).body, ordered.body);
  job_.state = JobState::done;
  job_.result = "5.ndjson.zst";
  job_.size = 5;
  const http::Response done = ask(Method::get, "/v1/jobs/7?wait=30");
  EXPECT_FALSE(done.wait);
  EXPECT_EQ(done.body,
            R"({"job":7,"kind":"snapshot","state":"done","result":"5.ndjson.zst","size":5})");
  job_ = {7, JobKind::snapshot, JobState::failed, {}, 0, {}, "The disk is full."};
  EXPECT_EQ(ask(Method::get, "/v1/jobs/7").body,
            R"({"job":7,"kind":"snapshot","state":"failed","error":"The disk is full."})");

  EXPECT_EQ(ask(Method::post, "/v1/backups").status, 503);
  for (const std::string_view none : {"/v1/jobs/8", "/v1/jobs/7x", "/v1/jobs/-7", "/v1/jobs/x"}) {
    EXPECT_EQ(ask(Method::get, none).status, 404) << none;
  }
}

TEST_F(OrdersTest, AreTheAdminListenersAlone) {
  EXPECT_EQ(registry_.ask(Method::post, "/v1/snapshots").status, 405);
  EXPECT_EQ(registry_.ask(Method::post, "/v1/backups").status, 404);
  EXPECT_EQ(registry_.get("/v1/jobs/1").status, 404);
  EXPECT_EQ(registry_.ask(Method::get, "/v1/snapshots", {}, {}, true).status, 405);
  EXPECT_EQ(registry_.ask(Method::post, "/v1/snapshots", {}, {}, true).status, 503)
      << "a process without a maintenance thread";
}

}  // namespace
}  // namespace chayan::api::testing
