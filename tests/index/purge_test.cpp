// An erased certificate is in no file: what its rows held is searched for, byte by byte, with the
// keys at hand.
#include "index/purge.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include "domain/certificate_number.h"
#include "index/backup.h"
#include "index/feed.h"
#include "index/fold.h"
#include "index/follower.h"
#include "index/planner.h"
#include "index/rebuild.h"
#include "index/rehearsal.h"
#include "index/rotation.h"
#include "index/scan.h"
#include "index/schema.h"
#include "log/entry.h"
#include "log/merkle.h"
#include "log/proof.h"
#include "tests/support/files.h"
#include "tests/support/registry.h"

namespace chayan::index {
namespace {

namespace fs = std::filesystem;
using test::credit;
using test::day;
using test::Registry;

constexpr auto kQuiet = [](auto, auto) {};

// The names of the needles that some file of the directory holds.
std::set<std::string> found_in(const std::string& directory,
                               const std::map<std::string, std::string>& needles) {
  std::set<std::string> found;
  for (const auto& file : fs::recursive_directory_iterator(directory)) {
    if (!file.is_regular_file()) continue;
    const std::string content = test::file_content(file.path().string());
    for (const auto& [name, needle] : needles) {
      if (content.find(needle) != std::string::npos) found.insert(name);
    }
  }
  return found;
}

// What to search for, for a sealed row: the whole, its nonce, and a piece from the middle. A block
// that is compressed may cut a long one, and the write-ahead log cuts its records every 32 KiB, so
// of the nonce and the piece one stands uncut wherever the row is.
std::map<std::string, std::string> needles_of(const std::string& row, const std::string& sealed) {
  return {{row + " sealed", sealed},
          {row + " nonce", sealed.substr(4, 12)},
          {row + " middle", sealed.substr(sealed.size() / 2, 16)}};
}

std::set<std::string> names(const std::map<std::string, std::string>& needles) {
  std::set<std::string> all;
  for (const auto& [name, needle] : needles) all.insert(name);
  return all;
}

// The rows they are of: "issued 63ad…" of "issued 63ad… nonce".
std::set<std::string> rows_of(const std::set<std::string>& names) {
  std::set<std::string> rows;
  for (const std::string& name : names) rows.insert(name.substr(0, name.rfind(' ')));
  return rows;
}

class PurgeTest : public testing::TestWithParam<const crypto::Suite*> {
 protected:
  PurgeTest() : registry_("2026-11-02", *GetParam()) {
    // Uncompressed, a value stands in a table as it is: zstd codes even what it cannot shorten, and a
    // search that cannot find what is there proves nothing of what is gone.
    EXPECT_TRUE(registry_.store()
                    .db()
                    .SetOptions({{"compression", "kNoCompression"},
                                 {"bottommost_compression", "kNoCompression"}})
                    .ok());
    registry_.write(test::official_changes());
    registry_.write(test::put_institution(credit(1), "上海示例一"));
    test::issue_certificates(registry_, 1, 200);
    take_needles("issued", "DEMO-100");
    seq_ = certificate("DEMO-100")->issued_seq;
    registry_.write(test::correct("DEMO-100", day("2026-08-02"), "测试乙", "T0000002"));
    take_needles("corrected", "DEMO-100");
  }

  std::optional<Certificate> certificate(std::string_view number) {
    return registry_.reader().certificate(CertificateNumber::parse(number).value()).value();
  }

  // The sealed bytes of its rows as they are now, and what they say.
  void take_needles(const std::string& when, std::string_view number) {
    const DatabaseRows rows(registry_.store().db());
    const Certificate now = *certificate(number);
    std::vector<std::string> keys = {certificate_key(registry_.store().keyed_index().certificate(
        CertificateNumber::parse(number).value().text()))};
    for (const auto& change : now.history) keys.push_back(payload_key(change.seq));
    for (const std::string& key : keys) {
      const std::string sealed = **rows.get(key);
      std::string plain;
      ASSERT_TRUE(registry_.store().sealer().open(sealing_context(key), sealed, plain));
      const std::string name = when + " " + to_hex(key);
      sealed_.merge(needles_of(name, sealed));
      plain_[name + " opened"] = plain;
      if (key.front() == static_cast<char>(Family::payload)) {
        plain_[name + " salt"] = decode_payload(plain).value().record_salt;
      }
    }
    plain_[when + " holder"] = now.secrets.holder_name;
    plain_[when + " document"] = now.secrets.document.number;
  }

  BatchOutcome erase(std::string number) {
    return registry_.submit({test::certificate_event(CertificateEventKind::erased,
                                                     std::move(number), day("2026-08-03"))});
  }
  std::string data() const { return registry_.folder() / "data"; }

  void expect_gone(const std::string& directory) {
    EXPECT_EQ(found_in(directory, sealed_), std::set<std::string>());
    EXPECT_EQ(found_in(directory, plain_), std::set<std::string>());
  }
  void expect_sound() {
    const CheckReport report = check(registry_.store(), kQuiet).value();
    for (const std::string& fault : report.faults) ADD_FAILURE() << fault;
  }
  void expect_provable(std::uint64_t seq) {
    ASSERT_TRUE(registry_.store().publish());
    const auto published = registry_.store().published();
    const Reader reader = registry_.reader();
    const std::string entry = **reader.entry(seq);
    const auto proof = reader.prove_inclusion(seq, published->checkpoint.size).value();
    EXPECT_TRUE(log::verify_inclusion(log::leaf_hash(entry), seq, published->checkpoint.size,
                                      published->checkpoint.root, proof));
  }

  Registry registry_;
  std::uint64_t seq_ = 0;
  std::map<std::string, std::string> sealed_;
  std::map<std::string, std::string> plain_;
};

TEST_P(PurgeTest, TheSearchFindsWhatIsThere) {
  EXPECT_EQ(rows_of(found_in(data(), sealed_)), rows_of(names(sealed_)))
      << "in the write-ahead log";
  rocksdb::DB& db = registry_.store().db();
  ASSERT_TRUE(db.Flush({}).ok());
  EXPECT_FALSE(found_in(data(), sealed_).empty()) << "in a table";
  const std::string backups = registry_.folder() / "backups";
  ASSERT_TRUE(make_backup(registry_.store(), backups, 10, {}));
  EXPECT_FALSE(found_in(backups, sealed_).empty()) << "in a backup from before";
  EXPECT_EQ(found_in(data(), plain_), std::set<std::string>()) << "nothing stands in clear";
}

TEST_P(PurgeTest, WhatIsErasedIsInNoFileWhenItIsAcknowledged) {
  ASSERT_TRUE(erase("DEMO-100").receipt);
  EXPECT_FALSE(is_purge_due(registry_.store().db()).value());
  expect_gone(data());
  EXPECT_FALSE(certificate("DEMO-100"));
  EXPECT_TRUE(certificate("DEMO-99"));
  expect_provable(seq_);
  expect_sound();
  const CheckReport report = check(registry_.store(), kQuiet).value();
  EXPECT_EQ(report.erased, 2U);

  const std::string backups = registry_.folder() / "backups";
  ASSERT_TRUE(make_backup(registry_.store(), backups, 10, {}));
  expect_gone(backups);
  RestoreRequest request;
  request.backups = backups;
  request.keys = registry_.folder() / "data.keys";
  request.destination = registry_.folder() / "restored";
  ASSERT_TRUE(restore(request, registry_.clock(), kQuiet));
  expect_gone(request.destination);
  const std::string rebuilt = registry_.folder() / "rebuilt";
  ASSERT_TRUE(rebuild(registry_.store(), rebuilt, kQuiet));
  expect_gone(rebuilt);
}

// As old data stands: in tables, several versions deep, at the bottom of the tree of files.
TEST_P(PurgeTest, WhatWasCompactedLongAgoIsReachedToo) {
  rocksdb::DB& db = registry_.store().db();
  ASSERT_TRUE(db.Flush({}).ok());
  ASSERT_TRUE(db.CompactRange({}, nullptr, nullptr).ok());
  test::issue_certificates(registry_, 500, 100);
  ASSERT_TRUE(db.Flush({}).ok());
  const std::set<std::string> found = found_in(data(), sealed_);
  for (const std::string& name : names(sealed_)) {
    if (name.starts_with("corrected")) {
      EXPECT_TRUE(found.contains(name)) << name;
    }
  }
  ASSERT_TRUE(erase("DEMO-100").receipt);
  expect_gone(data());
}

TEST_P(PurgeTest, ManyAtOnce) {
  std::vector<Change> changes;
  for (int i = 1; i <= 120; ++i) {
    if (i == 100) continue;
    changes.push_back(test::certificate_event(CertificateEventKind::erased,
                                              "DEMO-" + std::to_string(i), day("2026-08-03")));
  }
  changes.push_back(
      test::certificate_event(CertificateEventKind::erased, "DEMO-100", day("2026-08-03")));
  ASSERT_TRUE(registry_.submit(std::move(changes)).receipt);
  EXPECT_FALSE(is_purge_due(registry_.store().db()).value());
  expect_gone(data());
  EXPECT_TRUE(certificate("DEMO-150"));
  expect_sound();
}

// A load of many batches purges once, when it has ended: each purge rewrites what it touches.
TEST_P(PurgeTest, IsLeftToWhoeverAsksForIt) {
  registry_.close();
  {
    const auto store = Store::open(registry_.options(), registry_.clock()).value();
    const auto writer = Writer::create(*store, {}, Writer::Purging::left_to_caller).value();
    for (const std::string number : {"DEMO-99", "DEMO-100"}) {
      Batch batch;
      batch.idempotency_key = "erase " + number;
      batch.content = crypto::sha256(batch.idempotency_key);
      batch.changes = {
          test::certificate_event(CertificateEventKind::erased, number, day("2026-08-03"))};
      ASSERT_TRUE(writer->submit(std::move(batch)).receipt);
      EXPECT_TRUE(is_purge_due(store->db()).value()) << number;
    }
    EXPECT_TRUE(purge_alone(store->db(), store->views()).value());
    EXPECT_FALSE(is_purge_due(store->db()).value());
    expect_gone(data());
  }
  ASSERT_TRUE(registry_.open());
  EXPECT_FALSE(certificate("DEMO-100"));
  expect_sound();
}

// A reader from before keeps what it sees, and the erasure is acknowledged as soon as it lets go.
TEST_P(PurgeTest, WaitsForReadersFromBefore) {
  std::unique_ptr<Reader> reader = std::make_unique<Reader>(registry_.reader());
  std::thread erasing([&] { EXPECT_TRUE(erase("DEMO-100").receipt); });
  while (certificate("DEMO-100")) std::this_thread::yield();
  EXPECT_TRUE(is_purge_due(registry_.store().db()).value());
  EXPECT_TRUE(reader->certificate(CertificateNumber::parse("DEMO-100").value()).value());
  std::stop_source in_a_hurry;
  in_a_hurry.request_stop();
  const auto backup =
      make_backup(registry_.store(), registry_.folder() / "backups", 10, in_a_hurry.get_token());
  ASSERT_FALSE(backup);
  EXPECT_NE(backup.error().message.en.find("erasure"), std::string::npos);
  reader.reset();
  erasing.join();
  while (is_purge_due(registry_.store().db()).value()) std::this_thread::yield();
  expect_gone(data());
}

// What a kill between the commit and the purge leaves: rows deleted, and the marks.
TEST_P(PurgeTest, TheNextOpenMakesGoodWhatAKillInterrupted) {
  auto kept = std::make_unique<Reader>(registry_.reader());  // so that nothing is purged
  std::thread erasing([&] { EXPECT_TRUE(erase("DEMO-100").receipt); });
  while (certificate("DEMO-100")) std::this_thread::yield();
  // A copy of the files as a kill would leave them.
  const std::string copy = registry_.folder() / "copy";
  fs::copy(data(), copy, fs::copy_options::recursive);
  EXPECT_FALSE(found_in(copy, sealed_).empty());
  kept.reset();
  erasing.join();

  StoreOptions options = registry_.options();
  options.data = copy;
  options.keys = registry_.folder() / "data.keys";
  const auto store = Store::open(options, registry_.clock());
  ASSERT_TRUE(store) << store.error().message.en;
  EXPECT_FALSE(is_purge_due((*store)->db()).value());
  expect_gone(copy);
}

TEST_P(PurgeTest, ARotationBeforehandLeavesNoOldVersionBehind) {
  // Sealed under an older key the bytes are others; those go with the rotation.
  ASSERT_TRUE(rotate_keys(registry_.store(), {.amend = [&](Amendment amendment) {
                            return registry_.writer()->amend(std::move(amendment));
                          }}));
  EXPECT_EQ(found_in(data(), sealed_), std::set<std::string>());
  take_needles("rotated", "DEMO-100");
  ASSERT_TRUE(erase("DEMO-100").receipt);
  expect_gone(data());
}

TEST_P(PurgeTest, ARehearsalOfItLeavesNothing) {
  {
    const auto rehearsal = Rehearsal::begin(registry_.store()).value();
    ASSERT_TRUE(rehearsal->plan(
        test::certificate_event(CertificateEventKind::erased, "DEMO-100", day("2026-08-03"))));
  }
  EXPECT_FALSE(is_purge_due(registry_.store().db()).value()) << "nothing was erased";
  EXPECT_TRUE(certificate("DEMO-100"));
}

TEST_P(PurgeTest, AMirrorDoesItToo) {
  StoreOptions options = registry_.options();
  options.data = registry_.folder() / "mirror";
  options.keys = options.data + ".keys";
  const auto store =
      Store::open(options, registry_.clock()).value();  // of suite intl, whatever ours
  auto follower = Follower::create(*store, registry_.store().log_key()).value();
  log::FeedReader feed(registry_.store().log_key(), follower->frontier());
  const auto follow = [&] {
    ASSERT_TRUE(registry_.store().publish());
    while (follower->frontier().size() < registry_.reader().head().value().size) {
      const FeedRequest request{follower->frontier().size(), 1000, 1 << 20,
                                Visibility{.everything = true}};
      const auto answer = answer_feed(registry_.store(), registry_.reader(),
                                      *registry_.store().published(), request);
      const auto page = feed.read(answer.value().body);
      ASSERT_TRUE(page) << page.error().message.en;
      ASSERT_TRUE(follower->apply(*page));
    }
  };
  follow();
  const std::string row = certificate_key(store->keyed_index().certificate("DEMO-100"));
  const std::string sealed = DatabaseRows(store->db()).get(row).value().value();
  EXPECT_FALSE(found_in(options.data, needles_of("row", sealed)).empty());
  ASSERT_TRUE(erase("DEMO-100").receipt);
  follow();
  EXPECT_FALSE(is_purge_due(store->db()).value());
  EXPECT_TRUE(found_in(options.data, needles_of("row", sealed)).empty());
  const CheckReport report = check(*store, kQuiet).value();
  for (const std::string& fault : report.faults) ADD_FAILURE() << fault;
  EXPECT_EQ(report.digest, digest_of_rows(registry_.store()).value());
}

INSTANTIATE_TEST_SUITE_P(Suites, PurgeTest, testing::Values(&crypto::kIntl, &crypto::kGm),
                         [](const auto& suite) { return std::string(suite.param->name); });

}  // namespace
}  // namespace chayan::index
