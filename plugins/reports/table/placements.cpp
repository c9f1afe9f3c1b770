// Where operators go: a line, the partitions, and what is not on the device that is wanted.
#include <algorithm>

#include "alidade/base/text.hpp"
#include "alidade/results/placement.hpp"
#include "alidade/sdk/layers.hpp"
#include "grid.hpp"
#include "page.hpp"

namespace alidade::table {
namespace {

std::size_t most_rows(const View& view) {
  return view.verbose ? ~std::size_t{0} : static_cast<std::size_t>(view.top);
}

void write_first_rows(Grid grid, const View& view, Sink& out) {
  const auto all = grid.rows.size(), shown = std::min(all, most_rows(view));
  grid.rows.resize(shown);
  grid.write(out);
  if (shown < all) out.write("  ... and " + std::to_string(all - shown) + " more (verbose shows all)\n");
}

void write_partitions(const Placement& p, const View& view, Sink& out) {
  Grid grid{{{"Partition", false},
             {"Device", false},
             {"Bound", false},
             {"Operators"},
             {"MACs"},
             {"In"},
             {"Out"},
             {"Time"}},
            {}};
  for (std::size_t i = 0; i < p.partitions.size(); ++i) {
    const auto& one = p.partitions[i];
    const bool unknown = p.at_least && one.time.value == 0;
    grid.rows.push_back({"#" + std::to_string(i + 1), text::printable(p.devices[one.device]),
                         one.bound ? std::string(name(*one.bound)) : "-", std::to_string(one.operators),
                         text::si(one.macs.value), text::bytes(one.in.value), text::bytes(one.out.value),
                         unknown ? "unknown" : text::seconds(one.time.value)});
  }
  write_first_rows(std::move(grid), view, out);
}

void write_others(const Graph& graph, const Placement& p, const View& view, Sink& out) {
  if (p.count(0) == p.operators.size()) return;
  out.write("  Not on " + text::printable(p.devices[0]) + ":\n");
  const auto names = layer_names(graph);
  Grid grid{{{"Operator", false}, {"As", false}, {"On", false}, {"Time"}, {"Reason", false}}, {}};
  for (const auto& one : p.operators)
    if (one.device != 0)
      grid.rows.push_back(
          {text::printable(names[one.node]), text::printable(framework_name(graph, one.node)),
           text::printable(p.devices[one.device]), text::seconds(one.time.value),
           one.wanted.reason.empty() ? "the placer's choice" : text::printable(one.wanted.reason)});
  write_first_rows(std::move(grid), view, out);
}

}  // namespace

void write_placements(const ModelRun& model, const View& view, Sink& out) {
  if (!model.results) return;
  for (const auto* placement : model.results->all_of<Placement>()) {
    out.write("\nPlacement (" + text::printable(placement->placer) + "):\n  " +
              text::visible(placement->summary()) + "\n");
    if (const auto advice = placement->advice(); !advice.empty())
      out.write("  " + text::visible(advice) + "\n");
    write_partitions(*placement, view, out);
    write_others(*model.graph, *placement, view, out);
  }
}

}  // namespace alidade::table
