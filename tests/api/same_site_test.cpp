// Forms that another site makes a browser send: refused before anything is looked at.
#include "api/same_site.h"

#include "api/routes.h"
#include "tests/api/page_checks.h"

namespace chayan::api::testing {
namespace {

constexpr const char* kForm = "application/x-www-form-urlencoded";
constexpr std::string_view kHost = "pages.example:8080";

// A path that is of the pattern: what stands for its braces need not be there.
std::string path_of(std::string_view pattern) {
  std::string path(pattern);
  for (std::size_t at = 0; (at = path.find('{')) != std::string::npos;) {
    path.replace(at, path.find('}') - at + 1, "x");
  }
  return path;
}

bool is_admin(const Route& route) {
  return (route.listeners & kPublic) == 0;
}

Answer send(const Route& route, Headers headers, const std::string& body = {}) {
  if (!route.body_type.empty()) headers.emplace_back("Content-Type", route.body_type);
  headers.emplace_back("Host", kHost);
  return shared_registry().ask(http::Method::post, path_of(route.pattern), headers, body,
                               is_admin(route));
}

std::vector<Route> within_reach() {
  std::vector<Route> found;
  for (const Route& route : routes()) {
    if (is_within_reach_of_forms(route)) found.push_back(route);
  }
  return found;
}

TEST(SameSite, EveryFormOfAPageAndEveryOrderWithoutABodyIsWithinReach) {
  std::size_t pages = 0;
  std::size_t orders = 0;
  for (const Route& route : within_reach()) route.page ? ++pages : ++orders;
  EXPECT_GE(pages, 1U);
  EXPECT_GE(orders, 4U) << "snapshots, backups, rotations, counts";
}

TEST(SameSite, AnotherSiteGetsA403AndNothingIsDone) {
  const std::vector<Headers> foreign = {
      {{"Sec-Fetch-Site", "cross-site"}},
      {{"Sec-Fetch-Site", "same-site"}},
      {{"Sec-Fetch-Site", "anything"}},
      {{"Sec-Fetch-Site", "cross-site"}, {"Origin", "http://pages.example:8080"}},
      {{"Origin", "null"}},
      {{"Origin", "https://elsewhere.example"}},
      {{"Origin", "https://pages.example"}},  // another port
      {{"Origin", "https://pages.example:8080.elsewhere.example"}},
      {{"Origin", "ftp://pages.example:8080"}},
      {{"Origin", "pages.example:8080"}}};
  for (const Route& route : within_reach()) {
    for (const Headers& headers : foreign) {
      SCOPED_TRACE(std::string(route.pattern) + " " + headers.front().second);
      const Answer answer = send(route, headers, "%");
      EXPECT_EQ(answer.status, 403) << answer.body;
      if (route.page) {
        expect_page(answer, 403);
        EXPECT_TRUE(has(answer, "来自其他网站"));
        EXPECT_TRUE(has(answer, "from another site"));
      } else {
        EXPECT_EQ(answer.text("/type"), "urn:chayan:problem:foreign-form");
      }
    }
  }
}

TEST(SameSite, ThisSiteAndWhoeverIsNoBrowserAreHeard) {
  const std::vector<Headers> own = {{},
                                    {{"Sec-Fetch-Site", "same-origin"}},
                                    {{"Sec-Fetch-Site", "none"}},
                                    {{"Sec-Fetch-Site", "same-origin"}, {"Origin", "null"}},
                                    {{"Origin", "http://pages.example:8080"}},
                                    {{"Origin", "https://Pages.example:8080"}},
                                    {{"Origin", "https://verify.example.cn"}}};  // --public-url
  for (const Route& route : within_reach()) {
    for (const Headers& headers : own) {
      EXPECT_NE(send(route, headers).status, 403)
          << route.pattern << (headers.empty() ? "" : headers.back().second);
    }
  }
}

TEST(SameSite, OverTlsAnOriginWithoutItIsAnothers) {
  const std::vector<http::Field> fields = {{"Host", kHost},
                                           {"Origin", "http://pages.example:8080"}};
  http::Request request;
  request.fields = fields;
  EXPECT_TRUE(comes_from_this_site(request, ""));
  request.secure = true;
  EXPECT_FALSE(comes_from_this_site(request, ""));
}

// What a form can send, and what a page can send without asking leave.
TEST(SameSite, WhatIsOutOfReachTakesNothingThatAFormSends) {
  std::size_t tried = 0;
  for (const Route& route : routes()) {
    if (route.verb != Verb::post || is_within_reach_of_forms(route)) continue;
    for (const std::string type : {kForm, "multipart/form-data; boundary=x", "text/plain",
                                   "text/plain; charset=application/json", ""}) {
      const Answer answer = shared_registry().ask(
          http::Method::post, path_of(route.pattern),
          {{"Content-Type", type}, {"Sec-Fetch-Site", "cross-site"}}, "{}", is_admin(route));
      EXPECT_EQ(answer.status, route.credential ? 401 : 415) << route.pattern << ' ' << type;
      ++tried;
    }
    // The question that a browser asks before it sends another type gets no leave.
    const Answer leave = shared_registry().ask(
        http::Method::options, path_of(route.pattern),
        {{"Origin", "https://elsewhere.example"}, {"Access-Control-Request-Method", "POST"}}, {},
        is_admin(route));
    for (const auto& [name, value] : leave.headers) {
      EXPECT_FALSE(name.starts_with("Access-Control")) << name;
    }
  }
  EXPECT_GT(tried, 30U);
}

}  // namespace
}  // namespace chayan::api::testing
