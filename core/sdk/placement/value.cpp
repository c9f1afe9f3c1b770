// What a placement takes, under each objective.
#include <algorithm>
#include <limits>
#include <utility>

#include "alidade/base/text.hpp"
#include "costs.hpp"

namespace alidade {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

}  // namespace

std::string_view name(Objective objective) {
  switch (objective) {
    case Objective::time:
      return "time";
    case Objective::energy:
      return "energy";
    case Objective::latency:
      return "latency";
    case Objective::throughput:
      break;
  }
  return "throughput";
}

std::string amount(Objective objective, double value) {
  return objective == Objective::energy ? text::joules(value) : text::seconds(value);
}

double step_cost(const PlacementTask& task, Objective objective, std::size_t device, std::size_t step) {
  const auto& on = task.devices[device];
  if (!on.runs(step)) return kNever;
  return objective == Objective::energy ? on.joules[step] : on.seconds[step];
}

double transfer_cost(const PlacementTask& task, Objective objective, std::size_t from, std::size_t to,
                     Bytes bytes) {
  const auto& link = task.link(from, to);
  return objective == Objective::energy ? link.joules(bytes) : link.seconds(bytes);
}

double fixed_cost(const PlacementTask& task, Objective objective, std::size_t device) {
  const auto& on = task.devices[device];
  return objective == Objective::energy ? on.fixed_joules.value : on.fixed.value;
}

double moving_cost(const PlacementTask& task, Objective objective, const HandedOn& tensor,
                   std::span<const std::uint8_t> device_of) {
  double sum = 0;
  for (const auto to : moved_to(tensor, device_of))
    sum += transfer_cost(task, objective, device_of[tensor.maker], to, tensor.bytes);
  return sum;
}

CostParts cost_parts(const PlacementTask& task, Objective objective,
                     std::span<const std::uint8_t> device_of) {
  CostParts out;
  std::vector<char> used(task.devices.size(), 0);
  for (std::size_t step = 0; step < device_of.size(); ++step)
    out.steps += step_cost(task, objective, device_of[step], step), used[device_of[step]] = 1;
  for (const auto& tensor : task.tensors) out.transfers += moving_cost(task, objective, tensor, device_of);
  for (std::size_t d = 0; d < used.size(); ++d)
    if (used[d]) out.fixed += fixed_cost(task, objective, d);
  return out;
}

PlacementMeter::PlacementMeter(const PlacementTask& task) : task_(&task), read_(task.before.size()) {
  for (std::uint32_t t = 0; t < task.tensors.size(); ++t)
    for (const auto reader : task.tensors[t].readers) read_[reader].push_back(t);
}

double PlacementMeter::operator()(Objective objective, std::span<const std::uint8_t> device_of) const {
  if (is_sum(objective)) return sum(objective, device_of);
  if (objective == Objective::throughput) return longest_stage(device_of);
  const auto all = ends(device_of);
  return all.empty() ? 0 : *std::ranges::max_element(all);
}

double PlacementMeter::sum(Objective objective, std::span<const std::uint8_t> device_of) const {
  const auto parts = cost_parts(*task_, objective, device_of);
  return parts.steps + parts.transfers + parts.fixed;
}

std::vector<double> PlacementMeter::ends(std::span<const std::uint8_t> device_of) const {
  std::vector<double> free, out(device_of.size());
  for (const auto& device : task_->devices) free.push_back(device.fixed.value);
  for (std::size_t step = 0; step < device_of.size(); ++step) {
    const auto device = device_of[step];
    double start = free[device];
    for (const auto t : read_[step]) {
      const auto& tensor = task_->tensors[t];
      const auto from = device_of[tensor.maker];
      const double way = from == device ? 0 : task_->link(from, device).seconds(tensor.bytes);
      start = std::max(start, out[tensor.maker] + way);
    }
    out[step] = free[device] = start + step_cost(*task_, Objective::latency, device, step);
  }
  return out;
}

double PlacementMeter::longest_stage(std::span<const std::uint8_t> device_of) const {
  const auto count = task_->devices.size();
  std::vector<double> busy(count, 0), way(count * count, 0);
  for (std::size_t step = 0; step < device_of.size(); ++step) {
    auto& device = busy[device_of[step]];
    if (device == 0) device = task_->devices[device_of[step]].fixed.value;
    device += step_cost(*task_, Objective::throughput, device_of[step], step);
  }
  for (const auto& tensor : task_->tensors)
    for (const auto to : moved_to(tensor, device_of)) {
      const auto from = device_of[tensor.maker];
      way[from * count + to] += task_->link(from, to).seconds(tensor.bytes);
    }
  return std::max(*std::ranges::max_element(busy), *std::ranges::max_element(way));
}

std::vector<Bytes> weights_on(const PlacementTask& task, std::span<const std::uint8_t> device_of) {
  std::vector<Bytes> out(task.devices.size());
  std::vector<char> there(task.devices.size());
  for (const auto& weight : task.weights) {
    std::ranges::fill(there, 0);
    for (const auto reader : weight.readers)
      if (const auto d = device_of[reader]; !std::exchange(there[d], 1)) out[d] += weight.bytes[d];
  }
  return out;
}

HeldWeights::HeldWeights(const PlacementTask& task)
    : task_(&task), of_(task.before.size()), there_(task.devices.size() * task.weights.size(), 0) {
  for (std::uint32_t w = 0; w < task.weights.size(); ++w)
    for (const auto reader : task.weights[w].readers) of_[reader].push_back(w);
  for (const auto& device : task.devices)
    room_.push_back(device.room ? device.room->value : std::numeric_limits<std::uint64_t>::max());
}

Bytes HeldWeights::more(std::size_t device, std::size_t step) const {
  Bytes sum;
  for (const auto w : of_[step])
    if (!there_[device * task_->weights.size() + w]) sum += task_->weights[w].bytes[device];
  return sum;
}

void HeldWeights::put(std::size_t device, std::size_t step) {
  room_[device] -= more(device, step).value;
  for (const auto w : of_[step]) there_[device * task_->weights.size() + w] = 1;
}

bool fits(const PlacementTask& task, std::span<const std::uint8_t> device_of) {
  if (std::ranges::none_of(task.devices, [](const auto& device) { return device.room.has_value(); }))
    return true;
  const auto held = weights_on(task, device_of);
  for (std::size_t d = 0; d < held.size(); ++d)
    if (task.devices[d].room && held[d] > *task.devices[d].room) return false;
  return true;
}

}  // namespace alidade
