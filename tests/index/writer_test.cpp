// Batches: all or nothing, once and only once, many at a time.
#include "index/writer.h"

#include <gtest/gtest.h>

#include <thread>

#include "crypto/digest.h"
#include "index/rebuild.h"
#include "index/rehearsal.h"
#include "index/schema.h"
#include "log/entry.h"
#include "tests/support/registry.h"

namespace chayan::index {
namespace {

using test::credit;
using test::day;
using test::Registry;

Batch batch(std::string key, std::vector<Change> changes, bool skip_bad = false) {
  return {key, crypto::sha256(key), std::move(changes), skip_bad};
}

void expect_sound(Registry& registry) {
  const CheckReport report = check(registry.store(), [](auto, auto) {}).value();
  for (const std::string& fault : report.faults) ADD_FAILURE() << fault;
}

TEST(Writer, ARefusedChangeRefusesItsBatchWhole) {
  Registry registry;
  registry.write(test::official_changes());
  const Digest before = digest_of_rows(registry.store()).value();
  const BatchOutcome outcome = registry.writer()->submit(batch(
      "a", {test::put_institution(credit(1), "上海示例一"),
            test::filing_event(credit(2), "F-1", FilingEventKind::submitted, day("2026-08-01")),
            test::put_institution(credit(3), "上海示例三")}));
  EXPECT_FALSE(outcome.receipt);
  ASSERT_EQ(outcome.rejections.size(), 1U);
  EXPECT_EQ(outcome.rejections[0].index, 1U);
  EXPECT_EQ(outcome.rejections[0].error.field, "institution");
  EXPECT_EQ(digest_of_rows(registry.store()).value(), before);
}

TEST(Writer, WhatCannotBeSetAsideRefusesTheBatch) {
  Registry registry;
  registry.write(test::official_changes());
  const Digest before = digest_of_rows(registry.store()).value();
  Batch mixed =
      batch("a",
            {test::put_institution(credit(1), "上海示例一"),
             test::filing_event(credit(2), "F-1", FilingEventKind::submitted, day("2026-08-01"))},
            true);
  mixed.set_aside = [](const std::vector<Rejection>& rejections) -> Result<void> {
    EXPECT_EQ(rejections.size(), 1U);
    return io_error("There is no room.");
  };
  BatchOutcome outcome = registry.writer()->submit(mixed);
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->message.en, "There is no room.");
  EXPECT_EQ(digest_of_rows(registry.store()).value(), before);
  mixed.set_aside = [](const std::vector<Rejection>&) -> Result<void> { return {}; };
  outcome = registry.writer()->submit(mixed);
  EXPECT_TRUE(outcome.receipt) << "the writer goes on";
}

TEST(Writer, SkipBadRecordsTheRest) {
  Registry registry;
  registry.write(test::official_changes());
  const std::uint64_t size = registry.reader().head().value().size;
  const BatchOutcome outcome = registry.writer()->submit(
      batch("a",
            {test::put_institution(credit(1), "上海示例一"),
             test::filing_event(credit(2), "F-1", FilingEventKind::submitted, day("2026-08-01")),
             test::put_institution(credit(3), "上海示例三")},
            true));
  ASSERT_TRUE(outcome.receipt);
  EXPECT_EQ(outcome.receipt->count, 2U);
  EXPECT_EQ(outcome.receipt->rejected, 1U);
  EXPECT_EQ(outcome.rejections.size(), 1U);
  EXPECT_EQ(registry.reader().head().value().size, size + 2);
  EXPECT_TRUE(registry.reader().institution(credit(3)).value());
  expect_sound(registry);
}

TEST(Writer, TheSameKeyAgainGivesTheSameReceiptAndWritesNothing) {
  Registry registry;
  const Batch first = batch("key", test::official_changes());
  const BatchOutcome done = registry.writer()->submit(first);
  const Digest after = digest_of_rows(registry.store()).value();
  const BatchOutcome again = registry.writer()->submit(first);
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.receipt, done.receipt);
  EXPECT_EQ(digest_of_rows(registry.store()).value(), after);

  Batch other = first;
  other.content = crypto::sha256("other");
  const BatchOutcome conflict = registry.writer()->submit(other);
  ASSERT_TRUE(conflict.failure);
  EXPECT_EQ(conflict.failure->code, ErrorCode::conflict);
  EXPECT_EQ(digest_of_rows(registry.store()).value(), after);
}

TEST(Writer, OfAKeyAndItsContentNothingButMacsIsStored) {
  Registry registry;
  const Batch first = batch("key", test::official_changes());
  ASSERT_TRUE(registry.writer()->submit(first).receipt);
  const crypto::KeyedIndex& macs = registry.store().keyed_index();
  const DatabaseRows rows(registry.store().db());
  const auto row = rows.get(batch_key(macs.batch("key"))).value();
  ASSERT_TRUE(row);
  EXPECT_EQ(decode_batch(*row)->first_seq, 0U);
  EXPECT_EQ(row->find(view(first.content).substr(0, 8)), std::string::npos);
  EXPECT_FALSE(rows.get("b" + std::string(view(crypto::sha256("key")).substr(0, 16))).value());
}

TEST(Writer, APutOfWhatIsRecordedAppendsNothing) {
  Registry registry;
  registry.write(test::official_changes());
  const Head before = registry.reader().head().value();
  const BatchOutcome again = registry.submit(test::official_changes());
  ASSERT_TRUE(again.receipt);
  EXPECT_EQ(again.receipt->count, 0U);
  EXPECT_EQ(again.receipt->unchanged, test::official_changes().size());
  EXPECT_EQ(registry.reader().head().value(), before);
}

TEST(Writer, ConcurrentBatchesAllCommitInOneOrder) {
  Registry registry;
  registry.write(test::official_changes());
  const std::uint64_t before = registry.reader().head().value().size;
  constexpr int kThreads = 6;
  constexpr int kEach = 20;
  std::vector<std::thread> threads;
  std::vector<std::vector<BatchOutcome>> outcomes(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const int n = t * kEach + i + 1;
        outcomes[static_cast<std::size_t>(t)].push_back(registry.writer()->submit(
            batch("batch " + std::to_string(n),
                  {test::put_institution(credit(n), "上海示例" + std::to_string(n))})));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::uint64_t> seqs;
  for (const auto& of_thread : outcomes) {
    for (const BatchOutcome& outcome : of_thread) {
      ASSERT_TRUE(outcome.receipt);
      seqs.insert(outcome.receipt->first_seq);
    }
  }
  EXPECT_EQ(seqs.size(), std::size_t{kThreads * kEach});
  EXPECT_EQ(*seqs.begin(), before);
  EXPECT_EQ(*seqs.rbegin(), before + kThreads * kEach - 1);
  expect_sound(registry);
}

// It once reached the fold, which took it for a damaged payload.
TEST(Writer, ACorrectionWithAnUnsoundDocumentIsRefused) {
  Registry registry;
  registry.write(test::official_changes());
  registry.write(test::put_institution(credit(1), "上海示例一"));
  registry.write(
      test::issue(credit(1), "foreign/1/1", day("2026-08-01"), "DEMO-1", "测试甲", "T0000001"));
  const Error error = registry.refusal(test::correct("DEMO-1", day("2026-08-02"), "测试乙", "T"));
  EXPECT_EQ(error.field, "document_number");
}

TEST(Writer, NothingPersonalEntersTheLogByWayOfAReason) {
  Registry registry;
  registry.write(test::official_changes());
  registry.write(test::put_institution(credit(1), "上海示例一"));
  registry.write(
      test::issue(credit(1), "foreign/1/1", day("2026-08-01"), "DEMO-1", "测试甲", "T0000001"));
  for (const char* reason : {"持证人 测试甲 申请", "demo-1", "passport T0000001 reported lost"}) {
    Change revoked =
        test::certificate_event(CertificateEventKind::revoked, "DEMO-1", day("2026-08-03"));
    std::get<CertificateEvent>(revoked.body).reason = reason;
    EXPECT_EQ(registry.refusal(revoked).field, "reason") << reason;
  }
  for (const char* reason : {"尾号 000001", "尾号０００００１", "110101 19900307 000X 之代办人",
                             "代办人１１０１０１９００３０７０００"}) {
    Change reissued =
        test::certificate_event(CertificateEventKind::reissued, "DEMO-1", day("2026-08-03"));
    std::get<CertificateEvent>(reissued.body).reason = reason;
    EXPECT_EQ(registry.refusal(reissued).field, "reason") << reason;
  }
  Change erased =
      test::certificate_event(CertificateEventKind::erased, "DEMO-1", day("2026-08-03"));
  erased.actor = "holder:T0000001";
  EXPECT_EQ(registry.refusal(erased).field, "actor");
  // An office's code holds a document's last six characters by chance, and says nothing of it.
  const std::string office = "institution:52310113700000001F";
  Change another =
      test::issue(credit(1), "foreign/1/1", day("2026-08-01"), "DEMO-2", "测试甲", "T0000001");
  another.actor = office;
  registry.write(another);
  erased.actor = office;
  registry.write(erased);
}

TEST(Writer, AReasonTellsNeitherWhatACorrectionBringsNorWhatItReplaces) {
  Registry registry;
  registry.write(test::official_changes());
  registry.write(test::put_institution(credit(1), "上海示例一"));
  registry.write(
      test::issue(credit(1), "foreign/1/1", day("2026-08-01"), "DEMO-1", "测试甲", "T0000001"));
  const auto because = [](Change change, const char* reason) {
    std::get<CertificateEvent>(change.body).reason = reason;
    return change;
  };
  const Change renamed = test::correct("DEMO-1", day("2026-08-02"), "合成乙", "T0000002");
  for (const char* reason : {"holder now 合成 乙", "now Ｔ0000002", "now ends in 000002"}) {
    EXPECT_EQ(registry.refusal(because(renamed, reason)).field, "reason") << reason;
  }
  registry.write(because(renamed, "更名，见 2026-08-02 第 12345678901234 号来文"));
  const Change again = test::correct("DEMO-1", day("2026-08-03"), "合成丙", "T0000003");
  for (const char* reason : {"formerly 测试甲", "formerly t0000001", "前证件尾号 000001"}) {
    EXPECT_EQ(registry.refusal(because(again, reason)).field, "reason") << reason;
  }
  registry.write(because(again, "更名"));
  Change revoked =
      test::certificate_event(CertificateEventKind::revoked, "DEMO-1", day("2026-08-04"));
  for (const char* reason : {"测试甲", "合成乙", "合成丙"}) {
    EXPECT_EQ(registry.refusal(because(revoked, reason)).field, "reason") << reason;
  }
  revoked.actor = "holder:合成乙";
  EXPECT_EQ(registry.refusal(revoked).field, "actor");
}

TEST(Writer, AReadOnlyStoreHasNone) {
  Registry registry;
  registry.write(test::official_changes());
  registry.close();
  std::filesystem::remove(registry.folder() / "data.keys/anchor");
  ASSERT_TRUE(registry.open());
  const auto writer = Writer::create(registry.store());
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, ErrorCode::unavailable);
}

TEST(Writer, EntriesHoldNoPrivateField) {
  Registry registry;
  registry.write(test::official_changes());
  Change institution = test::put_institution(credit(1), "上海示例一");
  institution.secrets = {{"contact", "测试联系人甲"}, {"contact_phone", "19900000001"}};
  registry.write({institution});
  registry.write(
      test::issue(credit(1), "foreign/1/1", day("2026-08-01"), "DEMO-1", "测试甲", "T0000001"));
  registry.write(test::correct("DEMO-1", day("2026-08-02"), "测试乙", "T0000002"));
  registry.write(
      test::certificate_event(CertificateEventKind::revoked, "DEMO-1", day("2026-08-03")));
  std::string all;
  ASSERT_TRUE(registry.reader().each_entry(0, [&](std::uint64_t, std::string_view bytes) {
    all.append(bytes);
    return true;
  }));
  for (const char* secret :
       {"测试联系人甲", "19900000001", "DEMO-1", "测试甲", "测试乙", "T000000"}) {
    EXPECT_EQ(all.find(secret), std::string::npos) << secret;
  }
  EXPECT_NE(all.find("\"alg\":\"sha256\""), std::string::npos);
  expect_sound(registry);
}

Result<std::optional<std::string>> row(Registry& registry, std::string_view key) {
  return DatabaseRows(registry.store().db()).get(key);
}

TEST(Writer, AnAmendmentChangesAStoresOwnRowsAndNotItsLog) {
  Registry registry;
  registry.write(test::official_changes());
  const Head before = registry.reader().head().value();
  ASSERT_TRUE(registry.writer()->amend([](RowBatch& rows) -> Result<void> {
    rows.put(meta_key("amended"), "1");
    return {};
  }));
  EXPECT_EQ(row(registry, meta_key("amended")).value(), "1");
  EXPECT_EQ(registry.reader().head().value(), before);

  registry.close();
  ASSERT_TRUE(registry.open());
  ASSERT_TRUE(registry.writer()->amend([](RowBatch& rows) -> Result<void> {
    const auto amended = rows.get(meta_key("amended"));
    if (!amended) return amended.error();
    rows.put(meta_key("amended"), **amended + "2");
    return {};
  }));
  EXPECT_EQ(row(registry, meta_key("amended")).value(), "12");
  expect_sound(registry);
}

TEST(Writer, AnAmendmentThatFailsIsTakenBackAlone) {
  Registry registry;
  registry.write(test::official_changes());
  const auto refused = registry.writer()->amend([](RowBatch& rows) -> Result<void> {
    rows.put(meta_key("amended"), "1");
    rows.erase(meta_key("suite"));
    return Error{ErrorCode::not_found, "code", {"There is none.", "没有。"}};
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "code");
  EXPECT_EQ(row(registry, meta_key("amended")).value(), std::nullopt);
  EXPECT_TRUE(row(registry, meta_key("suite")).value());
  registry.write(test::put_institution(credit(1), "上海示例一"));
  expect_sound(registry);
}

// Each counts on from what the one before it left, whatever group it came in, and those that fail
// beside it take nothing with them.
TEST(Writer, ConcurrentAmendmentsAndBatchesRunInOneOrder) {
  Registry registry;
  registry.write(test::official_changes());
  const std::uint64_t before = registry.reader().head().value().size;
  constexpr int kThreads = 6;
  constexpr int kEach = 20;
  const auto count_on = [](RowBatch& rows) -> Result<void> {
    const auto counted = rows.get(meta_key("amended"));
    if (!counted) return counted.error();
    const int count = *counted ? std::stoi(**counted) : 0;
    rows.put(meta_key("amended"), std::to_string(count + 1));
    return {};
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const int n = t * kEach + i + 1;
        EXPECT_TRUE(registry.writer()->amend(count_on));
        EXPECT_FALSE(registry.writer()->amend([&](RowBatch& rows) -> Result<void> {
          static_cast<void>(count_on(rows));
          return corrupt("as if");
        }));
        EXPECT_TRUE(
            registry.writer()
                ->submit(batch("batch " + std::to_string(n),
                               {test::put_institution(credit(n), "上海示例" + std::to_string(n))}))
                .receipt);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(row(registry, meta_key("amended")).value(), std::to_string(kThreads * kEach));
  EXPECT_EQ(registry.reader().head().value().size, before + kThreads * kEach);
  expect_sound(registry);
}

TEST(Rehearsal, SeesEarlierChangesAndRecordsNothing) {
  Registry registry;
  registry.write(test::official_changes());
  const Digest before = digest_of_rows(registry.store()).value();
  {
    const auto rehearsal = Rehearsal::begin(registry.store()).value();
    EXPECT_TRUE(rehearsal->plan(test::put_institution(credit(1), "上海示例一")).value());
    const Change certificate =
        test::issue(credit(1), "foreign/1/1", day("2026-08-01"), "DEMO-1", "测试甲", "T0000001");
    EXPECT_TRUE(rehearsal->plan(certificate).value());
    EXPECT_EQ(rehearsal->plan(certificate).error().field, "certificate_number");
    EXPECT_TRUE(rehearsal
                    ->plan(test::certificate_event(CertificateEventKind::erased, "DEMO-1",
                                                   day("2026-08-02")))
                    .value());
    EXPECT_EQ(rehearsal
                  ->plan(test::certificate_event(CertificateEventKind::revoked, "DEMO-1",
                                                 day("2026-08-03")))
                  .error()
                  .code,
              ErrorCode::not_found);
  }
  EXPECT_EQ(digest_of_rows(registry.store()).value(), before);
}

// Past its memory bound a rehearsal goes on in a scratch database; what it knows must not change by
// that.
TEST(Rehearsal, KnowsWhatItSpilled) {
  Registry registry;
  registry.write(test::official_changes());
  const auto rehearsal = Rehearsal::begin(registry.store()).value();
  ASSERT_TRUE(rehearsal->plan(test::put_institution(credit(1), "上海示例一")));
  const auto certificate = [](int i) {
    return test::issue(credit(1), "foreign/1/1", day("2026-08-01"), "DEMO-" + std::to_string(i),
                       "测试甲", "T0000001");
  };
  constexpr int kCertificates = 12'000;  // about 1 KiB of rows each, the bound is 8 MiB
  for (int i = 0; i < kCertificates; ++i) ASSERT_TRUE(rehearsal->plan(certificate(i)));
  for (int i = 0; i < kCertificates; i += 1000) EXPECT_FALSE(rehearsal->plan(certificate(i)));
  ASSERT_TRUE(rehearsal->plan(
      test::certificate_event(CertificateEventKind::erased, "DEMO-0", day("2026-08-02"))));
  for (int i = kCertificates; i < 2 * kCertificates; ++i)
    ASSERT_TRUE(rehearsal->plan(certificate(i)));
  EXPECT_TRUE(rehearsal->plan(certificate(0))) << "it was erased, so its number is free";
}

}  // namespace
}  // namespace chayan::index
