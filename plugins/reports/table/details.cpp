#include <algorithm>
#include <functional>
#include <map>

#include "alidade/base/text.hpp"
#include "alidade/ir/symbols.hpp"
#include "figures.hpp"
#include "grid.hpp"
#include "page.hpp"

namespace alidade::table {
namespace {

constexpr std::size_t kWidestName = 60;

/// Operators of one kind whose work is not exactly known.
struct Inexact {
  std::size_t ops = 0;
  std::uint64_t flops = 0, traffic = 0;
  Upper flops_upper, traffic_upper;
};

std::string foreign_or_label(const Page& page, NodeId node) {
  const auto foreign = text::printable(page.graph.foreign(node));
  return foreign.empty() ? layer_label(page.graph, node) : foreign;
}

std::string why_unknown(const Graph& graph, NodeId node, const Work& work) {
  switch (work.certainty) {
    case Certainty::bounded:
      return "unknown operator";
    case Certainty::unbounded:
      return "unknown operator, and " + std::string(unbounded_because(graph, node));
    case Certainty::unknown:
      return "its shapes are not known";
    case Certainty::exact:
      break;
  }
  return "its bytes are not known";
}

void write_binding_hint(const Graph& graph, Sink& out) {
  const auto symbols = symbols_of(graph);
  if (!symbols.of_inputs.empty())
    out.write("  Shapes depend on " + text::printable(text::join(symbols.of_inputs, ", ")) +
              "; give them sizes: " + bind_flags(graph, symbols.of_inputs) + "\n");
  if (!symbols.of_data.empty())
    out.write("  Shapes depend on data, which is known when the model runs: " +
              text::printable(text::join(symbols.of_data, ", ")) + "\n");
}

/// All layers, or the top ones by FLOPs; equal ones in file order.
std::vector<Layer> chosen(const Page& page) {
  if (page.view.verbose) return page.layers;
  std::vector<std::pair<std::uint64_t, std::size_t>> order;
  for (std::size_t i = 0; i < page.layers.size(); ++i)
    order.emplace_back(all_runs(page.cost.nodes[page.layers[i].node]).flops.value, i);
  const auto top = std::min(order.size(), static_cast<std::size_t>(page.view.top));
  std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(top),
                            [](const auto& a, const auto& b) {
                              return a.first != b.first ? a.first > b.first : a.second < b.second;
                            });
  std::vector<Layer> layers;
  for (std::size_t i = 0; i < top; ++i) layers.push_back(page.layers[order[i].second]);
  return layers;
}

}  // namespace

void write_unknown(const Page& page, Sink& out) {
  std::map<std::pair<std::string, std::string>, Inexact> kinds;  // by why, then by what
  for (const auto& layer : page.layers) {
    const auto& cost = page.cost.nodes[layer.node];
    const auto work = all_runs(cost);
    if (work.known()) continue;
    auto& kind = kinds[{why_unknown(page.graph, layer.node, work), foreign_or_label(page, layer.node)}];
    ++kind.ops, kind.flops += work.flops.value, kind.flops_upper += cost.flops_upper();
    kind.traffic += work.traffic().value, kind.traffic_upper += cost.traffic_upper();
  }
  if (kinds.empty()) return;
  out.write("\nUnknown Operators:\n");
  Grid grid{{{"Operator", false}, {"Ops"}, {"Share"}, {"FLOPs"}, {"Memory"}, {"Why", false}}, {}};
  for (const auto& [key, kind] : kinds)
    grid.rows.push_back({key.second, std::to_string(kind.ops),
                         percent(static_cast<double>(kind.ops) / static_cast<double>(page.layers.size())),
                         text::si(kind.flops, kind.flops_upper), bytes_cell(kind.traffic, kind.traffic_upper),
                         key.first});
  grid.write(out);
  if (page.cost.total.unknown > 0) write_binding_hint(page.graph, out);
}

void write_details(const Page& page, Sink& out) {
  const auto order = chosen(page);
  if (order.empty()) return;
  const auto count = std::to_string(order.size());
  out.write(page.view.verbose ? "\nLayer Details:\n" : "\nLayer Details (Top " + count + " by FLOPs):\n");
  std::size_t width = 0;
  for (const auto& layer : order) width = std::max(width, text::columns(shortened(layer.name, kWidestName)));
  for (const auto& layer : order) {
    const auto& cost = page.cost.nodes[layer.node];
    const auto work = all_runs(cost);
    out.write("  " + padded(shortened(layer.name, kWidestName) + ":", width + 2) +
              text::si(work.flops.value, cost.flops_upper()) + " FLOPs, " +
              text::bytes(work.traffic().value, cost.traffic_upper()) +
              ", AI=" + intensity(known_intensity(work)) + " (" + std::string(bottleneck(page.cost, work)) +
              (cost.conditional ? ", in a branch" : "") + ")\n");
  }
}

}  // namespace alidade::table
