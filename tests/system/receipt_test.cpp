// A receipt leaves the house: the real binary checks it where there is nothing but the binary, the
// key and the file.
#include <gtest/gtest.h>

#include <filesystem>

#include "receipt/receipt.h"
#include "tests/support/registry.h"
#include "tests/system/cli.h"
#include "tests/system/served_log.h"

namespace chayan::test {
namespace {

constexpr std::string_view kQuestion =
    R"({"certificate_number":"DEMO-1","holder_name":"合成甲","receipt":true})";

class ReceiptSystemTest : public testing::Test {
 protected:
  void SetUp() override {
    std::vector<Change> changes = official_changes();
    changes.push_back(put_institution(credit(1), "上海示例一"));
    for (Change& change :
         filing_until_filed(credit(1), "F-1", day("2026-07-08"), {item_line("foreign/1/1")})) {
      changes.push_back(std::move(change));
    }
    changes.push_back(
        issue(credit(1), "foreign/1/1", day("2026-08-01"), "DEMO-1", "合成甲", "T0000001"));
    changes.push_back(
        certificate_event(CertificateEventKind::revoked, "DEMO-1", day("2026-09-01")));
    const std::string file = put_file(folder_ / "changes.ndjson", import_lines(changes));
    const std::string data = folder_ / "data";
    const Finished imported = run_chayan({"import", "--data", data, file});
    ASSERT_EQ(imported.code, 0) << imported.err;
    ServeProcess server(CHAYAN_BINARY, data);
    key_ = log::verifier_line(log_key(server));
    answer_ = server.post("/v1/verifications", kQuestion).body;
    ASSERT_EQ(server.stop().value_or(Exit()).code, 0);
    std::filesystem::copy_file(CHAYAN_BINARY, there_ / "chayan");
    put_file(there_ / "key", key_ + "\n");
  }

  // With no environment, in a directory of its own, from which all else was left out.
  Finished check(const std::vector<std::string>& arguments) {
    std::vector<std::string> command = {
        "/usr/bin/env",          "-i",       "-C",           there_.path(),
        "HOME=" + there_.path(), "./chayan", "check-receipt"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run(command);
  }
  Finished check_text(std::string_view text) {
    put_file(there_ / "receipt.json", text);
    return check({"receipt.json", "--key-file", "key"});
  }

  TempDirectory folder_;
  TempDirectory there_;
  std::string key_;
  std::string answer_;
};

TEST_F(ReceiptSystemTest, AGenuineOneVerifiesWithTheBinaryAndTheKeyAlone) {
  const Finished whole = check_text(answer_);
  EXPECT_EQ(whole.code, 0) << whole.err;
  EXPECT_NE(whole.out.find("证书 DEMO-1，持证人合成甲"), std::string::npos) << whole.out;
  EXPECT_NE(whole.out.find("2026-09-01 撤销"), std::string::npos) << whole.out;
  EXPECT_NE(whole.out.find("revoked on 2026-09-01"), std::string::npos) << whole.out;

  std::string alone;
  JsonWriter json(alone);
  receipt::write(json, receipt::read(answer_).value());
  EXPECT_EQ(check_text(alone).out, whole.out) << "without the answer around it";
  EXPECT_EQ(check({"receipt.json", "--key", key_}).out, whole.out);
  const Finished as_json = check({"receipt.json", "--key", key_, "--json"});
  EXPECT_EQ(as_json.code, 0);
  EXPECT_NE(as_json.out.find(R"("genuine":true)"), std::string::npos);
  EXPECT_NE(as_json.out.find(R"("status":"revoked")"), std::string::npos);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(there_.path())) {
    files += entry.exists() ? 1 : 0;
  }
  EXPECT_EQ(files, 3U) << "it left something";
}

TEST_F(ReceiptSystemTest, AForgedOneIsRefusedWithTheFirstThingWrong) {
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string text = answer_;
    return text.replace(text.find(from), from.size(), to);
  };
  const std::vector<std::pair<std::string, std::string>> forged = {
      {replaced("合成甲\"}", "合成乙\"}"), "fields"},
      {replaced("2026-08-01\\\"", "2026-08-02\\\""), "path"},
      {replaced("\"index\":", "\"index\":1"), "size"},
      {replaced("\"checkpoint\":\"", "\"checkpoint\":\"x"), "origin"},
      {"nothing", "format"}};
  for (const auto& [text, reason] : forged) {
    const Finished refused = check_text(text);
    EXPECT_EQ(refused.code, 1) << reason << refused.out;
    EXPECT_TRUE(refused.err.starts_with("chayan: " + reason + ": ")) << refused.err;
    EXPECT_TRUE(refused.out.empty()) << refused.out;
  }
}

// By x/mod's note and tlog and Go's SHA-256, from what the header says of the format.
TEST_F(ReceiptSystemTest, StrangersCheckItWithCodeThatIsNotOurs) {
  const std::string verifier = folder_ / "receipt_verifier";
  const Finished built = run(
      {"/usr/bin/env", "GO111MODULE=off", "GOPATH=/usr/share/gocode", "GOPROXY=off", "GOFLAGS=",
       "GOCACHE=" + (std::filesystem::path(CHAYAN_BINARY).parent_path() / "go-cache").string(),
       "go", "build", "-o", verifier, CHAYAN_SOURCE_DIR "/tests/system/receipt_verifier/main.go"},
      std::chrono::minutes(10));  // Go 1.20 and later compile their standard library first
  ASSERT_EQ(built.code, 0) << "golang-go and golang-golang-x-mod-dev are needed: " << built.err;
  const auto verify = [&](receipt::Receipt receipt) {
    std::string text;
    JsonWriter json(text);
    receipt::write(json, receipt);
    return run({verifier, key_, put_file(folder_ / "receipt.json", text)});
  };
  const receipt::Receipt genuine = receipt::read(answer_).value();
  const Finished accepted = verify(genuine);
  EXPECT_EQ(accepted.code, 0) << accepted.err;
  EXPECT_NE(accepted.out.find(" holder_name=合成甲\n"), std::string::npos) << accepted.out;
  EXPECT_NE(accepted.out.find("2 statements of "), std::string::npos) << accepted.out;

  receipt::Receipt forged = genuine;
  forged.statements[0].opening.opened.at("holder_name").value = "合成乙";
  EXPECT_EQ(verify(forged).code, 1);
  forged = genuine;
  forged.statements[1].inclusion.back()[0] ^= 1;
  EXPECT_EQ(verify(forged).code, 1);
}

TEST_F(ReceiptSystemTest, WrongUseIsToldApartFromAForgery) {
  put_file(there_ / "receipt.json", answer_);
  EXPECT_EQ(check({"receipt.json"}).code, 2);
  EXPECT_EQ(check({"--key", key_}).code, 2);
  EXPECT_EQ(check({"receipt.json", "--key", key_, "--key-file", "key"}).code, 2);
  EXPECT_EQ(check({"receipt.json", "--key", "no key"}).code, 1);
  EXPECT_EQ(check({"missing.json", "--key", key_}).code, 1);
}

}  // namespace
}  // namespace chayan::test
