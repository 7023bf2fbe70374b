// Reading the feed without trusting who sent it: each answer has to continue what was read before,
// entry by entry, and to be the beginning of what the log's key signed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "log/checkpoint.h"
#include "log/entry.h"
#include "log/feed.h"
#include "log/merkle.h"

namespace chayan::log {

// One answer of the feed, proven. Views point into the text that was read.
struct FeedPage {
  struct Line {
    std::string_view entry;
    Hash leaf{};
    Beside beside;
  };
  std::uint64_t first_seq = 0;
  std::vector<Line> lines;
  Checkpoint checkpoint;
  std::string note;  // the checkpoint as signed
};

// Not thread-safe.
class FeedReader {
 public:
  // Goes on behind the tree of `from`, which has been verified before (or is empty).
  FeedReader(NoteKey key, Frontier from) : key_(std::move(key)), frontier_(std::move(from)) {}

  // The tree that has been proven so far; its size is the seq of the next entry.
  const Frontier& frontier() const { return frontier_; }

  // Reads a whole answer, its last line included. On success the frontier has moved behind it. On
  // an error nothing has moved and the message names the first seq that is wrong, or, where each
  // entry reads well but their tree is not the signed one, the seqs among which it is: then
  // unproven() has what locate() needs. Error corrupt always.
  Result<FeedPage> read(std::string_view answer);

  // Entries that read well but are not what was signed.
  struct Unproven {
    std::uint64_t first_seq = 0;
    std::vector<Hash> leaves;
    Checkpoint checkpoint;
    Proof consistency;
  };
  const std::optional<Unproven>& unproven() const { return unproven_; }
  // The first seq whose entry differs from the log's, given the log's own leaf hashes of the same
  // seqs (from its tiles). nullopt: those are not what was signed either, or nothing differs.
  std::optional<std::uint64_t> locate(const std::vector<Hash>& leaves_of_log) const;

 private:
  Result<void> read_lines(std::string_view answer, FeedPage& page, std::optional<FeedEnd>& end);
  Result<void> read_entry(const FeedLine& line, FeedPage& page);
  bool is_beginning_of(const Checkpoint& checkpoint, const Proof& consistency,
                       const std::vector<Hash>& leaves) const;

  NoteKey key_;
  Frontier frontier_;
  JsonParser lines_;
  JsonParser entries_;
  std::optional<Unproven> unproven_;
};

}  // namespace chayan::log
