#pragma once
#include <span>
#include <vector>

#include "alidade/results/estimate.hpp"

namespace alidade::estimating {

/// Every operator that a target runs slowly, not at all, or whose work is not known; in file order.
[[nodiscard]] std::vector<OperatorVerdict> verdicts(const HardwareModel& model, const Graph& graph,
                                                    const CostProfile& cost);
/// Fills times, priced and unpriced: of one run of every kernel.
[[nodiscard]] Result<void> price(const HardwareModel& model, const Graph& graph, Estimate& out);

/// Seconds that something takes: of an `If` the branch that takes least, and most.
struct Span {
  double least = 0, most = 0;
  bool bounded = true;  ///< otherwise it may take longer than `most`
};
/// All runs of each kernel of the outermost region, and of what its regions hold.
[[nodiscard]] std::vector<Span> spans(const Graph& graph, const Estimate& estimate);

/// The kernels of the outermost region in order, each on its engine as soon as those it waits for are done.
[[nodiscard]] std::vector<Slot> in_order(const Estimate& estimate, std::span<const Span> spans,
                                         double Span::* lasts);
[[nodiscard]] Seconds end_of(std::span<const Slot> schedule);
/// The chain that takes longest.
[[nodiscard]] TimedPath longest(const Estimate& estimate, std::span<const Span> spans);

}  // namespace alidade::estimating
