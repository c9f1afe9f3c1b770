#pragma once
#include "alidade/ir/graph.hpp"

namespace alidade::memory {

/// Storage roots where an element-wise operator also writes over an operand of its size that nobody reads
/// after it.
[[nodiscard]] PerValue<ValueId> roots_in_place(const Graph& graph, PerValue<ValueId> root);
/// Whether a result lies in the place of something that it is no view of.
[[nodiscard]] bool is_update(const Graph& graph, const PerValue<ValueId>& root, NodeId maker, ValueId made);

}  // namespace alidade::memory
