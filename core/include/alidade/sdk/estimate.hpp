#pragma once
#include <memory>

#include "alidade/results/cost.hpp"
#include "alidade/results/estimate.hpp"
#include "alidade/sdk/workspace.hpp"

namespace alidade {

/// A model as kernels, and the memory that they need: of no device yet.
struct LoweredModel {
  std::shared_ptr<const KernelGraph> kernels;
  MemoryNeed memory;  ///< without the runtime's own
};
[[nodiscard]] Result<LoweredModel> lowered(const Graph& graph, const CostProfile& cost,
                                           const Lowering& lowering);

/// What a graph takes on a device: every kernel priced, started in order on its engine as soon as those that
/// it waits for are done, and memory held as long as it is read. `target` and `component` name the device in
/// errors, which say what the model of it gave that cannot be.
[[nodiscard]] Result<Estimate> estimate(const HardwareModel& model, const Graph& graph,
                                        const CostProfile& cost, const LoweredModel& lowered,
                                        std::string target = {}, std::string component = {});
/// The batch that a graph has: the first size of its first input; 1 where that is not a number.
[[nodiscard]] std::uint64_t batch_of(const Graph& graph);

/// The estimates of all targets, in their order; none without results.
[[nodiscard]] std::vector<const Estimate*> estimates_of(const ResultSet* results);

/// Memory at the worst moment when kernels run in order: what is stored, what is alive between kernels and
/// what a kernel may want besides; without the runtime's own.
[[nodiscard]] MemoryNeed memory_need(const Graph& graph, const KernelGraph& kernels, WorkspaceRule workspace);

}  // namespace alidade
