// Rotation of the data keys, in both suites: everything is sealed anew, nothing is lost on the way,
// and the way can be interrupted anywhere.
#include "index/rotation.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <map>
#include <random>
#include <thread>

#include "domain/certificate_number.h"
#include "index/backup.h"
#include "index/purge.h"
#include "index/rebuild.h"
#include "index/row_batch.h"
#include "index/schema.h"
#include "tests/support/registry.h"

namespace chayan::index {
namespace {

using test::credit;
using test::day;
using test::Registry;

constexpr auto kQuiet = [](auto, auto) {};
// Sealed rows of so many certificates take several amendments.
constexpr int kCertificates = 700;

void expect_sound(const Store& store) {
  const CheckReport report = check(store, kQuiet).value();
  for (const std::string& fault : report.faults) ADD_FAILURE() << fault;
}

// Fewer under sanitizers.
std::uint64_t steps() {
  const char* percent = std::getenv("CHAYAN_TEST_SCALE");
  return percent != nullptr ? std::max(12UL, 60 * std::strtoul(percent, nullptr, 10) / 100) : 60;
}

std::map<std::uint32_t, std::uint64_t> records_by_key(const Store& store) {
  std::map<std::uint32_t, std::uint64_t> records;
  for (const KeyUse& use : count_key_uses(store).value()) records[use.id] = use.records;
  return records;
}

class RotationTest : public testing::TestWithParam<const crypto::Suite*> {
 protected:
  RotationTest() : registry_("2026-11-02", *GetParam()) {
    registry_.write(test::official_changes());
    registry_.write(test::put_institution(credit(1), "上海示例一"));
    test::issue_certificates(registry_, 1, kCertificates);
  }

  std::string keys() const { return registry_.folder() / "data.keys"; }
  Amend amend() {
    return [this](Amendment amendment) { return registry_.writer()->amend(std::move(amendment)); };
  }
  Result<Rotation> rotate() { return rotate_keys(registry_.store(), {.amend = amend()}); }
  // Ends as if the process had been killed before its n-th amendment.
  Result<Rotation> rotate_but_stop_before(int n) {
    int amendments = 0;
    return rotate_keys(registry_.store(), {.amend = [&](Amendment amendment) -> Result<void> {
                         if (++amendments == n) return io_error("killed");
                         return registry_.writer()->amend(std::move(amendment));
                       }});
  }
  void reopen() {
    registry_.close();
    const auto opened = registry_.open();
    ASSERT_TRUE(opened) << opened.error().message.en;
  }
  void expect_every_certificate() {
    const Reader reader = registry_.reader();
    for (int i = 1; i <= kCertificates; ++i) {
      const auto number = CertificateNumber::parse("DEMO-" + std::to_string(i)).value();
      const auto found = reader.certificate(number);
      ASSERT_TRUE(found) << found.error().message.en;
      EXPECT_TRUE(*found) << i;
    }
  }

  Registry registry_;
};

TEST_P(RotationTest, SealsEverythingAnewAndRetiresTheOldKey) {
  const Digest before = digest_of_rows(registry_.store()).value();
  EXPECT_EQ(records_by_key(registry_.store()),
            (std::map<std::uint32_t, std::uint64_t>{{1, 2 * kCertificates}}));
  const auto rotated = rotate();
  ASSERT_TRUE(rotated) << rotated.error().message.en;
  EXPECT_EQ(rotated->active_key, 2U);
  EXPECT_FALSE(rotated->resumed);
  EXPECT_EQ(rotated->resealed, 2U * kCertificates);
  const auto uses = count_key_uses(registry_.store()).value();
  ASSERT_EQ(uses.size(), 2U);
  EXPECT_EQ(uses[0].state, crypto::DataKeyState::retired);
  EXPECT_EQ(uses[0].records, 0U);
  EXPECT_EQ(uses[1].state, crypto::DataKeyState::active);
  EXPECT_EQ(uses[1].records, 2U * kCertificates);
  EXPECT_EQ(uses[1].created, "2026-11-02T04:00:00Z");
  EXPECT_EQ(digest_of_rows(registry_.store()).value(), before) << "they say what they said";
  EXPECT_FALSE(is_rotation_under_way(registry_.store()).value());
  expect_sound(registry_.store());

  reopen();
  EXPECT_EQ(registry_.store().keyring().data_keys.size(), 1U) << "the old key is not at hand";
  expect_every_certificate();
  expect_sound(registry_.store());
  EXPECT_EQ(rotate().value().active_key, 3U);
  expect_every_certificate();
}

TEST_P(RotationTest, AnyAmendmentMayBeTheLastBeforeAKill) {
  for (int n = 1; n <= 8; ++n) {
    SCOPED_TRACE(n);
    const auto stopped = rotate_but_stop_before(n);
    const bool ended = stopped.has_value();
    reopen();
    EXPECT_EQ(is_rotation_under_way(registry_.store()).value(), !ended);
    const auto records = records_by_key(registry_.store());
    if (n == 3) {
      EXPECT_EQ(records.rbegin()->second, 500U) << "one amendment's worth";
    }
    test::issue_certificates(registry_, kCertificates + n, 1);
    expect_every_certificate();
    expect_sound(registry_.store());
    if (ended) break;

    const std::string rebuilt = registry_.folder() / ("rebuilt-" + std::to_string(n));
    ASSERT_TRUE(rebuild(registry_.store(), rebuilt, kQuiet));
    const Digest digest = digest_of_rows(registry_.store()).value();
    const auto rotated = rotate();
    ASSERT_TRUE(rotated) << rotated.error().message.en;
    EXPECT_TRUE(rotated->resumed);
    EXPECT_LE(rotated->resealed, 2U * (kCertificates + n) - (n > 2 ? 500U * (n - 2) : 0U));
    for (const KeyUse& use : count_key_uses(registry_.store()).value()) {
      EXPECT_EQ(use.records == 0, use.state == crypto::DataKeyState::retired) << use.id;
    }
    EXPECT_EQ(digest_of_rows(registry_.store()).value(), digest);

    // Built from the middle of the rotation, left behind by its end: read with the retired key.
    registry_.close();
    StoreOptions options = registry_.options();
    options.keys = keys();
    options.data = rebuilt;
    {
      const auto store = Store::open(options, registry_.clock()).value();
      EXPECT_EQ(digest_of_rows(*store).value(), digest);
      expect_sound(*store);
    }
    ASSERT_TRUE(registry_.open());
  }
}

TEST_P(RotationTest, IsGoneOnWithFromWhereItWas) {
  ASSERT_FALSE(rotate_but_stop_before(4));
  reopen();
  std::uint64_t first_done = 0;
  const auto rotated =
      rotate_keys(registry_.store(), {.amend = amend(), .progress = [&](auto done, auto) {
                                        if (first_done == 0) first_done = done;
                                      }});
  ASSERT_TRUE(rotated);
  EXPECT_EQ(rotated->resealed, 2U * kCertificates - 1000U);
}

TEST_P(RotationTest, NobodyWaitsForItAndNobodyFails) {
  std::atomic<bool> done{false};
  std::atomic<int> answered{0};
  std::vector<std::thread> readers;
  for (int t = 0; t < 3; ++t) {
    readers.emplace_back([&, t] {
      std::mt19937_64 random(static_cast<std::uint64_t>(t));
      do {
        const int i = 1 + static_cast<int>(random() % kCertificates);
        const auto number = CertificateNumber::parse("DEMO-" + std::to_string(i)).value();
        const Reader reader = registry_.reader();
        std::this_thread::yield();  // so that keys change between the snapshot and its reading
        const auto found = reader.certificate(number);
        ASSERT_TRUE(found) << found.error().message.en;
        ASSERT_TRUE(*found) << i;
        ++answered;
      } while (!done);
    });
  }
  std::thread writer([&] {
    for (int i = 0; !done; ++i) test::issue_certificates(registry_, 10'000 + 3 * i, 3);
  });
  for (std::uint32_t round = 2; round < 5; ++round) {
    const auto rotated = rotate();
    ASSERT_TRUE(rotated) << rotated.error().message.en;
    EXPECT_EQ(rotated->active_key, round);
  }
  done = true;
  writer.join();
  for (std::thread& reader : readers) reader.join();
  EXPECT_GT(answered, 0);
  for (const KeyUse& use : count_key_uses(registry_.store()).value()) {
    EXPECT_EQ(use.records == 0, use.state == crypto::DataKeyState::retired) << use.id;
  }
  expect_sound(registry_.store());
}

TEST_P(RotationTest, ARowThatDoesNotOpenIsNamedAndNothingIsRetired) {
  const std::string key = payload_key(registry_.reader().head().value().size - 1);
  ASSERT_TRUE(
      registry_.store().db().Put({}, key, std::string("\0\0\0\1", 4) + std::string(99, 'x')).ok());
  const auto rotated = rotate();
  ASSERT_FALSE(rotated);
  EXPECT_EQ(rotated.error().code, ErrorCode::corrupt);
  EXPECT_NE(rotated.error().message.en.find(to_hex(key)), std::string::npos);
  EXPECT_TRUE(crypto::Keyring::load(keys()).value().has_retiring_key());
}

TEST_P(RotationTest, AStopIsNoFailureAndLosesNothing) {
  std::stop_source stop;
  stop.request_stop();
  const auto rotated = rotate_keys(registry_.store(), {.amend = amend(), .stop = stop.get_token()});
  ASSERT_FALSE(rotated);
  EXPECT_EQ(rotated.error().code, ErrorCode::unavailable);
  expect_every_certificate();
  EXPECT_EQ(rotate().value().active_key, 2U) << "the one that was begun, and no third key";
}

TEST_P(RotationTest, ABackupFromBeforeNeedsTheRetiredKey) {
  const std::string backups = registry_.folder() / "backups";
  ASSERT_TRUE(make_backup(registry_.store(), backups, 10, {}));
  const Digest digest = digest_of_rows(registry_.store()).value();
  ASSERT_TRUE(rotate());
  RestoreRequest request;
  request.backups = backups;
  request.keys = keys();
  request.destination = registry_.folder() / "restored";
  const auto restored = restore(request, registry_.clock(), kQuiet);
  ASSERT_TRUE(restored) << restored.error().message.en;
  EXPECT_EQ(restored->report.digest, digest);
  registry_.close();
  {
    StoreOptions options = registry_.options();
    options.data = request.destination;
    options.keys = keys();
    const auto store = Store::open(options, registry_.clock()).value();
    EXPECT_EQ(records_by_key(*store),
              (std::map<std::uint32_t, std::uint64_t>{{1, 2 * kCertificates}, {2, 0}}));
    const auto rotated = rotate_keys(*store, {.amend = commit_amendment(store->db())});
    ASSERT_TRUE(rotated) << rotated.error().message.en;
    EXPECT_EQ(rotated->active_key, 2U) << "to the key that is active already";
    EXPECT_EQ(records_by_key(*store),
              (std::map<std::uint32_t, std::uint64_t>{{1, 0}, {2, 2 * kCertificates}}));
    EXPECT_EQ(digest_of_rows(*store).value(), digest);
  }

  ASSERT_TRUE(crypto::Keyring::forget_data_key(keys(), 1));
  request.destination = registry_.folder() / "again";
  const auto refused = restore(request, registry_.clock(), kQuiet);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.en.find("data key 1"), std::string::npos);
  ASSERT_TRUE(registry_.open()) << "the data itself has outlived it";
  expect_every_certificate();
}

TEST_P(RotationTest, TheSuiteIsRecordedWithTheData) {
  EXPECT_EQ(DatabaseRows(registry_.store().db()).get(meta_key("suite")).value(),
            std::string(GetParam()->name));
  ASSERT_TRUE(registry_.store().db().Put({}, meta_key("suite"), "other").ok());
  registry_.close();
  const auto refused = registry_.open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_NE(refused.error().message.en.find("suite"), std::string::npos);
}

// Commits, corrections, erasures, rotations (whole and cut short) and reopenings in any order.
TEST_P(RotationTest, RandomHistoriesStaySound) {
  const char* given = std::getenv("CHAYAN_TEST_SEED");
  const std::uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  SCOPED_TRACE("CHAYAN_TEST_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  std::map<int, std::string> living;  // holder by number
  for (int i = 1; i <= kCertificates; ++i) living[i] = "测试甲";
  int next = kCertificates + 1;
  const auto any = [&] {
    return std::next(living.begin(), static_cast<long>(random() % living.size()));
  };
  const auto number = [](int i) { return "DEMO-" + std::to_string(i); };
  for (std::uint64_t step = steps(); step > 0; --step) {
    switch (random() % 6) {
      case 0:
        test::issue_certificates(registry_, next, 5);
        for (int i = 0; i < 5; ++i) living[next++] = "测试甲";
        break;
      case 1: {
        const auto certificate = any();
        registry_.write(test::correct(number(certificate->first), day("2026-08-02"), "测试乙",
                                      "T" + std::to_string(2'000'000 + certificate->first)));
        certificate->second = "测试乙";
        break;
      }
      case 2: {
        const auto certificate = any();
        registry_.write(test::certificate_event(CertificateEventKind::erased,
                                                number(certificate->first), day("2026-08-03")));
        living.erase(certificate);
        break;
      }
      case 3:
        static_cast<void>(rotate_but_stop_before(1 + static_cast<int>(random() % 6)));
        break;
      case 4:
        ASSERT_TRUE(rotate());
        break;
      default:
        reopen();
    }
    const Reader reader = registry_.reader();
    for (const auto& [i, holder] : living) {
      const auto found = reader.certificate(CertificateNumber::parse(number(i)).value());
      ASSERT_TRUE(found && *found) << i;
      ASSERT_EQ((*found)->secrets.holder_name, holder) << i;
    }
  }
  expect_sound(registry_.store());
  ASSERT_TRUE(rotate());
  expect_sound(registry_.store());
  for (const KeyUse& use : count_key_uses(registry_.store()).value()) {
    EXPECT_EQ(use.records == 0, use.state == crypto::DataKeyState::retired) << use.id;
  }
  EXPECT_FALSE(is_purge_due(registry_.store().db()).value());
}

INSTANTIATE_TEST_SUITE_P(Suites, RotationTest, testing::Values(&crypto::kIntl, &crypto::kGm),
                         [](const auto& suite) { return std::string(suite.param->name); });

}  // namespace
}  // namespace chayan::index
