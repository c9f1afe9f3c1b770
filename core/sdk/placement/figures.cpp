// What a placement takes, and what would change it.
#include <algorithm>
#include <array>

#include "alidade/base/text.hpp"
#include "alidade/results/placement.hpp"
#include "costs.hpp"

namespace alidade {
namespace {

/// What moving one step changes: of a sum its own cost, and the transfers of what it reads and makes.
class Moves {
 public:
  Moves(const PlacementTask& task, const DeviceOf& device_of)
      : task_(task),
        meter_(task),
        device_of_(device_of),
        value_(meter_(device_of)),
        steps_on_(task.devices.size()),
        touching_(device_of.size()) {
    for (const auto device : device_of) ++steps_on_[device];
    for (const auto& tensor : task.tensors) {
      touching_[tensor.maker].push_back(&tensor);
      for (const auto reader : tensor.readers) touching_[reader].push_back(&tensor);
    }
  }
  double change(std::size_t step, std::uint8_t to) {
    const auto from = device_of_[step];
    const bool sum = is_sum(task_.objective);
    const double before = sum ? around(step) : value_;
    device_of_[step] = to;
    const double after = sum ? around(step) + started(from, to) : meter_(device_of_);
    device_of_[step] = from;
    return after - before;
  }

 private:
  [[nodiscard]] double around(std::size_t step) const {
    double sum = step_cost(task_, task_.objective, device_of_[step], step);
    for (const auto* tensor : touching_[step])
      sum += moving_cost(task_, task_.objective, *tensor, device_of_);
    return sum;
  }
  /// What a device takes for a run that begins to do something, less that of one that does nothing any more.
  [[nodiscard]] double started(std::size_t from, std::size_t to) const {
    const double begins = steps_on_[to] == 0 ? fixed_cost(task_, task_.objective, to) : 0;
    return begins - (steps_on_[from] == 1 ? fixed_cost(task_, task_.objective, from) : 0);
  }
  const PlacementTask& task_;
  PlacementMeter meter_;
  DeviceOf device_of_;
  double value_;
  std::vector<std::size_t> steps_on_;  // by device
  std::vector<std::vector<const HandedOn*>> touching_;
};

/// What bounds most of each partition's time.
void add_bounds(const PlacementTask& task, Placement& out) {
  constexpr std::size_t kBounds = 3;
  std::vector<std::array<double, kBounds>> times(out.partitions.size());
  for (std::size_t step = 0; step < out.operators.size(); ++step)
    if (const auto bound = task.devices[out.operators[step].device].bounds[step])
      times[out.operators[step].partition][static_cast<std::size_t>(*bound)] +=
          out.operators[step].time.value;
  for (std::size_t p = 0; p < times.size(); ++p)
    if (const auto most = std::ranges::max_element(times[p]); *most > 0)
      out.partitions[p].bound = static_cast<Bound>(most - times[p].begin());
}

std::vector<UnsplitModel> unsplit(const PlacementTask& task, const PlacementMeter& meter) {
  std::vector<UnsplitModel> out;
  for (std::size_t d = 0; d < task.devices.size(); ++d) {
    const auto device = static_cast<std::uint8_t>(d);
    UnsplitModel one{device, std::nullopt, {}};
    const DeviceOf alone(task.nodes.size(), device);
    std::size_t step = 0;
    while (step < task.nodes.size() && task.devices[d].runs(step)) ++step;
    if (step < task.nodes.size())
      one.blocked_by = framework_name(*task.graph, task.nodes[step]);
    else if (!fits(task, alone))
      one.blocked_by = text::bytes(weights_on(task, alone)[d].value) + " of weights";
    else
      one.value = meter(alone);
    out.push_back(std::move(one));
  }
  return out;
}

void add_values(const PlacementTask& task, const Draft& draft, Placement& out) {
  const PlacementMeter meter(task);
  out.objective = task.objective, out.value = meter(draft.device_of);
  out.least = std::max(least_value(task), draft.least.value_or(0));
  out.time = time_of(task, draft.device_of);
  out.latency = Seconds(meter(Objective::latency, draft.device_of));
  const auto ends = meter.ends(draft.device_of);
  for (std::size_t step = 0; step < ends.size(); ++step)
    out.operators[step].start = Seconds(ends[step] - out.operators[step].time.value);
  out.interval = Seconds(meter(Objective::throughput, draft.device_of));
  if (std::ranges::none_of(task.devices, [](const auto& device) { return device.joules.empty(); }))
    out.energy = Joules(meter(Objective::energy, draft.device_of));
  const auto held = weights_on(task, draft.device_of);
  for (std::size_t d = 0; d < held.size(); ++d) out.weights.push_back({held[d], task.devices[d].room});
  out.unsplit = unsplit(task, meter);
}

void add_transfers(const PlacementTask& task, const Draft& draft, const Partitions& partitions,
                   Placement& out) {
  for (const auto& tensor : task.tensors)
    for (const auto to : moved_to(tensor, draft.device_of)) {
      const auto from = draft.device_of[tensor.maker];
      out.transfers.push_back(
          {tensor.value, from, to, tensor.bytes, Seconds(task.link(from, to).seconds(tensor.bytes))});
      out.partitions[partitions.of[tensor.maker]].out += tensor.bytes;
      std::vector<std::uint32_t> into;
      for (const auto reader : tensor.readers)
        if (draft.device_of[reader] == to) into.push_back(partitions.of[reader]);
      out.partitions[*std::ranges::min_element(into)].in += tensor.bytes;  // it is there from then on
    }
}

}  // namespace

std::vector<std::uint8_t> moved_to(const HandedOn& tensor, std::span<const std::uint8_t> device_of) {
  std::vector<std::uint8_t> out;
  for (const auto reader : tensor.readers)
    if (const auto to = device_of[reader];
        to != device_of[tensor.maker] && std::ranges::find(out, to) == out.end())
      out.push_back(to);
  return out;
}

PlacementTime time_of(const PlacementTask& task, std::span<const std::uint8_t> device_of) {
  const auto parts = cost_parts(task, Objective::time, device_of);
  return {Seconds(parts.steps), Seconds(parts.transfers), Seconds(parts.fixed)};
}

Placement placement_of(const PlacementTask& task, const Draft& draft, const Partitions& partitions,
                       const CostProfile& cost) {
  Placement out;
  for (const auto& device : task.devices) out.devices.push_back(device.id);
  for (const auto device : partitions.devices) out.partitions.emplace_back().device = device;
  Moves moves(task, draft.device_of);
  HeldWeights held(task);
  for (std::size_t step = 0; step < task.nodes.size(); ++step)
    if (draft.device_of[step] == 0) held.put(0, step);
  for (std::size_t step = 0; step < task.nodes.size(); ++step) {
    const auto device = draft.device_of[step];
    const NodeId node = task.nodes[step];
    PlacedOperator placed{node,
                          device,
                          partitions.of[step],
                          Seconds(task.devices[device].seconds[step]),
                          task.devices[0].verdicts[step],
                          std::nullopt};
    if (device != 0 && task.devices[0].runs(step)) {
      if (held.has_room(0, step))
        placed.margin = moves.change(step, 0);
      else
        placed.wanted.reason = "its weights, " + text::bytes(held.more(0, step).value) +
                               ", do not fit beside those that lie there";
    }
    auto& partition = out.partitions[placed.partition];
    ++partition.operators, partition.time += placed.time;
    partition.macs += Macs(cost.nodes[node].work.macs.value * cost.nodes[node].runs);
    out.operators.push_back(std::move(placed));
  }
  add_transfers(task, draft, partitions, out), add_bounds(task, out);
  add_values(task, draft, out);
  out.log = draft.log;
  return out;
}

}  // namespace alidade
