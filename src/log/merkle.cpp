#include "log/merkle.h"

#include <bit>

#include "crypto/digest.h"

namespace chayan::log {

Hash leaf_hash(std::string_view entry) {
  return crypto::sha256({std::string_view("\x00", 1), entry});
}

Hash node_hash(const Hash& left, const Hash& right) {
  return crypto::sha256({std::string_view("\x01", 1), view(left), view(right)});
}

Hash Frontier::root() const {
  if (subtrees_.empty()) return crypto::sha256("");
  Hash root = subtrees_.back();
  for (std::size_t i = subtrees_.size() - 1; i > 0; --i) root = node_hash(subtrees_[i - 1], root);
  return root;
}

void Frontier::append(const Hash& leaf) {
  // As in binary addition: each trailing one bit of the size is a subtree that the new one
  // completes.
  Hash subtree = leaf;
  for (std::uint64_t bits = size_; (bits & 1) != 0; bits >>= 1) {
    subtree = node_hash(subtrees_.back(), subtree);
    subtrees_.pop_back();
  }
  subtrees_.push_back(subtree);
  ++size_;
}

std::string Frontier::encode() const {
  std::string bytes;
  bytes.reserve(sizeof(size_) + subtrees_.size() * sizeof(Hash));
  put_u64(bytes, size_);
  for (const Hash& subtree : subtrees_) bytes.append(view(subtree));
  return bytes;
}

std::optional<Frontier> Frontier::decode(std::string_view bytes) {
  ByteReader reader(bytes);
  Frontier frontier;
  frontier.size_ = reader.u64();
  const auto count = static_cast<std::size_t>(std::popcount(frontier.size_));
  if (!reader.ok() || reader.rest().size() != count * sizeof(Hash)) return std::nullopt;
  frontier.subtrees_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    frontier.subtrees_.push_back(*hash_from(reader.take(sizeof(Hash))));
  }
  return frontier;
}

}  // namespace chayan::log
