#include <set>

#include "base/limits.h"
#include "http/query.h"
#include "tests/api/fixture.h"
#include "tests/support/match_page.h"

namespace chayan::api::testing {
namespace {

TEST(Verification, MatchesByNameDocumentOrItsLastSix) {
  const Registry& registry = shared_registry();
  const std::vector<std::pair<std::string_view, std::string_view>> factors = {
      {kName, ""},
      {"", kDocument},
      {"", "31002X"},
      {"", "31002x"},
      {kName, kDocument},
      {" 测试 甲乙丙 ", ""},
      {"", "１１０１０５１９４９１２３１００２Ｘ"}};
  for (const auto& [name, document] : factors) {
    const Answer answer = registry.verify(kNumber, name, document);
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.text("/result"), "match") << name << document;
  }
}

TEST(Verification, ForgivesHowTheNumberIsTyped) {
  const Registry& registry = shared_registry();
  for (const std::string_view number :
       {"s000031000001263000001", " S0000 3100 0001 2630 00001 ", "Ｓ000031000001263000001"}) {
    EXPECT_EQ(registry.verify(number, kName, "").text("/result"), "match") << number;
  }
  for (const std::string_view number : {"1231234567890", "0001231234567890"}) {
    EXPECT_EQ(registry.verify(number, kOtherName, "").text("/result"), "match") << number;
  }
  EXPECT_EQ(registry.verify(kPaddedNumber, "阿依古丽•示例", "").text("/result"), "match");
}

TEST(Verification, SaysWhatTheCertificateIs) {
  const Answer answer = shared_registry().verify(kNumber, kName, "");
  EXPECT_EQ(answer.text("/status"), "valid");
  EXPECT_EQ(answer.count("/status_history"), 1U);
  EXPECT_EQ(answer.text("/status_history/0/status"), "issued");
  EXPECT_EQ(answer.text("/status_history/0/on"), "2026-09-01");
  EXPECT_EQ(answer.text("/occupation/code"), "4-10-01-05");
  EXPECT_EQ(answer.text("/occupation/name"), "养老护理员");
  EXPECT_EQ(answer.text("/level"), "3");
  EXPECT_EQ(answer.text("/issuer/credit_code"), kFirst);
  EXPECT_EQ(answer.text("/issuer/name"), "示例照护评价中心");
  EXPECT_EQ(answer.text("/issued_on"), "2026-09-01");
  EXPECT_EQ(answer.text("/basis/item"), "foreign/1/1");
  EXPECT_EQ(answer.text("/basis/document"), "沪人社职〔2025〕338号");
  EXPECT_EQ(answer.text("/issuer_authorized"), "true");
  EXPECT_EQ(answer.text("/issuer_authorization/filing/filing"), "SL-1");
  EXPECT_EQ(answer.text("/holder"), "测***丙");
  EXPECT_EQ(answer.count("/redacted"), 5U);
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  EXPECT_EQ(answer.header("ETag"), "");
}

TEST(Verification, TellsARevokedCertificateAndAnUnentitledIssuer) {
  const Registry& registry = shared_registry();
  const Answer revoked = registry.verify(kRevokedNumber, kName, "");
  EXPECT_EQ(revoked.text("/result"), "match");
  EXPECT_EQ(revoked.text("/status"), "revoked");
  EXPECT_EQ(revoked.text("/status_history/1/on"), "2026-10-10");
  const Answer unauthorized = registry.verify(kUnauthorizedNumber, "", kOtherDocument);
  EXPECT_EQ(unauthorized.text("/result"), "match");
  EXPECT_EQ(unauthorized.text("/issuer_authorized"), "false");
  EXPECT_EQ(unauthorized.text("/issuer_authorization/reason"), "filing_suspended");
  EXPECT_NE(unauthorized.text("/issuer_authorization/sentence"), "");
}

// The same input form: an evaluation number with the same factors given.
TEST(Verification, EveryCauseOfNoMatchHasTheSameBytes) {
  const Registry& registry = shared_registry();
  const std::string_view unknown = "S000031000001263999999";
  const std::string_view wrong_document = "440524188001010014";
  const auto all_same = [&](std::vector<Answer> answers) {
    for (const Answer& answer : answers) {
      EXPECT_EQ(answer.status, 200);
      EXPECT_EQ(answer.text("/result"), "no_match");
      EXPECT_EQ(answer.everything(), answers.front().everything());
    }
  };
  for (const std::string language : {"zh-CN", "en"}) {
    const Headers headers = {{"Accept-Language", language}, {"Accept-Encoding", "gzip, zstd"}};
    all_same({registry.verify(unknown, kName, "", headers),
              registry.verify(kNumber, "测试丁", "", headers),
              registry.verify(kErasedNumber, kName, "", headers),
              registry.verify(kRevokedNumber, "测试戊", "", headers)});
    all_same({registry.verify(unknown, "", kDocument, headers),
              registry.verify(kNumber, "", wrong_document, headers),
              registry.verify(kNumber, "", "123456", headers),
              registry.verify(kErasedNumber, "", kDocument, headers)});
    all_same({registry.verify(unknown, kName, kDocument, headers),
              registry.verify(kNumber, kName, wrong_document, headers),
              registry.verify(kNumber, "测试丁", kDocument, headers),
              registry.verify(kErasedNumber, kName, kDocument, headers)});
  }
}

TEST(Verification, HelpComesFromTheInputAlone) {
  const Registry& registry = shared_registry();
  const Headers english = {{"Accept-Language", "en"}};
  const Answer opaque = registry.verify("ABC-1", kName, "", english);
  EXPECT_EQ(opaque.status, 200);
  EXPECT_EQ(opaque.text("/result"), "no_match");
  EXPECT_NE(opaque.body.find("usual forms"), std::string::npos);
  const Answer padded = registry.verify("9999999999999", kName, "", english);
  EXPECT_NE(padded.body.find("completed with 000"), std::string::npos);
  const Answer plain = registry.verify("S000031000001263999999", kName, "", english);
  EXPECT_NE(plain.body.find("no check digit"), std::string::npos);
  EXPECT_EQ(plain.body.find("usual forms"), std::string::npos);
}

TEST(Verification, ThePeopleOfNobodyMatchNothing) {
  const Registry& registry = shared_registry();
  EXPECT_EQ(registry.verify("S000031000001269000001", "无此人", "").text("/result"), "no_match");
  EXPECT_EQ(registry.verify("S000031000001269000001", "", "000000").text("/result"), "no_match");
}

TEST(Verification, NamesTheMemberToCorrect) {
  const Registry& registry = shared_registry();
  const std::string number = R"("certificate_number":"S000031000001263000001")";
  const std::string long_name(limits::kPersonNameBytesMax + 1, 'n');
  const std::string long_number(limits::kCertificateNumberBytesMax + 1, '1');
  const std::string long_document(limits::kDocumentNumberBytesMax + 1, '1');
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"", "body"},
      {"[]", "body"},
      {"{", "body"},
      {"null", "body"},
      {"{} {}", "body"},
      {"\xEF\xBB\xBF{}", "body"},
      {R"({"certificate_number":"\ud800","holder_name":"x"})", "body"},
      {R"({"certificate_number":"1","certificate_number":"2","holder_name":"x"})", "body"},
      {"{}", "certificate_number"},
      {R"({"holder_name":"x"})", "certificate_number"},
      {R"({"certificate_number":1,"holder_name":"x"})", "certificate_number"},
      {R"({"certificate_number":"","holder_name":"x"})", "certificate_number"},
      {R"({"certificate_number":")" + long_number + R"(","holder_name":"x"})",
       "certificate_number"},
      {"{" + number + "}", "holder_name"},
      {"{" + number + R"(,"holder_name":""})", "holder_name"},
      {"{" + number + R"(,"holder_name":" "})", "holder_name"},
      {"{" + number + R"(,"holder_name":["x"]})", "holder_name"},
      {"{" + number + R"(,"holder_name":")" + long_name + "\"}", "holder_name"},
      {"{" + number + R"(,"document_number":"12345"})", "document_number"},
      {"{" + number + R"(,"document_number":")" + long_document + "\"}", "document_number"},
      {"{" + number + R"(,"holder_name":"x","receipts":true})", "body"},
      {"{" + number + R"(,"holder_name":"x","zhangsan":"y"})", "body"}};
  for (const auto& [body, field] : bad) {
    const Answer answer = registry.post("/v1/verifications", body);
    EXPECT_EQ(answer.status, 400) << body << answer.body;
    EXPECT_EQ(answer.text("/field"), field) << body << answer.body;
  }
}

TEST(Verification, TakesJsonAloneAndNothingInTheAddress) {
  const Registry& registry = shared_registry();
  const std::string body = question(kNumber, kName, "");
  EXPECT_EQ(registry.post("/v1/verifications", body, "text/plain").status, 415);
  EXPECT_EQ(registry.post("/v1/verifications", body, "").status, 415);
  EXPECT_EQ(registry.post("/v1/verifications", body, "Application/JSON; charset=utf-8").status,
            200);
  EXPECT_EQ(registry.post("/v1/verifications?certificate_number=1", body).status, 400);
  const Answer get = registry.get("/v1/verifications");
  EXPECT_EQ(get.status, 405);
  EXPECT_EQ(get.header("Allow"), "POST, OPTIONS");
}

TEST(Verification, ErrorsHeadersAndRecordsHoldNoPersonalValue) {
  Registry registry;
  const std::vector<std::string> canaries = {"金丝雀", "%E9%87%91%E4%B8%9D%E9%9B%80", "CANARY0001",
                                             "canary0001", "canaryname"};
  std::vector<Answer> answers;
  for (const std::string& canary : canaries) {
    const std::string e = http::percent_encode(canary);
    answers.push_back(registry.verify(canary, canary, canary));
    answers.push_back(registry.verify(kNumber, canary, ""));
    answers.push_back(registry.verify(kNumber, "", canary + "\x01"));
    answers.push_back(registry.post("/v1/verifications", canary));
    answers.push_back(registry.post("/v1/verifications", "{\"" + canary + "\":1}"));
    answers.push_back(registry.post("/v1/verifications", "{}", canary));
    answers.push_back(registry.post("/v1/verifications?" + e + "=" + e, "{}"));
    answers.push_back(registry.post("/verify", "certificate_number=" + e + "&holder_name=" + e,
                                    "application/x-www-form-urlencoded"));
    answers.push_back(registry.post("/verify", e + "=" + e, "application/x-www-form-urlencoded"));
    answers.push_back(registry.post("/verify", e + "=%", "application/x-www-form-urlencoded"));
    answers.push_back(registry.get("/" + e));
    answers.push_back(registry.get("/v1/institutions?" + e + "=" + e));
    answers.push_back(registry.get("/v1/institutions?" + e + "=%"));
    answers.push_back(registry.get("/v1/institutions/" + e));
    answers.push_back(registry.get("/v1/institutions?cursor=" + e + "&occupation=" + e));
    answers.push_back(registry.get("/v1/institutions?level=" + e));
    answers.push_back(registry.get("/v1/catalog/" + e + "/" + e + "/" + e));
    answers.push_back(registry.get("/v1/occupations/" + e));
    answers.push_back(registry.get("/institutions?occupation=" + e));
  }
  for (const Answer& answer : answers) {
    EXPECT_LT(answer.status, 500);
    for (const std::string& canary : canaries) {
      EXPECT_EQ(answer.everything().find(canary), std::string::npos) << answer.everything();
    }
  }
  EXPECT_EQ(registry.records.size(), answers.size());
  std::set<std::string_view> routes;
  for (const RequestRecord& record : registry.records) routes.insert(record.route);
  for (const std::string_view route : routes) {
    for (const std::string& canary : canaries) {
      EXPECT_EQ(route.find(canary), std::string_view::npos);
    }
  }
  EXPECT_TRUE(registry.faults.empty());
}

TEST(Verification, AMatchShowsNoSecret) {
  const Registry& registry = shared_registry();
  for (const std::string page : {"api", "page"}) {
    const Answer answer = page == "api"
                              ? registry.verify(kNumber, kName, kDocument)
                              : registry.post("/verify",
                                              "certificate_number=" + std::string(kNumber) +
                                                  "&holder_name=" + http::percent_encode(kName),
                                              "application/x-www-form-urlencoded");
    EXPECT_EQ(answer.status, 200);
    for (const std::string_view secret :
         {kNumber, kName, kDocument, std::string_view("ORIGINAL-TEST-1")}) {
      EXPECT_EQ(test::without_receipt(answer.everything()).find(secret), std::string::npos) << page;
    }
  }
}

}  // namespace
}  // namespace chayan::api::testing
