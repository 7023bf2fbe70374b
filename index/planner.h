// Turns a change into an entry and rows: the steps between admission and the commit, shared by the
// writer and the rehearsal of imports.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "domain/change.h"
#include "index/admission.h"
#include "index/fold.h"
#include "index/row_batch.h"
#include "index/store.h"
#include "index/tree.h"
#include "log/feed.h"

namespace chayan::index {

class Planner {
 public:
  // `store` must outlive it. Not thread-safe.
  explicit Planner(const Store& store);

  // Takes the time that the next entries carry and the day that bounds their dates.
  void set_time(std::chrono::system_clock::time_point now);

  // Admits one change, appends its entry to `tree` and puts its rows. False: recorded already,
  // nothing appended. On an error `rows` may hold part of the change: take it back to a mark made
  // before.
  Result<bool> plan(const Change& change, GrowingTree& tree, RowBatch& rows);

 private:
  Result<log::Commitment> seal_payload(std::uint64_t seq, const PrivateFields& fields,
                                       RowBatch& rows);

  const Store& store_;
  Fold fold_;
  std::string time_;
  Date today_;
};

// A payload before it is sealed: the record salt, then name and value of each private field,
// ascending by name.
std::string encode_payload(const log::WholeRecord& record);
Result<log::WholeRecord> decode_payload(std::string_view bytes);

}  // namespace chayan::index
