// Snapshots of the real binary, over sockets: made on time and when ordered, downloaded through
// cuts.
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <thread>

#include "base/json_reader.h"
#include "crypto/digest.h"
#include "index/snapshot_file.h"
#include "tests/support/registry.h"
#include "tests/support/snapshot_pages.h"
#include "tests/system/cli.h"

namespace chayan::test {
namespace {

std::uint64_t seed() {
  const char* given = std::getenv("CHAYAN_TEST_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
}

void fill(Registry& registry, int certificates) {
  registry.write(official_changes());
  registry.write(put_institution(credit(1), "上海示例一"));
  registry.write(
      filing_until_filed(credit(1), "F-1", day("2026-07-20"), {item_line("foreign/1/1")}));
  std::vector<Change> changes;
  for (int i = 1; i <= certificates; ++i) {
    const std::string n = std::to_string(i);
    changes.push_back(issue(credit(1), "foreign/1/1", day("2026-08-01"), "DEMO-" + n, "测试甲",
                            "T" + std::to_string(1'000'000 + i)));
  }
  registry.write(std::move(changes));
  EXPECT_TRUE(registry.store().publish());
}

struct Listed {
  std::string file;
  std::uint64_t size = 0;
  std::string sha256;
};

std::vector<Listed> list(const ServeProcess& serve) {
  std::vector<Listed> listed;
  JsonParser parser;
  const std::string body = serve.get("/v1/snapshots").body;
  auto object = parser.parse_object(body).value();
  for (JsonObject& item : object.objects("items")) {
    listed.push_back({std::string(item.string("file")),
                      static_cast<std::uint64_t>(item.integer("size")),
                      std::string(item.string("sha256"))});
  }
  return listed;
}

// A client whose connection is cut after each random number of bytes and that goes on where it was.
std::string download_through_cuts(const ServeProcess& serve, const std::string& file,
                                  std::mt19937_64& random, std::size_t cut_after_max) {
  std::string got;
  std::string etag;
  for (;;) {
    HttpClient client = serve.connect();
    std::string request = "GET /v1/snapshots/" + file + " HTTP/1.1\r\nHost: localhost\r\n";
    if (!got.empty()) {
      request += "Range: bytes=" + std::to_string(got.size()) + "-\r\nIf-Range: " + etag + "\r\n";
    }
    EXPECT_TRUE(client.send(request + "\r\n"));
    std::string received;
    std::size_t head_bytes = std::string::npos;
    const std::size_t cut_after = random() % cut_after_max;
    std::size_t total = 0;
    for (;;) {
      const std::string piece = client.read_some();
      if (piece.empty()) break;
      received += piece;
      if (head_bytes == std::string::npos && received.find("\r\n\r\n") != std::string::npos) {
        head_bytes = received.find("\r\n\r\n") + 4;
        const HttpReply reply{0, received.substr(0, head_bytes), {}};
        EXPECT_TRUE(received.starts_with(got.empty() ? "HTTP/1.1 200" : "HTTP/1.1 206"))
            << reply.head;
        EXPECT_TRUE(etag.empty() || etag == reply.field("ETag"));
        etag = reply.field("ETag");
        total = head_bytes + std::stoull(reply.field("Content-Length"));
      }
      if (received.size() >= cut_after || (total != 0 && received.size() >= total)) break;
    }
    client.reset();
    if (head_bytes == std::string::npos) continue;  // cut within the head: begun again
    const std::size_t end = std::min(received.size(), std::max(cut_after, head_bytes));
    got += received.substr(head_bytes, end - head_bytes);
    if (end == total) return got;
  }
}

TEST(Snapshot, IsMadeOnTimeAndWhenOrdered) {
  Registry registry;
  fill(registry, 10);
  const std::string data = registry.options().data;
  const std::uint64_t size = registry.reader().head().value().size;
  registry.close();
  ServeProcess serve(CHAYAN_BINARY, data, {"--snapshot-every", "24"});
  const auto until = std::chrono::steady_clock::now() + Process::kPatience;
  while (list(serve).empty() && std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
  }
  ASSERT_EQ(list(serve).size(), 1U);
  EXPECT_EQ(list(serve)[0].size, size);
  const Finished ordered = run_chayan(
      {"snapshot", "--server", "http://127.0.0.1:" + std::to_string(serve.admin_port())});
  EXPECT_EQ(ordered.code, 0) << ordered.err;
  EXPECT_NE(ordered.out.find(std::to_string(size) + ".ndjson.zst"), std::string::npos);
  EXPECT_EQ(list(serve).size(), 1U) << "nothing was written since";
  EXPECT_EQ(serve.stop()->code, 0);
  // And where nobody serves, the command opens the store itself.
  const auto made_before = index::list_snapshots(*open_store(data, registry.clock())).value().at(0);
  const Finished made = run_chayan({"snapshot", "--data", data});
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_NE(made.out.find(to_hex(view(made_before.sha256))), std::string::npos) << made.out;
  EXPECT_EQ(run_chayan({"snapshot"}).code, 2);
}

TEST(Snapshot, ADownloadThatIsCutGoesOnWhereItWas) {
  const std::uint64_t seed_used = seed();
  SCOPED_TRACE("CHAYAN_TEST_SEED=" + std::to_string(seed_used));
  std::mt19937_64 random(seed_used);
  Registry registry;
  fill(registry, 1500);
  const std::string data = registry.options().data;
  const log::NoteKey key = registry.store().log_key();
  const Hash root = registry.reader().head().value().root;
  registry.close();
  ASSERT_EQ(run_chayan({"snapshot", "--data", data}).code, 0);
  ServeProcess serve(CHAYAN_BINARY, data);

  const HttpReply latest = serve.get("/v1/snapshots/latest");
  EXPECT_EQ(latest.status, 307);
  const Listed newest = list(serve).at(0);
  EXPECT_EQ(latest.field("Location"), "/v1/snapshots/" + newest.file);
  const std::string whole = serve.get(latest.field("Location")).body;
  EXPECT_EQ(to_hex(view(crypto::sha256(whole))), newest.sha256);
  HttpClient head = serve.connect();
  ASSERT_TRUE(
      head.send("HEAD " + latest.field("Location") + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  EXPECT_EQ(head.read_reply(ReplyTo::head)->field("Content-Length"), std::to_string(whole.size()));

  const std::uint64_t rounds = scaled(10, 2);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    const std::string got = download_through_cuts(serve, newest.file, random, whole.size() / 4);
    ASSERT_EQ(got.size(), whole.size());
    ASSERT_EQ(got, whole);
  }
  const auto tree = proven_tree(whole, key);
  EXPECT_EQ(tree.size(), newest.size);
  EXPECT_EQ(tree.root(), root);
}

}  // namespace
}  // namespace chayan::test
