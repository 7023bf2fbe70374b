// The head anchor: a small file on another path than the data, holding the size and root that the
// log has reached. A store that opens with less (a deleted WAL file opens "OK" in every recovery
// mode) is found out by it.
//
//   {"root":"hex","size":n}\n     written to a temporary name, fsynced, renamed, the folder fsynced
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace chayan::log {

struct Anchor {
  std::uint64_t size = 0;
  Hash root{};

  bool operator==(const Anchor&) const = default;
};

Result<void> write_anchor(const std::string& path, const Anchor& anchor);
// nullopt: no such file. Error corrupt: a file that is not an anchor.
Result<std::optional<Anchor>> read_anchor(const std::string& path);

}  // namespace chayan::log
