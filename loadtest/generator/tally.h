// What one thread, or all together, saw.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "loadtest/generator/histogram.h"

namespace chayan::loadtest {

struct Tally {
  static constexpr std::size_t kFaultsKept = 5;

  Histogram latency;   // of 2xx answers, from the due time (closed loop: from sending)
  Histogram service;   // the same, from sending: what the server took, without waiting for a slot
  Histogram refusals;  // of other answers, from sending
  Histogram lateness;  // from the due time to sending
  std::array<std::uint64_t, 1000> statuses{};  // answers that came in the measured time
  std::uint64_t bytes = 0;                     // of those
  std::uint64_t checked = 0;                   // these four of the whole run
  std::uint64_t wrong = 0;
  std::uint64_t broken = 0;       // connections that ended with questions open
  std::uint64_t reconnected = 0;  // where the server, or --requests-per-connection, ended one
  std::uint64_t unsent = 0;  // due in the measured time, and no connection was free until its end
  std::uint64_t unanswered = 0;     // sent, and no answer came until some seconds after the end
  double cpu_seconds = 0;           // of this thread, in the measured time
  std::vector<std::string> faults;  // the first ones

  std::uint64_t good() const;
  std::uint64_t refused() const;
  void add(const Tally& other);
};

}  // namespace chayan::loadtest
