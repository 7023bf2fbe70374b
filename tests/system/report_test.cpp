// Share reports of the real service: over a restart, in the holder's list, in no log; and the QR
// code read by somebody else's reader.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/json_reader.h"
#include "tests/support/registry.h"
#include "tests/system/cli.h"

namespace chayan::test {
namespace {

constexpr std::string_view kProof =
    R"("certificate_number":"DEMO-1","holder_name":"合成甲","document_number":"T0000001")";

class ReportSystemTest : public testing::Test {
 protected:
  void SetUp() override {
    std::vector<Change> changes = official_changes();
    changes.push_back(put_institution(credit(1), "上海示例一"));
    changes.push_back(
        issue(credit(1), "foreign/1/1", day("2026-08-01"), "DEMO-1", "合成甲", "T0000001"));
    const std::string file = put_file(folder_ / "changes.ndjson", import_lines(changes));
    const Finished imported = run_chayan({"import", "--data", data_, file});
    ASSERT_EQ(imported.code, 0) << imported.err;
  }

  static std::string member(const std::string& json, std::string_view name) {
    JsonParser parser;
    return std::string(parser.parse_object(json).value().string(name));
  }
  static std::string make(const ServeProcess& server) {
    const HttpReply made =
        server.post("/v1/reports", "{" + std::string(kProof) +
                                       R"(,"valid_days":30,"show":["holder_name","level"]})");
    EXPECT_EQ(made.status, 201) << made.body;
    return member(made.body, "code");
  }
  static std::string manage(const ServeProcess& server, const std::string& code,
                            const std::string& what) {
    return server.post("/v1/reports/" + code + "/" + what, "{" + std::string(kProof) + "}").body;
  }
  // Waits until the holder sees so many openings: they are recorded behind the answer.
  static std::string accesses(const ServeProcess& server, const std::string& code, int count) {
    const auto deadline = std::chrono::steady_clock::now() + Process::kPatience;
    const std::string wanted = R"("access_count":)" + std::to_string(count) + ",";
    std::string seen;
    do seen = manage(server, code, "accesses");
    while (seen.find(wanted) == std::string::npos && std::chrono::steady_clock::now() < deadline);
    return seen;
  }

  TempDirectory folder_;
  std::string data_ = folder_ / "data";
};

TEST_F(ReportSystemTest, TheAuditTrailHasALineForEachCodeThatWasAskedFor) {
  ServeProcess server(CHAYAN_BINARY, data_);
  const std::string code = make(server);
  EXPECT_EQ(server.get("/v1/reports/" + code).status, 200);
  EXPECT_EQ(member(manage(server, code, "revoke"), "state"), "ended");
  EXPECT_EQ(server.get("/r/" + code).status, 404);
  const std::string metrics = server.get_admin("/metrics").body;
  EXPECT_NE(metrics.find("chayan_report_openings_lost_total 0"), std::string::npos);
  EXPECT_EQ(server.stop().value_or(Exit()).code, 0);
  const Finished trail = run_chayan({"audit", "--data", data_});
  EXPECT_EQ(trail.code, 0) << trail.err;
  const std::size_t shown = trail.out.find(R"("kind":"report")");
  ASSERT_NE(shown, std::string::npos) << trail.out;
  EXPECT_NE(trail.out.find(R"("outcome":"match")", shown), std::string::npos) << trail.out;
  const std::size_t ended = trail.out.find(R"("kind":"report")", shown + 1);
  ASSERT_NE(ended, std::string::npos) << trail.out;
  EXPECT_NE(trail.out.find(R"("outcome":"no_match")", ended), std::string::npos) << trail.out;
  EXPECT_EQ(trail.out.find(code), std::string::npos);
}

TEST_F(ReportSystemTest, SurvivesARestartAndListsWhoOpenedIt) {
  std::string code;
  {
    ServeProcess server(CHAYAN_BINARY, data_);
    code = make(server);
    EXPECT_EQ(server.get("/v1/reports/" + code).status, 200);
    EXPECT_EQ(server.get("/r/" + code).status, 200);
    EXPECT_EQ(server.stop().value_or(Exit()).code, 0);  // openings are on the disk when it ends
  }
  ServeProcess server(CHAYAN_BINARY, data_,
                      {"--no-limits"});  // the list is asked for until it shows
  const std::string before = manage(server, code, "accesses");
  EXPECT_NE(before.find(R"("access_count":2,)"), std::string::npos) << before;
  EXPECT_EQ(server.get("/v1/reports/" + code).status, 200);
  const std::string seen = accesses(server, code, 3);
  EXPECT_NE(seen.find(R"("access_count":3,)"), std::string::npos) << seen;
  EXPECT_NE(seen.find(R"("client":"127.0.0.0/24")"), std::string::npos) << seen;
  EXPECT_EQ(member(manage(server, code, "revoke"), "state"), "ended");
  EXPECT_EQ(server.get("/v1/reports/" + code).status, 404);
  EXPECT_EQ(server.stop().value_or(Exit()).code, 0);
  const Finished checked = run_chayan({"check", "--data", data_});
  EXPECT_EQ(checked.code, 0) << checked.out << checked.err;
}

TEST_F(ReportSystemTest, TheCodeIsInNoLogAndNoFile) {
  std::string code;
  std::string said;
  {
    ServeProcess server(CHAYAN_BINARY, data_, {"--access-log"});
    code = make(server);
    EXPECT_EQ(server.get("/v1/reports/" + code).status, 200);
    EXPECT_EQ(server.get("/r/" + code).status, 200);
    EXPECT_EQ(server.get("/v1/reports/" + code + "/qr.svg").status, 200);
    manage(server, code, "accesses");
    EXPECT_EQ(server.stop().value_or(Exit()).code, 0);
    said = server.process().out() + server.process().err();
  }
  EXPECT_NE(said.find("/v1/reports/{code}"), std::string::npos) << said;
  EXPECT_EQ(said.find(code), std::string::npos);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data_)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string content(std::istreambuf_iterator<char>(file), {});
    EXPECT_EQ(content.find(code), std::string::npos) << entry.path();
    ++files;
  }
  EXPECT_GT(files, 3U);
}

TEST_F(ReportSystemTest, TheQrCodeLeadsToThePage) {
  for (const std::string base : {"https://verify.example.cn/", ""}) {
    std::vector<std::string> arguments;
    if (!base.empty()) arguments = {"--public-url", base};
    ServeProcess server(CHAYAN_BINARY, data_, arguments);
    const std::string code = make(server);
    const std::string local = "http://127.0.0.1:" + std::to_string(server.port()) + "/";
    const std::string page = (base.empty() ? local : base) + "r/" + code;
    EXPECT_NE(server.get("/r/" + code).body.find("<p>" + page + "</p>"), std::string::npos);
    const HttpReply qr = server.get("/v1/reports/" + code + "/qr.svg");
    ASSERT_EQ(qr.status, 200) << qr.body;
    EXPECT_EQ(qr.field("Content-Type"), "image/svg+xml");
    const std::string svg = put_file(folder_ / "qr.svg", qr.body);
    const std::string png = folder_ / "qr.png";
    const Finished drawn = run({"/usr/bin/rsvg-convert", "-o", png, svg});
    ASSERT_EQ(drawn.code, 0) << drawn.err;
    const Finished read = run({"/usr/bin/zbarimg", "--quiet", "--raw", png});
    EXPECT_EQ(read.code, 0) << read.err;
    EXPECT_EQ(read.out, page + "\n");
    EXPECT_EQ(server.stop().value_or(Exit()).code, 0);
  }
}

TEST_F(ReportSystemTest, AnAddressThatIsNoneIsRefusedAtTheStart) {
  for (const std::string bad : {"verify.example.cn", "https://", "https://a b", "https://a/?q=1",
                                "ftp://a", "https://a/\"onload="}) {
    const Finished refused =
        run_chayan({"serve", "--data", data_, "--listen", "127.0.0.1:0", "--public-url", bad});
    EXPECT_EQ(refused.code, 1) << bad;
    EXPECT_NE(refused.err.find("--public-url"), std::string::npos) << refused.err;
  }
}

}  // namespace
}  // namespace chayan::test
