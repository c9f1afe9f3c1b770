// When the operators of a placement run.
#include <algorithm>
#include <utility>

#include "alidade/sdk/layers.hpp"
#include "clock.hpp"

namespace alidade::trace {

Figures figures_of(const NodeCost& cost) {
  const auto work = all_runs(cost);
  return {work.flops.value, work.traffic().value, cost.flops_upper(), cost.traffic_upper()};
}

namespace {

/// The bars of one placement, as they are found.
class Bars {
 public:
  Bars(const Placement& placement, const Graph& graph, const CostProfile* cost)
      : p_(placement), g_(graph), cost_(cost), moves_(graph.node_count()) {
    for (const auto& device : p_.devices) clock_.tracks.push_back("placement, " + device);
    for (const auto& moved : p_.transfers) moves_[g_.producer(moved.value)].push_back(&moved);
    clock_.what = "placement", clock_.memory = false;
  }
  [[nodiscard]] std::span<const PlacedTransfer* const> moves(NodeId n) const { return moves_[n]; }
  void run(const PlacedOperator& one, Seconds start) {
    add(one.node, name(g_.op(one.node)), start, one.time, one.device,
        cost_ ? figures_of(cost_->nodes[one.node]) : Figures{});
  }
  /// On the first lane of transfers that is free.
  void move(NodeId maker, const PlacedTransfer& moved, Seconds start) {
    auto lane = static_cast<std::size_t>(
        std::ranges::find_if(free_, [&](Seconds free) { return free <= start; }) - free_.begin());
    if (lane == free_.size()) {
      clock_.tracks.push_back("placement, transfers" + (lane == 0 ? "" : " " + std::to_string(lane + 1)));
      free_.emplace_back();
    }
    free_[lane] = start + moved.time;
    add(maker, "transfer", start, moved.time, p_.devices.size() + lane,
        {0, moved.bytes.value, Upper(0), Upper(moved.bytes.value)});
  }
  Clock take() { return std::move(clock_); }

 private:
  void add(NodeId node, std::string_view what, Seconds start, Seconds time, std::size_t track,
           Figures figures) {
    clock_.bars.push_back({node, {}, what, start, time, false, track, figures});
  }

  const Placement& p_;
  const Graph& g_;
  const CostProfile* cost_;
  PerNode<std::vector<const PlacedTransfer*>> moves_;
  std::vector<Seconds> free_;  // by lane of transfers
  Clock clock_;
};

/// In the order of their partitions; what one makes for another device is moved at once. What devices take
/// for each run comes first.
void run_in_turn(const Placement& placement, Bars& bars) {
  std::vector<const PlacedOperator*> order;
  for (const auto& one : placement.operators) order.push_back(&one);
  std::ranges::stable_sort(order, {}, &PlacedOperator::partition);
  Seconds now = placement.time.fixed;
  for (const auto* one : order) {
    bars.run(*one, now), now += one->time;
    for (const auto* moved : bars.moves(one->node)) bars.move(one->node, *moved, now), now += moved->time;
  }
}

/// Devices at work at the same time.
void run_side_by_side(const Placement& placement, Bars& bars) {
  for (const auto& one : placement.operators) {
    bars.run(one, one.start);
    for (const auto* moved : bars.moves(one.node)) bars.move(one.node, *moved, one.start + one.time);
  }
}

}  // namespace

Clock clock_of(const Placement& placement, const Graph& graph, const CostProfile* cost) {
  Bars bars(placement, graph, cost);
  const bool overlaps =
      placement.objective == Objective::latency || placement.objective == Objective::throughput;
  overlaps ? run_side_by_side(placement, bars) : run_in_turn(placement, bars);
  return bars.take();
}

}  // namespace alidade::trace
