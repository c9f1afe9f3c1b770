#include "alidade/sdk/memory_model.hpp"
#include "alidade/sdk/plugin.hpp"
#include "alidade/sdk/region_sums.hpp"
#include "place.hpp"
#include "search.hpp"

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
    o.field("hold_inputs", &Memory::hold_,
            "whether what a module is given is held until it returns, as Python does; of operators, not of "
            "groups");
    o.choice("workspace", &Memory::workspace_,
             {{"estimate", WorkspaceRule::estimate},
              {"im2col", WorkspaceRule::unrolled},
              {"none", WorkspaceRule::none}},
             "what kernels want besides: a convolution twice its input, or one image unrolled; or nothing");
    o.field("plan_workspace", &Memory::planned_, "whether the arena has a place for workspaces");
    o.field("alignment", &Memory::alignment_, "every offset is a multiple of it").at_least(1).unit("bytes");
    o.field(
         "reorder_looks", &Memory::looks_,
         "what the search for a leaner order looks at, at most: units, and tensors that each reads or makes; "
         "0: no search")
        .at_least(0);
  }

  Result<MemoryPlan> run(const Graph& graph, const CostProfile& cost, const FusionPlan& plan) const override {
    const MemoryRules rules{inputs_, in_place_, hold_, workspace_};
    const auto model = memory_model(graph, rules, groups_ ? &plan : nullptr);
    if (!model) return std::unexpected(model.error());
    MemoryPlan out;
    out.weights = cost.weight_bytes, out.weights_upper = cost.weight_bytes_upper;
    out.sized = unsized_activations(graph).empty();
    out.cache = model->cache;
    add_sums(graph, cost, out);
    out.given = placed(schedule_as_given(graph, *model));
    reorder(graph, *model, out);
    return out;
  }

 private:
  static void add_sums(const Graph& graph, const CostProfile& cost, MemoryPlan& out) {
    out.weights_by_use = cost.total.weight, out.traffic = cost.total.traffic;
    out.traffic_upper = cost.total.traffic_upper, out.weights_by_use_upper = cost.total.weight_upper;
    const auto largest = region_sums<Highest>(graph, [&](NodeId n, Highest& sum) {
                           const auto& work = cost.nodes[n].work;
                           sum.add({work.input + work.output, work.input_upper + work.output_upper});
                         }).front();
    out.largest_operator = largest.least, out.largest_operator_upper = largest.most;
  }

  [[nodiscard]] MemorySchedule placed(MemorySchedule schedule) const {
    std::vector<Block> blocks;
    for (const auto& tensor : schedule.tensors)
      blocks.push_back({tensor.bytes.value, tensor.first, tensor.last, 0});
    for (std::uint32_t step = 0; planned_ && step < schedule.steps.size(); ++step)
      blocks.push_back({schedule.steps[step].workspace.value, step, step, 0});
    schedule.workspace_planned = planned_;
    schedule.arena = Bytes(place(blocks, static_cast<std::uint64_t>(alignment_)));
    const auto tensors = schedule.tensors.size();
    for (std::size_t i = 0; i < blocks.size(); ++i)
      (i < tensors ? schedule.tensors[i].offset : schedule.steps[i - tensors].workspace_offset) =
          Bytes(blocks[i].offset);
    return schedule;
  }

  void reorder(const Graph& graph, const MemoryModel& model, MemoryPlan& out) const {
    const auto found = leaner_order(model, memory_order(graph, model), out.given.peak.value,
                                    static_cast<std::uint64_t>(looks_));
    if (found.stopped) out.reorder_note = "the search for another order stopped at reorder_looks";
    out.lower = !found.order.empty();
    out.reordered = out.lower ? placed(schedule_of(graph, model, found.order)) : out.given;
  }

  bool groups_ = false, inputs_ = true, in_place_ = false, hold_ = false, planned_ = false;
  WorkspaceRule workspace_ = WorkspaceRule::estimate;
  std::int64_t alignment_ = 1;
  std::int64_t looks_ = 5'000'000;
};

}  // namespace
}  // namespace alidade::memory

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::memory::Memory>(
      "memory", "live tensors over time, the peak and who makes it, a leaner order, and a plan of offsets");
}
