// /openapi.json against the route table and against what is answered.
#include <set>

#include "api/routes.h"
#include "http/query.h"
#include "tests/api/fixture.h"
#include "tests/api/json_schema.h"

namespace chayan::api::testing {
namespace {

using simdjson::dom::element;

// "/paths/~1v1~1catalog" as a JSON pointer.
std::string pointer(std::string_view pattern) {
  std::string out = "/paths/";
  for (const char c : pattern) out += c == '/' ? std::string("~1") : std::string(1, c);
  if (const std::size_t tail = out.find("...}"); tail != std::string::npos) out.erase(tail, 3);
  return out;
}

TEST(OpenApi, HasEveryRouteParameterAndAnswer) {
  const Answer document = shared_registry().get("/openapi.json");
  ASSERT_EQ(document.status, 200);
  EXPECT_EQ(document.text("/openapi"), "3.1.0");
  for (const Route& route : routes()) {
    const std::string at = pointer(route.pattern) + (route.verb == Verb::get ? "/get" : "/post");
    EXPECT_EQ(document.text(at + "/operationId"), route.operation);
    ASSERT_EQ(document.count(at + "/parameters"), route.parameters.size()) << route.pattern;
    for (std::size_t i = 0; i < route.parameters.size(); ++i) {
      const std::string parameter = at + "/parameters/" + std::to_string(i);
      EXPECT_EQ(document.text(parameter + "/name"), route.parameters[i].name);
      EXPECT_NE(document.text(parameter + "/description"), "");
      const bool in_path =
          route.pattern.find("{" + std::string(route.parameters[i].name)) != std::string_view::npos;
      EXPECT_EQ(document.text(parameter + "/in"), in_path ? "path" : "query");
    }
    EXPECT_NE(
        document.text(at + "/responses/" + std::to_string(route.answer_status) + "/description"),
        "(absent)");
    EXPECT_NE(document.text(at + "/responses/400/description"), "(absent)");
  }
  std::set<std::string_view> patterns;  // one may stand twice, with another method
  for (const Route& route : routes()) patterns.insert(route.pattern);
  EXPECT_EQ(document.json().at_pointer("/paths").get_object().value().size(), patterns.size());
}

// A list is paid for by its credential; it takes no proof of work, and once was said to.
TEST(OpenApi, AProofOfWorkIsOfferedWhereItIsTaken) {
  const Answer document = shared_registry().get("/openapi.json");
  for (const Route& route : routes()) {
    const std::string at = pointer(route.pattern) + (route.verb == Verb::get ? "/get" : "/post");
    const std::string told = document.text(at + "/responses/429/description");
    EXPECT_EQ(told.find("Chayan-Proof") != std::string::npos, route.guarded) << route.pattern;
    EXPECT_EQ(told.find("quota") != std::string::npos, route.quota) << route.pattern;
    EXPECT_FALSE(route.quota && route.guarded) << route.pattern;
  }
  EXPECT_NE(document.text("/paths/~1verify-list/post/responses/429/description").find("quota"),
            std::string::npos);
}

TEST(OpenApi, EveryBraceOfAPatternIsAParameterAndFits) {
  for (const Route& route : routes()) {
    for (std::size_t i = 0; !brace_name(route.pattern, i).empty(); ++i) {
      ASSERT_LT(i, PathValues::kMax);
      const auto name = brace_name(route.pattern, i);
      const bool listed = std::any_of(route.parameters.begin(), route.parameters.end(),
                                      [&](const Parameter& p) { return p.name == name; });
      EXPECT_TRUE(listed) << route.pattern;
    }
    EXPECT_NE(route.handler, nullptr);
  }
}

TEST(OpenApi, EverySchemaReferenceLeadsSomewhere) {
  const Answer document = shared_registry().get("/openapi.json");
  for (std::size_t at = 0;
       (at = document.body.find("#/components/schemas/", at)) != std::string::npos;) {
    const std::size_t end = document.body.find('"', at);
    const std::string reference = document.body.substr(at + 1, end - at - 1);
    EXPECT_NE(document.text(reference), "(absent)") << reference;
    at = end;
  }
}

void expect_documented(const Answer& document, const std::string& schema, const Answer& answer) {
  const element at = document.json().at_pointer("/components/schemas/" + schema).value();
  for (const std::string& fault : schema_faults(document.json(), at, answer.json(), schema)) {
    ADD_FAILURE() << fault << "\n" << answer.body;
  }
}

TEST(OpenApi, LiveAnswersHaveJustTheDocumentedMembers) {
  const Registry& registry = shared_registry();
  const Answer document = registry.get("/openapi.json");
  const std::string first = "/v1/institutions/" + std::string(kFirst);
  const std::vector<std::pair<std::string, std::string>> answers = {
      {"/v1/institutions", "InstitutionPage"},
      {"/v1/institutions?status=any", "InstitutionPage"},
      {"/v1/institutions?status=any&limit=1", "InstitutionPage"},
      {first, "Institution"},
      {first + "?on=2026-07-01", "Institution"},
      {first + "/history", "History"},
      {"/v1/institutions/" + std::string(kThird), "Institution"},
      {"/v1/catalog", "CatalogPage"},
      {"/v1/catalog/foreign/1/2", "CatalogItemVersions"},
      {"/v1/occupations", "OccupationPage"},
      {"/v1/occupations/6-29-04-01", "OccupationDetail"},
      {"/v1/authorizations?institution=" + std::string(kFirst) + "&item=foreign/1/1",
       "Authorization"},
      {"/v1/authorizations?institution=" + std::string(kThird) + "&item=dual/9/9", "Authorization"},
      {"/v1/authorizations?institution=9131000063159284XQ&item=dual/1/1", "Authorization"},
      {"/v1/limits", "Limits"},
      {"/livez", "Alive"},
      {"/readyz", "Ready"},
      {"/nothing", "Problem"},
      {"/v1/catalog?level=x", "Problem"}};
  for (const auto& [target, schema] : answers) {
    expect_documented(document, schema, registry.get(target));
  }
  expect_documented(document, "Verification", registry.verify(kNumber, kName, ""));
  expect_documented(document, "Verification", registry.verify(kRevokedNumber, kName, ""));
  expect_documented(document, "Verification", registry.verify(kUnauthorizedNumber, kOtherName, ""));
  expect_documented(document, "Verification", registry.verify("1", kName, ""));
}

// The checker itself can fail.
TEST(OpenApi, TheCheckerFindsFaults) {
  const Answer document = shared_registry().get("/openapi.json");
  simdjson::dom::parser parser;
  const element schema = document.json().at_pointer("/components/schemas/Verification").value();
  for (const std::string bad : {R"({"result":"no_match"})", R"({"result":"no_match","help":[1]})",
                                R"({"result":"no_match","help":[],"extra":1})",
                                R"({"result":"perhaps","help":[]})", "[]"}) {
    EXPECT_FALSE(schema_faults(document.json(), schema, parser.parse(bad).value()).empty()) << bad;
  }
}

}  // namespace
}  // namespace chayan::api::testing
