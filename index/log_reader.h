// Reads the log back as changes: what the fold is fed on `rebuild` and `check`, and what `export`
// writes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/json_reader.h"
#include "base/result.h"
#include "domain/change.h"
#include "index/planner.h"
#include "index/reader.h"
#include "log/entry.h"

namespace chayan::index {

struct LoggedChange {
  log::EntryHead head;
  Hash leaf{};
  ChangeBody body;
  std::optional<log::Commitment> commitment;  // the entry has private fields ...
  std::optional<log::WholeRecord> payload;    // ... and here they are, unless they were erased
};

class LogReader {
 public:
  // Reads as of now. `store` must outlive it. Not thread-safe.
  explicit LogReader(const Store& store) : store_(store), reader_(store.reader()) {}

  Result<std::uint64_t> size() const;
  // Error corrupt where the entry is missing or it or its payload does not parse.
  Result<LoggedChange> read(std::uint64_t seq);

 private:
  const Store& store_;
  Reader reader_;
  JsonParser parser_;
  std::string plain_;
};

}  // namespace chayan::index
