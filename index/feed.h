// What the change feed answers, from the rows of one snapshot: the body of GET /v1/changes, and
// piece by piece that of a snapshot file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "index/reader.h"
#include "index/store.h"
#include "log/commitment.h"

namespace chayan::index {

// Which private fields a reader of the feed is shown.
struct Visibility {
  bool everything = false;  // and the record salt, so that the reader can answer and open in turn
  std::vector<std::string> fields = {};  // otherwise these

  bool nothing() const { return !everything && fields.empty(); }
  bool shows(std::string_view name) const;

  bool operator==(const Visibility&) const = default;
};

struct FeedRequest {
  std::uint64_t first_seq = 0;  // at most the published size
  std::size_t entries_max = 0;
  std::size_t bytes_max = 0;  // the entry that passes it is the last
  Visibility visibility = {};
};

struct FeedAnswer {
  std::string body;        // appended lines, the checkpoint's included (log/feed.h)
  std::uint64_t next = 0;  // seq behind the last entry
  // Entries whose private fields are shown, ascending: what a ledger of disclosures records.
  std::vector<std::uint64_t> disclosed;
};

// Entries that `published` covers, with the proof that leads to it. `reader` must be of a moment at
// or after its publication. Errors: io, corrupt.
Result<FeedAnswer> answer_feed(const Store& store, const Reader& reader, const Published& published,
                               const FeedRequest& request);

}  // namespace chayan::index
