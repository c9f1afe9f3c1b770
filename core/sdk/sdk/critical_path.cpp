#include "alidade/sdk/critical_path.hpp"

#include <algorithm>

#include "alidade/sdk/dependencies.hpp"
#include "alidade/sdk/region_sums.hpp"

namespace alidade {
namespace {

/// Seconds of all runs of some operators; of branches those of the one that takes longest.
struct Time {
  double seconds = 0;
  void add(const Time& o) { seconds += o.seconds; }
  void either(const Time& o) { seconds = std::max(seconds, o.seconds); }
  void repeat(std::int64_t) {}  // all runs are in it
};

}  // namespace

TimedPath critical_path(const Graph& graph, const HardwareRun& run) {
  const Dependencies order(graph);
  const auto sums =
      region_sums<Time>(graph, [&](NodeId n, Time& sum) { sum.add({run.costs[n].time.value}); });
  std::vector<double> seconds(order.size(), 0);  // of nested regions: with the node that holds them
  for (std::size_t step = 0; step < order.outermost(); ++step) {
    const NodeId n = order.node(step);
    seconds[step] = run.costs[n].time.value + sum_inside(graph, n, sums).seconds;
  }
  const Chain chain = heaviest_chain(order.before(), seconds);
  TimedPath path;
  path.time = Seconds(chain.weight);
  for (const auto step : chain.steps) path.nodes.push_back(order.node(step));
  return path;
}

}  // namespace alidade
