#pragma once
#include <string>

#include "alidade/infer/input_shapes.hpp"

namespace alidade::host {

/// What gives a model another batch: the first size of its first input that has one, and of every input that
/// shares it.
struct BatchChange {
  std::string symbol;         ///< to be bound, where the size is a name
  infer::InputShapes shapes;  ///< else
};
/// `graph` is the model read without bindings.
[[nodiscard]] Result<BatchChange> batch_change(const Graph& graph, std::int64_t batch);

}  // namespace alidade::host
