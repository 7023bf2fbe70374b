// Proofs over the tree (RFC 6962 section 2.1; verification as in RFC 9162 sections 2.1.3.2 and
// 2.1.4.2), made from the hashes of its perfect subtrees.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace chayan::log {

// Where the hashes of a tree are read. Not thread-safe unless an implementation says so.
class TreeHashes {
 public:
  virtual ~TreeHashes() = default;
  // Hash of the perfect subtree over leaves [index << height, (index + 1) << height), all of which
  // are in the tree. Error corrupt where it is not there.
  virtual Result<Hash> subtree(unsigned height, std::uint64_t index) const = 0;
};

using Proof = std::vector<Hash>;

// Root of the first `size` leaves.
Result<Hash> root_at(const TreeHashes& tree, std::uint64_t size);
// Path from leaf `index` to the root of the first `size` leaves; index < size.
Result<Proof> prove_inclusion(const TreeHashes& tree, std::uint64_t index, std::uint64_t size);
// That the first `older` leaves are the beginning of the first `newer`; older <= newer. Empty where
// both are equal or older is 0.
Result<Proof> prove_consistency(const TreeHashes& tree, std::uint64_t older, std::uint64_t newer);

bool verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, const Hash& root,
                      std::span<const Hash> proof);
bool verify_consistency(std::uint64_t older, const Hash& older_root, std::uint64_t newer,
                        const Hash& newer_root, std::span<const Hash> proof);

}  // namespace chayan::log
