#include "loadtest/generator/tally.h"

#include <numeric>

namespace chayan::loadtest {

std::uint64_t Tally::good() const {
  return std::accumulate(statuses.begin() + 200, statuses.begin() + 300, std::uint64_t{0});
}

std::uint64_t Tally::refused() const {
  return std::accumulate(statuses.begin(), statuses.end(), std::uint64_t{0}) - good();
}

void Tally::add(const Tally& other) {
  latency.add(other.latency);
  service.add(other.service);
  refusals.add(other.refusals);
  lateness.add(other.lateness);
  for (std::size_t i = 0; i < statuses.size(); ++i) statuses[i] += other.statuses[i];
  bytes += other.bytes;
  checked += other.checked;
  wrong += other.wrong;
  broken += other.broken;
  reconnected += other.reconnected;
  unsent += other.unsent;
  unanswered += other.unanswered;
  cpu_seconds += other.cpu_seconds;
  for (const std::string& fault : other.faults) {
    if (faults.size() < kFaultsKept) faults.push_back(fault);
  }
}

}  // namespace chayan::loadtest
