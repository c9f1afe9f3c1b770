#pragma once
#include <array>
#include <vector>

#include "footprint.hpp"
#include "run_tensors.hpp"

namespace alidade::fusion {

/// How the result of a run's last operator is cut, and what is done about borders.
struct TileChoice {
  struct Along {
    std::uint8_t dim = 0;
    std::int64_t tile = 1, size = 1;
    [[nodiscard]] std::int64_t count() const { return (size + tile - 1) / tile; }
  };
  std::array<Along, 2> along;
  std::uint8_t axes = 1;
  bool keeps = false;  ///< borders stay on the chip; along one axis only
  [[nodiscard]] std::uint64_t count() const {
    return static_cast<std::uint64_t>(along[0].count() * (axes == 2 ? along[1].count() : 1));
  }
};

/// A run that is done tile by tile, as it grows to the front: what each tile needs of every tensor, what
/// lives on the chip at the worst moment, and what is moved beyond what the same run would move with whole
/// tensors.
class TiledRun {
 public:
  void start(const TileChoice& choice);
  /// Puts a step in front. False: with it, these tiles are none, nor with any step before it.
  bool add(std::uint32_t step, const Footprints& footprints, RunTensors& tensors);

  /// Where it fits: what is held, and what is moved again.
  struct Moved {
    std::uint64_t held = 0, operands_again = 0, halo_again = 0;
    [[nodiscard]] std::uint64_t again() const { return operands_again + halo_again; }
  };
  [[nodiscard]] Moved moved(std::uint64_t capacity) const;
  [[nodiscard]] std::uint64_t least_again() const { return halo_again_; }
  [[nodiscard]] std::uint64_t buffer() const { return live_most_ + kept_; }
  [[nodiscard]] GroupTiles told(std::uint64_t capacity) const;
  [[nodiscard]] const TileChoice& choice() const { return choice_; }

 private:
  enum class Part : std::uint8_t { none, ranges, whole };
  /// What the operators of the run need of one tensor for a tile.
  struct Need {
    Part part = Part::none;
    std::array<std::int8_t, 2> dim{-1, -1};  // that the axes run through; -1: all, whatever the tile
    std::array<Range, 2> range;
    std::uint32_t last = 0;  // step that reads it
    std::uint64_t again = 0, kept = 0, bytes = 0;
  };
  /// Elements of a tensor, over all tiles.
  struct Elements {
    unsigned __int128 all = 1, once = 1, most = 1, kept = 1;
  };
  Need& need(std::uint32_t slot);
  [[nodiscard]] bool place(std::uint32_t step, const Footprints& f, const RunTensors& tensors,
                           Need& made) const;
  [[nodiscard]] bool is_covered(const Need& made, std::span<const std::int64_t> sizes) const;
  [[nodiscard]] Elements elements(const Need& need, std::span<const std::int64_t> sizes) const;
  [[nodiscard]] bool make(std::uint32_t step, const Footprints& f, const RunTensors& tensors, Need& made);
  void hand_on(const Need& made, std::uint32_t step, std::size_t read, const Footprints& f, Need& into) const;
  void merge(const Need& more, Need& into) const;
  [[nodiscard]] bool read(ValueId root, std::uint32_t slot, const Footprints& f, const RunTensors& tensors);

  TileChoice choice_;
  std::vector<Need> needs_;           // by slot
  std::vector<std::uint32_t> whole_;  // slots of operands that each tile needs all of
  std::vector<std::uint64_t> live_;   // by steps before the end, beyond what is kept
  std::uint64_t live_most_ = 0, kept_ = 0, halo_again_ = 0, recomputed_ = 0;
};

}  // namespace alidade::fusion
