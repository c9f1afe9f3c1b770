#include "alidade/sdk/serial_schedule.hpp"

#include "alidade/sdk/dependencies.hpp"

namespace alidade {
namespace {

constexpr double kSecondsPerFlop = 1e-12;

}  // namespace

std::vector<ScheduledOperator> serial_schedule(const Graph& graph, const CostProfile& cost) {
  const Dependencies order(graph);
  std::vector<ScheduledOperator> out(order.outermost());
  for (const NodeId n : order.nodes()) {
    const auto& node = cost.nodes[n];
    auto& row = out[order.outer_step(graph, n)];
    row.duration.value +=
        kSecondsPerFlop * static_cast<double>(node.work.flops.value * node.scheduled_runs());
    row.at_least |= !node.cheaper && !node.certain();
  }
  Seconds now;
  for (std::size_t step = 0; step < out.size(); ++step) {
    out[step].node = order.node(step), out[step].start = now;
    now += out[step].duration;
  }
  return out;
}

}  // namespace alidade
