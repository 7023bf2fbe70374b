// kill -9 of the service while it records, publishes, makes snapshots and feeds readers: what was
// ever published is one history, and what was acknowledged is there.
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include "crypto/digest.h"
#include "index/reader.h"
#include "index/rebuild.h"
#include "log/checkpoint.h"
#include "log/feed_reader.h"
#include "log/tile.h"
#include "tests/support/registry.h"
#include "tests/system/cli.h"
#include "tests/system/served_log.h"

namespace chayan::test {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* given = std::getenv(name);
  return given != nullptr ? std::strtoull(given, nullptr, 10) : otherwise;
}

// Every checkpoint that anybody was shown, of all lives of the service.
class History {
 public:
  void saw(const log::Checkpoint& checkpoint) {
    const std::lock_guard lock(mutex_);
    const auto [known, is_new] = roots_.try_emplace(checkpoint.size, checkpoint.root);
    if (!is_new && known->second != checkpoint.root) ++contradictions_;
    ++seen_;
  }

  std::map<std::uint64_t, Hash> roots() const { return roots_; }
  std::size_t sizes() {
    const std::lock_guard lock(mutex_);
    return roots_.size();
  }
  std::uint64_t seen() const { return seen_; }
  std::uint64_t contradictions() const { return contradictions_; }

 private:
  std::mutex mutex_;
  std::map<std::uint64_t, Hash> roots_;
  std::uint64_t seen_ = 0;
  std::uint64_t contradictions_ = 0;
};

class LogCrashTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::uint64_t seed = from_environment("CHAYAN_TEST_SEED", std::random_device()());
    std::cout << "CHAYAN_TEST_SEED=" << seed << std::endl;
    random_.seed(seed);
    const std::string file =
        put_file(folder_ / "official.ndjson", import_lines(official_changes()));
    ASSERT_EQ(run_chayan({"import", "--data", data_, file}).code, 0);
  }

  // One life of the service, ended by a kill.
  void live_and_die(std::uint64_t life) {
    ServeProcess server(CHAYAN_BINARY, data_);
    if (!reader_) reader_.emplace(log_key(server), log::Frontier());
    const log::NoteKey key = log_key(server);
    std::atomic<bool> over{false};
    std::thread writing([&] { write(server, life, over); });
    std::thread following([&] { follow(server, over); });
    std::thread looking([&] { look(server, key, over); });
    std::thread snapping([&] { snapshot(server, over); });
    // By turns at any moment, and once something new was acknowledged and shown.
    if (life % 2 == 0) {
      const auto patience = std::chrono::steady_clock::now() + Process::kPatience;
      const std::size_t sizes = history_.sizes();
      const std::size_t batches = acknowledged_count_;
      while ((history_.sizes() == sizes || acknowledged_count_ == batches) &&
             std::chrono::steady_clock::now() < patience &&
             !server.process().wait(std::chrono::milliseconds(1))) {
      }
    }
    server.process().wait(std::chrono::milliseconds(random_() % 300));
    server.process().signal(SIGKILL);
    const auto exit = server.process().wait();
    over = true;
    for (std::thread* thread : {&writing, &following, &looking, &snapping}) thread->join();
    EXPECT_EQ(exit.value_or(Exit()).signal, SIGKILL);
  }

  void write(const ServeProcess& server, std::uint64_t life, const std::atomic<bool>& over) {
    for (std::uint64_t n = 0; !over; ++n) {
      const std::string key = std::to_string(life) + "-" + std::to_string(n);
      const auto id = static_cast<int>(life * 1000 + n);
      const CreditCode issuer = credit(id);
      std::vector<Change> changes = {put_institution(issuer, "示例机构" + key)};
      for (std::uint64_t i = 0; i < n % 5; ++i) {
        changes.push_back(issue(issuer, "foreign/1/3", day("2026-05-06"),
                                "K-" + key + "-" + std::to_string(i), "测试", "T1000001"));
      }
      const auto reply = try_record(server, key, import_lines(changes));
      if (!reply) return;
      ASSERT_EQ(reply->status, 200) << reply->body;
      acknowledged_[key] = changes.size();
      ++acknowledged_count_;
    }
  }

  // The feed, proven over all lives: a fork would be found out at the first page.
  void follow(const ServeProcess& server, const std::atomic<bool>& over) {
    while (!over) {
      const std::uint64_t next = reader_->frontier().size();
      const std::string after = next == 0 ? "" : "&after=" + std::to_string(next - 1);
      const auto reply = try_get(server, "/v1/changes?limit=50&wait=1" + after);
      if (!reply) return;
      ASSERT_EQ(reply->status, 200) << reply->body << " after " << next;
      const auto page = reader_->read(reply->body);
      ASSERT_TRUE(page) << page.error().message.en;
      history_.saw(page->checkpoint);
    }
  }

  // The checkpoint, and that the last tile that it promises is there.
  void look(const ServeProcess& server, const log::NoteKey& key, const std::atomic<bool>& over) {
    while (!over) {
      const auto reply = try_get(server, "/checkpoint");
      if (!reply) return;
      ASSERT_EQ(reply->status, 200) << reply->body;
      const auto checkpoint = log::open_checkpoint(reply->body, key);
      ASSERT_TRUE(checkpoint) << checkpoint.error().message.en;
      history_.saw(*checkpoint);
      if (checkpoint->size == 0) continue;
      const std::uint64_t index = (checkpoint->size - 1) / 256;
      const std::string path = log::tile_path(index, log::tile_width({0, index}, checkpoint->size));
      const auto tile = try_get(server, "/tile/0/" + path);
      if (!tile) return;
      ASSERT_EQ(tile->status, 200) << path;
    }
  }

  static void snapshot(const ServeProcess& server, const std::atomic<bool>& over) {
    while (!over) {
      HttpClient client = server.connect_admin();
      if (!client.send("POST /v1/snapshots HTTP/1.1\r\nHost: test.example\r\nContent-Length: "
                       "0\r\n\r\n") ||
          !client.read_reply()) {
        return;
      }
    }
  }

  static std::optional<HttpReply> try_get(const ServeProcess& server, std::string_view target) {
    HttpClient client = server.connect();
    if (!client.send("GET " + std::string(target) + " HTTP/1.1\r\nHost: test.example\r\n\r\n")) {
      return std::nullopt;
    }
    return client.read_reply();
  }

  // What a restart finds: every checkpoint ever shown is of this log, every acknowledged batch in it.
  void inspect(bool thoroughly) {
    const auto store = open_store(data_, clock_);
    ASSERT_FALSE(store->read_only()) << store->read_only_reason();
    const index::Reader reader = store->reader();
    const std::uint64_t size = reader.head().value().size;
    ASSERT_EQ(history_.contradictions(), 0U);
    const auto roots = history_.roots();
    auto from = thoroughly ? roots.begin() : roots.lower_bound(inspected_);
    for (; from != roots.end(); ++from) {
      ASSERT_LE(from->first, size);
      ASSERT_EQ(reader.root_at(from->first).value(), from->second) << from->first;
    }
    inspected_ = roots.empty() ? 0 : roots.rbegin()->first;
    for (const auto& [key, count] : acknowledged_) {
      const auto batch = reader.batch(key).value();
      ASSERT_TRUE(batch) << key << " was acknowledged and is gone";
      ASSERT_EQ(batch->count, count);
    }
    if (!thoroughly) return;
    const auto report = index::check(*store, [](auto, auto) {}).value();
    EXPECT_TRUE(report.faults.empty()) << report.faults.front();
  }

  TempDirectory folder_;
  SystemClock clock_;
  std::string data_ = folder_ / "data";
  std::mt19937_64 random_;
  History history_;
  std::optional<log::FeedReader> reader_;
  std::map<std::string, std::size_t> acknowledged_;
  std::atomic<std::size_t> acknowledged_count_{0};
  std::uint64_t inspected_ = 0;
};

// CHAYAN_KILLS=200 for the number that the product owes; CI kills fewer times.
TEST_F(LogCrashTest, WhatWasPublishedIsOneHistoryOverAllKills) {
  const std::uint64_t kills = from_environment("CHAYAN_KILLS", scaled(20, 4));
  for (std::uint64_t life = 0; life < kills && !HasFailure(); ++life) {
    SCOPED_TRACE("life " + std::to_string(life));
    live_and_die(life);
    inspect(life + 1 == kills);
  }
  std::cout << kills << " kills, " << acknowledged_.size() << " batches acknowledged, "
            << history_.seen() << " checkpoints seen of " << history_.roots().size()
            << " sizes, followed to " << reader_->frontier().size() << "\n";
  EXPECT_GE(history_.roots().size(), kills / 2);
  EXPECT_GE(acknowledged_.size(), kills / 2);
}

}  // namespace
}  // namespace chayan::test
