#pragma once
#include <optional>
#include <vector>

#include "alidade/ir/graph.hpp"

namespace alidade::infer {

/// An output that has the first size of the file although it is made of inputs that have another one, and the
/// operator on the way that makes the same shape of them.
struct LostBatch {
  ValueId output;
  NodeId node;
};
/// `changed` says by value which have another shape; `of_file` is the first size that inputs had. What sums
/// over the batch, or asks for a shape, loses nothing.
[[nodiscard]] std::optional<LostBatch> lost_batch(const Graph& graph, const std::vector<char>& changed,
                                                  Dim of_file);

}  // namespace alidade::infer
