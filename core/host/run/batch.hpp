#pragma once
#include <string>

#include "alidade/infer/input_shapes.hpp"
#include "alidade/ir/bind.hpp"

namespace alidade::host {

/// What gives a model another batch: the first size of its first input that has one, and of every other input
/// where it is the same number, or a name that stands nowhere else in the inputs.
struct BatchChange {
  std::string symbol;         ///< the first input's, where its size is a name
  Bindings others;            ///< names of other inputs' first sizes
  infer::InputShapes shapes;  ///< where the first input's size is a number
};
/// `graph` is the model read without bindings.
[[nodiscard]] Result<BatchChange> batch_change(const Graph& graph, std::int64_t batch);

}  // namespace alidade::host
