#include <algorithm>

#include "alidade/base/json.hpp"
#include "alidade/base/text.hpp"
#include "alidade/ir/print.hpp"
#include "alidade/results/cost.hpp"
#include "alidade/results/fusion.hpp"
#include "alidade/sdk/dependencies.hpp"
#include "alidade/sdk/estimate.hpp"
#include "alidade/sdk/layers.hpp"
#include "alidade/sdk/placed_nodes.hpp"
#include "alidade/sdk/plugin.hpp"

namespace alidade::model_explorer {
namespace {

/// One attribute of a node: Model Explorer shows texts.
void write_attribute(std::string_view key, const std::string& value, ObjectWriter& t) {
  t.begin_object();
  t.text("key", key);
  t.text("value", value);
  t.end_object();
}

class Writer {
 public:
  Writer(const ModelRun& model, ObjectWriter& t)
      : model_(model),
        g_(*model.graph),
        cost_(model.results ? model.results->get<CostProfile>() : nullptr),
        plan_(model.results ? model.results->get<FusionPlan>() : nullptr),
        placement_(model.results ? model.results->get<Placement>() : nullptr),
        placed_(placed_nodes(g_, placement_)),
        order_(g_),
        names_(layer_names(g_)),
        t_(t) {
    if (cost_)
      for (const auto* estimate : estimates_of(model.results))
        targets_.emplace_back(estimate, estimate->by_node(g_, *cost_));
  }

  void write() {
    t_.begin_object();
    t_.text("id", model_.id);
    t_.begin_array("nodes");
    for (std::size_t i = 0; i < g_.inputs().size(); ++i) write_input(g_.inputs()[i], i);
    for (std::size_t step = 0; step < order_.size(); ++step) write_node(step);
    t_.end_array();
    t_.end_object();
  }

 private:
  /// "layer1/0": the module's path, which Model Explorer folds.
  [[nodiscard]] std::string space(NodeId n) const {
    auto path = g_.path(g_.module(n));
    for (auto& c : path)
      if (c == '.') c = '/';
    return path;
  }
  void write_input(ValueId v, std::size_t i) {
    t_.begin_object();
    t_.text("id", "input" + std::to_string(i));
    t_.text("label", g_.name(v));
    t_.text("namespace", "");
    write_outputs({&v, 1});
    t_.end_object();
  }
  void write_node(std::size_t step) {
    const NodeId n = order_.node(step);
    t_.begin_object();
    t_.text("id", std::to_string(step));
    t_.text("label", name(g_.op(n)));
    t_.text("namespace", space(n));
    t_.begin_array("incomingEdges");
    for (const ValueId v : g_.inputs(n)) write_edge(v);
    t_.end_array();
    t_.begin_array("attrs");
    write_attributes(n);
    t_.end_array();
    std::vector<ValueId> outputs(g_.outputs(n).begin(), g_.outputs(n).end());
    write_outputs(outputs);
    write_colour(n);
    t_.end_object();
  }
  void write_colour(NodeId n) {
    if (!placed_[n]) return;
    t_.begin_object("style");
    t_.text("backgroundColor", device_colour(placed_[n]->device));
    t_.end_object();
  }
  void write_edge(ValueId v) {
    if (!v.valid()) return;
    const NodeId maker = g_.producer(v);
    const bool step = maker.valid() && order_.step(maker) != NodeId::kNone;
    const auto input = std::ranges::find(g_.inputs(), v);
    if (!step && input == g_.inputs().end()) return;
    t_.begin_object();
    t_.text("sourceNodeId", step ? std::to_string(order_.step(maker))
                                 : "input" + std::to_string(input - g_.inputs().begin()));
    t_.text("sourceNodeOutputId",
            std::to_string(step ? v.index - g_.outputs(maker)[0].index : std::uint32_t{0}));
    t_.end_object();
  }
  void write_outputs(std::span<const ValueId> values) {
    t_.begin_array("outputsMetadata");
    for (std::size_t i = 0; i < values.size(); ++i) {
      t_.begin_object();
      t_.text("id", std::to_string(i));
      t_.begin_array("attrs");
      write_attribute("tensor_shape", to_text(g_, g_.type_id(values[i])), t_);
      t_.end_array();
      t_.end_object();
    }
    t_.end_array();
  }
  /// The figure, and what it is at most where that is another.
  void write_figure(const std::string& key, std::uint64_t least, Upper most) {
    write_attribute(key, std::to_string(least), t_);
    if (most != least)
      write_attribute(key + "_upper", most.bounded() ? std::to_string(*most.get()) : "no upper bound", t_);
  }
  void write_attributes(NodeId n) {
    write_attribute("name", names_[n], t_);
    write_attribute("foreign", std::string(g_.foreign(n)), t_);
    if (cost_) {
      const auto& cost = cost_->nodes[n];
      const auto work = all_runs(cost);
      write_figure("flops", work.flops.value, cost.flops_upper());
      write_figure("macs", work.macs.value, cost.macs_upper());
      write_figure("memory_bytes", work.traffic().value, cost.traffic_upper());
      write_attribute("bottleneck", std::string(bottleneck(*cost_, work)), t_);
    }
    if (plan_ && plan_->group_of[n] != FusionPlan::kNone)
      write_attribute("fused_group", std::to_string(plan_->group_of[n]), t_);
    if (const auto* where = placed_[n]) {
      write_attribute("device", placement_->devices[where->device], t_);
      write_attribute("partition", std::to_string(where->partition + 1), t_);
      if (!where->wanted.reason.empty()) write_attribute("placement_reason", where->wanted.reason, t_);
    }
    for (const auto& [estimate, times] : targets_)
      write_attribute("time_s:" + estimate->target,
                      estimate->knows(n) ? text::number(times[n].value) : "unknown", t_);
  }

  const ModelRun& model_;
  const Graph& g_;
  const CostProfile* cost_;
  const FusionPlan* plan_;
  const Placement* placement_;
  PerNode<const PlacedOperator*> placed_;
  Dependencies order_;
  PerNode<std::string> names_;
  std::vector<std::pair<const Estimate*, PerNode<Seconds>>> targets_;
  ObjectWriter& t_;
};

/// Graphs for Model Explorer, with the figures of every operator as attributes.
class ModelExplorer final : public Report {
 public:
  [[nodiscard]] Result<void> write(const Run& run, Sink& out) const override {
    JsonWriter t(out, 0);
    t.begin_object();
    t.text("label", run.program);
    t.begin_array("graphs");
    for (const auto& model : run.models)
      if (!model.error) Writer(model, t).write();
    t.end_array();
    t.end_object();
    return {};
  }
};

}  // namespace
}  // namespace alidade::model_explorer

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::model_explorer::ModelExplorer>(
      "model_explorer", "graphs for Model Explorer, with the figures of every operator");
}
