#include <algorithm>
#include <map>

#include "alidade/base/text.hpp"
#include "alidade/ir/print.hpp"
#include "alidade/results/cost.hpp"
#include "alidade/results/fusion.hpp"
#include "alidade/sdk/dependencies.hpp"
#include "alidade/sdk/layers.hpp"
#include "alidade/sdk/placed_nodes.hpp"
#include "alidade/sdk/plugin.hpp"

namespace alidade::dot {
namespace {

enum class Clusters : std::uint8_t { module, group, partition, none };

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text::visible(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}
std::string quoted(std::string_view text) { return '"' + escaped(text) + '"'; }

class Drawing {
 public:
  Drawing(const ModelRun& model, Clusters clusters, std::size_t most, Sink& out)
      : g_(*model.graph),
        cost_(model.results ? model.results->get<CostProfile>() : nullptr),
        plan_(model.results ? model.results->get<FusionPlan>() : nullptr),
        placement_(model.results ? model.results->get<Placement>() : nullptr),
        clusters_(clusters),
        most_(most),
        order_(g_),
        names_(layer_names(g_)),
        placed_(placed_nodes(g_, placement_)),
        out_(out) {}

  void write(const std::string& title) {
    out_.write("digraph " + quoted(title) + " {\n  node [shape=box, fontname=\"sans-serif\"];\n");
    if (clusters_ == Clusters::module)
      write_modules();
    else if (clusters_ == Clusters::group && plan_)
      write_groups();
    else if (clusters_ == Clusters::partition && placement_)
      write_partitions();
    else
      for (std::size_t step = 0; step < shown(); ++step) write_node(step, "  ");
    for (std::size_t step = 0; step < shown(); ++step)
      for (const auto earlier : order_.before().of(step)) write_edge(earlier, step);
    if (shown() < order_.size())
      out_.write("  more [shape=plaintext, label=\"" + std::to_string(order_.size() - shown()) +
                 " more operators\"];\n");
    out_.write("}\n");
  }

 private:
  [[nodiscard]] std::size_t shown() const { return std::min(most_, order_.size()); }

  void write_node(std::size_t step, const std::string& indent) {
    const NodeId n = order_.node(step);
    auto label = escaped(names_[n]) + "\\n" + std::string(name(g_.op(n)));
    if (cost_ && cost_->nodes[n].flops_upper() > 0)
      label +=
          "\\n" + text::si(all_runs(cost_->nodes[n]).flops.value, cost_->nodes[n].flops_upper()) + " FLOPs";
    out_.write(indent + "n" + std::to_string(step) + " [label=\"" + label + "\"" + colour(step) + "];\n");
  }
  [[nodiscard]] const PlacedOperator* placed(std::size_t step) const { return placed_[order_.node(step)]; }
  [[nodiscard]] std::string colour(std::size_t step) const {
    const auto* where = placed(step);
    if (!where) return {};
    return ", style=filled, fillcolor=\"" + std::string(device_colour(where->device)) + "\"";
  }
  void write_edge(std::size_t from, std::size_t to) {
    const auto outputs = g_.outputs(order_.node(from));
    out_.write("  n" + std::to_string(from) + " -> n" + std::to_string(to));
    if (!outputs.empty()) out_.write(" [tooltip=" + quoted(to_text(g_, g_.type_id(outputs[0]))) + "]");
    out_.write(";\n");
  }

  /// A cluster for each module that holds operators, inside that of its parent.
  void write_modules() {
    PerModule<std::vector<std::uint32_t>> own(g_.module_count());
    PerModule<std::vector<ModuleId>> inner(g_.module_count());
    PerModule<char> used(g_.module_count(), 0);
    for (std::uint32_t step = 0; step < shown(); ++step) {
      auto m = g_.module(order_.node(step));
      own[m].push_back(step);
      for (; !used[m]; m = g_.parent(m)) {
        used[m] = 1;
        if (m == ModuleId(0)) break;
        inner[g_.parent(m)].push_back(m);
      }
    }
    std::vector<std::pair<ModuleId, bool>> open{{ModuleId(0), false}};
    std::string indent = "  ";
    while (!open.empty()) {
      const auto [m, closing] = open.back();
      open.pop_back();
      if (closing) {
        indent.resize(indent.size() - 2);
        out_.write(indent + "}\n");
        continue;
      }
      if (m != ModuleId(0)) {
        out_.write(indent + "subgraph cluster_m" + std::to_string(m.index) + " {\n");
        indent += "  ";
        out_.write(indent + "label=" + quoted(g_.path(m)) + ";\n");
        open.emplace_back(m, true);
      }
      for (const auto step : own[m]) write_node(step, indent);
      for (auto i = inner[m].size(); i-- > 0;) open.emplace_back(inner[m][i], false);
    }
  }

  void write_groups() {
    std::map<std::uint32_t, std::vector<std::uint32_t>> steps;
    for (std::uint32_t step = 0; step < shown(); ++step)
      steps[plan_->group_of[order_.node(step)]].push_back(step);
    for (const auto& [group, members] : steps) {
      out_.write("  subgraph cluster_g" + std::to_string(group) +
                 " {\n    label=" + quoted(plan_->patterns[plan_->groups[group].pattern].name) + ";\n");
      for (const auto step : members) write_node(step, "    ");
      out_.write("  }\n");
    }
  }

  /// What no placement is about stays outside of the frames.
  void write_partitions() {
    std::map<std::uint32_t, std::vector<std::uint32_t>> steps;
    for (std::uint32_t step = 0; step < shown(); ++step)
      if (const auto* where = placed(step))
        steps[where->partition].push_back(step);
      else
        write_node(step, "  ");
    for (const auto& [partition, members] : steps) {
      const auto device = placement_->partitions[partition].device;
      out_.write("  subgraph cluster_p" + std::to_string(partition) + " {\n    label=" +
                 quoted("#" + std::to_string(partition + 1) + " " + placement_->devices[device]) + ";\n");
      for (const auto step : members) write_node(step, "    ");
      out_.write("  }\n");
    }
  }

  const Graph& g_;
  const CostProfile* cost_;
  const FusionPlan* plan_;
  const Placement* placement_;
  Clusters clusters_;
  std::size_t most_;
  Dependencies order_;
  PerNode<std::string> names_;
  PerNode<const PlacedOperator*> placed_;
  Sink& out_;
};

/// A graph for Graphviz: `dot -Tsvg`. Several models are several digraphs.
class Dot final : public Report {
 public:
  static void options(OptionSpec<Dot>& o) {
    o.choice("clusters", &Dot::clusters_,
             {{"module", Clusters::module},
              {"group", Clusters::group},
              {"partition", Clusters::partition},
              {"none", Clusters::none}},
             "what is framed: modules, the groups of the analysis fusion, or the partitions of a placement");
    o.field("most", &Dot::most_, "operators to draw, the first ones").at_least(1);
  }
  [[nodiscard]] Result<void> write(const Run& run, Sink& out) const override {
    for (const auto& model : run.models)
      if (!model.error) Drawing(model, clusters_, static_cast<std::size_t>(most_), out).write(model.id);
    return {};
  }

 private:
  Clusters clusters_ = Clusters::module;
  std::int64_t most_ = 2000;
};

}  // namespace
}  // namespace alidade::dot

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::dot::Dot>("dot", "the graph for Graphviz, framed by module, fused group or partition");
}
