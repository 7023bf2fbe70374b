// What holds for every address: methods, validators, codings, languages, observers.
#include "base/limits.h"
#include "http/content_coding.h"
#include "tests/api/fixture.h"

namespace chayan::api::testing {
namespace {

using http::Method;

TEST(Http, UnknownPathsAndMethods) {
  const Registry& registry = shared_registry();
  for (const std::string path :
       {"/nothing", "/v1", "/v1/", "/v1/institutions/a/b", "//", "/v1/limits/"}) {
    EXPECT_EQ(registry.get(path).status, 404) << path;
  }
  const Answer post = registry.post("/v1/catalog", "{}");
  EXPECT_EQ(post.status, 405);
  EXPECT_EQ(post.header("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(registry.ask(Method::other, "/v1/catalog").status, 405);
  const Answer options = registry.ask(Method::options, "/v1/verifications");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.header("Allow"), "POST, OPTIONS");
  EXPECT_EQ(registry.get("/metrics").status, 404) << "admin only";
  EXPECT_EQ(registry.ask(Method::get, "/v1/catalog", {}, {}, true).status, 404) << "public only";
}

TEST(Http, BodyLimitsComeFromTheTable) {
  Registry& registry = shared_registry();
  const http::Application application = registry.api->public_application();
  EXPECT_EQ(application.body_bytes_max(Method::post, "/v1/verifications"),
            limits::kVerificationBodyBytesMax);
  EXPECT_EQ(application.body_bytes_max(Method::post, "/verify?x=1"), limits::kFormBodyBytesMax);
  EXPECT_EQ(application.body_bytes_max(Method::get, "/v1/verifications"), 0U);
  EXPECT_EQ(application.body_bytes_max(Method::post, "/v1/catalog"), 0U);
  EXPECT_EQ(application.body_bytes_max(Method::post, "/nothing"), 0U);
}

TEST(Http, ETagAnd304OnEveryGetThatMayBeKept) {
  const Registry& registry = shared_registry();
  for (const std::string path :
       {"/v1/institutions?limit=1&status=any", "/v1/institutions/91350100M000100Y43",
        "/v1/institutions/91350100M000100Y43/history", "/v1/catalog", "/v1/catalog/dual/1/1",
        "/v1/occupations", "/v1/occupations/4-10-01-05", "/v1/limits", "/openapi.json", "/",
        "/institutions", "/v1/authorizations?institution=91350100M000100Y43&item=foreign/1/1"}) {
    const Answer first = registry.get(path);
    ASSERT_EQ(first.status, 200) << path << first.body;
    const std::string etag = first.header("ETag");
    ASSERT_GT(etag.size(), 10U) << path;
    EXPECT_NE(first.header("Cache-Control"), "") << path;
    EXPECT_EQ(registry.get(path).header("ETag"), etag) << path;
    for (const std::string& condition :
         {etag, "W/" + etag, "\"other\", " + etag, "\"other\",W/" + etag + " ", std::string("*")}) {
      const Answer again = registry.get(path, {{"If-None-Match", condition}});
      EXPECT_EQ(again.status, 304) << path << condition;
      EXPECT_EQ(again.body, "");
      EXPECT_EQ(again.header("ETag"), etag);
      EXPECT_EQ(again.header("Cache-Control"), first.header("Cache-Control"));
      EXPECT_EQ(again.header("Vary"), first.header("Vary"));
    }
    EXPECT_EQ(registry.get(path, {{"If-None-Match", "\"other\""}}).status, 200);
    const Answer head = registry.ask(Method::head, path);
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.header("ETag"), etag) << "the server leaves the body out";
  }
}

TEST(Http, WhatNobodyMayKeepIsAnsweredWholeWhateverTheCondition) {
  const Registry& registry = shared_registry();
  for (const std::string path : {"/livez", "/readyz"}) {
    const Answer answer = registry.get(path, {{"If-None-Match", "*"}});
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.header("Cache-Control"), "no-store") << path;
    EXPECT_EQ(answer.header("ETag"), "") << path;
    EXPECT_NE(answer.body, "") << path;
  }
}

TEST(Http, CompressesWhatIsLongEnough) {
  const Registry& registry = shared_registry();
  const Answer plain = registry.get("/v1/catalog");
  for (const std::string coding : {"gzip", "zstd"}) {
    const Answer coded = registry.get("/v1/catalog", {{"Accept-Encoding", coding}});
    EXPECT_EQ(coded.header("Content-Encoding"), coding);
    EXPECT_LT(coded.body.size(), plain.body.size());
    EXPECT_NE(coded.header("ETag"), plain.header("ETag"));
    EXPECT_EQ(coded.body, *http::encode(coding == "gzip" ? http::Coding::gzip : http::Coding::zstd,
                                        plain.body));
    EXPECT_EQ(registry
                  .get("/v1/catalog",
                       {{"Accept-Encoding", coding}, {"If-None-Match", coded.header("ETag")}})
                  .status,
              304);
  }
  EXPECT_EQ(plain.header("Vary"), "Accept-Encoding");
  EXPECT_EQ(registry.get("/livez", {{"Accept-Encoding", "gzip"}}).header("Content-Encoding"), "");
}

TEST(Http, ProblemsSpeakTheLanguageAsked) {
  const Registry& registry = shared_registry();
  const auto language = [&](const std::string& accept) {
    return registry.get("/v1/catalog?level=99", {{"Accept-Language", accept}})
        .header("Content-Language");
  };
  EXPECT_EQ(registry.get("/v1/catalog?level=99").header("Content-Language"), "zh-CN");
  for (const std::string en : {"en", "en-GB", "EN-us", "en;q=0.9, zh;q=0.8", "fr, en;q=0.1",
                               "en, zh", "zh;q=0, *", "zh;q=0.2, *;q=0.5"}) {
    EXPECT_EQ(language(en), "en") << en;
  }
  for (const std::string zh : {"", "zh-CN,zh;q=0.9,en;q=0.8", "zh-TW", "fr", "*", "en;q=0",
                               "en;q=0.5, zh;q=0.6", "zh, en", "en;q=2", "en;q=x", "english"}) {
    EXPECT_EQ(language(zh), "zh-CN") << zh;
  }
  const Answer problem = registry.get("/v1/catalog?level=99", {{"Accept-Language", "en"}});
  EXPECT_EQ(problem.header("Vary"), "Accept-Language");
  EXPECT_EQ(problem.header("Cache-Control"), "no-store");
  EXPECT_EQ(problem.text("/type"), "urn:chayan:problem:invalid-argument");
}

TEST(Http, RefusalsOfTheServerAreProblemsToo) {
  Registry& registry = shared_registry();
  const http::Application application = registry.api->public_application();
  const std::vector<std::pair<http::Refusal, int>> statuses = {
      {http::Refusal::bad_head, 400},        {http::Refusal::head_too_large, 431},
      {http::Refusal::target_too_long, 414}, {http::Refusal::body_too_large, 413},
      {http::Refusal::length_required, 411}, {http::Refusal::transfer_encoding, 501},
      {http::Refusal::version, 505},         {http::Refusal::request_timeout, 408},
      {http::Refusal::overloaded, 503},      {http::Refusal::expectation, 417}};
  for (const auto& [refusal, status] : statuses) {
    for (const std::string_view language : {"", "en"}) {
      http::Response response;
      application.refuse(refusal, "Two Host fields.", language, response);
      EXPECT_EQ(response.status, status);
      EXPECT_EQ(response.content_type, "application/problem+json");
      EXPECT_EQ(response.body.find("Two Host fields.") != std::string::npos, language == "en");
    }
  }
}

TEST(Http, EveryAnswerIsObservedOnce) {
  Registry registry;
  registry.get("/v1/institutions/91350100M000100Y43");
  registry.get("/nothing");
  registry.verify(kNumber, kName, "");
  registry.ask(Method::head, "/livez");
  ASSERT_EQ(registry.records.size(), 4U);
  EXPECT_EQ(registry.records[0].route, "/v1/institutions/{credit_code}");
  EXPECT_EQ(registry.records[0].method, "GET");
  EXPECT_EQ(registry.records[0].status, 200);
  EXPECT_GT(registry.records[0].response_bytes, 100U);
  EXPECT_GT(registry.records[0].duration.count(), 0);
  EXPECT_EQ(registry.records[1].route, "(none)");
  EXPECT_EQ(registry.records[1].status, 404);
  EXPECT_EQ(registry.records[2].route, "/v1/verifications");
  EXPECT_EQ(registry.records[2].method, "POST");
  EXPECT_EQ(registry.records[3].method, "HEAD");
}

TEST(Http, HealthAndMetrics) {
  Registry registry;
  EXPECT_EQ(registry.get("/readyz").body,
            R"({"status":"ready","read_only":false,"verifies":true})");
  EXPECT_EQ(registry.ask(Method::get, "/readyz", {}, {}, true).status, 200);
  registry.ready = false;
  const Answer draining = registry.get("/readyz", {{"Accept-Language", "en"}});
  EXPECT_EQ(draining.status, 503);
  EXPECT_NE(draining.text("/detail").find("draining"), std::string::npos);
  EXPECT_EQ(registry.get("/livez").status, 200);

  registry.get("/nothing");
  const Answer metrics = registry.ask(Method::get, "/metrics", {}, {}, true);
  ASSERT_EQ(metrics.status, 200);
  const auto has = [&](const std::string& line) {
    EXPECT_NE(metrics.body.find(line), std::string::npos) << line << "\n" << metrics.body;
  };
  has("chayan_requests_total{route=\"/readyz\",status=\"2xx\"} 2");
  has("chayan_requests_total{route=\"/readyz\",status=\"5xx\"} 1");
  has("chayan_requests_total{route=\"(none)\",status=\"4xx\"} 1");
  has("chayan_request_duration_seconds_count{route=\"/livez\"} 1");
  has("chayan_connections_open 3");
  has("chayan_read_only 0");
  has("chayan_ready 0");
  has("chayan_log_size " + std::to_string(registry.store->reader().head().value().size));
}

TEST(Http, LimitsArePublished) {
  const Answer limits = shared_registry().get("/v1/limits");
  ASSERT_EQ(limits.status, 200);
  EXPECT_EQ(limits.text("/head_bytes_max"), "8192");
  EXPECT_EQ(limits.text("/page_items_max"), "100");
  EXPECT_EQ(limits.text("/routes/0/path"), "/v1/verifications");
  EXPECT_EQ(limits.text("/routes/0/body_bytes_max"), "4096");
  EXPECT_EQ(limits.body.find("/metrics"), std::string::npos);
  EXPECT_EQ(limits.text("/verification"), "(absent)") << "no guard, no limits of its";
}

}  // namespace
}  // namespace chayan::api::testing
