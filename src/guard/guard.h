// Who may ask how often: the limits of trust.md, "Answering without telling".
//
// Each question about a certificate is asked of three limits in turn:
//
//   caller   a client (guard/address.h) has a free rate; past it, each request costs a proof of work
//            (guard/proof_of_work.h), up to a second rate that nothing lifts. A caller with a
//            credential is counted by the credential instead, at the credential's own rate.
//   number   each certificate number has a rate, from whomever.
//   guesses  each number has kNumberFailuresAnHourMax failures in any hour, from any number of
//            clients. A failure is reserved before the answer is made and given back where the
//            question matched, so that guesses made at once cannot slip through together.
//
// Numbers count by their MAC, whether or not they exist, so a limit says nothing of a number.
// Memory is fixed: Guard::bytes(). What it does when clients or numbers are more than it holds
// stands in guard/rate_table.h.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/result.h"
#include "crypto/suite.h"
#include "guard/address.h"
#include "guard/proof_of_work.h"
#include "guard/rate_table.h"

namespace chayan::guard {

struct Limits {
  Rate client_free{limits::kClientFreeBurst, limits::kClientFreeInterval};
  Rate client_proven{limits::kClientProvenBurst, limits::kClientProvenInterval};
  Rate number{limits::kNumberBurst, limits::kNumberInterval};
  std::uint32_t failures_an_hour = limits::kNumberFailuresAnHourMax;  // at least 2
  unsigned proof_bits = limits::kProofBits;
};
// "30/2000": 30 at once, one more each 2000 ms.
Result<Rate> parse_rate(std::string_view text, std::string_view field);
// The rate that allows `an_hour` acts in any hour: half of them at once, the others spread over it.
Rate hourly(std::uint32_t an_hour);

// Who asks.
struct Caller {
  Network client = Network::of_client(Address());
  std::string_view credential;  // id; empty: none
  Rate credential_rate;         // counts where there is one
};

// Why a request waits. Nothing of it tells which limit it was.
struct Refusal {
  std::chrono::seconds retry_after{1};
  std::string challenge;  // a proof of work lifts the free rate, and no other limit
};

// Thread-safe.
class Guard {
 public:
  // `rate_key` is the keyring's; `clock` must outlive the guard.
  Guard(const crypto::SuiteKey& rate_key, const Limits& limits, const Clock& clock);

  // The caller's own limit; `proof` is the solution that came with the request, or empty.
  // `requests` is for a credential with many rows at once, at most its burst.
  std::optional<Refusal> admit(const Caller& caller, std::string_view proof,
                               std::uint32_t requests = 1);
  // The number's limits; what is reserved stays, as a failure, unless it is given back.
  std::optional<Refusal> reserve(const Caller& caller, std::string_view canonical_number);
  void give_back(std::string_view canonical_number);

  const Limits& limits() const { return limits_; }
  std::size_t bytes() const;  // of all tables: fixed
  std::uint64_t refused() const { return refused_; }

 private:
  std::uint64_t key(std::string_view label, std::string_view value) const;
  Refusal refusal(const Caller& caller, std::chrono::milliseconds wait);

  const crypto::KeyedIndex macs_;
  const Limits limits_;
  const Rate failures_rate_;
  const Clock& clock_;
  ProofOfWork proofs_;
  RateTable callers_;
  RateTable numbers_;
  RateTable failures_;
  std::atomic<std::uint64_t> refused_{0};
};

}  // namespace chayan::guard
