// The keys' life with the real binary: a rotation under load and through kills, the gm suite from
// end to end, and an erasure that is searched for in every file.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <thread>

#include "base/json_reader.h"
#include "domain/certificate_number.h"
#include "index/fold.h"
#include "index/reader.h"
#include "index/row_batch.h"
#include "index/schema.h"
#include "tests/support/registry.h"
#include "tests/system/cli.h"
#include "tests/system/served_log.h"

namespace chayan::test {
namespace {

using namespace std::chrono_literals;

std::uint64_t certificates() {
  return scaled(4000, 1200);
}

struct Use {
  std::string state;
  std::int64_t records = 0;
};

class KeysTest : public testing::TestWithParam<const char*> {
 protected:
  void make_registry() {
    const Finished made = run_chayan({"keys", "init", "--keys", keys_, "--suite", GetParam()});
    ASSERT_EQ(made.code, 0) << made.err;
    std::vector<Change> changes = official_changes();
    changes.push_back(put_institution(credit(1), "上海示例一"));
    for (std::uint64_t n = 1; n <= certificates(); ++n) changes.push_back(certificate(n));
    const Finished imported =
        run_chayan({"import", "--data", data_, put_file(folder_ / "in", import_lines(changes))});
    ASSERT_EQ(imported.code, 0) << imported.err;
  }

  static std::string number(std::uint64_t n) { return "KEYS-" + std::to_string(n); }
  static Change certificate(std::uint64_t n) {
    return issue(credit(1), "foreign/1/1", day("2026-08-01"), number(n), "测试甲",
                 "T" + std::to_string(1'000'000 + n));
  }
  static bool verifies(const ServeProcess& serve, std::uint64_t n) {
    const HttpReply reply =
        serve.post("/v1/verifications",
                   "{\"certificate_number\":\"" + number(n) + R"(","holder_name":"测试甲"})");
    return reply.status == 200 && reply.body.find("\"match\"") != std::string::npos;
  }

  // `keys list` or `keys rotate` of a service, or of the directory where there is none.
  std::map<std::int64_t, Use> uses(const std::string& command, const ServeProcess* serve) const {
    std::vector<std::string> arguments = {"keys", command, "--json"};
    if (serve != nullptr) {
      arguments.insert(arguments.end(),
                       {"--server", "http://127.0.0.1:" + std::to_string(serve->admin_port())});
    } else {
      arguments.insert(arguments.end(), {"--data", data_});
    }
    const Finished finished = run_chayan(arguments);
    EXPECT_EQ(finished.code, 0) << finished.err;
    std::map<std::int64_t, Use> all;
    if (finished.code != 0) return all;
    JsonParser parser;
    auto object = parser.parse_object(finished.out).value();
    for (JsonObject& key : object.objects("keys")) {
      all[key.integer("id")] = {std::string(key.string("state")), key.integer("records")};
    }
    return all;
  }
  void expect_checked() const {
    const Finished checked = run_chayan({"check", "--data", data_});
    EXPECT_EQ(checked.code, 0) << checked.out << checked.err;
  }

  TempDirectory folder_;
  SystemClock clock_;
  std::string data_ = folder_ / "data";
  std::string keys_ = data_ + ".keys";
};

TEST_P(KeysTest, ARotationUnderLoadFailsNobody) {
  make_registry();
  ServeProcess serve(CHAYAN_BINARY, data_, {"--no-limits"});
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> asked{0};
  std::atomic<std::uint64_t> failed{0};
  std::vector<std::thread> clients;
  for (std::uint64_t t = 0; t < 3; ++t) {
    clients.emplace_back([&, t] {
      for (std::uint64_t n = t; !done || n < t + 50; n += 3) {
        failed += verifies(serve, 1 + n * 7919 % certificates()) ? 0 : 1;
        ++asked;
      }
    });
  }
  std::thread writer([&] {
    for (std::uint64_t n = 1; !done; ++n) {
      const HttpReply reply =
          record(serve, "k" + std::to_string(n), import_lines({certificate(1'000'000 + n)}));
      failed += reply.status < 300 ? 0 : 1;
    }
  });
  const auto first = uses("rotate", &serve);
  const auto second = uses("rotate", &serve);
  done = true;
  for (std::thread& client : clients) client.join();
  writer.join();
  RecordProperty("asked", std::to_string(asked));
  EXPECT_EQ(failed, 0U) << "of " << asked;
  EXPECT_EQ(first.at(1).state, "retired");
  EXPECT_EQ(first.at(1).records, 0);
  EXPECT_EQ(second.at(3).state, "active");
  const auto listed = uses("list", &serve);
  EXPECT_EQ(listed.at(1).records + listed.at(2).records, 0);
  EXPECT_EQ(listed.at(2).state, "retired");
  EXPECT_GE(listed.at(3).records, static_cast<std::int64_t>(2 * certificates()));
  for (std::uint64_t n = 1; n <= certificates(); n += 97) EXPECT_TRUE(verifies(serve, n)) << n;
  ASSERT_TRUE(serve.stop());
  expect_checked();
  EXPECT_EQ(run_chayan({"keys", "forget", "--keys", keys_, "3"}).code, 1);
  EXPECT_EQ(run_chayan({"keys", "forget", "--keys", keys_, "1"}).code, 0);
  EXPECT_EQ(uses("list", nullptr).size(), 2U);
}

TEST_P(KeysTest, AKilledRotationIsGoneOnWith) {
  make_registry();
  int interrupted = 0;
  for (int round = 0; round < 6; ++round) {
    Process rotation({CHAYAN_BINARY, "keys", "rotate", "--data", data_});
    const bool ended = rotation.wait(std::chrono::milliseconds(15 + 25 * round)).has_value();
    rotation.signal(SIGKILL);
    rotation.wait();
    interrupted += ended ? 0 : 1;
    expect_checked();
  }
  EXPECT_GT(interrupted, 0);
  // A service takes it up by itself, and answers meanwhile.
  {
    ServeProcess serve(CHAYAN_BINARY, data_, {"--no-limits"});
    for (std::uint64_t n = 1; n <= certificates(); n += 97) EXPECT_TRUE(verifies(serve, n)) << n;
    ASSERT_TRUE(serve.stop());
  }
  const auto before = uses("list", nullptr);
  const auto rotated = uses("rotate", nullptr);
  ASSERT_FALSE(rotated.empty());
  for (const auto& [id, use] : rotated) {
    EXPECT_EQ(use.state, id == rotated.rbegin()->first ? "active" : "retired") << id;
    EXPECT_EQ(use.records == 0, use.state == "retired") << id;
  }
  EXPECT_GE(rotated.size(), before.size());
  expect_checked();
}

TEST_P(KeysTest, AnErasedCertificateIsInNoFile) {
  make_registry();
  std::vector<std::string> needles;
  {
    const auto store = open_store(data_, clock_);
    const auto certificate =
        store->reader().certificate(CertificateNumber::parse(number(7)).value()).value();
    const std::string payload = index::payload_key(certificate->issued_seq);
    const std::string row = index::certificate_key(store->keyed_index().certificate(number(7)));
    const index::DatabaseRows rows(store->db());
    for (const std::string& key : {payload, row}) {
      const std::string sealed = rows.get(key).value().value();
      needles.insert(needles.end(), {sealed, sealed.substr(4, 12), sealed.substr(30, 16)});
      std::string plain;
      ASSERT_TRUE(store->sealer().open(index::sealing_context(key), sealed, plain));
      needles.push_back(plain);
      if (key == payload) needles.push_back(plain.substr(4, 32));  // the record salt
    }
  }
  const auto hits = [&](const std::string& folder) {
    std::size_t found = 0;
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
      if (!file.is_regular_file()) continue;
      const std::string content = file_content(file.path().string());
      for (const std::string& needle : needles) {
        found += content.find(needle) != std::string::npos ? 1 : 0;
      }
    }
    return found;
  };
  EXPECT_GT(hits(data_), 0U);
  ServeProcess serve(CHAYAN_BINARY, data_, {"--backup-dir", folder_ / "backups"});
  ASSERT_TRUE(verifies(serve, 7));
  const HttpReply erased = record(serve, "erase",
                                  import_lines({certificate_event(CertificateEventKind::erased,
                                                                  number(7), day("2026-08-03"))}));
  ASSERT_LT(erased.status, 300) << erased.body;
  EXPECT_EQ(hits(data_), 0U) << "when it is acknowledged";
  EXPECT_NE(serve.get_admin("/metrics").body.find("chayan_purge_due 0"), std::string::npos);
  EXPECT_FALSE(verifies(serve, 7));
  EXPECT_TRUE(verifies(serve, 8));
  const Finished backed_up =
      run_chayan({"backup", "--server", "http://127.0.0.1:" + std::to_string(serve.admin_port())});
  ASSERT_EQ(backed_up.code, 0) << backed_up.err;
  EXPECT_EQ(hits(folder_ / "backups"), 0U);
  ASSERT_TRUE(serve.stop());
  expect_checked();
  const std::string restored = folder_ / "restored";
  const Finished back =
      run_chayan({"restore", "--from", folder_ / "backups", "--data", restored, "--keys", keys_});
  EXPECT_EQ(back.code, 0) << back.err;
  EXPECT_EQ(hits(restored), 0U);
}

// A registry, its log signed twice, and a mirror of another suite that holds it to account.
TEST_P(KeysTest, TheWholeWayInThisSuite) {
  ASSERT_EQ(run_chayan({"keys", "init", "--keys", keys_, "--suite", GetParam()}).code, 0);
  const std::string demo = folder_ / "demo";
  ASSERT_EQ(
      run_chayan({"demo", "--institutions", "20", "--certificates", "200", "--out", demo}).code, 0);
  const Finished imported = run_chayan({"import", "--data", data_, demo + "/registry.ndjson"});
  ASSERT_EQ(imported.code, 0) << imported.err;
  const bool is_gm = std::string(GetParam()) == "gm";
  {
    ServeProcess serve(CHAYAN_BINARY, data_, {"--no-limits"});
    const std::string checkpoint = serve.get("/checkpoint").body;
    EXPECT_EQ(std::count(checkpoint.begin(), checkpoint.end(), '\n'), is_gm ? 6 : 5) << checkpoint;
    const std::string mirror = folder_ / "mirror";
    const Finished mirrored = run_chayan(
        {"mirror", "http://127.0.0.1:" + std::to_string(serve.port()), "--data", mirror, "--once"});
    EXPECT_EQ(mirrored.code, 0) << mirrored.err;
    EXPECT_EQ(run_chayan({"check", "--data", mirror}).code, 0);
    const Finished rotated = run_chayan({"keys", "rotate", "--data", mirror});
    EXPECT_EQ(rotated.code, 0) << rotated.err;
    ASSERT_TRUE(serve.stop());
  }
  expect_checked();
  const auto store = open_store(data_, clock_);
  std::size_t committed = 0;
  const std::string alg = is_gm ? R"("alg":"sm3")" : R"("alg":"sha256")";
  ASSERT_TRUE(store->reader().each_entry(0, [&](std::uint64_t, std::string_view entry) {
    if (entry.find("\"commitment\"") == std::string_view::npos) return true;
    ++committed;
    EXPECT_NE(entry.find(alg), std::string_view::npos);
    return true;
  }));
  EXPECT_GE(committed, 200U);
}

TEST(Keys, ASuiteIsChosenOnceAndUnknownOnesAreRefused) {
  TempDirectory folder;
  const std::string keys = folder / "data.keys";
  EXPECT_EQ(run_chayan({"keys", "init", "--keys", keys, "--suite", "rot13"}).code, 2);
  ASSERT_EQ(run_chayan({"keys", "init", "--keys", keys, "--suite", "gm"}).code, 0);
  EXPECT_EQ(run_chayan({"keys", "init", "--keys", keys, "--suite", "intl"}).code, 1);
  const std::string in = put_file(folder / "in", import_lines(official_changes()));
  ASSERT_EQ(run_chayan({"import", "--data", folder / "data", in}).code, 0);
  const std::string other = folder / "other.keys";
  ASSERT_EQ(run_chayan({"keys", "init", "--keys", other}).code, 0);
  const Finished refused = run_chayan({"check", "--data", folder / "data", "--keys", other});
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find("suite"), std::string::npos) << refused.err;
}

INSTANTIATE_TEST_SUITE_P(Suites, KeysTest, testing::Values("intl", "gm"),
                         [](const auto& suite) { return std::string(suite.param); });

}  // namespace
}  // namespace chayan::test
