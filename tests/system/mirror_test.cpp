// Mirrors: from zero, from a snapshot, while the registry writes, through a proxy that spoils what
// passes; of a mirror; killed. In the end each has the registry's root and the registry's rows, and
// on the way it never had anything else.
//
// CHAYAN_MIRROR_CERTIFICATES sets the registry's size, CHAYAN_MIRROR_CUTS the number of cuts.
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include "api/api.h"
#include "commands/mirror_loop.h"
#include "http/content_coding.h"
#include "http/range.h"
#include "index/feed.h"
#include "index/rebuild.h"
#include "index/snapshot_file.h"
#include "server/server.h"
#include "tests/support/faulty_proxy.h"
#include "tests/support/process.h"
#include "tests/support/registry.h"
#include "tests/support/self_signed.h"
#include "tests/system/cli.h"

namespace chayan::test {
namespace {

using namespace std::chrono_literals;
using commands::MirrorLoop;
using commands::MirrorOptions;

constexpr std::size_t kChangesABatch = 1000;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* given = std::getenv(name);
  return given != nullptr ? std::strtoull(given, nullptr, 10) : otherwise;
}

std::uint64_t certificates() {
  return from_environment("CHAYAN_MIRROR_CERTIFICATES", scaled(2000, 300));
}

std::mt19937_64 random_numbers() {
  const std::uint64_t seed = from_environment("CHAYAN_TEST_SEED", std::random_device()());
  std::cout << "CHAYAN_TEST_SEED=" << seed << std::endl;
  return std::mt19937_64(seed);
}

std::string number_of(std::uint64_t n) {
  return "MIRROR-" + std::to_string(n);
}

Change certificate(std::uint64_t n) {
  return issue(credit(1), "foreign/1/1", day("2026-08-01"), number_of(n), "测试甲",
               "T" + std::to_string(1'000'000 + n));
}

// A server on threads of its own.
class Served {
 public:
  explicit Served(server::Options options) {
    server_ = server::Server::create(std::move(options)).value();
    thread_ = std::thread([this] { server_->run(); });
  }
  ~Served() {
    server_->drain();
    thread_.join();
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  server::Server* operator->() { return server_.get(); }
  std::uint16_t port(std::size_t listener = 0) const { return server_->endpoint(listener).port; }
  std::string url(std::size_t listener = 0) const {
    return "http://127.0.0.1:" + std::to_string(port(listener));
  }

 private:
  std::unique_ptr<server::Server> server_;
  std::thread thread_;
};

// The application with every request as if it came with this certificate.
http::Application as_partner(http::Application application, std::string_view fingerprint) {
  http::Application made = application;
  made.answer = [answer = application.answer, fingerprint](const http::Request& request,
                                                           http::Response& response) {
    http::Request with_certificate = request;
    with_certificate.peer_certificate = fingerprint;
    answer(with_certificate, response);
  };
  return made;
}

constexpr std::string_view kEverything = "everything......................";
constexpr std::string_view kNamesOnly = "names only......................";

api::Services partner_services(const index::Store& store, const Clock& clock) {
  api::Services services{store, clock};
  services.find_partner = [](std::string_view fingerprint) -> std::optional<api::Partner> {
    if (fingerprint == kEverything) return api::Partner{"all", {.everything = true}};
    if (fingerprint == kNamesOnly) return api::Partner{"names", {.fields = {"holder_name"}}};
    return std::nullopt;
  };
  services.record_disclosure = [](const api::Disclosure&) -> Result<void> { return {}; };
  return services;
}

// A store as serve and mirror serve it: listener 0 to the public, 1 to a partner who sees
// everything, 2 to one who sees some.
class Serving {
 public:
  Serving(const index::Store& store, const Clock& clock)
      : api_(partner_services(store, clock)), served_(options()) {}

  Served& server() { return served_; }

 private:
  server::Options options() const {
    server::Options made;
    const server::Endpoint any{"127.0.0.1", 0};
    made.listeners.push_back({any, {}, {}, api_.public_application()});
    for (const std::string_view partner : {kEverything, kNamesOnly}) {
      made.listeners.push_back({any, {}, {}, as_partner(api_.partner_application(), partner)});
    }
    return made;
  }

  api::Api api_;
  Served served_;
};

enum Listener : std::size_t { kPublic, kAll, kSome };

class Upstream {
 public:
  Upstream() {
    registry_.write(official_changes());
    Change institution = put_institution(credit(1), "上海示例一");
    institution.secrets = {{"contact", "测试联系人甲"}, {"contact_phone", "19900000001"}};
    registry_.write(institution);
    registry_.write(
        filing_until_filed(credit(1), "F-1", day("2026-07-20"), {item_line("foreign/1/1")}));
    serving_ = std::make_unique<Serving>(registry_.store(), registry_.clock());
  }

  // Certificates, some of them corrected, revoked and erased; published, and whoever waits is told.
  void issue_certificates(std::uint64_t count) {
    std::vector<Change> changes;
    for (const std::uint64_t end = issued_ + count; issued_ < end; ++issued_) {
      changes.push_back(certificate(issued_));
      if (changes.size() == kChangesABatch) registry_.write(std::exchange(changes, {}));
    }
    if (!changes.empty()) registry_.write(std::move(changes));
    publish();
  }
  void change_certificate(std::uint64_t n) {
    const Date on = day("2026-08-02");
    const std::string number = number_of(n);
    if (n % 3 == 0) registry_.write(correct(number, on, "测试乙", "T0000009"));
    if (n % 3 == 1) {
      registry_.write(certificate_event(CertificateEventKind::revoked, number, on));
    }
    if (n % 3 == 2) {
      registry_.write(certificate_event(CertificateEventKind::erased, number, on));
    }
  }
  void publish() {
    ASSERT_TRUE(registry_.store().publish());
    serving_->server()->ring();
  }

  Registry& registry() { return registry_; }
  Served& server() { return serving_->server(); }
  std::uint64_t size() { return registry_.reader().head().value().size; }
  std::uint64_t issued() const { return issued_; }

 private:
  Registry registry_;
  std::unique_ptr<Serving> serving_;
  std::uint64_t issued_ = 0;
};

MirrorOptions mirror_of(const std::string& url) {
  MirrorOptions made;
  made.client.base_url = url;
  made.from_zero = true;
  made.retry_max = 20ms;
  return made;
}

// A mirror in this process, and what it told. It can be ended and begun again.
class Mirror {
 public:
  Mirror(const Clock& clock, MirrorOptions options) : clock_(clock), options_(std::move(options)) {
    open();
  }

  // As after the end of the process.
  void open() {
    loop_.reset();
    store_.reset();
    index::StoreOptions options;
    options.data = folder_ / "mirror";
    store_ = index::Store::open(options, clock_).value();
    begin();
  }
  // Begins again with the store as it is.
  void begin() {
    loop_.reset();
    commands::MirrorEvents events;
    events.fault = [this](const Error& fault) { faults.push_back(fault.message.en); };
    events.notice = [this](const std::string& what) { notices.push_back(what); };
    events.applied = [this] {
      if (applied) applied();
    };
    loop_ = std::make_unique<MirrorLoop>(*store_, options_, std::move(events));
    const auto pinned = loop_->pin();
    ASSERT_TRUE(pinned) << pinned.error().message.en;
  }

  Result<void> catch_up() { return loop_->run(MirrorLoop::Until::caught_up); }
  void must_catch_up() {
    const auto caught_up = catch_up();
    ASSERT_TRUE(caught_up) << caught_up.error().message.en;
  }

  MirrorLoop& loop() { return *loop_; }
  index::Store& store() { return *store_; }
  index::Head head() const { return store_->reader().head().value(); }
  MirrorOptions& options() { return options_; }

  std::function<void()> applied;
  std::vector<std::string> faults;
  std::vector<std::string> notices;

 private:
  const Clock& clock_;
  MirrorOptions options_;
  TempDirectory folder_;
  std::unique_ptr<index::Store> store_;
  std::unique_ptr<MirrorLoop> loop_;
};

void expect_no_faults(const index::Store& store) {
  const auto report = index::check(store, [](auto, auto) {}).value();
  for (const std::string& fault : report.faults) ADD_FAILURE() << fault;
}

void expect_same_log(Mirror& mirror, Upstream& upstream) {
  EXPECT_EQ(mirror.head(), upstream.registry().reader().head().value());
  ASSERT_TRUE(mirror.store().published());
  EXPECT_EQ(mirror.store().published()->note, upstream.registry().store().published()->note);
  expect_no_faults(mirror.store());
}

// Of a mirror that was shown everything.
void expect_same_rows(Mirror& mirror, Upstream& upstream) {
  expect_same_log(mirror, upstream);
  EXPECT_EQ(index::digest_of_rows(mirror.store()).value(),
            index::digest_of_rows(upstream.registry().store()).value());
}

// What a public mirror of this log has to have: made by another reader of the feed.
index::Digest public_digest(Upstream& upstream) {
  Mirror plain(upstream.registry().clock(), mirror_of(upstream.server().url(kPublic)));
  plain.must_catch_up();
  EXPECT_EQ(plain.head(), upstream.registry().reader().head().value());
  return index::digest_of_rows(plain.store()).value();
}

class MirrorTest : public testing::Test {
 protected:
  void SetUp() override { random_ = random_numbers(); }

  std::mt19937_64 random_;
  Upstream upstream_;
  const Clock& clock_ = upstream_.registry().clock();
};

// ---- Without faults

TEST_F(MirrorTest, FromZeroItHasTheSameRootAndTheSameRows) {
  upstream_.issue_certificates(certificates());
  for (std::uint64_t n = 0; n < 30; ++n) upstream_.change_certificate(n);
  upstream_.publish();
  Mirror mirror(clock_, mirror_of(upstream_.server().url(kAll)));
  mirror.must_catch_up();
  expect_same_rows(mirror, upstream_);
  EXPECT_TRUE(mirror.faults.empty()) << mirror.faults.front();
  EXPECT_EQ(mirror.loop().progress().entries_behind(), 0U);
  // And it goes on, and after a reopening goes on again.
  upstream_.issue_certificates(5);
  mirror.must_catch_up();
  mirror.open();
  upstream_.issue_certificates(5);
  mirror.must_catch_up();
  expect_same_rows(mirror, upstream_);
}

TEST_F(MirrorTest, APublicMirrorHasEveryPublicRowAndNothingPrivate) {
  upstream_.issue_certificates(50);
  Mirror mirror(clock_, mirror_of(upstream_.server().url(kPublic)));
  mirror.must_catch_up();
  expect_same_log(mirror, upstream_);
  EXPECT_FALSE(mirror.store()
                   .reader()
                   .certificate(CertificateNumber::parse(number_of(1), "n").value())
                   .value());
  EXPECT_TRUE(mirror.store().reader().institution(credit(1)).value());
}

TEST_F(MirrorTest, APartnerWhoSeesSomeFieldsVerifiesThemAndKeepsPublicRows) {
  upstream_.issue_certificates(50);
  Mirror mirror(clock_, mirror_of(upstream_.server().url(kSome)));
  mirror.must_catch_up();
  expect_same_log(mirror, upstream_);
  EXPECT_EQ(mirror.notices.size(), 1U) << "said once";
  EXPECT_EQ(index::digest_of_rows(mirror.store()).value(), public_digest(upstream_));
}

// It has a registry to catch up with while the registry grows, by CHAYAN_MIRROR_RATE changes a second.
TEST_F(MirrorTest, FollowsWhileTheRegistryWrites) {
  upstream_.issue_certificates(certificates());
  const std::uint64_t begun = upstream_.size();
  const std::uint64_t rate = from_environment("CHAYAN_MIRROR_RATE", 0);  // 0: as fast as it can
  Mirror mirror(clock_, mirror_of(upstream_.server().url(kAll)));
  std::thread following([&] {
    const auto ended = mirror.loop().run(MirrorLoop::Until::stopped);
    EXPECT_TRUE(ended) << ended.error().message.en;
  });
  // On a thread of its own: whoever erases waits until it is erased, and others go on meanwhile.
  std::atomic<bool> issuing = true;
  std::thread changing([&] {
    for (std::uint64_t n = 0; issuing && n < certificates(); ++n) upstream_.change_certificate(n);
  });
  constexpr std::uint64_t kBatchesASecond = 50;
  const std::uint64_t rounds = scaled(100, 20);
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t round = 0; round < rounds || mirror.loop().progress().size() < begun;
       ++round) {
    upstream_.issue_certificates(rate == 0 ? 1 + round % 20 : rate / kBatchesASecond);
    if (rate == 0) continue;
    std::this_thread::sleep_until(start +
                                  std::chrono::milliseconds(1000 / kBatchesASecond) * round);
  }
  issuing = false;
  changing.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::cout << upstream_.size() - begun << " changes in " << took.count() << " s" << std::endl;
  upstream_.publish();
  const std::uint64_t size = upstream_.size();
  const auto deadline = std::chrono::steady_clock::now() + Process::kPatience;
  while (mirror.loop().progress().size() < size && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  mirror.loop().stop();
  following.join();
  expect_same_rows(mirror, upstream_);
}

TEST_F(MirrorTest, AnotherLogIsNotFollowed) {
  upstream_.issue_certificates(10);
  Upstream other;
  other.issue_certificates(10);
  MirrorOptions options = mirror_of(upstream_.server().url(kPublic));
  options.key = other.registry().store().log_key();
  Mirror mirror(clock_, options);
  const auto caught_up = mirror.catch_up();
  ASSERT_FALSE(caught_up);
  EXPECT_EQ(caught_up.error().code, ErrorCode::corrupt);
  EXPECT_EQ(mirror.head().size, 0U);

  // One that follows already keeps to its log, whoever answers at its address.
  Mirror faithful(clock_, mirror_of(upstream_.server().url(kPublic)));
  faithful.must_catch_up();
  const index::Head before = faithful.head();
  other.issue_certificates(20);
  faithful.options().client.base_url = other.server().url(kPublic);
  faithful.open();
  EXPECT_FALSE(faithful.catch_up());
  EXPECT_EQ(faithful.head(), before);
}

// ---- From a snapshot

// The feed as a snapshot file has it.
std::string snapshot_file(Upstream& upstream) {
  index::Store& store = upstream.registry().store();
  const auto published = store.published();
  std::string file;
  for (std::uint64_t next = 0; next < published->checkpoint.size;) {
    const index::FeedRequest request{next, 100, limits::kFeedBytesMax};
    auto answer = index::answer_feed(store, upstream.registry().reader(), *published, request);
    file += http::encode(http::Coding::zstd, answer.value().body).value();
    next = answer->next;
  }
  return file;
}

// The registry's public application, with snapshots; counts what is asked of either.
class WithSnapshot {
 public:
  WithSnapshot(Upstream& upstream, std::string file)
      : file_(std::move(file)),
        api_(partner_services(upstream.registry().store(), upstream.registry().clock())),
        served_(options()) {}

  Served& server() { return served_; }
  void replace(std::string file) {
    const std::lock_guard lock(mutex_);
    file_ = std::move(file);
    etag_ = "\"another\"";
  }
  std::atomic<int> parts{0};
  std::atomic<int> feed_requests{0};

 private:
  server::Options options() {
    http::Application application = api_.public_application();
    application.answer = [this, feed = application.answer](const http::Request& request,
                                                           http::Response& response) {
      if (request.target == "/v1/snapshots/latest") {
        response.status = 307;
        response.set("Location", "/v1/snapshots/1.ndjson.zst");
      } else if (request.target.starts_with("/v1/snapshots/")) {
        answer_file(request, response);
      } else {
        feed_requests += request.target.starts_with("/v1/changes") ? 1 : 0;
        feed(request, response);
      }
    };
    server::Options made;
    made.listeners.push_back({{"127.0.0.1", 0}, {}, {}, application});
    return made;
  }
  void answer_file(const http::Request& request, http::Response& response) {
    const std::lock_guard lock(mutex_);
    const bool stands = request.field("If-Range") == etag_;
    const http::Range range =
        http::parse_range(stands ? request.field("Range") : std::string_view(), file_.size());
    response.set("ETag", etag_);
    if (range.kind == http::Range::Kind::part) {
      ++parts;
      response.status = 206;
      response.set("Content-Range", http::content_range(range, file_.size()));
    }
    response.body = file_.substr(range.offset, range.length);
  }

  std::mutex mutex_;
  std::string file_;
  std::string etag_ = "\"first\"";
  api::Api api_;
  Served served_;
};

MirrorOptions from_snapshot_of(const std::string& url) {
  MirrorOptions made = mirror_of(url);
  made.from_zero = false;
  return made;
}

TEST_F(MirrorTest, FromASnapshotItHasTheSameAndFollowsOn) {
  upstream_.issue_certificates(certificates());
  const auto snapshot = index::make_snapshot(upstream_.registry().store(), {}, [](auto, auto) {});
  ASSERT_TRUE(snapshot) << snapshot.error().message.en;
  upstream_.issue_certificates(20);
  Mirror mirror(clock_, from_snapshot_of(upstream_.server().url(kPublic)));
  const auto read = mirror.loop().step(0s);
  ASSERT_TRUE(read) << read.error().message.en;
  EXPECT_EQ(mirror.head().size, snapshot->size);
  EXPECT_LT(mirror.head().size, upstream_.size());
  mirror.must_catch_up();
  expect_same_log(mirror, upstream_);
  EXPECT_EQ(index::digest_of_rows(mirror.store()).value(), public_digest(upstream_));
}

TEST_F(MirrorTest, ASnapshotThatIsCutGoesOnWhereItWasCut) {
  upstream_.issue_certificates(2000);  // a file that is long enough to be cut, sanitized or not
  WithSnapshot served(upstream_, snapshot_file(upstream_));
  std::atomic<int> cuts{50};
  FaultyProxy proxy(served.server().port(), [&](const ResponseSize& size) -> Fault {
    // The redirect is let through: it is shorter than any place to cut at.
    if (size.body < 5000 || cuts.fetch_sub(1) <= 0) return {};
    return {random_() % 2 == 0 ? Fault::Kind::reset : Fault::Kind::close,
            random_() % std::min<std::uint64_t>(size.all(), 10'000)};
  });
  MirrorOptions options = from_snapshot_of(proxy.url());
  options.key = upstream_.registry().store().log_key();
  Mirror mirror(clock_, options);
  mirror.must_catch_up();
  expect_same_log(mirror, upstream_);
  EXPECT_GT(mirror.faults.size(), 3U);
  EXPECT_GT(served.parts, 3);
  EXPECT_EQ(served.feed_requests, 1) << "the snapshot was enough";
}

TEST_F(MirrorTest, ASnapshotThatGoesAwayIsFinishedFromTheFeed) {
  upstream_.issue_certificates(certificates());
  WithSnapshot served(upstream_, snapshot_file(upstream_));
  std::atomic<bool> is_first{true};
  FaultyProxy proxy(served.server().port(), [&](const ResponseSize& size) -> Fault {
    if (size.body < 5000 || !is_first.exchange(false)) return {};
    served.replace("not the same file");
    return {Fault::Kind::close, size.all() / 2};
  });
  Mirror mirror(clock_, from_snapshot_of(proxy.url()));
  mirror.must_catch_up();
  expect_same_log(mirror, upstream_);
  EXPECT_FALSE(is_first);
  EXPECT_GT(served.feed_requests, 0);
}

TEST_F(MirrorTest, ASnapshotThatLiesIsNamedAndNothingOfTheLieIsApplied) {
  upstream_.issue_certificates(300);
  index::Store& store = upstream_.registry().store();
  std::string page;
  std::string file;
  for (std::uint64_t next = 0; next < store.published()->checkpoint.size;) {
    const index::FeedRequest request{next, 100, limits::kFeedBytesMax};
    auto answer =
        index::answer_feed(store, upstream_.registry().reader(), *store.published(), request);
    next = answer->next;
    file += answer->body;
  }
  // The institution's name, in a later page than the first.
  const std::size_t at = file.find("上海示例一");
  ASSERT_NE(at, std::string::npos);
  const std::size_t seq_at = file.find("\"seq\":", at);
  const std::uint64_t changed = std::stoull(file.substr(seq_at + 6));
  file.replace(at, std::string("上海示例一").size(), "上海示例二");
  WithSnapshot served(upstream_, http::encode(http::Coding::zstd, file).value());
  Mirror mirror(clock_, from_snapshot_of(served.server().url()));
  const auto caught_up = mirror.catch_up();
  ASSERT_FALSE(caught_up);
  EXPECT_EQ(caught_up.error(),
            corrupt("seq " + std::to_string(changed) + ": this is not what the log signed."));
  EXPECT_LE(mirror.head().size, changed);
  EXPECT_EQ(mirror.head().size % 100, 0U) << "whole pages";
  expect_no_faults(mirror.store());
  // From the feed it goes on.
  mirror.options().from_zero = true;
  mirror.open();
  mirror.must_catch_up();
  expect_same_log(mirror, upstream_);
}

// ---- Through a proxy that spoils what passes

// A place in a response, early and late ones alike: half of them in the first kilobyte.
std::uint64_t place(std::mt19937_64& random, const ResponseSize& size) {
  const std::uint64_t bound = random() % 2 == 0 ? 1024 : size.all();
  return random() % std::min(bound, size.all());
}

TEST_F(MirrorTest, CutsAndTruncationsLeaveNoGapAndNoDuplicate) {
  upstream_.issue_certificates(certificates());
  std::uint64_t wanted = from_environment("CHAYAN_MIRROR_CUTS", scaled(1000, 50));
  std::atomic<std::uint64_t> cuts{0};
  std::atomic<std::uint64_t> responses{0};
  FaultyProxy proxy(upstream_.server().port(kAll), [&](const ResponseSize& size) -> Fault {
    if (cuts >= wanted || ++responses % 4 == 0) return {};
    ++cuts;
    return {random_() % 2 == 0 ? Fault::Kind::reset : Fault::Kind::close, place(random_, size)};
  });
  MirrorOptions options = mirror_of(proxy.url());
  options.page = 50;
  Mirror mirror(clock_, options);
  std::uint64_t before = 0;
  while (cuts < wanted) {
    if (mirror.head().size >= upstream_.size()) {  // there is always something to read
      upstream_.issue_certificates(100);
      upstream_.change_certificate(cuts % upstream_.issued());
      upstream_.publish();
    }
    const auto done = mirror.loop().step(0s);
    ASSERT_TRUE(done || done.error().code == ErrorCode::unavailable) << done.error().message.en;
    ASSERT_GE(mirror.head().size, before);
    before = mirror.head().size;
  }
  mirror.must_catch_up();
  expect_same_rows(mirror, upstream_);
}

TEST_F(MirrorTest, SilenceIsEndedAndDelayIsBorne) {
  upstream_.issue_certificates(300);
  std::atomic<int> stalls{1};
  FaultyProxy proxy(upstream_.server().port(kAll), [&](const ResponseSize& size) -> Fault {
    if (stalls.fetch_sub(1) <= 0) return {};
    return {Fault::Kind::stall, place(random_, size)};
  });
  MirrorOptions options = mirror_of(proxy.url());
  options.client.silence_max = 1s;
  options.key = upstream_.registry().store().log_key();
  Mirror mirror(clock_, options);
  mirror.must_catch_up();
  expect_same_rows(mirror, upstream_);
  EXPECT_EQ(mirror.faults.size(), 1U);
}

// What became of the flips, by where they were.
struct Flips {
  std::uint64_t named = 0;     // an error that begins with a seq
  std::uint64_t repeated = 0;  // asked again
  std::uint64_t harmless = 0;  // of no consequence
};

class FlipTest : public MirrorTest, public testing::WithParamInterface<bool> {};

// One bit of each second answer is flipped. A flip in a body that was taken for something else than
// what was sent is named, and no bit of the feed is without meaning; some bits of a compressed body
// are (those that only say how it was packed).
TEST_P(FlipTest, AFlippedBitIsNamedAndNeverApplied) {
  const bool plain = GetParam();
  upstream_.issue_certificates(scaled(500, 100));
  struct Planned {
    bool flipped = false;
    bool in_body = false;
  } planned;
  std::mutex mutex;
  bool feed_alone = true;
  FaultyProxy proxy(upstream_.server().port(kAll),
                    [&](const ResponseSize& size) -> Fault {
                      const std::lock_guard lock(mutex);
                      // The first answer of a step alone: tiles, which are asked when it was wrong, come whole.
                      if (!feed_alone) return {};
                      feed_alone = false;
                      const std::uint64_t at = place(random_, size);
                      planned = {true, at >= size.head};
                      return {Fault::Kind::flip, at, static_cast<unsigned>(random_() % 8)};
                    },
                    {.refuses_codings = plain});
  MirrorOptions options = mirror_of(proxy.url());
  options.page = 40;
  options.client.silence_max = 1s;  // a flipped length is waited for
  options.key = upstream_.registry().store().log_key();
  Mirror mirror(clock_, options);
  std::map<bool, Flips> flips;  // by whether they were in a body
  const std::uint64_t rounds = scaled(300, 60);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    if (mirror.head().size >= upstream_.size()) upstream_.issue_certificates(200);
    {
      const std::lock_guard lock(mutex);
      feed_alone = round % 4 != 3;
      planned = {};
    }
    const index::Head before = mirror.head();
    const auto done = mirror.loop().step(0s);
    const std::lock_guard lock(mutex);
    if (!planned.flipped) {
      ASSERT_TRUE(done) << done.error().message.en;
      continue;
    }
    Flips& what = flips[planned.in_body];
    if (done) {
      ++what.harmless;
      ASSERT_FALSE(plain && planned.in_body) << "a flip in a body was taken";
      continue;
    }
    ASSERT_EQ(mirror.head(), before) << "nothing of the answer is applied";
    if (done.error().code == ErrorCode::unavailable) {
      ++what.repeated;
      ASSERT_FALSE(planned.in_body) << done.error().message.en;
      continue;
    }
    ++what.named;
    ASSERT_EQ(done.error().code, ErrorCode::corrupt) << done.error().message.en;
    ASSERT_TRUE(done.error().message.en.starts_with("seq ")) << done.error().message.en;
    mirror.begin();  // it stopped; somebody starts it again
  }
  for (const auto& [in_body, what] : flips) {
    std::cout << (in_body ? "body: " : "head: ") << what.named << " named, " << what.repeated
              << " repeated, " << what.harmless << " harmless" << std::endl;
  }
  EXPECT_GT(flips[true].named, 0U);
  {
    const std::lock_guard lock(mutex);
    feed_alone = false;
  }
  mirror.must_catch_up();
  expect_same_rows(mirror, upstream_);
}

INSTANTIATE_TEST_SUITE_P(Bodies, FlipTest, testing::Values(true, false),
                         [](const auto& form) { return form.param ? "Plain" : "Compressed"; });

// ---- The command

// The partner listener as it is deployed, TLS on both sides, to one partner whose profile can
// change.
class PartnerListener {
 public:
  explicit PartnerListener(Upstream& upstream, const Clock& clock)
      : api_(services(upstream, clock)), served_(options()) {}

  void show(index::Visibility visibility) {
    const std::lock_guard lock(mutex_);
    visibility_ = std::move(visibility);
  }
  void ring() { served_->ring(); }
  std::string url() const { return "https://127.0.0.1:" + std::to_string(served_.port()); }
  std::vector<std::string> arguments() const {
    return {"--ca",          server_files_.certificate_file(),
            "--certificate", client_files_.certificate_file(),
            "--key",         client_files_.key_file()};
  }

 private:
  api::Services services(Upstream& upstream, const Clock& clock) {
    api::Services made = partner_services(upstream.registry().store(), clock);
    made.find_partner = [this](std::string_view fingerprint) -> std::optional<api::Partner> {
      if (fingerprint != client_files_.fingerprint()) return std::nullopt;
      const std::lock_guard lock(mutex_);
      return api::Partner{"partner", visibility_};
    };
    return made;
  }
  server::Options options() const {
    server::Options made;
    made.listeners.push_back({{"127.0.0.1", 0},
                              server_files_.certificate_file(),
                              server_files_.key_file(),
                              api_.partner_application(),
                              true});
    return made;
  }

  const SelfSigned server_files_;
  const SelfSigned client_files_;
  std::mutex mutex_;
  index::Visibility visibility_{.everything = true};
  api::Api api_;
  Served served_;
};

// A mirror that runs and listens.
class RunningMirror {
 public:
  explicit RunningMirror(std::vector<std::string> command) : process_(with_listener(command)) {
    const auto line = process_.wait_for_line("Chayan listens on http://127.0.0.1:");
    if (!line) throw std::runtime_error(process_.err());
    port_ = port_behind(*line, "listens on http://127.0.0.1:");
    admin_port_ = port_behind(*line, "admin on http://127.0.0.1:");
  }

  HttpReply ask(const std::string& request) {
    HttpClient client("127.0.0.1", port_);
    EXPECT_TRUE(client.send(request));
    auto reply = client.read_reply();
    EXPECT_TRUE(reply) << process_.err();
    return reply.value_or(HttpReply());
  }
  HttpReply get(const std::string& path) {
    return ask("GET " + path + " HTTP/1.1\r\nHost: test.example\r\n\r\n");
  }
  HttpReply post(const std::string& path, const std::string& type, const std::string& body) {
    return ask("POST " + path + " HTTP/1.1\r\nHost: test.example\r\nContent-Type: " + type +
               "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  // Until it has that many entries, and the checkpoint of just these.
  void await(std::uint64_t size) {
    client::ClientOptions options;
    options.base_url = admin();
    client::HttpClient client(options);
    const std::string entries = "\nchayan_mirror_entries " + std::to_string(size) + '\n';
    const auto deadline = std::chrono::steady_clock::now() + Process::kPatience;
    while (std::chrono::steady_clock::now() < deadline) {
      const auto metrics = client.get("/metrics");
      if (metrics && metrics->body.find(entries) != std::string::npos &&
          metrics->body.find("\nchayan_mirror_entries_behind 0\n") != std::string::npos) {
        return;
      }
      std::this_thread::sleep_for(20ms);
    }
    FAIL() << process_.err();
  }
  HttpReply verify(std::uint64_t n, const std::string& name) {
    return post(
        "/v1/verifications", "application/json",
        R"({"certificate_number":")" + number_of(n) + R"(","holder_name":")" + name + R"("})");
  }

  Process& process() { return process_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::string admin() const { return "http://127.0.0.1:" + std::to_string(admin_port_); }

 private:
  static std::vector<std::string> with_listener(std::vector<std::string>& command) {
    command.insert(command.end(), {"--listen", "127.0.0.1:0"});
    return std::move(command);
  }
  static std::uint16_t port_behind(const std::string& line, std::string_view text) {
    return static_cast<std::uint16_t>(std::stoul(line.substr(line.find(text) + text.size())));
  }

  Process process_;
  std::uint16_t port_ = 0;
  std::uint16_t admin_port_ = 0;
};

class MirrorCommandTest : public MirrorTest {
 protected:
  std::vector<std::string> command(std::vector<std::string> more) {
    std::vector<std::string> made = {
        CHAYAN_BINARY, "mirror", upstream_.server().url(kPublic), "--data", data_,
        "--threads",   "1"};
    made.insert(made.end(), more.begin(), more.end());
    return made;
  }
  std::vector<std::string> partner_command(const PartnerListener& listener) {
    auto made = command(listener.arguments());
    made[2] = listener.url();
    return made;
  }
  void expect_same() {
    const auto store = open_store(data_, clock_);
    EXPECT_FALSE(store->read_only()) << store->read_only_reason();
    EXPECT_EQ(store->reader().head().value(), upstream_.registry().reader().head().value());
    EXPECT_EQ(index::digest_of_rows(*store).value(), public_digest(upstream_));
    expect_no_faults(*store);
  }

  TempDirectory folder_;
  std::string data_ = folder_ / "mirror";
};

TEST_F(MirrorCommandTest, OnceEndsWhenItHasCaughtUp) {
  upstream_.issue_certificates(100);
  const std::string vkey = log::verifier_line(upstream_.registry().store().log_key());
  const Finished first = run(command({"--once"}));
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_NE(first.out.find(vkey), std::string::npos) << first.out;
  for (const std::string_view event : {"started", "caught_up", "stopped"}) {
    EXPECT_NE(first.err.find("\"event\":\"" + std::string(event) + '"'), std::string::npos)
        << first.err;
  }
  expect_same();
  upstream_.issue_certificates(10);
  EXPECT_EQ(run(command({"--once", "--vkey", vkey})).code, 0);
  expect_same();

  Upstream other;
  const Finished wrong =
      run(command({"--once", "--vkey", log::verifier_line(other.registry().store().log_key())}));
  EXPECT_EQ(wrong.code, 1);
  EXPECT_NE(wrong.err.find("holds another log"), std::string::npos) << wrong.err;
}

TEST_F(MirrorCommandTest, AnAddressThatIsNoRegistryIsRefused) {
  data_ += "2";
  auto at_nothing = command({"--once"});
  at_nothing[2] += "/v1";
  const Finished finished = run(at_nothing);
  EXPECT_EQ(finished.code, 1);
  EXPECT_NE(finished.err.find("not a registry's address"), std::string::npos) << finished.err;
}

TEST_F(MirrorCommandTest, KilledAtAnyMomentItGoesOnAndInTheEndHasTheSame) {
  upstream_.issue_certificates(certificates());
  const std::uint64_t kills = scaled(20, 4);
  for (std::uint64_t kill = 0; kill < kills; ++kill) {
    Process process(command({"--page", "20", "--from-zero"}));
    upstream_.issue_certificates(20);
    const auto ended = process.wait(std::chrono::milliseconds(random_() % 400));
    ASSERT_FALSE(ended) << process.err();
    process.signal(SIGKILL);
    ASSERT_EQ(process.wait().value_or(Exit()).signal, SIGKILL);
  }
  const Finished last = run(command({"--once"}));
  EXPECT_EQ(last.code, 0) << last.err;
  expect_same();
}

TEST_F(MirrorCommandTest, ServesWhatItFollowsSaysItsLagAndEndsOnSigterm) {
  upstream_.issue_certificates(100);
  RunningMirror near(command({}));
  // A mirror of the command's own listener.
  upstream_.issue_certificates(50);
  Mirror far(clock_, mirror_of(near.url()));
  const auto deadline = std::chrono::steady_clock::now() + Process::kPatience;
  while (far.head().size < upstream_.size()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << near.process().err();
    far.must_catch_up();
  }
  expect_same_log(far, upstream_);

  client::ClientOptions admin;
  admin.base_url = near.admin();
  const auto metrics = client::HttpClient(admin).get("/metrics");
  ASSERT_TRUE(metrics) << metrics.error().message.en;
  for (const std::string& shown :
       {"chayan_mirror_entries " + std::to_string(upstream_.size()),
        std::string("chayan_mirror_entries_behind 0"),
        std::string("chayan_mirror_seconds_since_contact "), std::string("chayan_verifies 0")}) {
    EXPECT_NE(metrics->body.find('\n' + shown), std::string::npos) << shown;
  }
  near.process().signal(SIGTERM);
  EXPECT_EQ(near.process().wait().value_or(Exit()).code, 0) << near.process().err();
  expect_same();
}

TEST_F(MirrorCommandTest, AMirrorOfAMirrorBeginsWithItsSnapshotAndHasTheSame) {
  upstream_.issue_certificates(200);
  RunningMirror near(command({"--snapshot-every", "1"}));
  const auto deadline = std::chrono::steady_clock::now() + Process::kPatience;
  while (near.get("/v1/snapshots/latest").status != 307) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << near.process().err();
    std::this_thread::sleep_for(20ms);
  }
  std::vector<std::string> of_near = command({});
  of_near[2] = near.url();
  data_ += "-of-mirror";
  of_near[4] = data_;
  // Both follow: the farther one by what the nearer one serves.
  {
    RunningMirror far(of_near);
    for (std::uint64_t round = 0; round < 20; ++round) {
      upstream_.issue_certificates(10);
      upstream_.change_certificate(round);
    }
    upstream_.publish();
    far.await(upstream_.size());
    far.process().signal(SIGTERM);
    EXPECT_EQ(far.process().wait().value_or(Exit()).code, 0) << far.process().err();
  }
  expect_same();
  client::ClientOptions admin;
  admin.base_url = near.admin();
  const auto metrics = client::HttpClient(admin).get("/metrics");
  EXPECT_NE(metrics.value().body.find(
                R"(chayan_requests_total{route="/v1/snapshots/{file}",status="2xx"} 1)"),
            std::string::npos)
      << metrics.value().body;
}

// The off-site copy: it is backed up where it runs, and what comes back goes on.
TEST_F(MirrorCommandTest, BacksUpWhileItFollowsAndGoesOnFromABackup) {
  upstream_.issue_certificates(100);
  const std::string backups = folder_ / "backups";
  {
    RunningMirror running(command({"--backup-dir", backups}));
    running.await(upstream_.size());
    for (const std::string job : {"backup", "snapshot"}) {
      const Finished done = run_chayan({job, "--server", running.admin()});
      EXPECT_EQ(done.code, 0) << done.err;
    }
    running.process().signal(SIGTERM);
    EXPECT_EQ(running.process().wait().value_or(Exit()).code, 0) << running.process().err();
  }
  const std::string keys = data_ + ".keys";
  data_ = folder_ / "restored";
  const Finished restored =
      run_chayan({"restore", "--from", backups, "--data", data_, "--keys", keys, "--to", "50"});
  ASSERT_EQ(restored.code, 0) << restored.err;
  EXPECT_NE(restored.out.find("chayan mirror URL"), std::string::npos) << restored.out;
  EXPECT_EQ(restored.out.find("--new-origin"), std::string::npos) << restored.out;
  const Finished caught_up = run(command({"--once", "--keys", keys}));
  EXPECT_EQ(caught_up.code, 0) << caught_up.err;
  const auto store = open_store(data_, clock_, keys);
  EXPECT_EQ(store->reader().head().value(), upstream_.registry().reader().head().value());
  EXPECT_EQ(index::digest_of_rows(*store).value(), public_digest(upstream_));
  EXPECT_FALSE(store->read_only()) << store->read_only_reason();
}

// Addresses are printed and logged.
TEST_F(MirrorCommandTest, AnAddressWithAPasswordIsRefused) {
  for (const std::string address : {"http://user:hidden@127.0.0.1:9", "hidden@127.0.0.1:9"}) {
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"mirror", address, "--data", data_, "--once"},
          std::vector<std::string>{"audit-log", address}}) {
      const Finished finished = run_chayan(command);
      EXPECT_EQ(finished.code, 2) << finished.err;
      EXPECT_NE(finished.err.find("without a user"), std::string::npos) << finished.err;
      EXPECT_EQ((finished.out + finished.err).find("hidden"), std::string::npos) << finished.err;
    }
  }
  EXPECT_FALSE(std::filesystem::exists(data_));
}

// As it is deployed: TLS on both sides, a certificate the upstream knows, private fields kept and
// verifications answered.
TEST_F(MirrorCommandTest, APartnerWhoSeesEverythingAnswersVerifications) {
  upstream_.issue_certificates(20);
  const PartnerListener listener(upstream_, clock_);
  const auto mirror = [&](std::vector<std::string> more) {
    auto made = partner_command(listener);
    made.insert(made.end(), more.begin(), more.end());
    return made;
  };
  const Finished finished = run(mirror({"--once"}));
  EXPECT_EQ(finished.code, 0) << finished.err;
  {
    const auto store = open_store(data_, clock_);
    EXPECT_EQ(index::digest_of_rows(*store).value(),
              index::digest_of_rows(upstream_.registry().store()).value());
  }
  RunningMirror running(mirror({}));
  const HttpReply reply = running.verify(3, "测试甲");
  EXPECT_EQ(reply.status, 200);
  EXPECT_NE(reply.body.find("\"match\""), std::string::npos) << reply.body;
  EXPECT_NE(running.get("/readyz").body.find(R"("verifies":true)"), std::string::npos);
  running.process().signal(SIGTERM);
  EXPECT_EQ(running.process().wait().value_or(Exit()).code, 0) << running.process().err();
}

// "No match" there would be said of genuine certificates.
TEST_F(MirrorCommandTest, AMirrorOfThePublicFeedSendsVerificationsElsewhere) {
  upstream_.issue_certificates(20);
  {
    ASSERT_EQ(run(command({"--once"})).code, 0);
    RunningMirror running(command({}));
    const HttpReply verified = running.verify(3, "测试甲");
    EXPECT_EQ(verified.status, 503);
    EXPECT_NE(verified.body.find("登记处"), std::string::npos) << verified.body;
    const HttpReply page = running.post("/verify", "application/x-www-form-urlencoded",
                                        "certificate_number=" + number_of(3) + "&holder_name=x");
    EXPECT_EQ(page.status, 503);
    for (const std::string_view said : {"登记处", "ask the registry itself"}) {
      EXPECT_NE(page.body.find(said), std::string::npos) << page.body;
    }
    EXPECT_EQ(running.get("/v1/reports/x").status, 503);
    EXPECT_EQ(running.get("/v1/institutions?occupation=4-10-01-05").status, 200);
    EXPECT_EQ(running.get("/v1/catalog").status, 200);
    EXPECT_EQ(running.get("/checkpoint").status, 200);
    EXPECT_NE(running.get("/readyz").body.find(R"("verifies":false)"), std::string::npos);
    running.process().signal(SIGTERM);
    EXPECT_EQ(running.process().wait().value_or(Exit()).code, 0) << running.process().err();
  }
  // Nor are batches answered where `serve` has the same data.
  {
    const Finished added = run_chayan({"credentials", "add", "acme", "--data", data_});
    ASSERT_EQ(added.code, 0) << added.err;
    const std::string secret = added.out.substr(0, added.out.find('\n'));
    const std::string row =
        R"({"certificate_number":")" + number_of(3) + R"(","holder_name":"测试甲"})";
    const ServeProcess serving(CHAYAN_BINARY, data_);
    HttpClient client = serving.connect();
    ASSERT_TRUE(client.send(
        "POST /v1/verifications/batch HTTP/1.1\r\nHost: test.example\r\nAuthorization: Bearer " +
        secret + "\r\nContent-Type: application/x-ndjson\r\nContent-Length: " +
        std::to_string(row.size()) + "\r\n\r\n" + row));
    const auto batch = client.read_reply();
    ASSERT_TRUE(batch);
    EXPECT_EQ(batch->status, 503) << batch->body;
    EXPECT_NE(batch->body.find("登记处"), std::string::npos) << batch->body;
  }
  // What it passed over does not come with a certificate.
  const PartnerListener listener(upstream_, clock_);
  auto with_certificate = partner_command(listener);
  with_certificate.push_back("--once");
  const Finished continued = run(with_certificate);
  EXPECT_EQ(continued.code, 1);
  EXPECT_NE(continued.err.find("begin again with a new data directory"), std::string::npos)
      << continued.err;
}

TEST_F(MirrorCommandTest, AProfileThatIsNarrowedEndsItAndOnceItIsWidenedNothingIsMissing) {
  upstream_.issue_certificates(20);
  PartnerListener listener(upstream_, clock_);
  auto once = partner_command(listener);
  once.push_back("--once");
  ASSERT_EQ(run(once).code, 0);
  {
    RunningMirror running(partner_command(listener));
    listener.show({.fields = {"holder_name"}});
    upstream_.change_certificate(0);  // corrected: 测试乙
    upstream_.publish();
    listener.ring();
    EXPECT_EQ(running.process().wait().value_or(Exit()).code, 1);
    EXPECT_NE(running.process().err().find("does not show us all private fields"),
              std::string::npos)
        << running.process().err();
  }
  EXPECT_EQ(run(once).code, 1);
  listener.show({.everything = true});
  const Finished widened = run(once);
  EXPECT_EQ(widened.code, 0) << widened.err;
  RunningMirror running(partner_command(listener));
  EXPECT_NE(running.verify(0, "测试乙").body.find("\"match\""), std::string::npos);
  EXPECT_NE(running.verify(0, "测试甲").body.find("\"no_match\""), std::string::npos);
}

}  // namespace
}  // namespace chayan::test
