// Deriving the rows again from the log, for `rebuild` and `check`.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "index/store.h"

namespace chayan::index {

// Called now and then with the number of entries done and of all; for a progress bar.
using Progress = std::function<void(std::uint64_t done, std::uint64_t all)>;

// Writes into `destination`, which must not exist, a data directory with the same primary rows, and
// derived rows made from them by the fold. The keyring and its anchor are the source's: open the
// result with its --keys. With `size` the log ends there, and what came later is left out: private
// fields that were erased later stay erased. Error invalid_argument: the source is shorter.
Result<void> rebuild(const Store& source, const std::string& destination, const Progress& progress,
                     std::optional<std::uint64_t> size = std::nullopt);

// SHA-256 over what the rows of a store say, in key order (length-prefixed key and value): the same
// for all who hold the same entries and payloads, whatever their keys. So sealed values are taken
// opened, a certificate stands under the seq of its issue instead of its keyed number, and what is
// a store's own is left out: meta rows and the batches' idempotency keys.
struct Digest {
  Hash rows{};
  std::uint64_t count = 0;

  bool operator==(const Digest&) const = default;
};
Result<Digest> digest_of_rows(const Store& store);

struct CheckReport {
  Head head;
  Digest digest;
  std::uint64_t payloads = 0;  // opened, and found to match their entries' commitments
  std::uint64_t erased = 0;    // commitments whose payload is gone
  // What is wrong, each with the row or seq; empty: nothing. At most 100 are listed.
  std::vector<std::string> faults;
};

// fsck: reads every row; recomputes the tree from the entries and compares it with the head; opens
// every payload and compares its commitment; derives every row again in a scratch database and
// compares byte for byte.
Result<CheckReport> check(const Store& store, const Progress& progress);

}  // namespace chayan::index
