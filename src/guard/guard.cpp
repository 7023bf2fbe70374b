#include "guard/guard.h"

#include <algorithm>
#include <charconv>

namespace chayan::guard {
namespace {

// Sets of seven. A caller owes for seconds, a failed number for up to an hour, so there are twice as
// many places for those: 917,504 callers, 917,504 numbers, 1,835,008 numbers with failures at once.
constexpr unsigned kCallerSetsLog2 = 17;   // 8 MiB
constexpr unsigned kNumberSetsLog2 = 17;   // 8 MiB
constexpr unsigned kFailureSetsLog2 = 18;  // 16 MiB

constexpr std::string_view kFreeLabel = "client free ";
constexpr std::string_view kProvenLabel = "client proven ";
constexpr std::string_view kCredentialLabel = "credential ";
constexpr std::string_view kNumberLabel = "number ";

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc() && end == text.data() + text.size();
}

}  // namespace

Result<Rate> parse_rate(std::string_view text, std::string_view field) {
  constexpr std::uint32_t kBurstMax = 1'000'000;
  constexpr std::int64_t kIntervalMax = 86'400'000;
  const std::size_t slash = std::min(text.find('/'), text.size());
  Rate rate;
  std::int64_t milliseconds = 0;
  const bool is_rate = slash < text.size() && read_number(text.substr(0, slash), rate.burst) &&
                       read_number(text.substr(slash + 1), milliseconds);
  if (!is_rate || rate.burst < 1 || rate.burst > kBurstMax || milliseconds < 1 ||
      milliseconds > kIntervalMax) {
    return invalid(std::string(field),
                   "Write a rate as BURST/MILLISECONDS: 30/2000 is 30 at once and one more each "
                   "two seconds.",
                   "请按 次数/毫秒 填写，如 30/2000：可连续 30 次，此后每 2 秒 1 次。");
  }
  rate.interval = std::chrono::milliseconds(milliseconds);
  return rate;
}

Rate hourly(std::uint32_t an_hour) {
  // GCRA allows burst + hour / interval acts in an hour, and here both halves make an_hour.
  const std::uint32_t burst = an_hour / 2;
  const std::chrono::milliseconds hour = std::chrono::hours(1);
  const std::int64_t spread = an_hour - burst;
  return {burst, std::chrono::milliseconds((hour.count() + spread - 1) / spread)};
}

Guard::Guard(const crypto::SuiteKey& rate_key, const Limits& limits, const Clock& clock)
    : macs_(rate_key),
      limits_(limits),
      failures_rate_(hourly(limits.failures_an_hour)),
      clock_(clock),
      proofs_(macs_, limits.proof_bits),
      callers_(kCallerSetsLog2),
      numbers_(kNumberSetsLog2),
      failures_(kFailureSetsLog2) {}

std::uint64_t Guard::key(std::string_view label, std::string_view value) const {
  const crypto::RowKey mac = macs_.mac(label, value);
  return ByteReader({mac.data(), mac.size()}).u64();
}

Refusal Guard::refusal(const Caller& caller, std::chrono::milliseconds wait) {
  ++refused_;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
  return {std::max(seconds, std::chrono::seconds(1)),
          proofs_.challenge(caller.client, clock_.now())};
}

std::optional<Refusal> Guard::admit(const Caller& caller, std::string_view proof,
                                    std::uint32_t requests) {
  const Time now = clock_.now();
  if (!caller.credential.empty()) {
    const auto wait = callers_.take(key(kCredentialLabel, caller.credential),
                                    caller.credential_rate, now, requests);
    return wait ? std::optional(refusal(caller, *wait)) : std::nullopt;
  }
  const std::string_view client = caller.client.address().view();
  const auto wait = callers_.take(key(kFreeLabel, client), limits_.client_free, now, requests);
  if (!wait) return std::nullopt;
  if (proof.empty() || !proofs_.spend(proof, caller.client, now)) return refusal(caller, *wait);
  const auto longer =
      callers_.take(key(kProvenLabel, client), limits_.client_proven, now, requests);
  return longer ? std::optional(refusal(caller, *longer)) : std::nullopt;
}

std::optional<Refusal> Guard::reserve(const Caller& caller, std::string_view canonical_number) {
  const Time now = clock_.now();
  const std::uint64_t number = key(kNumberLabel, canonical_number);
  if (const auto wait = numbers_.take(number, limits_.number, now)) return refusal(caller, *wait);
  if (const auto wait = failures_.take(number, failures_rate_, now)) return refusal(caller, *wait);
  return std::nullopt;
}

void Guard::give_back(std::string_view canonical_number) {
  failures_.give_back(key(kNumberLabel, canonical_number), failures_rate_);
}

std::size_t Guard::bytes() const {
  return callers_.bytes() + numbers_.bytes() + failures_.bytes() + proofs_.bytes();
}

}  // namespace chayan::guard
