#include "alidade/sdk/execution_units.hpp"

namespace alidade {

ExecutionUnits::ExecutionUnits(const Graph& graph, const Dependencies& order)
    : of_(graph.node_count(), NodeId::kNone), before_(order.before()) {
  for (std::uint32_t step = 0; step < order.size(); ++step) of_[order.node(step)] = step;
  place(graph, order, order.size());
}

ExecutionUnits::ExecutionUnits(const Graph& graph, const Dependencies& order, const FusionPlan& plan)
    : of_(plan.group_of) {
  place(graph, order, plan.groups.size());
  add_edges(order, plan);
}

void ExecutionUnits::place(const Graph& graph, const Dependencies& order, std::size_t units) {
  outer_ = of_;
  first_.resize(units), last_.resize(units);
  for (std::size_t step = 0; step < order.size(); ++step) {
    const NodeId n = order.node(step);
    const auto unit = of_[n];
    if (!first_[unit].valid()) first_[unit] = n, outermost_ += step < order.outermost() ? 1 : 0;
    last_[unit] = n;
    outer_[n] = of_[order.node(order.outer_step(graph, n))];
  }
}

/// Each unit before another once, in the order in which its operators name them.
void ExecutionUnits::add_edges(const Dependencies& order, const FusionPlan& plan) {
  std::vector<std::uint32_t> seen_by(size(), NodeId::kNone);
  for (std::uint32_t unit = 0; unit < size(); ++unit) {
    for (const NodeId n : plan.operators(plan.groups[unit]))
      for (const auto earlier : order.before().of(order.step(n))) {
        const auto from = of_[order.node(earlier)];
        if (from != unit && seen_by[from] != unit) seen_by[from] = unit, before_.edges.push_back(from);
      }
    before_.edges_end.push_back(static_cast<std::uint32_t>(before_.edges.size()));
  }
}

Dag ExecutionUnits::outermost_before() const {
  Dag out;
  out.edges_end.assign(before_.edges_end.begin(),
                       before_.edges_end.begin() + static_cast<std::ptrdiff_t>(outermost_));
  const std::size_t edges = outermost_ == 0 ? 0 : out.edges_end.back();
  out.edges.assign(before_.edges.begin(), before_.edges.begin() + static_cast<std::ptrdiff_t>(edges));
  return out;
}

}  // namespace alidade
