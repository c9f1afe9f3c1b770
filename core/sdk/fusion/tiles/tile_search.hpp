#pragma once
#include <optional>
#include <vector>

#include "tiled_run.hpp"

namespace alidade::fusion {

/// The ways to cut a result that are looked at, those of the fewest tiles first: one dimension, or the last
/// two of an image. Of one dimension up to 16 all sizes of tiles, beyond powers of two and equal parts, up to
/// eight; of two up to 8 all, beyond powers of two.
[[nodiscard]] std::vector<TileChoice> tile_choices(std::span<const std::int64_t> sizes, HaloUse halo,
                                                   bool windows);

/// The runs of steps that end at one step, tile by tile, as they grow to the front, for all tiles at once.
class TileSearch {
 public:
  TileSearch(const FusionInput& input, const ChipLimits& chip, const PerValue<std::uint32_t>& last)
      : chip_(chip), footprints_(input), tensors_(input, last) {}
  [[nodiscard]] Joining joining(std::uint32_t step) const { return footprints_.joining(step); }
  void start(std::uint32_t end) { tensors_.clear(end), count_ = 0, led_ = false; }
  /// Puts a step in front; whether any tiles are left.
  bool add(std::uint32_t step);
  struct Best {
    std::uint64_t again = 0;  ///< bytes beyond those of whole tensors, of one run
    TileChoice choice;
  };
  /// The tiles that move the fewest bytes, if these are fewer again than so many.
  [[nodiscard]] std::optional<Best> best(std::uint64_t below) const;
  /// The figures of a run in these tiles.
  [[nodiscard]] GroupTiles told(std::uint32_t begin, std::uint32_t end, const TileChoice& choice);

 private:
  const ChipLimits& chip_;
  Footprints footprints_;
  RunTensors tensors_;
  std::vector<TiledRun> runs_;  // the first so many of them
  std::size_t count_ = 0;
  bool led_ = false;
};

}  // namespace alidade::fusion
