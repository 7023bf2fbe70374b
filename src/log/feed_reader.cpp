#include "log/feed_reader.h"

#include <iterator>
#include <utility>

#include "base/limits.h"

namespace chayan::log {
namespace {

Error at_seq(std::uint64_t seq, std::string_view what) {
  return corrupt("seq " + std::to_string(seq) + ": " + std::string(what));
}

}  // namespace

Result<FeedPage> FeedReader::read(std::string_view answer) {
  unproven_.reset();
  FeedPage page;
  page.first_seq = frontier_.size();
  std::optional<FeedEnd> end;
  if (const auto read = read_lines(answer, page, end); !read) return read.error();
  const std::uint64_t next = page.first_seq + page.lines.size();
  if (!end) return at_seq(next, "the answer ends without a checkpoint.");
  if (end->size != next) return at_seq(next, "the last line is of another size.");
  auto checkpoint = open_checkpoint(end->checkpoint, key_);
  if (!checkpoint) return at_seq(next, checkpoint.error().message.en);
  page.checkpoint = std::move(*checkpoint);
  page.note = std::move(end->checkpoint);

  std::vector<Hash> leaves;
  leaves.reserve(page.lines.size());
  for (const FeedPage::Line& line : page.lines) leaves.push_back(line.leaf);
  if (!is_beginning_of(page.checkpoint, end->consistency, leaves)) {
    const std::string range = page.lines.empty() ? "" : " to " + std::to_string(next - 1);
    unproven_ =
        Unproven{page.first_seq, std::move(leaves), page.checkpoint, std::move(end->consistency)};
    return corrupt("seq " + std::to_string(page.first_seq) + range +
                   ": these entries are not what the log signed.");
  }
  auto grown = grow(leaves, page.note);
  if (!grown) return grown.error();
  if (const auto held = remember(page.checkpoint, page.note); !held) return held.error();
  frontier_ = std::move(*grown);
  promises_.erase(promises_.begin(), promises_.upper_bound(frontier_.size()));
  return page;
}

Result<void> FeedReader::hold_to(std::string_view note) {
  const auto checkpoint = open_checkpoint(note, key_);
  if (!checkpoint) return checkpoint.error();
  if (checkpoint->size < frontier_.size()) return {};
  if (checkpoint->size > frontier_.size()) return remember(*checkpoint, std::string(note));
  if (checkpoint->root == frontier_.root()) return {};
  return at_seq(frontier_.size(), "the log's key signed another tree of as many entries.");
}

std::uint64_t FeedReader::promised_size() const {
  return promises_.empty() ? frontier_.size() : promises_.rbegin()->first;
}

std::string_view FeedReader::promise() const {
  return promises_.empty() ? std::string_view() : promises_.rbegin()->second.note;
}

Result<Frontier> FeedReader::grow(const std::vector<Hash>& leaves, const std::string& note) {
  Frontier tree = frontier_;
  auto promise = promises_.begin();
  for (const Hash& leaf : leaves) {
    tree.append(leaf);
    if (promise == promises_.end() || promise->first != tree.size()) continue;
    if (promise->second.root != tree.root()) {
      return forked(tree.size(), promise->second.note, note);
    }
    ++promise;
  }
  return tree;
}

Result<void> FeedReader::remember(const Checkpoint& checkpoint, const std::string& note) {
  const auto found = promises_.find(checkpoint.size);
  if (found != promises_.end()) {
    if (found->second.root == checkpoint.root) return {};
    return forked(checkpoint.size, found->second.note, note);
  }
  if (promises_.size() >= limits::kCheckpointsHeldMax) {
    if (checkpoint.size < promises_.rbegin()->first) return {};
    promises_.erase(std::prev(promises_.end()));
  }
  promises_.emplace(checkpoint.size, Promise{checkpoint.root, note});
  return {};
}

Error FeedReader::forked(std::uint64_t size, const std::string& first, const std::string& second) {
  fork_ = Fork{first, second};
  return at_seq(frontier_.size(),
                "the log's key signed two histories: one that has another tree of " +
                    std::to_string(size) + " entries than the other.");
}

Result<void> FeedReader::read_lines(std::string_view answer, FeedPage& page,
                                    std::optional<FeedEnd>& end) {
  while (!answer.empty()) {
    const std::uint64_t seq = page.first_seq + page.lines.size();
    const std::size_t length = answer.find('\n');
    if (length == std::string_view::npos) return at_seq(seq, "the line does not end.");
    if (end) return at_seq(seq, "something follows the checkpoint.");
    auto item = read_feed_line(answer.substr(0, length), lines_);
    if (!item) return at_seq(seq, item.error().message.en);
    if (auto* last = std::get_if<FeedEnd>(&*item)) {
      end = std::move(*last);
    } else if (auto read = read_entry(std::get<FeedLine>(*item), page); !read) {
      return read;
    }
    answer.remove_prefix(length + 1);
  }
  return {};
}

Result<void> FeedReader::read_entry(const FeedLine& line, FeedPage& page) {
  const std::uint64_t seq = page.first_seq + page.lines.size();
  const auto entry = parse_entry(line.entry, entries_);
  if (!entry) return at_seq(seq, "the entry does not parse.");
  if (entry->head.seq != seq) {
    return at_seq(seq, "the entry says that it is " + std::to_string(entry->head.seq) + ".");
  }
  const auto& committed = entry->commitment;
  const auto opens = [&](const auto& fields) {
    return committed && commitment(*committed->algorithm, fields) == *committed;
  };
  bool holds = true;
  if (const auto* record = std::get_if<WholeRecord>(&line.beside)) {
    holds = opens(*record);
  } else if (const auto* opening = std::get_if<Opening>(&line.beside)) {
    holds = opens(*opening);
  } else if (std::holds_alternative<Erased>(line.beside)) {
    holds = committed.has_value();
  }
  if (!holds) return at_seq(seq, "the private fields are not what the entry commits to.");
  page.lines.push_back({line.entry, leaf_hash(line.entry), line.beside});
  return {};
}

bool FeedReader::is_beginning_of(const Checkpoint& checkpoint, const Proof& consistency,
                                 const std::vector<Hash>& leaves) const {
  Frontier tree = frontier_;
  for (const Hash& leaf : leaves) tree.append(leaf);
  return verify_consistency(tree.size(), tree.root(), checkpoint.size, checkpoint.root,
                            consistency);
}

std::optional<std::uint64_t> FeedReader::locate(const std::vector<Hash>& leaves_of_log) const {
  if (!unproven_ || leaves_of_log.size() != unproven_->leaves.size() ||
      !is_beginning_of(unproven_->checkpoint, unproven_->consistency, leaves_of_log)) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < leaves_of_log.size(); ++i) {
    if (leaves_of_log[i] != unproven_->leaves[i]) return unproven_->first_seq + i;
  }
  return std::nullopt;
}

}  // namespace chayan::log
