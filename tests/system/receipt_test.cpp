// A receipt leaves the house, in both suites: the real binary checks it where there is nothing but
// the binary, the key and the file.
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

// A character of the signature proper, behind the key's id, of the line that is this key's.
std::size_t signature_at(const std::string& note, const log::NoteKey& key) {
  const std::string text = note.substr(0, note.find("\n\n") + 2);
  for (std::size_t begin = text.size(); begin < note.size();) {
    const std::size_t end = note.find('\n', begin);
    if (log::open_note(text + note.substr(begin, end + 1 - begin), key)) {
      return note.rfind(' ', end) + 20;
    }
    begin = end + 1;
  }
  throw std::logic_error("not signed by this key");
}

class ReceiptSystemTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const std::string data = folder_ / "data";
    ASSERT_EQ(run_chayan({"keys", "init", "--keys", data + ".keys", "--suite", GetParam()}).code,
              0);
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
    const Finished imported = run_chayan({"import", "--data", data, file});
    ASSERT_EQ(imported.code, 0) << imported.err;
    ServeProcess server(CHAYAN_BINARY, data);
    for (const log::NoteKey& key : log_keys(server)) keys_.push_back(log::verifier_line(key));
    answer_ = server.post("/v1/verifications", kQuestion).body;
    ASSERT_EQ(server.stop().value_or(Exit()).code, 0);
    std::filesystem::copy_file(CHAYAN_BINARY, there_ / "chayan");
    put_file(there_ / "key", keys_[0] + "\n");
  }

  bool is_gm() const { return std::string_view(GetParam()) == "gm"; }

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
  std::vector<std::string> keys_;
  std::string answer_;
};

TEST_P(ReceiptSystemTest, AGenuineOneVerifiesWithTheBinaryAndTheKeyAlone) {
  const Finished whole = check_text(answer_);
  EXPECT_EQ(whole.code, 0) << whole.err;
  EXPECT_NE(whole.out.find("证书 DEMO-1，持证人合成甲"), std::string::npos) << whole.out;
  EXPECT_NE(whole.out.find("2026-09-01 撤销"), std::string::npos) << whole.out;
  EXPECT_NE(whole.out.find("revoked on 2026-09-01"), std::string::npos) << whole.out;
  EXPECT_NE(whole.out.find("Nothing else that the file says is proven"), std::string::npos);

  std::string alone;
  JsonWriter json(alone);
  receipt::write(json, receipt::read(answer_).value());
  EXPECT_EQ(check_text(alone).out, whole.out) << "without the answer around it";
  ASSERT_EQ(keys_.size(), is_gm() ? 2U : 1U);
  for (const std::string& key : keys_) {
    EXPECT_EQ(check({"receipt.json", "--key", key}).out, whole.out) << key;
  }
  const Finished as_json = check({"receipt.json", "--key", keys_[0], "--json"});
  EXPECT_EQ(as_json.code, 0);
  EXPECT_NE(as_json.out.find(R"("genuine":true)"), std::string::npos);
  EXPECT_NE(as_json.out.find(R"("status":"revoked")"), std::string::npos);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(there_.path())) {
    files += entry.exists() ? 1 : 0;
  }
  EXPECT_EQ(files, 3U) << "it left something";
}

TEST_P(ReceiptSystemTest, AForgedOneIsRefusedWithTheFirstThingWrong) {
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string text = answer_;
    return text.replace(text.find(from), from.size(), to);
  };
  const std::vector<std::pair<std::string, std::string>> forged = {
      {replaced("合成甲\"}", "合成乙\"}"), "fields"},
      {replaced("2026-08-01\\\"", "2026-08-02\\\""), "path"},
      {replaced("\"index\":", "\"index\":1"), "size"},
      {replaced("\"checkpoint\":\"", "\"checkpoint\":\"x"), "origin"},
      {replaced("\"status\":\"revoked\"", "\"status\":\"valid\""), "answer"},
      {replaced("{\"chayan_receipt\"", "{\"\\u001b[2K\":1,\"chayan_receipt\""), "format"},
      {"nothing", "format"}};
  for (const auto& [text, reason] : forged) {
    put_file(there_ / "receipt.json", text);
    for (const std::string& key : keys_) {
      const Finished refused = check({"receipt.json", "--key", key});
      EXPECT_EQ(refused.code, 1) << reason << refused.out;
      EXPECT_TRUE(refused.err.starts_with("chayan: " + reason + ": ")) << refused.err;
      EXPECT_TRUE(refused.out.empty()) << refused.out;
      EXPECT_EQ(refused.err.find('\x1b'), std::string::npos) << "a terminal would obey it";
    }
  }
}

// Each key vouches by its own signature, and by no other.
TEST_P(ReceiptSystemTest, ASignatureThatWasAlteredIsRefusedByItsKey) {
  const receipt::Receipt genuine = receipt::read(answer_).value();
  for (const std::string& line : keys_) {
    const log::NoteKey key = log::parse_verifier_line(line, "key").value();
    receipt::Receipt forged = genuine;
    char& altered = forged.checkpoint.at(signature_at(genuine.checkpoint, key));
    altered = altered == 'A' ? 'B' : 'A';
    std::string text;
    JsonWriter json(text);
    receipt::write(json, forged);
    put_file(there_ / "receipt.json", text);
    for (const std::string& other : keys_) {
      const Finished checked = check({"receipt.json", "--key", other});
      EXPECT_EQ(checked.code, other == line ? 1 : 0) << checked.err;
      EXPECT_EQ(checked.err.starts_with("chayan: signature: "), other == line) << checked.err;
    }
  }
}

// By x/mod's note and tlog, Go's SHA-256 or openssl's SM3, from what the header says of the format.
TEST_P(ReceiptSystemTest, StrangersCheckItWithCodeThatIsNotOurs) {
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
    return run({verifier, keys_[0], put_file(folder_ / "receipt.json", text)});
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

TEST_P(ReceiptSystemTest, WrongUseIsToldApartFromAForgery) {
  put_file(there_ / "receipt.json", answer_);
  EXPECT_EQ(check({"receipt.json"}).code, 2);
  EXPECT_EQ(check({"--key", keys_[0]}).code, 2);
  EXPECT_EQ(check({"receipt.json", "--key", keys_[0], "--key-file", "key"}).code, 2);
  EXPECT_EQ(check({"receipt.json", "--key", "no key"}).code, 1);
  EXPECT_EQ(check({"missing.json", "--key", keys_[0]}).code, 1);
}

INSTANTIATE_TEST_SUITE_P(Suites, ReceiptSystemTest, testing::Values("intl", "gm"),
                         [](const auto& suite) { return std::string(suite.param); });

}  // namespace
}  // namespace chayan::test
