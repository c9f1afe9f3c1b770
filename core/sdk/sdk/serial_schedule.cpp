#include "alidade/sdk/serial_schedule.hpp"

#include "alidade/sdk/dependencies.hpp"

namespace alidade {
namespace {

/// `lasts(n)` is the seconds of all runs of a node without its regions.
template <class Lasts>
std::vector<ScheduledOperator> scheduled(const Graph& graph, const CostProfile* cost, Lasts&& lasts) {
  const Dependencies order(graph);
  std::vector<ScheduledOperator> out(order.outermost());
  for (const NodeId n : order.nodes()) {
    auto& row = out[order.outer_step(graph, n)];
    row.duration += Seconds(lasts(n));
    row.at_least |= cost && !cost->nodes[n].cheaper && !cost->nodes[n].certain();
  }
  Seconds now;
  for (std::size_t step = 0; step < out.size(); ++step) {
    out[step].node = order.node(step), out[step].start = now;
    now += out[step].duration;
  }
  return out;
}

}  // namespace

std::vector<ScheduledOperator> serial_schedule(const Graph& graph, const CostProfile* cost,
                                               const HardwareRun& run) {
  return scheduled(graph, cost,
                   [&](NodeId n) { return cost && cost->nodes[n].cheaper ? 0 : run.costs[n].time.value; });
}

std::vector<ScheduledOperator> serial_schedule(const Graph& graph, const CostProfile& cost) {
  return scheduled(graph, &cost, [&](NodeId n) {
    return 1e-12 * static_cast<double>(cost.nodes[n].work.flops.value * cost.nodes[n].scheduled_runs());
  });
}

std::array<double, 3> bound_shares(const HardwareRun& run) {
  std::array<double, 3> out{};
  double whole = 0;
  for (const auto& cost : run.costs.rows()) {
    out[static_cast<std::size_t>(cost.bound)] += cost.time.value;
    whole += cost.time.value;
  }
  for (auto& time : out) time = whole > 0 ? time / whole : 0;
  return out;
}

}  // namespace alidade
