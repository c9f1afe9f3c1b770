#pragma once
#include <string>

#include "tape.hpp"

namespace alidade::training {

/// Which part of the forward pass keeps what it is given alone, and runs once more before its backward pass.
struct Segments {
  std::vector<std::uint32_t> of;  ///< of every unit, of both passes; kNone: it is in no segment
  std::vector<char> kept;         ///< of every unit of the forward pass: what it makes is kept all the same
};

/// What segments keep beside what they are given.
struct KeptResults {
  bool attention = false;
  std::uint64_t products = 0;  ///< every so many-th product and convolution from the first on; 0: none
};

struct Checkpointed {
  Tape tape;
  std::vector<std::uint32_t> again;  ///< units of the tape before that run once more
};
/// A segment runs again up to the last operator whose result its backward pass reads, right before the first
/// that reads one.
[[nodiscard]] Checkpointed checkpointed(const Tape& tape, const Segments& segments);

/// Modules that can be segments, in the order in which they run.
using Blocks = std::vector<ModuleId>;
/// Those whose paths fit a pattern ("model.layers.*"), without those inside of others.
[[nodiscard]] Blocks blocks_named(const Graph& graph, const std::vector<std::string>& patterns);
/// The modules of one class, several of them, with which the peak is lowest when each is a segment; none
/// where no class lowers it.
[[nodiscard]] Blocks blocks_found(const Graph& graph, const Tape& tape);

/// Block i is a part of segment `segment[i]`; kNone: it is none.
[[nodiscard]] Segments segments_of(const Graph& graph, const Tape& tape, const Blocks& blocks,
                                   std::span<const std::uint32_t> segment, const KeptResults& keep);
/// The same with every block by itself.
[[nodiscard]] Segments segments_of(const Graph& graph, const Tape& tape, const Blocks& blocks,
                                   const KeptResults& keep);

/// The highest sum of what is alive.
[[nodiscard]] std::uint64_t peak_bytes(std::span<const TrainingBytes> alive);

}  // namespace alidade::training
