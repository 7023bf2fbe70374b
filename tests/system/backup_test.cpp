// The drill: a log that grows, a backup, and restoring to whatever was once published.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>

#include "base/json_reader.h"
#include "index/rebuild.h"
#include "tests/support/registry.h"
#include "tests/system/cli.h"

namespace chayan::test {
namespace {

namespace fs = std::filesystem;

std::uint64_t seed() {
  const char* given = std::getenv("CHAYAN_TEST_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
}

// A random batch of certificates and of what becomes of earlier ones.
std::vector<Change> random_batch(std::mt19937_64& random, std::vector<std::string>& living) {
  std::vector<Change> changes;
  const std::uint64_t count = 1 + random() % 20;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string n = std::to_string(random() % 1'000'000'000) + std::to_string(living.size());
    changes.push_back(
        issue(credit(1), "foreign/1/1", day("2026-08-01"), "D-" + n, "测试甲", "T" + n));
    living.push_back("D-" + n);
  }
  if (living.size() > 40 && random() % 2 == 0) {
    std::swap(living[random() % 20], living[20]);  // of an earlier batch, or of this one
    const auto kind =
        random() % 2 == 0 ? CertificateEventKind::erased : CertificateEventKind::revoked;
    changes.push_back(certificate_event(kind, living[20], day("2026-08-02")));
    living.erase(living.begin() + 20);
  }
  return changes;
}

struct Checked {
  std::uint64_t size = 0;
  std::string root;
  std::string digest;
};

// What a command's --json says.
Checked read_report(const std::string& json) {
  JsonParser parser;
  auto object = parser.parse_object(json).value();
  return {static_cast<std::uint64_t>(object.integer("size")), std::string(object.string("root")),
          std::string(object.string("digest"))};
}

TEST(Backup, RestoresToEveryPublishedSizeWithItsRoot) {
  const std::uint64_t seed_used = seed();
  SCOPED_TRACE("CHAYAN_TEST_SEED=" + std::to_string(seed_used));
  std::mt19937_64 random(seed_used);
  Registry registry;
  const std::string data = registry.options().data;
  const std::string keys = data + ".keys";
  const std::string backups = registry.folder() / "backups";

  registry.write(official_changes());
  registry.write(put_institution(credit(1), "上海示例一"));
  registry.write(
      filing_until_filed(credit(1), "F-1", day("2026-07-20"), {item_line("foreign/1/1")}));
  std::map<std::uint64_t, std::string> published;  // root by size
  std::vector<std::string> living;
  const std::uint64_t batches = scaled(60, 25);
  for (std::uint64_t i = 0; i < batches; ++i) {
    registry.write(random_batch(random, living));
    ASSERT_TRUE(registry.store().publish());
    const auto& checkpoint = registry.store().published()->checkpoint;
    published[checkpoint.size] = to_hex(view(checkpoint.root));
    if (i == batches / 2) {  // the last is then an incremental one
      registry.close();
      ASSERT_EQ(run_chayan({"backup", "--data", data, "--to", backups}).code, 0);
      ASSERT_TRUE(registry.open());
    }
  }
  const std::string digest = to_hex(view(index::digest_of_rows(registry.store()).value().rows));
  registry.close();
  const Finished backed_up = run_chayan({"backup", "--data", data, "--to", backups});
  ASSERT_EQ(backed_up.code, 0) << backed_up.err;
  EXPECT_NE(backed_up.out.find("holds no keys"), std::string::npos);

  const auto restore = [&](const std::string& to, std::vector<std::string> more) {
    std::vector<std::string> command = {"restore", "--from", backups, "--data",
                                        to,        "--keys", keys,    "--json"};
    command.insert(command.end(), more.begin(), more.end());
    const Finished restored = run_chayan(command);
    EXPECT_EQ(restored.code, 0) << restored.err;
    return restored.code == 0 ? read_report(restored.out) : Checked();
  };
  const Checked whole = restore(registry.folder() / "whole", {});
  EXPECT_EQ(whole.size, published.rbegin()->first);
  EXPECT_EQ(whole.root, published.rbegin()->second);
  EXPECT_EQ(whole.digest, digest);

  std::vector<std::pair<std::uint64_t, std::string>> sizes(published.begin(), published.end());
  std::shuffle(sizes.begin(), sizes.end(), random);
  sizes.resize(std::min<std::size_t>(sizes.size(), scaled(20, 4)));
  for (const auto& [size, root] : sizes) {
    SCOPED_TRACE(size);
    const std::string to = registry.folder() / "cut";
    const Checked restored = restore(to, {"--to", std::to_string(size)});
    EXPECT_EQ(restored.size, size);
    EXPECT_EQ(restored.root, root);
    // check holds it against the log once more; what it exits with is the anchor's, which has seen
    // more.
    const Finished checked = run_chayan({"check", "--data", to, "--keys", keys, "--json"});
    EXPECT_NE(checked.out.find(R"("faults":[])"), std::string::npos) << checked.out << checked.err;
    EXPECT_NE(checked.out.find("\"root\":\"" + root), std::string::npos) << checked.out;
    fs::remove_all(to);
  }
}

// A directory is lost, and its log goes on: as it was where nothing is missing, under another name
// where something is.
TEST(Backup, TheDrillAfterALoss) {
  Registry registry;
  const std::string data = registry.options().data;
  const std::string keys = data + ".keys";
  const std::string backups = registry.folder() / "backups";
  registry.write(official_changes());
  const std::uint64_t size = registry.reader().head().value().size;
  registry.close();
  ASSERT_EQ(run_chayan({"backup", "--data", data, "--to", backups}).code, 0);
  fs::remove_all(data);

  const std::vector<std::string> restore = {"restore", "--from", backups, "--data",
                                            data,      "--keys", keys};
  const Finished restored = run_chayan(restore);
  ASSERT_EQ(restored.code, 0) << restored.err;
  EXPECT_NE(restored.out.find("Nothing is missing"), std::string::npos) << restored.out;
  EXPECT_EQ(run_chayan({"check", "--data", data}).code, 0);
  EXPECT_EQ(run_chayan(restore).code, 1) << "it exists now";

  ASSERT_TRUE(registry.open());
  registry.write(put_institution(credit(1), "上海示例一"));
  ASSERT_TRUE(registry.store().publish());
  registry.close();
  fs::remove_all(data);
  const Finished shorter = run_chayan(restore);
  ASSERT_EQ(shorter.code, 0) << shorter.err;
  EXPECT_NE(shorter.out.find("--accept-head --new-origin"), std::string::npos) << shorter.out;
  const std::string file = put_file(registry.folder() / "more.ndjson",
                                    import_lines({put_institution(credit(2), "上海示例二")}));
  EXPECT_EQ(run_chayan({"import", "--data", data, file}).code, 1);
  EXPECT_EQ(run_chayan({"check", "--data", data, "--accept-head"}).code, 1);
  EXPECT_EQ(
      run_chayan({"check", "--data", data, "--accept-head", "--new-origin", "second.example/log"})
          .code,
      0);
  EXPECT_EQ(run_chayan({"import", "--data", data, file}).code, 0);
  EXPECT_EQ(open_store(data, registry.clock())->reader().head().value().size, size + 1);
}

// The keys come back as the copy of them was made, without their anchor, and somebody has kept an
// early checkpoint.
TEST(Backup, WhatWasCutOffIsNotSignedASecondTime) {
  Registry registry;
  const std::string data = registry.options().data;
  const std::string keys = data + ".keys";
  const std::string backups = registry.folder() / "backups";
  registry.write(official_changes());
  ASSERT_TRUE(registry.store().publish());
  const auto early = registry.store().published();
  registry.write(put_institution(credit(1), "上海示例一"));
  ASSERT_TRUE(registry.store().publish());
  const std::string late = registry.store().published()->note;
  registry.close();
  ASSERT_EQ(run_chayan({"backup", "--data", data, "--to", backups}).code, 0);
  fs::remove_all(data);
  fs::remove(keys + "/anchor");

  const std::string cut = registry.folder() / "cut";
  const Finished restored = run_chayan({"restore", "--from", backups, "--data", cut, "--keys", keys,
                                        "--to", std::to_string(early->checkpoint.size)});
  ASSERT_EQ(restored.code, 0) << restored.err;
  EXPECT_NE(restored.out.find("--new-origin"), std::string::npos) << restored.out;
  EXPECT_EQ(restored.out.find("--last-checkpoint"), std::string::npos) << restored.out;
  const auto accept = [&](const std::string& at, const std::string& note) {
    const std::string file = put_file(registry.folder() / "checkpoint", note);
    return run_chayan(
        {"check", "--data", at, "--keys", keys, "--accept-head", "--last-checkpoint", file});
  };
  const Finished refused = accept(cut, early->note);
  EXPECT_EQ(refused.code, 1) << refused.out;
  EXPECT_NE(refused.err.find("--new-origin"), std::string::npos) << refused.err;
  const std::string more = put_file(registry.folder() / "more.ndjson",
                                    import_lines({put_institution(credit(2), "上海示例二")}));
  EXPECT_EQ(run_chayan({"import", "--data", cut, "--keys", keys, more}).code, 1);

  const std::string whole = registry.folder() / "whole";
  ASSERT_EQ(run_chayan({"restore", "--from", backups, "--data", whole, "--keys", keys}).code, 0);
  const Finished accepted = accept(whole, late);
  EXPECT_EQ(accepted.code, 0) << accepted.err;
  EXPECT_EQ(run_chayan({"import", "--data", whole, "--keys", keys, more}).code, 0);
}

TEST(Backup, ARunningServiceMakesItsOwn) {
  Registry registry;
  const std::string data = registry.options().data;
  const std::string backups = registry.folder() / "backups";
  registry.write(official_changes());
  ASSERT_TRUE(registry.store().publish());
  const std::string root = to_hex(view(registry.store().published()->checkpoint.root));
  registry.close();
  ServeProcess serve(CHAYAN_BINARY, data, {"--backup-dir", backups, "--keep-backups", "2"});
  const std::string server = "http://127.0.0.1:" + std::to_string(serve.admin_port());
  EXPECT_EQ(run_chayan({"backup", "--data", data, "--to", backups}).code, 1) << "it is locked";
  for (int i = 0; i < 3; ++i) {
    const Finished made = run_chayan({"backup", "--server", server});
    ASSERT_EQ(made.code, 0) << made.err;
  }
  const Finished listed = run_chayan({"backup", "--list", "--to", backups});
  EXPECT_EQ(listed.code, 0);
  EXPECT_EQ(std::count(listed.out.begin(), listed.out.end(), '\n'), 2) << listed.out;
  const Finished restored =
      run_chayan({"restore", "--from", backups, "--data", registry.folder() / "restored", "--keys",
                  data + ".keys", "--json"});
  ASSERT_EQ(restored.code, 0) << restored.err;
  EXPECT_EQ(read_report(restored.out).root, root);
  EXPECT_EQ(run_chayan({"backup"}).code, 2);
  EXPECT_EQ(run_chayan({"backup", "--data", data}).code, 2);

  EXPECT_EQ(serve.stop()->code, 0);
  const Finished gone = run_chayan({"backup", "--server", server});
  EXPECT_EQ(gone.code, 1);
  EXPECT_NE(gone.err, "");
}

}  // namespace
}  // namespace chayan::test
