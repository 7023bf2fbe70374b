// A mirror from the feed: what it records is what the log says, and nothing else gets in.
#include "index/follower.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "index/backup.h"
#include "index/feed.h"
#include "index/rebuild.h"
#include "log/anchor.h"
#include "tests/support/fake_clock.h"
#include "tests/support/planted_log.h"
#include "tests/support/registry.h"

namespace chayan::index {
namespace {

using test::Registry;

constexpr Visibility kEverything{.everything = true};

std::string feed(Registry& registry, std::uint64_t first, std::size_t entries_max,
                 Visibility visibility = kEverything) {
  EXPECT_TRUE(registry.store().publish());
  const auto published = registry.store().published();
  const FeedRequest request{first, entries_max, 1 << 20, std::move(visibility)};
  return answer_feed(registry.store(), registry.reader(), *published, request).value().body;
}

// A mirror with keys of its own.
class Mirror {
 public:
  explicit Mirror(Registry& registry, Wanted wanted = Wanted::as_shown) : registry_(registry) {
    open(wanted);
  }

  void open(Wanted wanted = Wanted::as_shown) {
    reader_.reset();
    follower_.reset();
    store_.reset();
    StoreOptions options;
    options.data = data_;
    options.keys = keys_;
    options.block_cache_bytes = 8 << 20;
    store_ = Store::open(options, registry_.clock()).value();
    auto follower = Follower::create(*store_, registry_.store().log_key(), wanted);
    ASSERT_TRUE(follower) << follower.error().message.en;
    follower_ = std::move(*follower);
    reader_ = std::make_unique<log::FeedReader>(registry_.store().log_key(), follower_->frontier());
  }

  void move_to(const std::string& data, const std::string& keys) {
    data_ = data;
    keys_ = keys;
    open();
  }

  Result<void> take(const std::string& answer) {
    const auto page = reader_->read(answer);
    if (!page) return page.error();
    return follower_->apply(*page);
  }
  void follow(std::size_t entries_max = 1000, Visibility visibility = kEverything) {
    const std::uint64_t end = registry_.reader().head().value().size;
    while (follower_->frontier().size() < end) {
      const auto taken =
          take(feed(registry_, follower_->frontier().size(), entries_max, visibility));
      ASSERT_TRUE(taken) << taken.error().message.en;
    }
  }

  std::string holder_of(std::string_view number) {
    const auto certificate =
        store_->reader().certificate(CertificateNumber::parse(number, "number").value());
    return certificate.value() ? certificate.value()->secrets.holder_name : std::string();
  }

  Store& store() { return *store_; }
  Follower& follower() { return *follower_; }
  log::FeedReader& reader() { return *reader_; }

 private:
  Registry& registry_;
  test::TempDirectory folder_;
  std::string data_ = folder_ / "mirror";
  std::string keys_;  // empty: beside the data
  std::unique_ptr<Store> store_;
  std::unique_ptr<Follower> follower_;
  std::unique_ptr<log::FeedReader> reader_;
};

void fill(Registry& registry) {
  registry.write(test::official_changes());
  Change institution = test::put_institution(test::credit(1), "上海示例一");
  institution.secrets = {{"contact", "测试联系人甲"}, {"contact_phone", "19900000001"}};
  registry.write({institution});
  registry.write(test::filing_until_filed(test::credit(1), "F-1", test::day("2026-07-20"),
                                          {test::item_line("foreign/1/1")}));
  for (int i = 1; i <= 9; ++i) {
    const std::string n = std::to_string(i);
    registry.write(test::issue(test::credit(1), "foreign/1/1", test::day("2026-08-01"), "DEMO-" + n,
                               "测试甲", "T000000" + n));
  }
  registry.write(test::correct("DEMO-1", test::day("2026-08-02"), "测试乙", "T0000009"));
  registry.write(
      test::certificate_event(CertificateEventKind::revoked, "DEMO-2", test::day("2026-08-03")));
  registry.write(
      test::certificate_event(CertificateEventKind::erased, "DEMO-3", test::day("2026-08-03")));
}

TEST(Follower, HasTheSameRootAndTheSameRowsWhateverThePages) {
  Registry registry;
  fill(registry);
  const Digest digest = digest_of_rows(registry.store()).value();
  for (const std::size_t entries_max : {1, 2, 7, 1000}) {
    Mirror mirror(registry);
    mirror.follow(entries_max);
    EXPECT_EQ(mirror.store().reader().head().value(), registry.reader().head().value());
    EXPECT_EQ(digest_of_rows(mirror.store()).value(), digest) << entries_max;
    EXPECT_EQ(mirror.store().published()->note, registry.store().published()->note);
    const auto report = check(mirror.store(), [](auto, auto) {}).value();
    EXPECT_TRUE(report.faults.empty()) << report.faults.front();
    EXPECT_EQ(mirror.holder_of("DEMO-1"), "测试乙");
    EXPECT_EQ(mirror.store().reader().first_unheld().value(), std::nullopt);
  }
}

TEST(Follower, GoesOnWhereItWasAfterAReopening) {
  Registry registry;
  fill(registry);
  Mirror mirror(registry);
  ASSERT_TRUE(mirror.take(feed(registry, 0, 10)));
  EXPECT_EQ(mirror.store().published(), nullptr) << "it does not reach the checkpoint yet";
  mirror.open();
  EXPECT_EQ(mirror.reader().frontier().size(), 10U);
  mirror.follow();
  mirror.open();
  EXPECT_EQ(mirror.store().published()->note, registry.store().published()->note);
  // Caught up: an answer without entries changes nothing.
  ASSERT_TRUE(mirror.take(feed(registry, mirror.reader().frontier().size(), 10)));
  EXPECT_EQ(digest_of_rows(mirror.store()).value(), digest_of_rows(registry.store()).value());
}

TEST(Follower, WithoutPrivateFieldsItHasTheRegistryAndNoCertificate) {
  Registry registry;
  fill(registry);
  Mirror mirror(registry);
  mirror.follow(1000, {});
  EXPECT_EQ(mirror.store().reader().head().value(), registry.reader().head().value());
  EXPECT_EQ(mirror.holder_of("DEMO-1"), "");
  const auto institution = mirror.store().reader().institution(test::credit(1)).value();
  ASSERT_TRUE(institution);
  EXPECT_EQ(mirror.store().reader().first_unheld().value(), institution->put_seq)
      << "the first entry that has private fields";
  // What it never had it does not call erased.
  const FeedRequest whole{0, 1000, 1 << 20};
  const auto answer =
      answer_feed(mirror.store(), mirror.store().reader(), *mirror.store().published(), whole);
  EXPECT_EQ(answer.value().body.find("erased\":true"), std::string::npos);
}

// What was passed over is not sent again, however much is shown later.
TEST(Follower, RemembersTheFirstEntryThatItWasNotGiven) {
  Registry registry;
  fill(registry);
  Mirror mirror(registry);
  mirror.follow();
  const std::uint64_t narrowed = mirror.follower().frontier().size();
  registry.write(test::correct("DEMO-4", test::day("2026-08-04"), "测试乙", "T0000009"));
  mirror.follow(1000, {.fields = {"holder_name"}});
  EXPECT_EQ(mirror.holder_of("DEMO-4"), "测试甲") << "which it is no more";
  EXPECT_EQ(mirror.follower().first_unheld(), narrowed);
  registry.write(test::correct("DEMO-5", test::day("2026-08-04"), "测试乙", "T0000009"));
  mirror.open();
  mirror.follow();
  EXPECT_EQ(mirror.store().reader().first_unheld().value(), narrowed);
  const auto all = Follower::create(mirror.store(), registry.store().log_key(), Wanted::all);
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().code, ErrorCode::conflict);
  // A copy that ends before it has all there was till then.
  const std::string cut = registry.folder() / "cut";
  ASSERT_TRUE(rebuild(
      mirror.store(), cut, [](auto, auto) {}, narrowed));
  StoreOptions options = mirror.store().options();
  options.data = cut;
  options.inspect = true;
  EXPECT_EQ(Store::open(options, registry.clock()).value()->reader().first_unheld().value(),
            std::nullopt);
}

TEST(Follower, WantingAllItEndsBeforeWhatItIsNotShownAndLosesNothing) {
  Registry registry;
  fill(registry);
  Mirror mirror(registry, Wanted::all);
  mirror.follow();
  const Head before = mirror.store().reader().head().value();
  registry.write(test::correct("DEMO-4", test::day("2026-08-04"), "测试乙", "T0000009"));
  for (const Visibility& narrowed : {Visibility{}, Visibility{.fields = {"holder_name"}}}) {
    const auto taken = mirror.take(feed(registry, before.size, 1000, narrowed));
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, ErrorCode::conflict);
    EXPECT_TRUE(taken.error().message.en.starts_with("seq " + std::to_string(before.size)))
        << taken.error().message.en;
    EXPECT_EQ(mirror.store().reader().head().value(), before);
    mirror.open(Wanted::all);
  }
  mirror.follow();
  EXPECT_EQ(mirror.holder_of("DEMO-4"), "测试乙");
  EXPECT_EQ(digest_of_rows(mirror.store()).value(), digest_of_rows(registry.store()).value());
}

// It knows what was erased, and says so to those who follow it.
TEST(Follower, AMirrorThatHasAllIsFollowedLikeTheOrigin) {
  Registry registry;
  fill(registry);
  Mirror mirror(registry, Wanted::all);
  mirror.follow();
  const std::string feed_of_origin = feed(registry, 0, 1000);
  const FeedRequest whole{0, 1000, 1 << 20, kEverything};
  const auto answer =
      answer_feed(mirror.store(), mirror.store().reader(), *mirror.store().published(), whole);
  EXPECT_NE(feed_of_origin.find("erased\":true"), std::string::npos);
  EXPECT_EQ(answer.value().body, feed_of_origin);
}

// It signs nothing, so there is nothing that it could contradict: it fetches what it lacks.
TEST(Follower, ARestoredMirrorGoesOnFromItsOwnHead) {
  Registry registry;
  fill(registry);
  Mirror mirror(registry);
  mirror.follow();
  const Head head = mirror.store().reader().head().value();
  RestoreRequest request;
  request.backups = registry.folder() / "backups";
  request.keys = mirror.store().options().keys;
  request.size = 10;
  ASSERT_TRUE(make_backup(mirror.store(), request.backups, 3, {}));
  for (const bool has_anchor : {true, false}) {
    request.destination = registry.folder() / (has_anchor ? "restored" : "restored-alone");
    if (!has_anchor) {
      ASSERT_TRUE(std::filesystem::remove(request.keys + "/anchor"));
    }
    const auto restored = restore(request, registry.clock(), [](auto, auto) {});
    ASSERT_TRUE(restored) << restored.error().message.en;
    EXPECT_TRUE(restored->is_mirror);
    EXPECT_EQ(restored->read_only_reason, "");
    mirror.move_to(request.destination, request.keys);
    EXPECT_EQ(mirror.follower().frontier().size(), 10U);
    EXPECT_EQ(mirror.store().published(), nullptr);
    mirror.follow(7);
    mirror.open();
    EXPECT_EQ(mirror.store().reader().head().value(), head);
    EXPECT_EQ(mirror.store().published()->note, registry.store().published()->note);
  }
}

TEST(Follower, WhatARestoredMirrorHadReachedIsHeldAgainstTheLog) {
  Registry registry;
  fill(registry);
  Mirror mirror(registry);
  ASSERT_TRUE(mirror.take(feed(registry, 0, 10)));
  const log::Anchor other{12, Hash{}, {}};
  ASSERT_TRUE(log::write_anchor(mirror.store().options().anchor, other));
  mirror.open();
  ASSERT_FALSE(mirror.store().read_only()) << mirror.store().read_only_reason();
  ASSERT_TRUE(mirror.take(feed(registry, 10, 1)));
  const auto taken = mirror.take(feed(registry, 11, 10));
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::corrupt);
  EXPECT_NE(taken.error().message.en.find("another log"), std::string::npos)
      << taken.error().message.en;
  EXPECT_EQ(log::read_anchor(mirror.store().options().anchor).value(), other);
}

TEST(Follower, AWriterOfAMirrorIsRefused) {
  Registry registry;
  fill(registry);
  Mirror mirror(registry);
  const auto writer = Writer::create(mirror.store());
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, ErrorCode::unavailable);
  EXPECT_FALSE(Follower::create(registry.store(), registry.store().log_key()))
      << "a log's origin follows nobody";
}

TEST(Feed, ShowsWhatTheVisibilitySaysAndNamesWhatItDisclosed) {
  Registry registry;
  fill(registry);
  ASSERT_TRUE(registry.store().publish());
  const auto answer = [&](Visibility visibility) {
    const FeedRequest request{0, 1000, 1 << 20, std::move(visibility)};
    return answer_feed(registry.store(), registry.reader(), *registry.store().published(), request)
        .value();
  };
  const FeedAnswer open = answer({});
  EXPECT_TRUE(open.disclosed.empty());
  for (const std::string_view hidden :
       {"测试甲", "测试乙", "DEMO-", "T000000", "19900000001", "record_salt", "\"private\""}) {
    EXPECT_EQ(open.body.find(hidden), std::string::npos) << hidden;
  }
  const FeedAnswer names = answer({.fields = {"holder_name"}});
  EXPECT_NE(names.body.find("测试乙"), std::string::npos);
  for (const std::string_view hidden : {"DEMO-", "T000000", "19900000001", "record_salt"}) {
    EXPECT_EQ(names.body.find(hidden), std::string::npos) << hidden;
  }
  // 9 certificates, 1 correction, less what the erasure took; with everything, 1 institution too.
  EXPECT_EQ(names.disclosed.size(), 9U);
  EXPECT_EQ(answer(kEverything).disclosed.size(), 10U);
}

// Any single flipped bit of an answer is named and nothing of it is recorded; what is left out of
// the tree's reach (a space is none: the lines have one spelling) would not matter.
TEST(Follower, AFlippedBitIsNamedAndNothingIsRecorded) {
  Registry registry;
  fill(registry);
  const std::string answer = feed(registry, 0, 1000);
  const auto seed = testing::UnitTest::GetInstance()->random_seed();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(static_cast<std::uint64_t>(seed));
  Mirror mirror(registry);
  ASSERT_TRUE(mirror.take(feed(registry, 0, 5)));
  const Digest before = digest_of_rows(mirror.store()).value();
  const std::string rest = feed(registry, 5, 1000);
  for (int round = 0; round < 2000; ++round) {
    std::string flipped = rest;
    const std::size_t at = random() % flipped.size();
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << (random() % 8)));
    const auto taken = mirror.take(flipped);
    ASSERT_FALSE(taken) << "byte " << at << " of " << flipped.substr(at > 40 ? at - 40 : 0, 80);
    EXPECT_EQ(taken.error().code, ErrorCode::corrupt);
    EXPECT_TRUE(taken.error().message.en.starts_with("seq ")) << taken.error().message.en;
  }
  EXPECT_EQ(digest_of_rows(mirror.store()).value(), before);
  ASSERT_TRUE(mirror.take(rest));
}

// What the log signed binds it behind a restart of the mirror too.
TEST(FollowerTest, APromiseThatWasSeenIsKept) {
  test::PlantedLog log;
  log.add_reference();
  test::PlantedLog other;
  other.add_reference();
  log.institution();
  other.add_raw("rumour.put", "{}");
  const test::TempDirectory folder;
  const test::FakeClock clock(test::day("2026-11-02"));
  StoreOptions options;
  options.data = folder / "mirror";
  {
    const auto store = Store::open(options, clock).value();
    const auto follower = Follower::create(*store, log.key()).value();
    EXPECT_EQ(follower->promise(), "");
    log::FeedReader reader(log.key(), follower->frontier());
    const std::string answer = log.page(0, 1);
    const auto page = reader.read(answer);
    ASSERT_TRUE(page) << page.error().message.en;
    EXPECT_EQ(reader.promised_size(), log.size());
    ASSERT_TRUE(follower->apply(*page));
    EXPECT_EQ(follower->promise(), reader.promise());
  }
  const auto store = Store::open(options, clock).value();
  const auto follower = Follower::create(*store, log.key()).value();
  log::FeedReader reader(log.key(), follower->frontier());
  ASSERT_TRUE(reader.hold_to(follower->promise()));
  EXPECT_EQ(reader.promised_size(), log.size());
  const auto forked = reader.read(other.page(1, 1));
  ASSERT_FALSE(forked);
  EXPECT_EQ(forked.error().code, ErrorCode::corrupt);
  ASSERT_TRUE(reader.fork());
  EXPECT_EQ(reader.fork()->first, follower->promise());
  EXPECT_EQ(reader.frontier().size(), 1U) << "nothing has moved";
  const std::string rest = log.page(1, log.size());
  const auto page = reader.read(rest);
  ASSERT_TRUE(page) << page.error().message.en;
  EXPECT_EQ(reader.promise(), "");
  EXPECT_EQ(reader.promised_size(), log.size());
}

TEST(FeedReader, LocatesTheEntryThatIsNotTheLogs) {
  Registry registry;
  fill(registry);
  std::string answer = feed(registry, 0, 1000);
  const std::size_t at = answer.find("上海示例一");
  answer.replace(at, std::string("上海示例一").size(), "上海示例二");
  const std::size_t seq_at = answer.find("\"seq\":", at);
  const std::uint64_t changed = std::stoull(answer.substr(seq_at + 6));
  log::FeedReader reader(registry.store().log_key(), {});
  ASSERT_FALSE(reader.read(answer));
  ASSERT_TRUE(reader.unproven());
  std::vector<Hash> leaves;
  for (std::uint64_t seq = 0; seq < registry.reader().head().value().size; ++seq) {
    leaves.push_back(log::leaf_hash(registry.reader().entry(seq).value().value()));
  }
  EXPECT_EQ(reader.locate(leaves), changed);
  std::vector<Hash> lies = leaves;
  lies[3][0] ^= 1;
  EXPECT_EQ(reader.locate(lies), std::nullopt) << "the tiles are proven too";
  lies = reader.unproven()->leaves;
  EXPECT_EQ(reader.locate(lies), std::nullopt);
}

}  // namespace
}  // namespace chayan::index
