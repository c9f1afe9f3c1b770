#pragma once
#include <cstdint>
#include <optional>

namespace alidade::fusion {

/// What the tiles of one axis need of one dimension: tile t the elements from max(low, step * t + first) up
/// to min(high, step * t + last). No tile needs nothing.
struct Range {
  std::int64_t step = 1, first = 0, last = 1, low = 0, high = 1;
  bool operator==(const Range&) const = default;
};

/// A result's element x needs the operand's elements from x * stride + offset on, so many of them.
struct Window {
  std::int32_t stride = 1, offset = 0, extent = 1;
  bool operator==(const Window&) const = default;
};

/// A dimension in tiles of one size; the last may be smaller.
[[nodiscard]] Range tiles_of(std::int64_t size, std::int64_t tile);
/// What the windows of these elements need of an operand that has so many.
[[nodiscard]] Range behind(const Range& result, const Window& window, std::int64_t operand_size);
/// From the first that either needs to the last; nothing where tiles move along at different steps.
[[nodiscard]] std::optional<Range> hull(const Range& a, const Range& b);

/// How many elements of the dimension all tiles need.
struct Extent {
  std::uint64_t all = 1;   ///< tile by tile, and what two tiles need twice
  std::uint64_t once = 1;  ///< each once
  std::uint64_t most = 1;  ///< of one tile
  std::uint64_t kept = 0;  ///< that a tile needs of those of the tile before, at most
};
[[nodiscard]] Extent extent_of(const Range& range, std::int64_t tiles);
/// Whether every element from the first to the last of so many is in a tile.
[[nodiscard]] bool covers(const Range& range, std::int64_t tiles, std::int64_t size);

}  // namespace alidade::fusion
