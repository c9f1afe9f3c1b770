#pragma once
#include <functional>
#include <limits>
#include <map>
#include <set>

#include "random_task.hpp"

namespace alidade::tests {

/// A task on several devices with energies, weights that several steps read, and room for some of them.
inline PlacementTask random_limited_task(Dice& dice, std::uint32_t steps, std::uint32_t devices) {
  auto task = random_task(dice, steps);
  for (auto& device : task.devices)
    for (std::size_t step = 0; step < steps; ++step)  // as the host has them
      if (!device.runs(step)) device.seconds[step] = std::numeric_limits<double>::infinity();
  while (task.devices.size() < devices) {
    auto more = task.devices.back();
    more.id += "+", more.fixed = Seconds(dice.roll(0, 40) / 8.0);
    for (auto& seconds : more.seconds) seconds = dice.roll(1, 80) / 8.0;
    for (auto& verdict : more.verdicts) verdict = {};
    task.devices.push_back(std::move(more));
  }
  for (auto& device : task.devices) {
    for (const double seconds : device.seconds) device.joules.push_back(seconds * dice.roll(1, 4));
    device.fixed_joules = Joules(dice.roll(0, 8) / 4.0);
  }
  task.links.clear();
  for (std::size_t from = 0; from < devices; ++from)
    for (std::size_t to = 0; to < devices; ++to)
      task.links.push_back({Seconds(dice.roll(0, 16) / 8.0), dice.roll(1, 8) * 8.0, dice.roll(0, 4) / 16.0});
  for (std::uint32_t step = 0; step < steps; ++step)
    if (dice.chance(2)) {
      task.weights.push_back({ValueId(), {step}, {}});
      for (std::uint32_t d = 0; d < devices; ++d) task.weights.back().bytes.emplace_back(dice.roll(1, 16));
      if (const auto other = dice.roll(0, steps - 1); other > step)
        task.weights.back().readers.push_back(other);
    }
  if (dice.chance(2)) task.devices[0].room = Bytes(dice.roll(0, 4 * steps));
  return task;
}

/// What placements take, worked out from what the words mean; nothing here is shared with the program.
class Meaning {
 public:
  Meaning(const PlacementTask& task, const DeviceOf& device_of) : task_(task), on_(device_of) {}

  bool possible() const {
    for (std::size_t step = 0; step < on_.size(); ++step)
      if (task_.devices[on_[step]].verdicts[step].how == Verdict::How::unsupported) return false;
    for (std::size_t d = 0; d < task_.devices.size(); ++d) {
      std::uint64_t held = 0;
      for (const auto& weight : task_.weights)
        for (const auto reader : weight.readers)
          if (on_[reader] == d) {
            held += weight.bytes[d].value;
            break;
          }
      if (task_.devices[d].room && held > task_.devices[d].room->value) return false;
    }
    return true;
  }
  double taken() const {
    switch (task_.objective) {
      case Objective::time:
        return sum([&](std::size_t d, std::size_t s) { return task_.devices[d].seconds[s]; },
                   [&](std::size_t d) { return task_.devices[d].fixed.value; },
                   [&](const DeviceLink& link, Bytes bytes) { return seconds(link, bytes); });
      case Objective::energy:
        return sum([&](std::size_t d, std::size_t s) { return task_.devices[d].joules[s]; },
                   [&](std::size_t d) { return task_.devices[d].fixed_joules.value; },
                   [&](const DeviceLink& link, Bytes bytes) {
                     return link.joules_per_byte * static_cast<double>(bytes.value);
                   });
      case Objective::latency:
        return latency();
      case Objective::throughput:
        break;
    }
    return slowest_stage();
  }

 private:
  static double seconds(const DeviceLink& link, Bytes bytes) {
    return link.latency.value + static_cast<double>(bytes.value) / link.bytes_per_second;
  }
  /// (tensor, device) for each time that a tensor is moved.
  std::set<std::pair<std::size_t, std::size_t>> moves() const {
    std::set<std::pair<std::size_t, std::size_t>> out;
    for (std::size_t t = 0; t < task_.tensors.size(); ++t)
      for (const auto reader : task_.tensors[t].readers)
        if (on_[reader] != on_[task_.tensors[t].maker]) out.emplace(t, on_[reader]);
    return out;
  }
  const DeviceLink& way(std::size_t tensor, std::size_t to) const {
    return task_.links[on_[task_.tensors[tensor].maker] * task_.devices.size() + to];
  }
  double sum(const std::function<double(std::size_t, std::size_t)>& step,
             const std::function<double(std::size_t)>& fixed,
             const std::function<double(const DeviceLink&, Bytes)>& moved) const {
    double out = 0;
    for (std::size_t s = 0; s < on_.size(); ++s) out += step(on_[s], s);
    for (const auto d : std::set(on_.begin(), on_.end())) out += fixed(d);
    for (const auto& [t, to] : moves()) out += moved(way(t, to), task_.tensors[t].bytes);
    return out;
  }
  /// The end of the longest of all chains of waiting: a step waits for the one before it on its device, and
  /// for what it reads.
  double end(std::size_t step, std::map<std::size_t, double>& known) const {
    if (const auto found = known.find(step); found != known.end()) return found->second;
    double start = task_.devices[on_[step]].fixed.value;
    for (std::size_t other = 0; other < step; ++other)
      if (on_[other] == on_[step]) start = std::max(start, end(other, known));
    for (std::size_t t = 0; t < task_.tensors.size(); ++t) {
      const auto& tensor = task_.tensors[t];
      if (std::ranges::find(tensor.readers, step) == tensor.readers.end()) continue;
      const bool moved = on_[tensor.maker] != on_[step];
      start =
          std::max(start, end(tensor.maker, known) + (moved ? seconds(way(t, on_[step]), tensor.bytes) : 0));
    }
    return known[step] = start + task_.devices[on_[step]].seconds[step];
  }
  double latency() const {
    std::map<std::size_t, double> known;
    double out = 0;
    for (std::size_t step = 0; step < on_.size(); ++step) out = std::max(out, end(step, known));
    return out;
  }
  double slowest_stage() const {
    std::map<std::pair<std::size_t, std::size_t>, double> stages;  // a device: from itself to itself
    for (const std::size_t d : std::set(on_.begin(), on_.end()))
      stages[{d, d}] = task_.devices[d].fixed.value;
    for (std::size_t s = 0; s < on_.size(); ++s) stages[{on_[s], on_[s]}] += task_.devices[on_[s]].seconds[s];
    for (const auto& [t, to] : moves())
      stages[{on_[task_.tensors[t].maker], to}] += seconds(way(t, to), task_.tensors[t].bytes);
    double out = 0;
    for (const auto& [stage, time] : stages) out = std::max(out, time);
    return out;
  }
  const PlacementTask& task_;
  const DeviceOf& on_;
};

/// The least of all placements that there are; infinite where none is possible. `also` says what else has to
/// hold.
inline double least_of_all(
    const PlacementTask& task,
    const std::function<bool(const DeviceOf&)>& also = [](const DeviceOf&) { return true; }) {
  double best = std::numeric_limits<double>::infinity();
  DeviceOf on(task.before.size(), 0);
  for (;;) {
    if (const Meaning meaning(task, on); meaning.possible() && also(on))
      best = std::min(best, meaning.taken());
    std::size_t step = 0;
    while (step < on.size() && ++on[step] == task.devices.size()) on[step++] = 0;
    if (step == on.size()) return best;
  }
}

}  // namespace alidade::tests
