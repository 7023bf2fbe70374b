#include "log/tile.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "log/merkle.h"

namespace chayan::log {
namespace {

constexpr std::string_view kPartial = ".p/";

std::optional<std::uint64_t> number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failed != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace

std::uint64_t tile_width(TileId tile, std::uint64_t size) {
  const unsigned height = kTileHeight * tile.level;
  const std::uint64_t hashes = height < 64 ? size >> height : 0;  // at this level in the whole tree
  if (tile.index > hashes / kTileWidth) return 0;
  return std::min(kTileWidth, hashes - tile.index * kTileWidth);
}

std::string tile_path(std::uint64_t index, std::uint64_t width) {
  std::string digits = std::to_string(index);
  digits.insert(0, (3 - digits.size() % 3) % 3, '0');
  std::string path;
  for (std::size_t at = 0; at < digits.size(); at += 3) {
    if (at + 3 < digits.size()) path.push_back('x');
    path.append(digits, at, 3);
    if (at + 3 < digits.size()) path.push_back('/');
  }
  if (width < kTileWidth) path.append(kPartial).append(std::to_string(width));
  return path;
}

std::optional<TilePath> parse_tile_path(std::string_view path) {
  TilePath tile;
  const std::size_t partial = path.find(kPartial);
  std::string digits;
  for (const char c : path.substr(0, partial)) {
    if (c != 'x' && c != '/') digits.push_back(c);
  }
  const auto index = number(digits);
  if (!index) return std::nullopt;
  tile.index = *index;
  if (partial != std::string_view::npos) {
    const auto width = number(path.substr(partial + kPartial.size()));
    if (!width || *width == 0 || *width >= kTileWidth) return std::nullopt;
    tile.width = *width;
  }
  // One spelling.
  if (tile_path(tile.index, tile.width) != path) return std::nullopt;
  return tile;
}

Hash perfect_root(std::string_view hashes) {
  std::vector<Hash> level;
  level.reserve(hashes.size() / sizeof(Hash));
  for (std::size_t at = 0; at < hashes.size(); at += sizeof(Hash)) {
    level.push_back(*hash_from(hashes.substr(at, sizeof(Hash))));
  }
  for (std::size_t count = level.size(); count > 1; count /= 2) {
    for (std::size_t i = 0; i < count / 2; ++i)
      level[i] = node_hash(level[2 * i], level[2 * i + 1]);
  }
  return level.front();
}

}  // namespace chayan::log
