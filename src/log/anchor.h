// The head anchor: a small file on another path than the data, holding what the log has reached and
// shown to the world. A store that opens with less (a deleted WAL file opens "OK" in every recovery
// mode, a restored backup is shorter) is found out by it; and since every checkpoint is written here
// before it is published, no two inconsistent ones can be signed.
//
//   {"checkpoint":"…","root":"hex","size":n}\n
//
// written to a temporary name, fsynced, renamed, the folder fsynced.
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
  // The newest checkpoint that was published, a signed note; empty: none was. Of this size on the
  // log itself; a mirror may have entries beyond the last checkpoint that it could verify whole.
  std::string checkpoint;

  bool operator==(const Anchor&) const = default;
};

Result<void> write_anchor(const std::string& path, const Anchor& anchor);
// nullopt: no such file. Error corrupt: a file that is not an anchor.
Result<std::optional<Anchor>> read_anchor(const std::string& path);

}  // namespace chayan::log
