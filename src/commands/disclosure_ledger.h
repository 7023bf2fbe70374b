// The ledger of disclosures: which entries' private fields left this house, when and to whom. It is
// kept at least three years, and nothing here ever deletes it.
//
//   DATA.ledger/disclosures-YYYY.ndjson       (0600 in a 0700 folder; YYYY of the time, in UTC)
//   {"time":"…Z","partner":"…","fields":[name,…],"entries":n,"seqs":[[first,last],…]}
//
// In the place of "fields", "all":true stands for a partner who sees everything. A line is on the
// disk before the answer that it records leaves; an answer that is lost on its way stands there
// too. It holds no personal data.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/services.h"
#include "base/clock.h"
#include "base/result.h"
#include "index/feed.h"

namespace chayan::commands {

struct DisclosureLine {
  std::string time;     // RFC 3339
  std::string partner;  // name
  index::Visibility profile;
  std::uint64_t entries = 0;
  std::vector<std::pair<std::int64_t, std::int64_t>> seqs;  // first and last of each run, ascending

  bool operator==(const DisclosureLine&) const = default;
};

std::string render(const DisclosureLine& line);  // with a final '\n'
Result<DisclosureLine> parse_disclosure(std::string_view line);

// Runs of ascending seqs.
std::vector<std::pair<std::int64_t, std::int64_t>> runs_of(const std::vector<std::uint64_t>& seqs);

class DisclosureLedger {
 public:
  // Makes the folder where it is missing. `clock` must outlive it.
  static Result<std::unique_ptr<DisclosureLedger>> open(std::string folder, const Clock& clock);

  // Durable when it returns; on an error (a full disk) nothing may be disclosed. Any thread; one at
  // a time, each with an fsync.
  Result<void> append(const api::Disclosure& disclosure);

 private:
  DisclosureLedger(std::string folder, const Clock& clock)
      : folder_(std::move(folder)), clock_(clock) {}

  const std::string folder_;
  const Clock& clock_;
  std::mutex mutex_;
};

// What the ledger holds, oldest first. A line that was cut short by a crash or a full disk recorded
// nothing that left the house: it is counted. A line that ends and does not parse was changed
// later: it is named, "file:line".
struct LedgerFaults {
  std::uint64_t cut = 0;
  std::vector<std::string> damaged;
};
// No folder: nothing was disclosed. Error io.
Result<LedgerFaults> read_ledger(const std::string& folder,
                                 const std::function<void(const DisclosureLine&)>& take);

}  // namespace chayan::commands
