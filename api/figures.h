// Figures of the registry: counts of institutions, filings and certificates, of nobody in
// particular.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "domain/date.h"
#include "domain/occupation.h"
#include "index/reader.h"

namespace chayan::api {

using CountByMonth = std::map<std::string, std::uint64_t>;  // "2026-07" → how many

struct Figures {
  std::uint64_t seq = 0;  // size of the log that the registry was read from
  Date on;
  std::uint64_t institutions = 0;
  std::uint64_t effective_institutions = 0;  // with a filing in force on the day
  std::uint64_t effective_filings = 0;
  std::uint64_t catalog_items = 0;  // in force on the day
  struct ByOccupation {
    Occupation occupation;
    std::uint64_t institutions = 0;  // with a filing in force that has a line for it
  };
  std::vector<ByOccupation> by_occupation;  // most first
  CountByMonth filings;                     // filed or renewed by the day
  // Certificates by the month of their first issue, as their entries say; those among the first
  // `counted` entries of the log.
  CountByMonth certificates;
  std::uint64_t counted = 0;
};

// Keeps the figures until the log has grown and limits::kFiguresFresh more. Whoever comes first
// after that counts on his own thread, while others are given what there is. Entries are read once
// in the life of the process, limits::kCountedEntriesMax at a time. Any thread.
class FigureShelf {
 public:
  explicit FigureShelf(const Clock& clock) : clock_(clock) {}

  Result<std::shared_ptr<const Figures>> find(const index::Reader& reader, Date on);

 private:
  Result<void> count_certificates(const index::Reader& reader);  // under counting_

  const Clock& clock_;
  std::mutex counting_;
  CountByMonth certificates_;  // under counting_
  std::uint64_t counted_ = 0;  // likewise
  std::mutex mutex_;
  std::shared_ptr<const Figures> figures_;    // under mutex_
  std::chrono::system_clock::time_point at_;  // likewise: when they were counted
};

// "2026-07" of the first issue that this entry records; empty: it records none. Reads the canonical
// bytes, in which a quote within a text stands escaped.
std::string_view month_of_issue(std::string_view entry);

}  // namespace chayan::api
