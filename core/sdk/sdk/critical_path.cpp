#include "alidade/sdk/critical_path.hpp"

#include <algorithm>

#include "alidade/sdk/dependencies.hpp"
#include "alidade/sdk/region_sums.hpp"

namespace alidade {
namespace {

/// Seconds of all runs of some operators; of branches those of the one that takes least, and longest.
struct Time {
  double least = 0, most = 0;
  void add(const Time& o) { least += o.least, most += o.most; }
  void either(const Time& o) { least = std::min(least, o.least), most = std::max(most, o.most); }
  void repeat(const Trips&) {}  // all runs are in it
};

}  // namespace

TimedPath critical_path(const Graph& graph, const HardwareRun& run) {
  const Dependencies order(graph);
  const auto sums = region_sums<Time>(
      graph, [&](NodeId n, Time& sum) { sum.add({run.costs[n].time.value, run.costs[n].time.value}); });
  std::vector<double> least(order.size(), 0),
      most = least;  // of nested regions: with the node that holds them
  for (std::size_t step = 0; step < order.outermost(); ++step) {
    const NodeId n = order.node(step);
    const Time inside = sum_inside(graph, n, sums);
    least[step] = run.costs[n].time.value + inside.least;
    most[step] = run.costs[n].time.value + inside.most;
  }
  const Chain chain = heaviest_chain(order.before(), most);
  TimedPath path;
  path.time = Seconds(chain.weight);
  path.least = Seconds(heaviest_chain(order.before(), least).weight);
  for (const auto step : chain.steps) path.nodes.push_back(order.node(step));
  return path;
}

}  // namespace alidade
