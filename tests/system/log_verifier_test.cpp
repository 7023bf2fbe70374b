// The log as strangers verify it: a program on golang.org/x/mod's note and tlog (tlog_verifier/),
// which knows the log's key and its address and nothing else of ours.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/api.h"
#include "index/reader.h"
#include "log/checkpoint.h"
#include "tests/server/test_server.h"
#include "tests/support/process.h"
#include "tests/support/registry.h"

namespace chayan::test {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSmallSizeMax = 257;
constexpr std::uint64_t kSizes[] = {0, 1, 255, 256, kSmallSizeMax, 65'535, 65'536, 70'000};
constexpr std::uint64_t kBatchChanges = 1000;
// Go 1.20 and later compile their whole standard library first.
constexpr std::chrono::minutes kBuildPatience{10};

class LogVerifierTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TempDirectory>();
    // Debian's packages instead of modules. The cache stands with the build, for the next run.
    const Finished built = run(
        {"/usr/bin/env", "GO111MODULE=off", "GOPATH=/usr/share/gocode", "GOPROXY=off",
         "GOFLAGS=", "GOCACHE=" + (fs::path(CHAYAN_BINARY).parent_path() / "go-cache").string(),
         "go", "build", "-o", verifier(), CHAYAN_SOURCE_DIR "/tests/system/tlog_verifier/main.go"},
        kBuildPatience);
    ASSERT_EQ(built.code, 0) << "golang-go and golang-golang-x-mod-dev are needed: " << built.err;
  }
  static void TearDownTestSuite() { folder_.reset(); }
  static std::string verifier() { return *folder_ / "tlog_verifier"; }

  LogVerifierTest() { fs::create_directory(seen()); }

  std::uint64_t size() { return registry_.reader().head().value().size; }
  std::string seen() const { return registry_.folder() / "seen"; }
  std::string vkey() { return log::verifier_line(registry_.store().log_key()); }

  void grow_to(std::uint64_t size) {
    while (institutions_ < size) {
      std::vector<Change> changes;
      const std::uint64_t end = std::min(size, institutions_ + kBatchChanges);
      for (; institutions_ < end; ++institutions_) {
        changes.push_back(put_institution(credit(static_cast<int>(institutions_)),
                                          "示例第" + std::to_string(institutions_) + "机构"));
      }
      registry_.write(std::move(changes));
    }
    ASSERT_EQ(this->size(), size);
    ASSERT_TRUE(registry_.store().publish());
  }

  Finished verify(const http::Application& application, const std::string& vkey) {
    server::Options options;
    options.listeners.push_back({{"127.0.0.1", 0}, {}, {}, application});
    TestServer server(std::move(options));
    const std::string url = "http://127.0.0.1:" + std::to_string(server->endpoint(0).port);
    return run({verifier(), "-url", url, "-vkey", vkey, "-size", std::to_string(size()), "-seen",
                seen(), "-seed", std::to_string(seed_)});
  }
  Finished verify() { return verify(api_.public_application(), vkey()); }

  static std::unique_ptr<TempDirectory> folder_;
  const std::uint32_t seed_ = std::random_device{}();
  Registry registry_;
  api::Api api_{api::Services{registry_.store(), registry_.clock()}};
  std::uint64_t institutions_ = 0;
};

std::unique_ptr<TempDirectory> LogVerifierTest::folder_;

TEST_F(LogVerifierTest, AcceptsTheLogAtEachSizeAndAsAContinuationOfAllItSaw) {
  const bool small_only = scaled(100) < 100;
  if (small_only) std::cout << "scaled down: no tree above " << kSmallSizeMax << " leaves\n";
  std::size_t seen_before = 0;
  for (const std::uint64_t size : kSizes) {
    if (small_only && size > kSmallSizeMax) break;
    ASSERT_NO_FATAL_FAILURE(grow_to(size));
    const Finished verified = verify();
    ASSERT_EQ(verified.code, 0) << size << " leaves, seed " << seed_ << ": " << verified.err;
    EXPECT_EQ(verified.out.find(std::to_string(size) + " entries verified: "), 0U) << verified.out;
    EXPECT_NE(verified.out.find(' ' + std::to_string(seen_before++) + " seen checkpoints"),
              std::string::npos)
        << verified.out;
    std::cout << verified.out;
  }
}

// One byte of one kind of answer, and what the verifier complains of.
struct Damage {
  std::string_view target;  // begins so
  std::size_t (*at)(std::string_view body);
  std::string_view complaint;  // begins so
};

std::size_t behind(std::string_view body, std::string_view text) {
  return body.find(text) + text.size();
}

constexpr Damage kDamages[] = {
    // Origin, size, root, the signature's name, the signature.
    {"/checkpoint", [](std::string_view) { return std::size_t{0}; }, "checkpoint: "},
    {"/checkpoint", [](std::string_view body) { return behind(body, "\n"); }, "checkpoint: "},
    {"/checkpoint", [](std::string_view body) { return behind(body, "\n257\n"); }, "checkpoint: "},
    {"/checkpoint", [](std::string_view body) { return behind(body, "— "); }, "checkpoint: "},
    {"/checkpoint", [](std::string_view body) { return body.size() - 20; }, "checkpoint: "},
    // Tiles: full, partial, of the level above.
    {"/tile/0/000", [](std::string_view body) { return body.size() - 1; }, "inclusion of leaf "},
    {"/tile/0/001.p/1", [](std::string_view) { return std::size_t{0}; }, "inclusion of leaf "},
    {"/tile/1/000.p/1", [](std::string_view) { return std::size_t{31}; }, "inclusion of leaf "},
    // A partial tile of an older tree only.
    {"/tile/0/000.p/", [](std::string_view) { return std::size_t{0}; }, "consistency of "},
    // Bundles: the length and the text of the first entry, the last byte.
    {"/tile/entries/", [](std::string_view) { return std::size_t{1}; }, "entries: "},
    {"/tile/entries/", [](std::string_view) { return std::size_t{20}; }, "entries: "},
    {"/tile/entries/", [](std::string_view body) { return body.size() - 1; }, "entries: "},
    {"/tile/entries/000.p/", [](std::string_view) { return std::size_t{20}; }, "entry "},
    // The feed: an entry, its proof, its end.
    {"/v1/changes", [](std::string_view body) { return behind(body, "示例第"); }, "feed: "},
    {"/v1/changes", [](std::string_view body) { return behind(body, R"("consistency":[")"); },
     "feed: "},
    {"/v1/changes", [](std::string_view body) { return behind(body, R"("size":)"); }, "feed: "},
};

http::Application damaged(http::Application application, const Damage& damage) {
  application.answer = [answer = application.answer, damage](const http::Request& request,
                                                             http::Response& response) {
    http::Request plain = request;
    plain.fields = {};  // no compression, so that the byte is one of the answer's own
    answer(plain, response);
    if (response.status != 200 || !request.target.starts_with(damage.target)) return;
    char& byte = response.body.at(damage.at(response.body));
    byte = static_cast<char>(byte ^ 1);
  };
  return application;
}

TEST_F(LogVerifierTest, RefusesAnyFlippedByte) {
  ASSERT_NO_FATAL_FAILURE(grow_to(kSmallSizeMax));
  ASSERT_EQ(verify().code, 0);
  for (const Damage& damage : kDamages) {
    const Finished refused = verify(damaged(api_.public_application(), damage), vkey());
    EXPECT_EQ(refused.code, 1) << damage.target << ", seed " << seed_ << ": " << refused.out;
    EXPECT_EQ(refused.err.find(damage.complaint), 0U)
        << damage.target << ", seed " << seed_ << ": " << refused.err;
  }
}

TEST_F(LogVerifierTest, RefusesACheckpointOfAnotherKey) {
  Registry other;
  const Finished refused =
      verify(api_.public_application(), log::verifier_line(other.store().log_key()));
  EXPECT_EQ(refused.code, 1) << refused.out;
  EXPECT_EQ(refused.err.find("checkpoint: "), 0U) << refused.err;
}

// Every answer is in order, and yet somebody has been shown another history under the same key.
TEST_F(LogVerifierTest, RefusesALogThatASeenCheckpointContradicts) {
  ASSERT_NO_FATAL_FAILURE(grow_to(kSmallSizeMax));
  const index::Store& store = registry_.store();
  const std::vector<log::NoteSigner> signers = [&] {
    std::vector<log::NoteSigner> made;
    made.emplace_back(
        store.origin(),
        crypto::SigningKey(crypto::SignatureScheme::ed25519,
                           store.keyring().log_secret(store.origin(), "ed25519", store.log_id())));
    return made;
  }();
  ASSERT_EQ(signers.front().key(), store.log_key());
  Hash other_root{};
  other_root.front() = 1;
  const std::string text = log::checkpoint_text({store.origin(), 100, other_root});
  std::ofstream(seen() + "/100", std::ios::binary) << log::sign_note(text, signers);

  const Finished refused = verify();
  EXPECT_EQ(refused.code, 1) << refused.out;
  EXPECT_EQ(refused.err.find("consistency with the seen checkpoint of 100: "), 0U) << refused.err;
}

}  // namespace
}  // namespace chayan::test
