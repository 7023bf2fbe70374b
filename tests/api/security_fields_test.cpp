// The fields by which a browser is told what a page may do: on every page of the route table,
// whatever its status, in the clear and under TLS.
#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "api/routes.h"
#include "tests/api/fixture.h"

namespace chayan::api::testing {
namespace {

using Directives = std::map<std::string, std::set<std::string>>;

Directives directives_of(const std::string& policy) {
  Directives directives;
  std::istringstream parts(policy);
  for (std::string part; std::getline(parts, part, ';');) {
    std::istringstream words(part);
    std::string name;
    words >> name;
    for (std::string word; words >> word;) directives[name].insert(word);
  }
  return directives;
}

// "/r/{code}" with something in each brace.
std::string address_of(std::string_view pattern) {
  std::string address;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] != '{') {
      address += pattern[at];
      continue;
    }
    at = pattern.find('}', at);
    address += kFirst;
  }
  return address;
}

std::map<std::string, std::string> fields_of(const http::Application& application,
                                             http::Method method, const std::string& target,
                                             bool secure) {
  const http::Field html{"Accept", "text/html"};
  http::Request request;
  request.method = method;
  request.target = target;
  request.fields = std::span(&html, 1);
  request.client = "192.0.2.1";
  request.secure = secure;
  http::Response response;
  application.answer(request, response);
  EXPECT_LT(response.status, 500) << target;
  std::map<std::string, std::string> fields;
  for (const http::Header& header : response.headers) {
    fields[std::string(header.name)] = header.value;
  }
  return fields;
}

void expect_policy(const std::string& policy) {
  Directives directives = directives_of(policy);
  const std::set<std::string> none = {"'none'"};
  EXPECT_EQ(directives["default-src"], none);
  // What does not fall back on default-src has to be said.
  EXPECT_EQ(directives["frame-ancestors"], none);
  EXPECT_EQ(directives["base-uri"], none);
  EXPECT_EQ(directives["form-action"], std::set<std::string>{"'self'"});
  if (directives.count("object-src") > 0) {
    EXPECT_EQ(directives["object-src"], none);
  }
  for (const auto& [name, sources] : directives) {
    for (const std::string& source : sources) {
      EXPECT_TRUE(source == "'none'" || source == "'self'") << name << " allows " << source;
    }
  }
}

void expect_permissions(const std::string& policy) {
  for (const std::string feature :
       {"accelerometer", "display-capture", "geolocation", "gyroscope", "magnetometer",
        "microphone", "midi", "payment", "usb", "browsing-topics"}) {
    EXPECT_NE(policy.find(feature + "=()"), std::string::npos) << feature;
  }
  EXPECT_EQ(policy.find('*'), std::string::npos);
  EXPECT_EQ(policy.find("http"), std::string::npos) << "another host";
}

TEST(SecurityFields, StandOnEveryPageOfTheRouteTable) {
  const Registry registry;  // of its own: pages that are guarded are asked for here
  const http::Application application = registry.api->public_application();
  int pages = 0;
  for (const Route& route : routes()) {
    if (!route.page || (route.listeners & kPublic) == 0) continue;
    ++pages;
    const std::string good = address_of(route.pattern);
    // As it is meant, with a parameter that nobody knows, and by another method.
    for (const std::string& target : {good, good + "?no_such=1"}) {
      for (const http::Method method : {http::Method::get, http::Method::post}) {
        for (const bool secure : {false, true}) {
          SCOPED_TRACE(target + (method == http::Method::post ? " POST" : " GET") +
                       (secure ? ", TLS" : ""));
          auto fields = fields_of(application, method, target, secure);
          expect_policy(fields["Content-Security-Policy"]);
          expect_permissions(fields["Permissions-Policy"]);
          EXPECT_TRUE(fields["Referrer-Policy"] == "no-referrer" ||
                      fields["Referrer-Policy"] == "same-origin")
              << fields["Referrer-Policy"];
          EXPECT_EQ(fields["X-Content-Type-Options"], "nosniff");
          EXPECT_EQ(fields["Cross-Origin-Opener-Policy"], "same-origin");
          EXPECT_EQ(fields.count("Strict-Transport-Security"), secure ? 1U : 0U);
        }
      }
    }
  }
  EXPECT_GT(pages, 10);
}

TEST(SecurityFields, EveryOtherAnswerMayNotBeSniffedEither) {
  const Registry registry;
  const http::Application application = registry.api->public_application();
  for (const Route& route : routes()) {
    if ((route.listeners & kPublic) == 0) continue;
    const std::string target = address_of(route.pattern);
    SCOPED_TRACE(target);
    auto fields = fields_of(application, http::Method::get, target, true);
    EXPECT_EQ(fields["X-Content-Type-Options"], "nosniff");
    EXPECT_EQ(fields.count("Strict-Transport-Security"), 1U);
  }
}

}  // namespace
}  // namespace chayan::api::testing
