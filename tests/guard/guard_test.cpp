#include "guard/guard.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <set>
#include <thread>

#include "crypto/digest.h"

namespace chayan::guard {
namespace {

using namespace std::chrono_literals;

class StandingClock final : public Clock {
 public:
  std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::time_point(std::chrono::milliseconds(ms_.load()));
  }
  void advance(std::chrono::milliseconds by) { ms_ += by.count(); }

 private:
  std::atomic<std::int64_t> ms_{1'795'500'000'000};
};

Caller caller(std::string_view address) {
  return {Network::of_client(Address::parse(address).value()), {}, {}};
}

class GuardTest : public testing::Test {
 protected:
  GuardTest() { limits_.proof_bits = 8; }
  Guard& guard() {
    if (!guard_)
      guard_ = std::make_unique<Guard>(crypto::SuiteKey{&crypto::kIntl, {1}}, limits_, clock_);
    return *guard_;
  }
  // Until the free rate is used up; the refusal that then comes.
  Refusal exhaust(const Caller& who) {
    for (;;) {
      if (auto refusal = guard().admit(who, {})) return *refusal;
    }
  }

  StandingClock clock_;
  Limits limits_;
  std::unique_ptr<Guard> guard_;
};

TEST(Rates, AreReadStrictly) {
  EXPECT_EQ(parse_rate("30/2000", "f").value(), (Rate{30, 2000ms}));
  for (const std::string_view bad : {"", "30", "/", "30/", "/2000", "0/1", "1/0", "-1/5", "1/-5",
                                     "30/2000ms", "1/86400001", "1000001/1", "30/2000/1", " 3/1"}) {
    const auto parsed = parse_rate(bad, "--client-rate");
    ASSERT_FALSE(parsed) << bad;
    EXPECT_EQ(parsed.error().field, "--client-rate");
  }
}

TEST(Rates, AnHourHoldsNoMoreThanItsNumberHoweverItIsLaid) {
  for (const std::uint32_t an_hour : {2U, 3U, 10U, 11U, 60U}) {
    const Rate rate = hourly(an_hour);
    RateTable table(4);
    std::vector<Time> allowed;
    for (Time now = Time(std::chrono::hours(500'000)); allowed.size() < 4 * an_hour; now += 10s) {
      while (!table.take(9, rate, now)) allowed.push_back(now);
    }
    for (std::size_t i = 0; i + an_hour < allowed.size(); ++i) {
      EXPECT_GT(allowed[i + an_hour] - allowed[i], 1h) << an_hour << " from " << i;
    }
  }
}

TEST_F(GuardTest, AClientPastItsFreeRateWaitsAndOthersDoNot) {
  for (std::uint32_t i = 0; i < limits_.client_free.burst; ++i) {
    EXPECT_FALSE(guard().admit(caller("203.0.113.7"), {})) << i;
  }
  const auto refusal = guard().admit(caller("203.0.113.7"), {});
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->retry_after, 2s);
  EXPECT_FALSE(guard().admit(caller("203.0.113.8"), {}));
  clock_.advance(2s);
  EXPECT_FALSE(guard().admit(caller("203.0.113.7"), {}));
  EXPECT_TRUE(guard().admit(caller("203.0.113.7"), {}));
  EXPECT_EQ(guard().refused(), 2U);
}

TEST_F(GuardTest, AProofLiftsTheFreeRateOnceForItsClientAndForAWhile) {
  const Caller who = caller("203.0.113.7"), other = caller("203.0.113.8");
  const std::string proof = solve(exhaust(who).challenge);
  exhaust(other);
  EXPECT_TRUE(guard().admit(other, proof)) << "another's";
  EXPECT_FALSE(guard().admit(who, proof));
  EXPECT_TRUE(guard().admit(who, proof)) << "twice";

  const std::string late = solve(guard().admit(who, {})->challenge);
  clock_.advance(limits::kProofLife + 1s);
  exhaust(who);
  EXPECT_TRUE(guard().admit(who, late)) << "expired";
}

TEST_F(GuardTest, NoPartOfAProofCanBeAltered) {
  const Caller who = caller("2001:db8::1");
  const std::string proof = solve(exhaust(who).challenge);
  for (std::size_t i = 0; i < proof.rfind('.'); ++i) {
    std::string altered = proof;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    EXPECT_TRUE(guard().admit(who, altered)) << i;
  }
  // Easier than it was asked for, or not solved at all.
  std::string easier = proof;
  easier[0] = '1';
  EXPECT_TRUE(guard().admit(who, easier));
  std::size_t unsolved = 0;
  const std::string challenge = proof.substr(0, proof.rfind('.'));
  for (int nonce = 0; nonce < 50; ++nonce) {
    const std::string tried = challenge + '.' + std::to_string(nonce);
    if (has_zero_bits(view(crypto::sha256(tried)), 8)) continue;
    EXPECT_TRUE(guard().admit(who, tried)) << nonce;
    ++unsolved;
  }
  EXPECT_GT(unsolved, 40U);
  EXPECT_FALSE(guard().admit(who, proof)) << "none of that spent it";
}

TEST_F(GuardTest, ProofsHaveARateToo) {
  const Caller who = caller("203.0.113.7");
  std::string challenge = exhaust(who).challenge;
  std::uint32_t bought = 0;
  for (; bought < 1000; ++bought) {
    if (guard().admit(who, solve(challenge))) break;
    challenge = guard().admit(who, {})->challenge;
  }
  EXPECT_EQ(bought, limits_.client_proven.burst);
}

TEST_F(GuardTest, ACredentialCountsInThePlaceOfTheAddress) {
  Caller first = caller("203.0.113.7");
  exhaust(first);
  first.credential = "employer-1";
  first.credential_rate = {3, 1000ms};
  Caller second = first;
  second.credential = "employer-2";
  EXPECT_FALSE(guard().admit(first, {}, 2));
  EXPECT_TRUE(guard().admit(first, {}, 2));
  EXPECT_FALSE(guard().admit(first, {}));
  EXPECT_TRUE(guard().admit(first, {}));
  EXPECT_FALSE(guard().admit(second, {}, 3));
}

TEST_F(GuardTest, ANumberFailsTenTimesAnHourAndNoMoreFromWhomever) {
  const auto guesses_in_an_hour = [&] {
    std::uint32_t guesses = 0;
    for (int second = 0; second < 3600; ++second, clock_.advance(1s)) {
      const std::string from =
          "10.0." + std::to_string(second / 256) + '.' + std::to_string(second % 256);
      guesses += guard().reserve(caller(from), "S000031000001263000001") ? 0 : 1;
    }
    return guesses;
  };
  EXPECT_EQ(guesses_in_an_hour(), 9U);  // the tenth comes due as the hour ends
  EXPECT_LE(guesses_in_an_hour(), 10U);
  EXPECT_FALSE(guard().reserve(caller("10.0.0.1"), "S000031000001263000002")) << "another number";
}

TEST_F(GuardTest, AMatchIsNoFailure) {
  for (int i = 0; i < 1000; ++i, clock_.advance(1s)) {
    ASSERT_FALSE(guard().reserve(caller("10.0.0.1"), "N")) << i;
    guard().give_back("N");
  }
  const std::uint32_t burst = hourly(limits_.failures_an_hour).burst;
  for (std::uint32_t i = 0; i < burst; ++i) ASSERT_FALSE(guard().reserve(caller("10.0.0.1"), "N"));
  EXPECT_TRUE(guard().reserve(caller("10.0.0.1"), "N"));
}

TEST_F(GuardTest, ANumberHasARateWhateverComesOfIt) {
  std::uint32_t asked = 0;
  for (; asked < 1000; ++asked) {
    if (guard().reserve(caller("10.0.0.1"), "N")) break;
    guard().give_back("N");
  }
  EXPECT_EQ(asked, limits_.number.burst);
}

TEST_F(GuardTest, GuessesMadeAtOnceDoNotSlipThrough) {
  std::atomic<int> passed{0};
  std::vector<std::thread> threads;
  Guard& shared = guard();
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const Caller who = caller("10.0.0." + std::to_string(i));
      for (int n = 0; n < 200; ++n) passed += shared.reserve(who, "N") ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(passed, 5);
}

TEST_F(GuardTest, MemoryIsFixedUnderAMillionClients) {
  const std::size_t bytes = guard().bytes();
  EXPECT_EQ(bytes, (std::size_t{8 + 8 + 16 + 1}) << 20);
  std::mt19937 random(3);
  const std::uint32_t clients = 1'000'000;
  std::uint32_t refused = 0;
  for (std::uint32_t i = 0; i < clients; ++i) {
    Address address;
    for (std::uint8_t& byte : address.bytes) byte = static_cast<std::uint8_t>(random());
    refused += guard().admit({Network::of_client(address), {}, {}}, {}) ? 1 : 0;
  }
  EXPECT_EQ(guard().bytes(), bytes);
  EXPECT_EQ(refused, 0U) << "each asked once, and all of them in one instant";
}

}  // namespace
}  // namespace chayan::guard
