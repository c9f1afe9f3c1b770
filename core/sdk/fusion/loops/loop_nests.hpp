#pragma once
#include <cstdint>
#include <vector>

#include "alidade/ir/graph.hpp"

namespace alidade::fusion {

/// Of a convolution's maps, which have their channels last: their loops begin with no vector.
inline constexpr std::size_t kMapRank = 4;

/// How a step runs for a compiler that turns everything but a library's calls into loops.
enum class Execution : std::uint8_t {
  view,    ///< not at all: its reader computes other indices
  call,    ///< a kernel of its own, in a library
  loop,    ///< a loop that computes each element; it can be done inside of the loops that read it
  stored,  ///< a loop whose result is in memory before anything reads it: reductions, large windows
};

/// The elements that loops run over. Sizes are compared, never added: one that is a symbol stands for a
/// number of its own, one that is not known is like no other.
struct LoopNest {
  Execution execution = Execution::view;
  std::uint64_t elements = 0;  ///< of what it makes, or of what it reduces
  std::uint64_t rows = 0;      ///< of a reduction: how many; 0 for a loop over elements
  bool across = false;         ///< what it reduces does not lie together in memory
  std::uint32_t reads = 0;     ///< how many elements it reads for one that it makes
  std::uint32_t uses = 1;      ///< how many times it needs an element of its first operand
  bool by_columns = false;     ///< reads a vector along its last dimension: its rows stay apart
  bool permuted = false;       ///< reads in another order than it makes, over more than rows and columns
  bool windows = false;        ///< reads an element many times
  bool heavy = false;          ///< computing it again costs more than keeping it
  std::vector<std::uint64_t> sizes;  ///< of what it makes, without ones at the end
};

[[nodiscard]] LoopNest loop_nest_of(const Graph& graph, NodeId n);

}  // namespace alidade::fusion
