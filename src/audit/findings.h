// What an audit has found. Entries hold no personal data, so findings have none to repeat.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "audit/rule.h"

namespace chayan::audit {

struct Finding {
  std::uint64_t seq = 0;  // of the entry that is wrong
  Rule rule = Rule::unreadable;
  std::string what;  // one English sentence about this entry

  bool operator==(const Finding&) const = default;
};

// Counts every finding and keeps the first limits::kAuditFindingsMax.
class Findings {
 public:
  void add(std::uint64_t seq, Rule rule, std::string what);

  std::uint64_t count() const { return count_; }
  std::uint64_t count(Rule rule) const { return counts_[static_cast<std::size_t>(rule)]; }
  const std::vector<Finding>& kept() const { return kept_; }
  void sort_by_seq();  // those of one seq stay in the order in which they were found

 private:
  std::vector<Finding> kept_;
  std::array<std::uint64_t, kRules> counts_{};
  std::uint64_t count_ = 0;
};

}  // namespace chayan::audit
