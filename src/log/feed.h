// The lines of the change feed (trust.md, "Sync"): what `GET /v1/changes` answers, what snapshots
// hold and what mirrors read. NDJSON:
//
//   {"entry":E}                        E is the entry, byte for byte as it stands in the tree
//   {"entry":E,"erased":true}          its private fields are gone: an erasure took them
//   {"entry":E,"private":{"fields":{name:value,…},"record_salt":base64}}
//                                      to a partner who may see all fields
//   {"entry":E,"private":{"closed":[base64,…],"fields":{name:{"salt":base64,"value":…},…}}}
//                                      to a partner who may see some
//   {"checkpoint":note,"consistency":[base64,…],"size":n}
//                                      the last line: n entries of the log end with the line before
//                                      (or with the `after` that was asked for); the proof leads
//                                      from the tree of n to the checkpoint's
//
// So a reader proves after every answer, however short, that what it has is the beginning of what
// was signed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/json_reader.h"
#include "base/result.h"
#include "log/commitment.h"
#include "log/proof.h"

namespace chayan::log {

// All private fields of an entry, with the salt that binds them to its commitment.
struct WholeRecord {
  FieldValues fields;
  std::string record_salt;

  bool operator==(const WholeRecord&) const = default;
};

struct Erased {
  bool operator==(const Erased&) const = default;
};

// What a line shows beside its entry.
using Beside = std::variant<std::monostate, Erased, WholeRecord, Opening>;

Commitment commitment(const crypto::DigestAlgorithm& algorithm, const WholeRecord& record);

struct FeedLine {
  std::string_view entry;  // points into the text that was read
  Beside beside;
};

struct FeedEnd {
  std::uint64_t size = 0;
  std::string checkpoint;
  Proof consistency;

  bool operator==(const FeedEnd&) const = default;
};

// Both end with '\n'.
void write_feed_line(std::string& out, std::string_view entry, const Beside& beside);
void write_feed_end(std::string& out, const FeedEnd& end);

// Reads one line without its '\n'. Error corrupt: anything that the two do not write.
using FeedItem = std::variant<FeedLine, FeedEnd>;
Result<FeedItem> read_feed_line(std::string_view line, JsonParser& parser);

}  // namespace chayan::log
