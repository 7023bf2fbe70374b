// Checkpoints (C2SP tlog-checkpoint): a signed note that says how long a log is and what its root
// is.
//
//   <origin>\n<size in decimal>\n<base64 root>\n
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "log/note.h"

namespace chayan::log {

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Hash root{};

  bool operator==(const Checkpoint&) const = default;
};

std::string checkpoint_text(const Checkpoint& checkpoint);
// Error corrupt: not such a text. Extension lines are refused: ours has none.
Result<Checkpoint> parse_checkpoint_text(std::string_view text);

// Opens a note that must be signed by `key`, under whose name the checkpoint must stand.
Result<Checkpoint> open_checkpoint(std::string_view note, const NoteKey& key);

}  // namespace chayan::log
