#include "loadtest/generator/workload.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/support/temp_directory.h"

namespace chayan::loadtest {
namespace {

constexpr const char* kTruth =
    R"({"certificate_number":"S000031000191265000001","holder_name":"测思佳","status":"revoked","issuer":"52310151700001901T","occupation":"6-29-04-01","level":"5","issuer_authorized":true}
{"certificate_number":"S000031000158252000002","holder_name":"测平丹","status":"erased","issuer":"91310116700001573T","occupation":"4-10-01-05","level":"2","issuer_authorized":true}
)";
constexpr const char* kInstitutions =
    R"({"credit_code":"A","offerings":[{"occupation":"4-10-01-05","level":"3","effective":[["2000-01-01","2999-01-01"]]}]}
{"credit_code":"B","offerings":[{"occupation":"4-10-01-05","level":"3","effective":[["2000-01-01","2000-12-31"]]}]}
)";
constexpr std::string_view kRight =
    R"({"result":"match","status":"revoked","occupation":{"code":"6-29-04-01"},"level":"5",)"
    R"("issuer":{"credit_code":"52310151700001901T"},"issuer_authorized":true,"holder":"测*佳"})";

class WorkloadTest : public testing::Test {
 protected:
  WorkloadTest() {
    options_.host = "127.0.0.1";
    options_.port = "80";
    options_.truth = folder_ / "truth.ndjson";
    std::ofstream(options_.truth) << kTruth;
    std::ofstream(folder_ / "institutions.ndjson") << kInstitutions;
    std::ofstream(folder_ / "secret") << "s3cret\n";
    options_.credential_file = folder_ / "secret";
  }

  Workload made(const std::string& mix) {
    options_.mix = parse_mix(mix);
    return Workload(options_);
  }

  std::string request(const Workload& workload, const Question& question) {
    std::string text;
    workload.append_request(question, text);
    return text;
  }

  test::TempDirectory folder_;
  Options options_;
  Random random_{1};
};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST_F(WorkloadTest, AsksForACertificate) {
  const Workload workload = made("verification");
  EXPECT_EQ(request(workload, workload.next(random_)),
            "POST /v1/verifications HTTP/1.1\r\nHost: 127.0.0.1:80\r\nContent-Type: "
            "application/json\r\nContent-Length: 73\r\n\r\n"
            R"({"certificate_number":"S000031000191265000001","holder_name":"测思佳"})");
}

TEST_F(WorkloadTest, FindsEachWayInWhichAnAnswerIsWrong) {
  const Workload workload = made("verification");
  const Question question = workload.next(random_);
  EXPECT_EQ(workload.fault(question, kRight), "");
  for (const auto& [from, to] : {std::pair{R"("match")", R"("no_match")"},
                                 {R"("revoked")", R"("valid")"},
                                 {R"("level":"5")", R"("level":"4")"},
                                 {"6-29-04-01", "6-29-04-02"},
                                 {"52310151700001901T", "52310151700001902T"},
                                 {"authorized\":true", "authorized\":false"},
                                 {"测*佳", "测*和"}}) {
    EXPECT_NE(workload.fault(question, replaced(std::string(kRight), from, to)), "") << from;
  }
}

TEST_F(WorkloadTest, AsksWhatMustNotMatch) {
  options_.no_match = 1;
  const Workload workload = made("verification");
  bool has_wrong_name = false, has_erased = false;
  for (int i = 0; i < 100; ++i) {
    const Question question = workload.next(random_);
    const std::string text = request(workload, question);
    has_wrong_name = has_wrong_name || text.find("测思佳误") != std::string::npos;
    has_erased = has_erased || text.find("测平丹\"") != std::string::npos;
    EXPECT_EQ(workload.fault(question, R"({"result":"no_match"})"), "");
    EXPECT_NE(workload.fault(question, kRight), "");
  }
  EXPECT_TRUE(has_wrong_name);
  EXPECT_TRUE(has_erased);
}

TEST_F(WorkloadTest, KnowsWhichInstitutionsAreFiled) {
  const Workload workload = made("institutions");
  const Question question = workload.next(random_);
  EXPECT_NE(request(workload, question).find("GET /v1/institutions?occupation=4-10-01-05&level=3 "),
            std::string::npos);
  EXPECT_EQ(workload.fault(question, R"({"items":[{"credit_code":"A"}]})"), "");
  EXPECT_NE(workload.fault(question, R"({"items":[{"credit_code":"B"}]})"), "");
  EXPECT_NE(workload.fault(question, R"({"items":[]})"), "");
}

TEST_F(WorkloadTest, HoldsEachRowOfABatchAgainstTheTruth) {
  options_.batch_rows = 2;
  const Workload workload = made("batch");
  const Question question = workload.next(random_);
  EXPECT_NE(request(workload, question).find("Authorization: Bearer s3cret\r\n"),
            std::string::npos);
  const std::string row = std::string(kRight) + '\n';
  const std::string summary = R"({"result":"summary"})";
  EXPECT_EQ(workload.fault(question, row + row + summary), "");
  EXPECT_NE(workload.fault(question, row + summary), "");
  EXPECT_NE(workload.fault(question, row + row), "");
  EXPECT_NE(workload.fault(question, row + replaced(row, "revoked", "valid") + summary), "");
}

TEST_F(WorkloadTest, AsksRedis) {
  const Workload workload = made("redis");
  EXPECT_EQ(workload.protocol(), Protocol::redis);
  EXPECT_EQ(request(workload, workload.next(random_)),
            "*2\r\n$3\r\nGET\r\n$22\r\nS000031000191265000001\r\n");
}

TEST_F(WorkloadTest, MixesByWeight) {
  const Workload workload = made("verification=3,catalog=1");
  int catalogs = 0;
  for (int i = 0; i < 10'000; ++i) catalogs += workload.next(random_).kind == Kind::catalog;
  EXPECT_NEAR(catalogs, 2500, 250);
}

TEST_F(WorkloadTest, NamesTheLineThatItCannotRead) {
  for (const char* bad :
       {"{}", "x", R"({"certificate_number":"S\u0030"})", R"({"certificate_number":"S)"}) {
    std::ofstream(options_.truth) << kTruth << bad << '\n';
    try {
      made("verification");
      FAIL() << bad;
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find("truth.ndjson:3: "), std::string::npos);
    }
  }
  options_.truth = folder_ / "none.ndjson";
  EXPECT_THROW(made("verification"), std::runtime_error);
}

}  // namespace
}  // namespace chayan::loadtest
