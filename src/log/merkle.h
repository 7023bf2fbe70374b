// The Merkle tree over the entries (RFC 6962 section 2.1): leaf = SHA-256(0x00 ‖ entry), node =
// SHA-256(0x01 ‖ l ‖ r), the root of an empty tree is SHA-256(""). Leaf index = seq.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace chayan::log {

Hash leaf_hash(std::string_view entry);
Hash node_hash(const Hash& left, const Hash& right);

// The hashes of the perfect subtrees that make up a tree, largest first: all one needs to go on
// growing it and to name its root. At most 64 hashes.
class Frontier {
 public:
  std::uint64_t size() const { return size_; }
  Hash root() const;
  void append(const Hash& leaf);

  std::string encode() const;  // size u64 ‖ the hashes
  static std::optional<Frontier> decode(std::string_view bytes);

  bool operator==(const Frontier&) const = default;

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> subtrees_;
};

}  // namespace chayan::log
