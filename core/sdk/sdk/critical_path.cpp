#include "alidade/sdk/critical_path.hpp"

#include "alidade/sdk/dependencies.hpp"

namespace alidade {

TimedPath critical_path(const Graph& graph, const HardwareRun& run) {
  const Dependencies order(graph);
  std::vector<double> seconds(order.size(), 0);  // of nested regions: with the node that holds them
  for (const NodeId n : order.nodes()) seconds[order.outer_step(graph, n)] += run.costs[n].time.value;
  const Chain chain = heaviest_chain(order.before(), seconds);
  TimedPath path;
  path.time = Seconds(chain.weight);
  for (const auto step : chain.steps) path.nodes.push_back(order.node(step));
  return path;
}

}  // namespace alidade
