// kill -9 in the middle of a publication, at each step by which the head anchor is moved. The
// anchor stands with the keys and not with the data, so no commit covers both: it must never be
// ahead of the log or contradict it, or the next start would refuse to write; nor behind what
// anybody was shown, or keys could sign a second history.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>
#include <random>
#include <set>

#include "index/reader.h"
#include "log/anchor.h"
#include "log/checkpoint.h"
#include "tests/support/registry.h"
#include "tests/system/cli.h"
#include "tests/system/served_log.h"

namespace chayan::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStrace = "/usr/bin/strace";

// What writing the anchor is made of, in its order; `close` of it and the sync of its folder too.
constexpr const char* kSteps[] = {"openat", "write", "fsync", "close", "/^rename"};

class AnchorCrashTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::access(kStrace, X_OK) != 0) GTEST_SKIP() << "strace is not installed";
    if (run({kStrace, "-D", "-qqq", "-o", "/dev/null", "-e", "trace=write", "/bin/true"}).code !=
        0) {
      GTEST_SKIP() << "strace may not trace here";
    }
    const char* given = std::getenv("CHAYAN_TEST_SEED");
    const std::uint64_t seed =
        given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
    std::cout << "CHAYAN_TEST_SEED=" << seed << std::endl;
    random_.seed(seed);
    const std::string file =
        put_file(folder_ / "official.ndjson", import_lines(official_changes()));
    ASSERT_EQ(run_chayan({"import", "--data", data_, file}).code, 0);
  }

  // Stands in for the binary: it dies where a thread of it takes this step, on the anchor's files
  // alone, for the n-th time. -D: the service stays the child that is killed with the test.
  std::string doomed_binary(std::string_view step, std::uint64_t n) const {
    const std::string keys = data_ + ".keys";
    std::string script = "#!/bin/sh\nexec " + std::string(kStrace);
    script += " -D -f -qqq -o /dev/null -E ASAN_OPTIONS=detect_leaks=0";
    for (const char* file : {"", "/anchor", "/anchor.tmp"}) script += " -P " + keys + file;
    script += " -e 'trace=openat,write,fsync,close,/^rename'";
    script += " -e 'inject=" + std::string(step) + ":signal=KILL:when=" + std::to_string(n) + "' ";
    const std::string path = put_file(folder_ / "doomed", script + CHAYAN_BINARY + " \"$@\"\n");
    fs::permissions(path, fs::perms::owner_all);
    return path;
  }

  // One life: records and looks until it is dead.
  void live_and_die(std::string_view step, std::uint64_t n) {
    std::optional<ServeProcess> server;
    try {
      server.emplace(doomed_binary(step, n), data_);
    } catch (const std::runtime_error&) {
      return;  // dead before it listened; what it left is looked at all the same
    }
    ++lives_;
    const auto patience = std::chrono::steady_clock::now() + Process::kPatience;
    while (record_one(*server) && look(*server)) {
      ASSERT_LT(std::chrono::steady_clock::now(), patience) << "it does not die";
    }
    EXPECT_EQ(server->process().wait().value_or(Exit()).signal, SIGKILL);
  }

  // False: the service is gone.
  bool record_one(const ServeProcess& server) {
    const int n = ++batches_;
    const std::string key = "batch " + std::to_string(n);
    const auto reply =
        try_record(server, key, import_lines({put_institution(credit(n), "示例机构")}));
    if (!reply) return false;
    EXPECT_EQ(reply->status, 200) << reply->body;
    acknowledged_.insert(key);
    return true;
  }

  bool look(const ServeProcess& server) {
    HttpClient client = server.connect();
    if (!client.send("GET /checkpoint HTTP/1.1\r\nHost: test.example\r\n\r\n")) return false;
    const auto reply = client.read_reply();
    if (!reply) return false;
    const auto lines = log::parse_checkpoint_text(
        std::string_view(reply->body).substr(0, reply->body.find("\n\n") + 1));
    EXPECT_TRUE(lines) << reply->body;
    if (lines) shown_[lines->size] = lines->root;
    return true;
  }

  // What the next start finds.
  void inspect() {
    const std::string path = data_ + ".keys/anchor";
    const auto anchor = log::read_anchor(path);
    ASSERT_TRUE(anchor) << anchor.error().message.en;
    ASSERT_TRUE(*anchor) << "the anchor is gone";
    const auto store = open_store(data_, clock_);
    ASSERT_FALSE(store->read_only()) << store->read_only_reason();
    const index::Reader reader = store->reader();
    ASSERT_LE((*anchor)->size, reader.head().value().size) << "ahead of the log";
    EXPECT_EQ(reader.root_at((*anchor)->size).value(), (*anchor)->root);
    const auto signed_last = log::open_checkpoint((*anchor)->checkpoint, store->log_key());
    ASSERT_TRUE(signed_last) << signed_last.error().message.en;
    EXPECT_EQ(signed_last->size, (*anchor)->size);
    EXPECT_EQ(signed_last->root, (*anchor)->root);
    for (const auto& [size, root] : shown_) {
      ASSERT_LE(size, (*anchor)->size) << "shown before it was persisted";
      ASSERT_EQ(reader.root_at(size).value(), root) << size;
    }
    for (const std::string& key : acknowledged_) {
      ASSERT_TRUE(reader.batch(key).value()) << key << " was acknowledged and is gone";
    }
    sizes_.insert((*anchor)->size);
    if (fs::exists(path + ".tmp")) ++halfway_;
    fs::remove(path + ".tmp");  // to see the next one's
  }

  TempDirectory folder_;
  SystemClock clock_;
  std::string data_ = folder_ / "data";
  std::mt19937_64 random_;
  std::set<std::string> acknowledged_;
  std::map<std::uint64_t, Hash> shown_;
  std::set<std::uint64_t> sizes_;  // that the anchor had after a kill
  int batches_ = 0;
  int lives_ = 0;    // that came so far as to listen
  int halfway_ = 0;  // ended between the new anchor's making and its name
};

TEST_F(AnchorCrashTest, KilledAtEachStepTheAnchorFitsTheLog) {
  const std::uint64_t rounds = scaled(5, 1);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    for (const char* step : kSteps) {
      const std::uint64_t n = 1 + random_() % 6;
      SCOPED_TRACE("the " + std::to_string(n) + "th " + step);
      live_and_die(step, n);
      inspect();
      if (HasFatalFailure()) return;
    }
  }
  std::cout << rounds * std::size(kSteps) << " kills, " << lives_ << " of them at work, "
            << halfway_ << " half way; " << acknowledged_.size() << " batches acknowledged, "
            << shown_.size() << " checkpoints shown, " << sizes_.size() << " anchors left\n";
  EXPECT_GT(lives_, 0);
  EXPECT_GT(halfway_, 0);
  EXPECT_GT(sizes_.size(), 1U);
}

}  // namespace
}  // namespace chayan::test
