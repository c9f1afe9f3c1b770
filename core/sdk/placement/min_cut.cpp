// Two devices and a sum: the cheapest placement is a minimum cut. What a step costs on one device is the edge
// that is cut when it is there; a tensor has a node of its own for each way, so that it is paid for once.
#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/boykov_kolmogorov_max_flow.hpp>

#include "alidade/sdk/placement_value.hpp"

namespace alidade {
namespace {

using Traits = boost::adjacency_list_traits<boost::vecS, boost::vecS, boost::directedS>;
struct Vertex {
  boost::default_color_type color{};
  double distance = 0;
  Traits::edge_descriptor before;
};
struct Edge {
  double capacity = 0, residual = 0;
  Traits::edge_descriptor reverse;
};
using Network = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, Vertex, Edge>;

class Cut {
 public:
  Cut(const PlacementTask& task, Objective objective)
      : task_(task),
        objective_(objective),
        steps_(task.before.size()),
        network_(steps_ + 2),
        never_(more_than_all()) {
    for (std::size_t step = 0; step < steps_; ++step) {
      add(source(), step, cost(1, step), 0);  // cut where the step is on the second device
      add(step, sink(), cost(0, step), 0);
    }
    for (const auto& tensor : task.tensors) add(tensor);
  }

  DeviceOf solve() {
    boost::boykov_kolmogorov_max_flow(
        network_, boost::get(&Edge::capacity, network_), boost::get(&Edge::residual, network_),
        boost::get(&Edge::reverse, network_), boost::get(&Vertex::before, network_),
        boost::get(&Vertex::color, network_), boost::get(&Vertex::distance, network_),
        boost::get(boost::vertex_index, network_), source(), sink());
    DeviceOf out(steps_);
    for (std::size_t step = 0; step < steps_; ++step)
      out[step] = network_[step].color == boost::black_color ? 0 : 1;
    return out;
  }

 private:
  [[nodiscard]] std::size_t source() const { return steps_; }
  [[nodiscard]] std::size_t sink() const { return steps_ + 1; }
  [[nodiscard]] double cost(std::size_t device, std::size_t step) const {
    return task_.devices[device].runs(step) ? step_cost(task_, objective_, device, step) : never_;
  }

  /// A capacity that no sensible cut goes through.
  [[nodiscard]] double more_than_all() const {
    double sum = 1;
    for (std::size_t d = 0; d < task_.devices.size(); ++d)
      for (std::size_t step = 0; step < task_.before.size(); ++step)
        if (task_.devices[d].runs(step)) sum += step_cost(task_, objective_, d, step);
    for (const auto& tensor : task_.tensors) sum += way(0, 1, tensor) + way(1, 0, tensor);
    return sum;
  }
  [[nodiscard]] double way(std::size_t from, std::size_t to, const HandedOn& tensor) const {
    return transfer_cost(task_, objective_, from, to, tensor.bytes);
  }

  void add(std::size_t from, std::size_t to, double forth, double back) {
    const auto there = boost::add_edge(from, to, {forth, 0, {}}, network_).first;
    const auto here = boost::add_edge(to, from, {back, 0, {}}, network_).first;
    network_[there].reverse = here, network_[here].reverse = there;
  }
  void add(const HandedOn& tensor) {
    const double forth = way(0, 1, tensor), back = way(1, 0, tensor);
    if (tensor.readers.size() == 1) return add(tensor.maker, tensor.readers[0], forth, back);
    const auto moved_forth = boost::add_vertex(network_), moved_back = boost::add_vertex(network_);
    add(tensor.maker, moved_forth, forth, 0), add(moved_back, tensor.maker, back, 0);
    for (const auto reader : tensor.readers)
      add(moved_forth, reader, never_, 0), add(reader, moved_back, never_, 0);
  }

  const PlacementTask& task_;
  Objective objective_;
  std::size_t steps_;
  Network network_;
  double never_;
};

bool runs_all(const PlacementTask& task, std::uint8_t device) {
  for (std::size_t step = 0; step < task.before.size(); ++step)
    if (!task.devices[device].runs(step)) return false;
  return true;
}

}  // namespace

/// What a device takes once, whatever it does, is not a sum over steps: both at work, or either alone.
std::optional<DeviceOf> least_sum(const PlacementTask& task) {
  for (std::size_t step = 0; step < task.before.size(); ++step)
    if (!task.devices[0].runs(step) && !task.devices[1].runs(step)) return std::nullopt;
  const auto objective = is_sum(task.objective) ? task.objective : Objective::time;
  const PlacementMeter meter(task);
  auto best = Cut(task, objective).solve();
  for (const std::uint8_t device : {std::uint8_t{0}, std::uint8_t{1}})
    if (DeviceOf alone(task.before.size(), device);
        runs_all(task, device) && meter(objective, alone) < meter(objective, best))
      best = std::move(alone);
  return best;
}

}  // namespace alidade
