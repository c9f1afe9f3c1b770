#pragma once
#include <cstdint>
#include <optional>

#include "alidade/ir/graph.hpp"
#include "alidade/sdk/fusion.hpp"

namespace alidade::fusion {

/// What an operator can be in a group.
enum class Role : std::uint8_t {
  anchor,     ///< a contraction: one kernel is built around it
  pointwise,  ///< works on each element alone: activations, residual additions, folded norms, quantise
  rowwise,    ///< looks at a row or more: norms, softmax, reductions
  layout,     ///< moves elements: transpose, copy
  view,       ///< free
  alone,      ///< a kernel of its own
};
[[nodiscard]] Role role_of(const Graph& graph, NodeId n);

/// What a group has become with the operators it holds.
enum class Shape : std::uint8_t {
  views,      ///< nothing but views yet
  anchored,   ///< a contraction and its epilogue
  attention,  ///< products around a softmax, or an attention operator
  pointwise,  ///< element-wise cluster
  rowwise,    ///< norm, softmax or reduction cluster
  alone,
};

/// The group's shape when an operator of this role joins; nothing where no rule of the backend lets it.
[[nodiscard]] std::optional<Shape> joined(Backend backend, Shape shape, Role role);
/// Whether a backend makes one kernel of attention that is written as products and a softmax.
[[nodiscard]] bool joins_written_attention(Backend backend);

}  // namespace alidade::fusion
