#pragma once
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "alidade/ir/graph.hpp"
#include "alidade/results/fusion.hpp"
#include "alidade/results/memory.hpp"
#include "alidade/sdk/dag.hpp"
#include "alidade/sdk/region_sums.hpp"
#include "alidade/sdk/workspace.hpp"

namespace alidade {

struct MemoryRules {
  bool inputs = true;     ///< the model's inputs take memory from the start until they are last read
  bool in_place = false;  ///< an element-wise operator writes over an operand that nobody reads after it
  bool hold = false;      ///< a module's inputs are held until it returns, as in Python; of operators alone
  WorkspaceRule workspace = WorkspaceRule::estimate;
};

/// What runs in one go: an operator, a constant that the graph makes, or a fused group.
struct MemoryUnit {
  NodeId node;              ///< the last of it
  std::uint32_t outer = 0;  ///< the unit of the outermost region that it is or is part of
  /// Its steps, counted from the first step of that one: its own, then those of its regions.
  std::uint32_t first = 0, last = 0;
  std::uint64_t workspace = 0;  ///< what its kernels may want besides
};

/// A tensor that lies in memory of its own.
struct StoredTensor {
  static constexpr std::uint32_t kNone = 0xffffffff;
  ValueId value;
  std::uint64_t bytes = 0;
  std::uint32_t maker = kNone;  ///< unit; none for an input of the model
  bool inner = false;           ///< made and dropped by the operator that makes `value`
  bool kept = false;            ///< an output of the model, or of its region
  std::uint32_t until = 0;      ///< of a kept tensor of a nested region: the last step, as `MemoryUnit::last`
};

/// Numbers by row: those of row 0, then those of row 1, ...
struct NumberLists {
  std::vector<std::uint32_t> numbers, end;  ///< end: one per row
  [[nodiscard]] std::span<const std::uint32_t> of(std::size_t row) const {
    const std::size_t first = row == 0 ? 0 : end[row - 1];
    return std::span(numbers).subspan(first, end[row] - first);
  }
};

/// A model as units and the tensors between them, of all regions. Units of the outermost region come first,
/// those of each region in their order; tensors in the order in which the regions make them.
struct MemoryModel {
  std::vector<MemoryUnit> units;
  std::uint32_t outermost = 0;
  std::vector<StoredTensor> tensors;
  /// The units that read each tensor, of the region that makes it: what a nested region reads is read by the
  /// unit around it. Each once, ascending.
  NumberLists readers;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> holds;  ///< (a list, a tensor in it), by list
  PerNode<std::uint32_t> unit_of;
  PerValue<ValueId> root;  ///< the value in whose memory each lies
  Bytes cache;             ///< what comes with the model or as an input and is updated in place
};

/// Units are operators, or the groups of a plan, whose inner tensors take no memory and who update nothing in
/// place that the graph makes. Unknown sizes are 0.
[[nodiscard]] Result<MemoryModel> memory_model(const Graph& graph, const MemoryRules& rules,
                                               const FusionPlan* groups = nullptr);
/// Which outermost unit waits for which: what it reads, and updates in place of what others read. Only for
/// those that come earlier in the given order.
[[nodiscard]] Dag memory_order(const Graph& graph, const MemoryModel& model);

/// What memory does when the outermost units run in this order; tensors have no offsets yet.
[[nodiscard]] MemorySchedule schedule_of(const Graph& graph, const MemoryModel& model,
                                         std::span<const std::uint32_t> order);
/// The same in the order of the file.
[[nodiscard]] MemorySchedule schedule_as_given(const Graph& graph, const MemoryModel& model);
/// What the regions of each outermost unit hold at their worst.
[[nodiscard]] std::vector<std::uint64_t> bytes_inside(const MemoryModel& model);

/// The highest sum of live activations when the operators of a graph run in file order: a tensor lives from
/// its making to its last use, inputs from the start and outputs to the end. Of branches the least and the
/// most; without a bound where a size is not known.
[[nodiscard]] Result<Highest> activation_peak(const Graph& graph);
/// Activations that take memory of an unknown size: where there are any, peaks are the least that they may
/// be.
[[nodiscard]] std::vector<ValueId> unsized_activations(const Graph& graph);

}  // namespace alidade
