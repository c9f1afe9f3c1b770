#pragma once
#include "alidade/ir/graph.hpp"

namespace alidade::lowering {

/// What PyTorch's autocast does with the real operands of an operator.
enum class Autocast : std::uint8_t {
  narrow,  ///< turns them into the 16-bit type
  wide,    ///< turns them into f32
  widens,  ///< its kernel takes them as they are, and sums and writes f32
  widest,  ///< turns them into the widest among them: type promotion
  first,   ///< leaves them; the result has the type of the first
};
/// By PyTorch's lists for CUDA (ATen/autocast_mode.h of 2.13): of an operator of PyTorch by its name there,
/// of any other by what it is.
[[nodiscard]] Autocast autocast(const Graph& graph, NodeId node);

}  // namespace alidade::lowering
