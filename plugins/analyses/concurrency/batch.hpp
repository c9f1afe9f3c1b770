#pragma once
#include "alidade/ir/graph.hpp"

namespace alidade::concurrency {

/// How many samples a model works on: the first size of the first input with several dimensions, or what a
/// convolution, a pool or a recurrent layer takes for it behind views, transposes and element-wise operators:
/// the second of [steps, batch, features], 1 of an image without samples. 1 where no input has several
/// dimensions.
[[nodiscard]] Dim batch_of(const Graph& graph);

}  // namespace alidade::concurrency
