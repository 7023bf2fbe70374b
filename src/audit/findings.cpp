#include "audit/findings.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"

namespace chayan::audit {

void Findings::add(std::uint64_t seq, Rule rule, std::string what) {
  ++count_;
  ++counts_[static_cast<std::size_t>(rule)];
  if (kept_.size() < limits::kAuditFindingsMax) kept_.push_back({seq, rule, std::move(what)});
}

void Findings::sort_by_seq() {
  std::stable_sort(kept_.begin(), kept_.end(),
                   [](const Finding& a, const Finding& b) { return a.seq < b.seq; });
}

}  // namespace chayan::audit
