#include <algorithm>
#include <map>
#include <optional>

#include "alidade/base/text.hpp"
#include "figures.hpp"
#include "grid.hpp"
#include "page.hpp"

namespace alidade::table {
namespace {

constexpr std::int64_t kDeepest = 64;
constexpr std::size_t kMostRows = 64;  // of operators that one module holds itself, before they are grouped
constexpr std::size_t kWidestName = 60;

/// What a module holds, in order of first execution: a module inside it, or an operator of its own.
struct Part {
  ModuleId module;
  const Layer* layer = nullptr;
};

/// The figures of one row.
struct Figures {
  std::uint64_t params = 0, macs = 0, flops = 0, memory = 0;
  Upper params_upper, macs_upper, flops_upper, memory_upper;
  Figures& operator+=(const Figures& o) {
    params += o.params, macs += o.macs, flops += o.flops, memory += o.memory;
    params_upper += o.params_upper, macs_upper += o.macs_upper, flops_upper += o.flops_upper,
        memory_upper += o.memory_upper;
    return *this;
  }
};

Figures figures_of(const CostSum& sum) {
  return {sum.params.value, sum.macs.value, sum.flops.value, sum.traffic.value,
          sum.params_upper, sum.macs_upper, sum.flops_upper, sum.traffic_upper};
}

class Tree {
 public:
  explicit Tree(const Page& page)
      : page_(page), parts_(page.graph.module_count()), last_(page.graph.module_count(), nullptr) {
    for (const auto& layer : page.layers) place(layer);
    grid_.columns = {{"Module", false}, {"#Parameters"}};
    if (page.view.show_shape) grid_.columns.push_back({"Tensor Shape", false});
    for (const auto* title : {"MACs", "FLOPs", "Memory"}) grid_.columns.push_back({title});
  }
  const Grid& grid() {
    add_module(ModuleId(0), 0, 0);
    return grid_;
  }

 private:
  /// Puts an operator into its module, and modules seen for the first time into theirs.
  void place(const Layer& layer) {
    auto module = page_.graph.module(layer.node);
    bool known = last_[module] != nullptr;
    parts_[module].push_back({{}, &layer});
    last_[module] = &layer;
    while (module != ModuleId(0)) {
      const auto parent = page_.graph.parent(module);
      if (!known) parts_[parent].push_back({module, nullptr});
      known = last_[parent] != nullptr;
      last_[parent] = &layer;
      module = parent;
    }
  }

  /// A row at this indentation, and what the module holds unless it is too deep in the tree.
  void add_module(ModuleId module, std::int64_t level, std::int64_t depth) {
    const auto& sum = page_.cost.modules[module];
    const bool root = level == 0;
    add(level, root ? page_.model.id : page_.graph.path(module),
        last_[module] ? shape_of(*last_[module]) : std::string{}, figures_of(sum));
    const auto deepest = page_.view.depth == 0 ? kDeepest : std::min(page_.view.depth, kDeepest);
    if (depth >= deepest || (!root && folds(module))) return add_parameters(module, level + 1);
    add_parts(module, level + 1, depth + 1);
  }

  /// A module that holds only operators is one row, except in the verbose page.
  [[nodiscard]] bool folds(ModuleId module) const {
    const auto& parts = parts_[module];
    const bool only_operators =
        std::ranges::all_of(parts, [](const Part& part) { return part.layer != nullptr; });
    return only_operators && (!page_.view.verbose || parts.size() == 1);
  }

  void add_parts(ModuleId module, std::int64_t level, std::int64_t depth) {
    const auto& parts = parts_[module];
    const auto own =
        static_cast<std::size_t>(std::ranges::count_if(parts, [](const Part& p) { return p.layer; }));
    const bool group = own > kMostRows && !page_.view.verbose;
    for (std::size_t i = 0, alike = 1; i < parts.size(); i += alike) {
      alike = page_.view.fold ? repetitions(parts, i) : 1;
      if (alike > 1)
        add_repeated(std::span(parts).subspan(i, alike), level, depth);
      else if (!parts[i].layer)
        add_module(parts[i].module, level, depth);
      else if (!group)
        add_layer(*parts[i].layer, level);
    }
    if (group) add_groups(parts, level);
  }

  /// How many modules from this one on, one after another, are the same but for their names.
  [[nodiscard]] std::size_t repetitions(const std::vector<Part>& parts, std::size_t first) const {
    if (parts[first].layer || folds(parts[first].module)) return 1;
    const auto wanted = likeness(parts[first].module);
    std::size_t count = 1;
    while (first + count < parts.size() && !parts[first + count].layer &&
           likeness(parts[first + count].module) == wanted)
      ++count;
    return count;
  }
  /// Everything that the rows of a module would show, without the names.
  [[nodiscard]] std::string likeness(ModuleId module) const {
    std::string all(page_.graph.type(module));
    for (const auto& part : parts_[module]) {
      all += '(';
      if (part.layer) {
        const auto one = figures(*part.layer);
        all += layer_label(page_.graph, part.layer->node);
        for (const auto figure : {one.params, one.macs, one.flops, one.memory})
          all += ' ' + std::to_string(figure);
      } else {
        all += likeness(part.module);
      }
      all += ')';
    }
    return all;
  }
  /// "12 x EncoderBlock: encoder.layers.0 .. encoder.layers.11", their sum; then the first of them, with
  /// what it holds: one level more than the depth alone would show.
  void add_repeated(std::span<const Part> blocks, std::int64_t level, std::int64_t depth) {
    Figures sum;
    for (const auto& block : blocks) sum += figures_of(page_.cost.modules[block.module]);
    const auto& graph = page_.graph;
    const auto type = graph.type(blocks.front().module);
    add(level,
        std::to_string(blocks.size()) + " x " + std::string(type.substr(type.rfind('.') + 1)) + ": " +
            graph.path(blocks.front().module) + " .. " + std::string(graph.name(blocks.back().module)),
        {}, sum);
    add_module(blocks.front().module, level + 1, depth - 1);
  }

  void add_layer(const Layer& layer, std::int64_t level) {
    add(level, layer.name, shape_of(layer), figures(layer));
    add_parameters(layer, level + 1);
  }

  void add_groups(const std::vector<Part>& parts, std::int64_t level) {
    std::map<std::string, std::pair<std::size_t, Figures>> groups;
    for (const auto& part : parts) {
      if (!part.layer) continue;
      auto& [count, sum] = groups[layer_label(page_.graph, part.layer->node)];
      ++count, sum += figures(*part.layer);
    }
    for (const auto& [label, group] : groups)
      add(level, "(" + std::to_string(group.first) + " x " + label + ")", "", group.second);
  }

  void add_parameters(ModuleId module, std::int64_t level) {
    for (const auto& part : parts_[module])
      if (part.layer) add_parameters(*part.layer, level);
  }
  void add_parameters(const Layer& layer, std::int64_t level) {
    if (!page_.view.show_shape) return;
    for (const auto value : page_.graph.inputs(layer.node))
      if (value.valid() && page_.graph.kind(value) == ValueKind::parameter)
        add(level, page_.graph.name(value), shape_cell(page_.graph, value), std::nullopt);
  }

  void add(std::int64_t level, std::string_view name, const std::string& shape,
           std::optional<Figures> figures) {
    std::vector<std::string> row = {std::string(static_cast<std::size_t>(level), ' ') +
                                    shortened(name, kWidestName)};
    row.push_back(figures ? count_cell(figures->params, figures->params_upper) : "");
    if (page_.view.show_shape) row.push_back(shape);
    row.push_back(figures ? count_cell(figures->macs, figures->macs_upper) : "");
    row.push_back(figures ? count_cell(figures->flops, figures->flops_upper) : "");
    row.push_back(figures ? bytes_cell(figures->memory, figures->memory_upper) : "");
    grid_.rows.push_back(std::move(row));
  }

  [[nodiscard]] Figures figures(const Layer& layer) const {
    const auto& cost = page_.cost.nodes[layer.node];
    const auto work = all_runs(cost);
    return {layer.params,       work.macs.value,   work.flops.value,   work.traffic().value,
            layer.params_upper, cost.macs_upper(), cost.flops_upper(), cost.traffic_upper()};
  }
  [[nodiscard]] std::string shape_of(const Layer& layer) const {
    const auto outputs = page_.graph.outputs(layer.node);
    return outputs.empty() ? std::string{} : shape_cell(page_.graph, outputs[0]);
  }

  const Page& page_;
  PerModule<std::vector<Part>> parts_;
  PerModule<const Layer*> last_;  // the operator of the module, or of a module inside it, that runs last
  Grid grid_;
};

}  // namespace

std::string shape_cell(const Graph& graph, ValueId value) {
  const auto type = graph.type(value);
  if (!type.ranked) return {};
  std::vector<std::string> parts;
  for (const auto dim : type.dims)
    parts.push_back(dim.is_known()      ? std::to_string(dim.size())
                    : dim.is_symbolic() ? text::printable(graph.expression(dim.symbol()))
                                        : "?");
  return "(" + text::join(parts, ", ") + ")";
}

void write_tree(const Page& page, Sink& out) {
  out.write("\nHierarchical Profile (a parent is the sum of what it holds):\n");
  Tree(page).grid().write(out);
  const auto& total = page.cost.total;
  if (total.flops_upper != total.flops.value || total.traffic_upper != total.traffic.value ||
      total.params_upper != total.params.value)
    out.write("  + at least: some of it is not known\n");
}

}  // namespace alidade::table
