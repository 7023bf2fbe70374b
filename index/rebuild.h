// Deriving the rows again from the log, for `rebuild` and `check`.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "index/store.h"

namespace chayan::index {

// Called now and then with the number of entries done and of all; for a progress bar.
using Progress = std::function<void(std::uint64_t done, std::uint64_t all)>;

// Writes into `destination`, which must not exist, a data directory with the same primary rows, and
// derived rows made from them by the fold; with an anchor beside it. The keyring is the source's:
// open the result with its --keys.
Result<void> rebuild(const Store& source, const std::string& destination, const Progress& progress);

// SHA-256 over every row of the store in key order (length-prefixed key and value).
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
