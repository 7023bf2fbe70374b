// An entry of the change log: RFC 8785 canonical JSON of
//   {"actor":"role:id","body":{…},"kind":"…","seq":n,"time":"…Z","v":1}
// at most limits::kEntryBytesMax bytes. Entries are public by construction: no personal data, ever.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/json_reader.h"
#include "base/result.h"
#include "log/commitment.h"

namespace chayan::log {

inline constexpr int kEntryVersion = 1;

struct EntryHead {
  std::uint64_t seq = 0;  // leaf index in the tree
  std::string time;       // RFC 3339 UTC; informative, order is seq
  std::string kind;
  std::string actor;

  bool operator==(const EntryHead&) const = default;
};

// `body` is canonical JSON of an object. Error too_large where the result is over the limit.
Result<std::string> encode_entry(const EntryHead& head, std::string_view body);

// An entry read back. `body` points into `parser`'s document and lives until its next parse.
struct ParsedEntry {
  EntryHead head;
  JsonObject body;
  // body.commitment and body.alg, where the entry has private fields
  std::optional<Commitment> commitment;
};
// Error corrupt for anything encode_entry does not write: other version, unknown or missing
// members.
Result<ParsedEntry> parse_entry(std::string_view bytes, JsonParser& parser);

}  // namespace chayan::log
