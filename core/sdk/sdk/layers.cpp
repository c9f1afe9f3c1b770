#include "alidade/sdk/layers.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

namespace alidade {
namespace {

bool is_layer(Op op) { return op != Op::constant && class_of(op) != OpClass::control; }

/// Nodes in order of execution: those of a region come right after the node that owns it. No recursion.
std::vector<NodeId> execution_order(const Graph& graph) {
  std::vector<NodeId> order;
  order.reserve(graph.node_count());
  std::vector<std::span<const NodeId>> open = {graph.body()};
  while (!open.empty()) {
    auto& rest = open.back();
    if (rest.empty()) {
      open.pop_back();
      continue;
    }
    const NodeId node = rest.front();
    rest = rest.subspan(1);
    order.push_back(node);
    const auto regions = graph.regions(node);
    for (std::size_t i = regions.size(); i-- > 0;) open.push_back(graph.body(regions[i]));
  }
  return order;
}

/// Gives each operator its name, knowing which modules hold nothing else.
class Names {
 public:
  Names(const Graph& graph, const std::vector<Layer>& layers)
      : graph_(graph), holds_(graph.module_count(), 0), views_(graph.module_count(), 0) {
    for (const auto& layer : layers) ++(is_view(layer.node) ? views_ : holds_)[graph.module(layer.node)];
    for (std::size_t i = 1; i < graph.module_count(); ++i) ++holds_[graph.parent(ModuleId(i))];
  }
  std::string of(NodeId node) {
    const auto module = graph_.module(node);
    auto path = graph_.path(module);
    if (path.empty() && !graph_.name(node).empty()) return std::string(graph_.name(node));
    if (!path.empty() && is_alone(node, module)) return path;
    const auto word = own_word(node);
    const auto call = ++calls_[{module, word}];
    if (!path.empty()) path += '/';
    path += word;
    return call == 1 ? path : path + "_" + std::to_string(call);
  }

 private:
  [[nodiscard]] bool is_view(NodeId node) const { return class_of(graph_.op(node)) == OpClass::view; }
  /// Whether a module is nothing but this operator; views beside it do not matter.
  [[nodiscard]] bool is_alone(NodeId node, ModuleId module) const {
    return is_view(node) ? holds_[module] == 0 && views_[module] == 1 : holds_[module] == 1;
  }
  /// The operator's name; for an unknown one, the last part of its foreign name.
  [[nodiscard]] std::string_view own_word(NodeId node) const {
    const auto foreign = graph_.foreign(node);
    if (graph_.op(node) != Op::opaque || foreign.empty()) return name(graph_.op(node));
    return foreign.substr(foreign.rfind(':') + 1);
  }

  const Graph& graph_;
  PerModule<std::uint32_t> holds_, views_;  // modules and operators of its own; views of its own
  std::map<std::pair<ModuleId, std::string_view>, std::uint32_t> calls_;
};

void set_params(const Graph& graph, Layer& row, std::vector<bool>& counted) {
  Count sum = 0;
  bool known = !hides_weights(graph, row.node);
  for (const auto value : graph.inputs(row.node)) {
    if (!value.valid() || graph.kind(value) != ValueKind::parameter || counted[value.index]) continue;
    counted[value.index] = true;
    const auto elements = graph.type(value).elements();
    sum += elements.value_or(0), known &= elements.has_value();
  }
  row.params = sum.get().value_or(0);
  row.params_upper = known ? Upper(row.params) : Upper::none();
}

}  // namespace

std::vector<Layer> layers(const Graph& graph) {
  std::vector<Layer> rows;
  rows.reserve(graph.node_count());
  std::vector<bool> counted(graph.value_count());
  for (const auto node : execution_order(graph))
    if (is_layer(graph.op(node))) set_params(graph, rows.emplace_back(node), counted);
  Names names(graph, rows);
  for (auto& row : rows) row.name = names.of(row.node);
  return rows;
}

PerNode<std::string> layer_names(const Graph& graph) {
  PerNode<std::string> names(graph.node_count());
  for (auto& layer : layers(graph)) names[layer.node] = std::move(layer.name);
  for (const NodeId n : graph.nodes())
    if (!is_layer(graph.op(n))) names[n] = graph.name(n);
  return names;
}

std::string layer_label(const Graph& graph, NodeId node) {
  const Op op = graph.op(node);
  if (op == Op::max_pool && graph.foreign(node).ends_with(".add")) return "SumPool";  // as much work
  if (op != Op::conv) return std::string(label(op));
  const auto rank = graph.attrs<ConvAttrs>(node).strides.rank;
  return rank == 0 ? std::string(label(op)) : "Conv" + std::to_string(rank) + "D";
}

std::string layer_type(const Graph& graph, NodeId node) {
  auto text = layer_label(graph, node);
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

Work all_runs(const NodeCost& cost) {
  auto work = cost.work;
  work.flops.value *= cost.runs, work.flops_upper = cost.flops_upper();
  for (auto member : {&Work::input, &Work::output, &Work::weight}) (work.*member).value *= cost.runs;
  work.macs.value *= cost.runs;
  return work;
}

std::optional<double> known_intensity(const Work& work) {
  return work.known() ? work.intensity() : std::nullopt;
}

std::string_view bottleneck(const CostProfile& profile, const Work& work) {
  if (!work.known()) return "unknown";
  if (work.traffic() == Bytes{}) return "none";
  return profile.compute_bound(work) ? "compute-bound" : "memory-bound";
}

std::string_view name(Certainty certainty) {
  switch (certainty) {
    case Certainty::exact:
      return "exact";
    case Certainty::bounded:
      return "bounded";
    case Certainty::unbounded:
      return "unbounded";
    case Certainty::unknown:
      return "unknown";
  }
  return "unknown";
}

}  // namespace alidade
