#pragma once
#include <optional>

#include "alidade/base/error.hpp"
#include "alidade/ir/graph.hpp"
#include "host/plan/plan.hpp"

namespace alidade::host {

/// Whether more than one flag of a model speaks of sizes, so that two of them may say different ones.
[[nodiscard]] bool may_contradict(const ModelStep& step);

/// The first size of an input for which a batch, a binding or a shape say different numbers: the error names
/// both. `graph` is the model as its file has it.
[[nodiscard]] std::optional<Error> contradiction(const Graph& graph, const ModelStep& step);

}  // namespace alidade::host
