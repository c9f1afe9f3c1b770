#pragma once
#include <optional>

#include "checkpoint.hpp"

namespace alidade::training {

/// Which blocks run again, and what that takes.
struct Choice {
  std::vector<std::uint32_t> segment;  ///< of every block; kNone: it keeps all
  std::uint64_t peak = 0;              ///< bytes alive at the worst moment
  double price = 0;                    ///< of all that runs again
};

/// What a choice is made from.
struct Choices {
  const Graph& graph;
  const Tape& tape;
  const Blocks& blocks;
  const KeptResults& keep;
  std::span<const double> price;  ///< of every unit
  Gradients gradients = Gradients::held;
};
/// What a choice of segments comes to.
[[nodiscard]] Choice weighed(const Choices& from, std::vector<std::uint32_t> segment);

/// The cheapest choice of segments, runs of neighbouring blocks, that stays within so many bytes; where none
/// does, the one with the lowest peak. By dynamic programming over the blocks, which is exact where blocks
/// run one after the other and what one passes on is read by the next alone.
[[nodiscard]] Choice best_choice(const Choices& from, std::uint64_t most);

}  // namespace alidade::training
