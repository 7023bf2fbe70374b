// Reading the feed without trusting who sent it: each answer has to continue what was read before,
// entry by entry, and to be the beginning of what the log's key signed, each time that it signed.
#pragma once

#include <cstdint>
#include <map>
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

  // A checkpoint that was seen before, elsewhere or by an earlier reader: the log is held to it as to
  // those of its answers. Error corrupt: the key did not sign it, or not of this frontier. One of a
  // smaller tree is passed over.
  Result<void> hold_to(std::string_view note);

  // The tree that has been proven so far; its size is the seq of the next entry.
  const Frontier& frontier() const { return frontier_; }

  // Reads a whole answer, its last line included. On success the frontier has moved behind it. On
  // an error nothing has moved and the message names the first seq that is wrong, or, where each
  // entry reads well but their tree is not the signed one, the seqs among which it is: then
  // unproven() has what locate() needs. Where the log signed two trees that exclude each other,
  // fork() has the notes. Error corrupt always.
  Result<FeedPage> read(std::string_view answer);

  // How long the log is by the largest checkpoint that was seen; not less than the frontier. Whoever
  // shows fewer entries than that holds some back.
  std::uint64_t promised_size() const;
  // The note of that checkpoint, for hold_to(); empty where the frontier has reached it.
  std::string_view promise() const;

  // Two notes of one key, no tree being a beginning of the other: nobody can sign both in good faith.
  struct Fork {
    std::string first;
    std::string second;
  };
  const std::optional<Fork>& fork() const { return fork_; }

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
  // The frontier with these leaves behind it, which is held to every promise that it passes.
  Result<Frontier> grow(const std::vector<Hash>& leaves, const std::string& note);
  Result<void> remember(const Checkpoint& checkpoint, const std::string& note);
  Error forked(std::uint64_t size, const std::string& first, const std::string& second);

  struct Promise {
    Hash root{};
    std::string note;
  };

  NoteKey key_;
  Frontier frontier_;
  // What was signed and the frontier has not reached, by size: limits::kCheckpointsHeldMax of them,
  // the smallest and the largest always among them.
  std::map<std::uint64_t, Promise> promises_;
  std::optional<Fork> fork_;
  JsonParser lines_;
  JsonParser entries_;
  std::optional<Unproven> unproven_;
};

}  // namespace chayan::log
