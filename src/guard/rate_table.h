// How often each of very many keys may act, in memory of a fixed size.
//
// The algorithm is GCRA (ITU-T I.371; a leaky bucket as one number a key): the theoretical arrival
// time, TAT, from which on a key owes nothing. An act is allowed where it moves the TAT no further
// than burst * interval ahead of now, so in any span of time t there are at most burst + t /
// interval acts.
//
// The table is made of sets of seven slots in one cache line. A key that is not in its set takes
// the slot with the earliest TAT. If that TAT has passed, nothing is lost: a key that owes nothing
// and one that was never seen are the same. If it has not, the set remembers it as its floor, and
// from then on whoever is not in the set is taken to owe at least that much: the evicted key is not
// forgiven, and strangers in that set bear its debt. Whoever floods the table so makes it stricter,
// never more lenient. Evicting the least debtor, rather than refusing strangers outright, keeps the
// floor as low as it can be; and a floor passes with time as every debt does.
//
// Keys are 64 bits of a MAC: nobody can choose which set they fall in. 24 bits tell keys of a set
// apart; two that agree in them (one lookup in 2 million of a full set) share one debt.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace chayan::guard {

using Time = std::chrono::system_clock::time_point;

struct Rate {
  std::uint32_t burst = 1;                // acts at once, of a key that owes nothing
  std::chrono::milliseconds interval{1};  // in which one act more is earned; at least 1 ms

  bool operator==(const Rate&) const = default;
};

// Thread-safe; threads meet only where they touch sets under the same of 64 locks.
class RateTable {
 public:
  static constexpr std::size_t kSlots = 7;
  static constexpr std::size_t kSetBytes = 64;

  // 2^sets_log2 sets of 64 bytes, allocated here and never again.
  explicit RateTable(unsigned sets_log2) : sets_(std::size_t{1} << sets_log2) {}

  // nullopt: allowed, and charged `acts` (at most rate.burst). Else how long until it would be;
  // nothing is charged. A key is asked with the same rate as a rule; a debt beyond rate.burst, as
  // another rate or a clock set back may leave it, counts as rate.burst.
  std::optional<std::chrono::milliseconds> take(std::uint64_t key, Rate rate, Time now,
                                                std::uint32_t acts = 1);
  // Takes back what was charged. Of a key that was evicted meanwhile nothing: its debt is the set's.
  void give_back(std::uint64_t key, Rate rate, std::uint32_t acts = 1);

  std::size_t bytes() const { return sets_.size() * kSetBytes; }

 private:
  // tag (24 bits) ‖ TAT (40 bits: milliseconds since 2020). All zero: free.
  using Slot = std::uint64_t;
  struct alignas(kSetBytes) Set {
    std::array<Slot, kSlots> slots{};
    std::uint64_t floor = 0;  // TAT
  };
  static_assert(sizeof(Set) == kSetBytes);

  struct alignas(kSetBytes) Lock {
    std::mutex mutex;
  };

  std::size_t index(std::uint64_t key) const { return key & (sets_.size() - 1); }
  std::mutex& mutex(std::uint64_t key) { return locks_[index(key) % locks_.size()].mutex; }

  std::vector<Set> sets_;
  std::array<Lock, 64> locks_;
};

}  // namespace chayan::guard
