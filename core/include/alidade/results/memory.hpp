#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "alidade/base/units.hpp"
#include "alidade/results/result.hpp"

namespace alidade {

/// One tensor along a schedule: alive from the step that makes it to the last that reads it, both included.
struct TensorLife {
  ValueId value;
  Bytes bytes;
  std::uint32_t first = 0, last = 0;  ///< steps
  Bytes offset;                       ///< in the arena
  bool inner = false;  ///< no value of the graph: the operator that makes `value` makes and drops it
};

/// One step of a schedule: an operator or a group of them, also of a nested region.
struct MemoryStep {
  NodeId node;             ///< the operator, or the last one of the group
  Bytes live;              ///< all tensors alive while it runs
  Bytes workspace;         ///< what its kernel may want besides; an estimate
  Bytes workspace_offset;  ///< in the arena, where the plan has a place for workspaces
};

/// What memory does in one order of steps, and where every tensor can lie.
struct MemorySchedule {
  std::vector<MemoryStep> steps;
  std::vector<TensorLife> tensors;  ///< in the order in which they are made
  Bytes peak;                       ///< of `live`: no plan has a smaller arena; of inputs, without steps
  std::uint32_t peak_step = 0;
  Bytes peak_with_workspace;
  /// The same where of each if the branch runs that needs least, and no loop that need not.
  Bytes least_peak, least_peak_with_workspace;
  Bytes arena;                     ///< of the plan: no two tensors that are alive together overlap
  bool workspace_planned = false;  ///< the arena has a place for every workspace
  /// The part of the arena that is lost between tensors and to their alignment, 0..1.
  [[nodiscard]] double fragmentation() const;
  [[nodiscard]] std::vector<const TensorLife*> alive(std::uint32_t step) const;
};

/// Activations in memory over time, in the order of the file and in one that needs less; weights apart.
struct MemoryPlan {
  static constexpr ResultKey key{"memory", 1};
  MemorySchedule given, reordered;
  bool lower = false;        ///< the other order has a lower peak; otherwise it is the same
  std::string reorder_note;  ///< why no other order was looked for; empty: it was
  bool sized = true;         ///< otherwise bytes are the least that they may be: a tensor's size is not known
  Upper weights_upper, traffic_upper, weights_by_use_upper, largest_operator_upper;
  Bytes weights;           ///< parameters, buffers and constants, stored once
  Bytes cache;             ///< of weights and inputs: what the model updates in place
  Bytes weights_by_use;    ///< sum over operators, a shared tensor each time that it is read
  Bytes largest_operator;  ///< most that one operator reads and makes, weights apart
  Bytes traffic;           ///< all that operators read and make
  std::vector<Diagnostic> warnings;
  void write(const Graph& graph, ObjectWriter& writer) const;
};

}  // namespace alidade
