#include "log/proof.h"

#include <bit>

#include "crypto/digest.h"
#include "log/merkle.h"

namespace chayan::log {
namespace {

// Leaves [begin, begin + count) in the sense of RFC 6962: begin is a multiple of the largest power
// of two below count, or of count itself where that is one.
struct Range {
  std::uint64_t begin;
  std::uint64_t count;

  bool is_perfect() const { return std::has_single_bit(count); }
  // k of the RFC: the largest power of two smaller than count.
  std::uint64_t split() const { return std::bit_floor(count - 1); }
  Range left() const { return {begin, split()}; }
  Range right() const { return {begin + split(), count - split()}; }
};

Result<Hash> hash_of(const TreeHashes& tree, Range range) {
  if (range.is_perfect()) {
    const auto height = static_cast<unsigned>(std::countr_zero(range.count));
    return tree.subtree(height, range.begin >> height);
  }
  auto left = hash_of(tree, range.left());
  if (!left) return left;
  auto right = hash_of(tree, range.right());
  if (!right) return right;
  return node_hash(*left, *right);
}

Result<void> add(const TreeHashes& tree, Range range, Proof& proof) {
  const auto hash = hash_of(tree, range);
  if (!hash) return hash.error();
  proof.push_back(*hash);
  return {};
}

// SUBPROOF(m, D[n], b) of RFC 6962 section 2.1.2; `known` is its b.
Result<void> add_subproof(const TreeHashes& tree, std::uint64_t older, Range range, bool known,
                          Proof& proof) {
  if (older == range.count) return known ? Result<void>() : add(tree, range, proof);
  if (older <= range.split()) {
    const auto done = add_subproof(tree, older, range.left(), known, proof);
    return done ? add(tree, range.right(), proof) : done;
  }
  const auto done = add_subproof(tree, older - range.split(), range.right(), false, proof);
  return done ? add(tree, range.left(), proof) : done;
}

}  // namespace

Result<Hash> root_at(const TreeHashes& tree, std::uint64_t size) {
  if (size == 0) return crypto::sha256("");
  return hash_of(tree, {0, size});
}

Result<Proof> prove_inclusion(const TreeHashes& tree, std::uint64_t index, std::uint64_t size) {
  // PATH(m, D[n]) of RFC 6962 section 2.1.1, walked from the root down; the path is listed from the
  // leaf up.
  Proof from_root;
  Range range{0, size};
  while (range.count > 1) {
    const bool goes_left = index - range.begin < range.split();
    const auto added = add(tree, goes_left ? range.right() : range.left(), from_root);
    if (!added) return added.error();
    range = goes_left ? range.left() : range.right();
  }
  return Proof(from_root.rbegin(), from_root.rend());
}

Result<Proof> prove_consistency(const TreeHashes& tree, std::uint64_t older, std::uint64_t newer) {
  Proof proof;
  if (older == 0 || older == newer) return proof;
  const auto made = add_subproof(tree, older, {0, newer}, true, proof);
  if (!made) return made.error();
  return proof;
}

bool verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, const Hash& root,
                      std::span<const Hash> proof) {
  if (index >= size) return false;
  std::uint64_t fn = index;
  std::uint64_t sn = size - 1;
  Hash hash = leaf;
  for (const Hash& step : proof) {
    if (sn == 0) return false;
    if ((fn & 1) != 0 || fn == sn) {
      hash = node_hash(step, hash);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      hash = node_hash(hash, step);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && hash == root;
}

bool verify_consistency(std::uint64_t older, const Hash& older_root, std::uint64_t newer,
                        const Hash& newer_root, std::span<const Hash> proof) {
  if (older > newer) return false;
  if (older == newer) return proof.empty() && older_root == newer_root;
  // Every tree continues the empty one.
  if (older == 0) return proof.empty() && older_root == crypto::sha256("");
  // A perfect older tree is itself the first step.
  const bool is_perfect = std::has_single_bit(older);
  if (proof.empty()) return false;
  const Hash& first = is_perfect ? older_root : proof.front();
  if (!is_perfect) proof = proof.subspan(1);

  std::uint64_t fn = older - 1;
  std::uint64_t sn = newer - 1;
  while ((fn & 1) != 0) {
    fn >>= 1;
    sn >>= 1;
  }
  Hash of_older = first;
  Hash of_newer = first;
  for (const Hash& step : proof) {
    if (sn == 0) return false;
    if ((fn & 1) != 0 || fn == sn) {
      of_older = node_hash(step, of_older);
      of_newer = node_hash(step, of_newer);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      of_newer = node_hash(of_newer, step);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && of_older == older_root && of_newer == newer_root;
}

}  // namespace chayan::log
