#include <algorithm>

#include "alidade/base/text.hpp"
#include "alidade/results/fusion.hpp"
#include "alidade/sdk/execution_units.hpp"
#include "alidade/sdk/layers.hpp"
#include "alidade/sdk/placed_nodes.hpp"
#include "alidade/sdk/plugin.hpp"

namespace alidade::mermaid {
namespace {

/// Text inside of a node: quotes and what Mermaid reads as markup, as a directive or as Markdown become
/// entities.
std::string label(std::string_view text) {
  std::string out;
  for (const char c : text::visible(text))
    if (std::string_view("\"#<>%`&").contains(c))
      out += '#' + std::to_string(static_cast<int>(c)) + ';';
    else
      out += c;
  return out;
}

/// A colour for each device of a placement, that of a box's first operator, and a box of each with its name.
void write_devices(const Graph& g, const ExecutionUnits& units, const Placement& placement, std::size_t shown,
                   Sink& out) {
  const auto placed = placed_nodes(g, &placement);
  for (std::size_t device = 0; device < placement.devices.size(); ++device) {
    const auto number = std::to_string(device);
    std::string boxes = "device" + number;
    for (std::size_t i = 0; i < shown; ++i)
      if (const auto* where = placed[units.first(i)]; where && where->device == device)
        boxes += ",n" + std::to_string(i);
    out.write("  device" + number + "([\"" + label(placement.devices[device]) + "\"])\n");
    out.write("  classDef on" + number + " fill:" + std::string(device_colour(device)) + "\n");
    out.write("  class " + boxes + " on" + number + "\n");
  }
}

/// One box per operator, or per fused group where fusion was run.
void write_model(const ModelRun& model, std::size_t most, Sink& out) {
  const Graph& g = *model.graph;
  const Dependencies order(g);
  const auto* plan = model.results ? model.results->get<FusionPlan>() : nullptr;
  const auto names = layer_names(g);
  const auto units = plan ? ExecutionUnits(g, order, *plan) : ExecutionUnits(g, order);
  const auto after = units.after();
  const std::size_t shown = std::min(units.size(), most);
  out.write("%% " + label(model.id) + "\nflowchart TD\n");
  for (std::size_t i = 0; i < shown; ++i) {
    const NodeId first = units.first(i);
    const auto kind = plan ? plan->patterns[plan->groups[i].pattern].name : std::string(name(g.op(first)));
    out.write("  n" + std::to_string(i) + "[\"" + label(names[first]) + "<br/>" + label(kind) + "\"]\n");
  }
  for (std::size_t from = 0; from < shown; ++from)
    for (const auto to : after.of(from))
      if (to < shown) out.write("  n" + std::to_string(from) + " --> n" + std::to_string(to) + "\n");
  if (const auto* placement = model.results ? model.results->get<Placement>() : nullptr)
    write_devices(g, units, *placement, shown, out);
  if (shown < units.size()) out.write("  more([\"" + std::to_string(units.size() - shown) + " more\"])\n");
}

/// A small graph for pages that show Mermaid.
class Mermaid final : public Report {
 public:
  static void options(OptionSpec<Mermaid>& o) {
    o.field("markdown", &Mermaid::markdown_, "each graph as a block of code in Markdown");
    o.field("most", &Mermaid::most_, "boxes to draw, the first ones").at_least(1);
  }
  [[nodiscard]] Result<void> write(const Run& run, Sink& out) const override {
    for (const auto& model : run.models)
      if (!model.error) write_block(model, out);
    return {};
  }

 private:
  void write_block(const ModelRun& model, Sink& out) const {
    if (markdown_) out.write("```mermaid\n");
    write_model(model, static_cast<std::size_t>(most_), out);
    if (markdown_) out.write("```\n");
  }

  bool markdown_ = false;
  std::int64_t most_ = 100;
};

}  // namespace
}  // namespace alidade::mermaid

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::mermaid::Mermaid>("mermaid",
                                        "a small graph for Mermaid, a box per operator or fused group");
}
