#include <algorithm>
#include <numeric>

#include "alidade/sdk/liveness.hpp"
#include "alidade/sdk/plugin.hpp"
#include "schedule.hpp"

namespace alidade::memory {
namespace {

/// Activations in memory along the file's order and along a leaner one, the peak of each, and a plan of
/// offsets.
class Memory final : public Analysis<MemoryPlan(const Graph&, const CostProfile&, const FusionPlan&)> {
 public:
  static void options(OptionSpec<Memory>& o) {
    o.choice("units", &Memory::groups_, {{"operators", false}, {"groups", true}},
             "what one step is: an operator, or a group of the analysis fusion, whose inner tensors take no "
             "memory");
    o.field("inputs", &Memory::inputs_, "whether the model's inputs take memory until they are last read");
    o.field("in_place", &Memory::in_place_,
            "whether an element-wise operator writes over an operand that nobody else reads");
    o.field("reorder_looks", &Memory::looks_,
            "candidates that the search for a leaner order looks at, at most; 0: no search")
        .at_least(0);
  }

  Result<MemoryPlan> run(const Graph& graph, const CostProfile& cost, const FusionPlan& plan) const override {
    const auto units = units_of(graph, cost, plan, {groups_, inputs_, in_place_});
    if (!units) return std::unexpected(units.error());
    MemoryPlan out;
    out.weights = cost.weight_bytes, out.weights_upper = cost.weight_bytes_upper;
    out.sized = unsized_activations(graph).empty();
    add_sums(graph, cost, out);
    std::vector<std::uint32_t> order(units->units.size());
    std::iota(order.begin(), order.end(), 0U);
    out.given = schedule_of(*units, order);
    reorder(*units, out);
    return out;
  }

 private:
  static void add_sums(const Graph& graph, const CostProfile& cost, MemoryPlan& out) {
    out.weights_by_use = cost.total.weight, out.traffic = cost.total.traffic();
    out.traffic_upper = cost.total.traffic_upper;
    for (const NodeId n : graph.nodes())
      out.largest_operator =
          std::max(out.largest_operator, cost.nodes[n].work.input + cost.nodes[n].work.output);
  }

  /// Keeps the other order where it needs less.
  void reorder(const Units& units, MemoryPlan& out) const {
    const auto leaner = leaner_order(units, static_cast<std::uint64_t>(looks_));
    if (!leaner) out.reorder_note = "the search for another order stopped at reorder_looks";
    if (leaner) out.reordered = schedule_of(units, *leaner);
    out.lower = leaner && out.reordered.peak < out.given.peak;
    if (!out.lower) out.reordered = out.given;
  }

  bool groups_ = false, inputs_ = true, in_place_ = false;
  std::int64_t looks_ = 20'000'000;
};

}  // namespace
}  // namespace alidade::memory

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::memory::Memory>(
      "memory", "live tensors over time, the peak and who makes it, a leaner order, and a plan of offsets");
}
