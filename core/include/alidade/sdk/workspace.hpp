#pragma once
#include <cstdint>

#include "alidade/ir/graph.hpp"

namespace alidade {

/// How kernels are guessed to want workspace.
enum class WorkspaceRule : std::uint8_t {
  estimate,  ///< a convolution that unrolls its input wants twice the input
  unrolled,  ///< such a convolution unrolls one image in full, as im2col does
  none,      ///< no kernel wants any
};

/// What the kernel of an operator may want beside its operands and results, by its kind: a convolution that
/// is neither depthwise nor pointwise by the rule, a product half of its larger operand or result, attention
/// one more result. 0 where sizes are not known.
[[nodiscard]] std::uint64_t workspace_bytes(const Graph& graph, NodeId node, WorkspaceRule rule);

/// What an operator of PyTorch makes on a CPU and drops before it returns: the places of the greatest
/// elements of a max pool; of a recurrent layer its gates, its steps before they are stacked, both directions
/// before they are joined, the layer before, and the states that no operand gives. Of other frameworks, the
/// layer before. 0 where sizes are not known.
[[nodiscard]] std::uint64_t dropped_bytes(const Graph& graph, NodeId node);

}  // namespace alidade
