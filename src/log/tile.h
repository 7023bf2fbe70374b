// Tiles (C2SP tlog-tiles): up to 256 consecutive hashes of one height of the tree. Height 8 L of
// the tree is tile level L; a hash at level L + 1 is the root of a full tile at level L.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace chayan::log {

inline constexpr unsigned kTileHeight = 8;
inline constexpr std::uint64_t kTileWidth = 256;
inline constexpr unsigned kTileLevelMax = 63;

struct TileId {
  unsigned level = 0;
  std::uint64_t index = 0;

  auto operator<=>(const TileId&) const = default;
};

// Number of hashes that the tile has in a tree of `size` leaves: 0 where it has no such tile yet.
std::uint64_t tile_width(TileId tile, std::uint64_t size);

// The N of a path, with the ".p/W" of a partial tile: "x001/x234/067", "000.p/112".
std::string tile_path(std::uint64_t index, std::uint64_t width = kTileWidth);
struct TilePath {
  std::uint64_t index = 0;
  std::uint64_t width = kTileWidth;  // 1 to 255 where the path says so

  bool operator==(const TilePath&) const = default;
};
// nullopt for anything that tile_path does not write.
std::optional<TilePath> parse_tile_path(std::string_view path);

// Root of the perfect subtree over `hashes`, 32 bytes each; their number is a power of two.
Hash perfect_root(std::string_view hashes);

}  // namespace chayan::log
