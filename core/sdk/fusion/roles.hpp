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
  rotary,     ///< a tensor turned by its positions
  pointwise,  ///< element-wise cluster
  rowwise,    ///< norm, softmax or reduction cluster
  alone,
};

/// The group's shape when an operator of this role joins; nothing where no rule of the backend lets it.
[[nodiscard]] std::optional<Shape> joined(Backend backend, Shape shape, Role role);

// What else a backend makes one kernel of, beyond the rules for two operators.
/// Attention that is written as products and a softmax, and a rotary embedding that is written out.
[[nodiscard]] bool joins_written_attention(Backend backend);
/// A sum with the norm behind it, also where the sum is read again.
[[nodiscard]] bool joins_kept_sum(Backend backend);
/// The same, and so the sum is no part of the product before it.
[[nodiscard]] bool prefers_norm_for_sum(Backend backend);
/// Products with weights that read one tensor.
[[nodiscard]] bool joins_products_side_by_side(Backend backend);

}  // namespace alidade::fusion
