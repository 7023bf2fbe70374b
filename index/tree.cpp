#include "index/tree.h"

#include <span>
#include <string>
#include <utility>

#include "index/schema.h"
#include "log/tile.h"

namespace chayan::index {
namespace {

using log::kTileHeight;
using log::kTileWidth;
using log::TileId;

// Appends hashes behind the first `count` of a level, and the roots of the tiles that they fill to
// the level above.
Result<void> append_to_level(RowBatch& rows, unsigned level, std::uint64_t count,
                             std::span<const Hash> hashes) {
  std::vector<Hash> filled;
  const std::uint64_t above = count / kTileWidth;
  while (!hashes.empty()) {
    const TileId tile{level, count / kTileWidth};
    const std::string key = tile_key(tile);
    std::string content;
    if (const auto width = count % kTileWidth; width != 0) {
      auto partial = rows.get(key);
      if (!partial) return partial.error();
      if (!*partial || (*partial)->size() != width * sizeof(Hash)) {
        return corrupt("a partial tile of the tree does not have its width");
      }
      content = std::move(**partial);
    }
    const auto taken = std::min<std::uint64_t>(kTileWidth - count % kTileWidth, hashes.size());
    for (const Hash& hash : hashes.first(taken)) content.append(chayan::view(hash));
    hashes = hashes.subspan(taken);
    count += taken;
    if (count % kTileWidth == 0) filled.push_back(log::perfect_root(content));
    rows.put(key, std::move(content));
  }
  return filled.empty() ? Result<void>() : append_to_level(rows, level + 1, above, filled);
}

}  // namespace

Result<GrowingTree> GrowingTree::read(const RowView& rows) {
  const auto bytes = rows.get(head_key());
  if (!bytes) return bytes.error();
  auto frontier = *bytes ? log::Frontier::decode(**bytes) : std::nullopt;
  if (!frontier) return corrupt("the head row does not decode");
  return GrowingTree(std::move(*frontier));
}

void GrowingTree::append(const Hash& leaf) {
  frontier_.append(leaf);
  new_leaves_.push_back(leaf);
}

void GrowingTree::back_to(Mark mark) {
  frontier_ = std::move(mark.frontier);
  new_leaves_.resize(mark.new_leaves);
}

Result<void> GrowingTree::put_rows(RowBatch& rows) {
  auto put = append_to_level(rows, 0, size() - new_leaves_.size(), new_leaves_);
  if (!put) return put;
  new_leaves_.clear();
  rows.put(head_key(), frontier_.encode());
  return {};
}

Result<Hash> TileHashes::subtree(unsigned height, std::uint64_t index) const {
  // 2^within hashes of one tile make up the subtree.
  const unsigned within = height % kTileHeight;
  const std::uint64_t first = index << within;
  const TileId tile{height / kTileHeight, first / kTileWidth};
  const auto content = rows_.get(tile_key(tile));
  if (!content) return content.error();
  const std::size_t begin = first % kTileWidth * sizeof(Hash);
  const std::size_t bytes = sizeof(Hash) << within;
  if (!*content || (*content)->size() < begin + bytes) return corrupt("the tree has no such tile");
  return log::perfect_root(std::string_view(**content).substr(begin, bytes));
}

}  // namespace chayan::index
