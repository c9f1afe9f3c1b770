#pragma once
#include <algorithm>
#include <random>
#include <vector>

#include "alidade/sdk/placer.hpp"

namespace alidade::tests {

/// Whole numbers, the same for one seed on every machine.
class Dice {
 public:
  explicit Dice(std::uint32_t seed) : engine_(seed) {}
  std::uint32_t roll(std::uint32_t low, std::uint32_t high) { return low + engine_() % (high - low + 1); }
  bool chance(std::uint32_t in) { return roll(1, in) == 1; }

 private:
  std::mt19937 engine_;
};

inline Dag dag_of(std::vector<std::vector<std::uint32_t>> before) {
  Dag out;
  for (auto& earlier : before) {
    std::ranges::sort(earlier);
    const auto twice = std::ranges::unique(earlier);
    earlier.erase(twice.begin(), twice.end());
    out.edges.insert(out.edges.end(), earlier.begin(), earlier.end());
    out.edges_end.push_back(static_cast<std::uint32_t>(out.edges.size()));
  }
  return out;
}

/// Steps on two devices, without a graph behind them: tensors of one to three readers, some of no bytes; a
/// step runs on one device or on both. Times are eighths, so that sums are exact.
inline PlacementTask random_task(Dice& dice, std::uint32_t steps) {
  PlacementTask task;
  const auto time = [&](std::uint32_t most) { return dice.roll(0, most) / 8.0; };
  std::vector<std::vector<std::uint32_t>> before(steps);
  for (std::uint32_t maker = 0; maker + 1 < steps; ++maker)
    for (std::uint32_t tensors = dice.roll(0, 2); tensors > 0; --tensors) {
      HandedOn tensor{ValueId(), maker, {}, Bytes(dice.chance(4) ? 0 : dice.roll(1, 64))};
      for (std::uint32_t readers = dice.roll(1, 3); readers > 0; --readers)
        tensor.readers.push_back(dice.roll(maker + 1, steps - 1));
      std::ranges::sort(tensor.readers);
      const auto twice = std::ranges::unique(tensor.readers);
      tensor.readers.erase(twice.begin(), twice.end());
      for (const auto reader : tensor.readers) before[reader].push_back(maker);
      task.tensors.push_back(std::move(tensor));
    }
  task.before = dag_of(std::move(before));
  task.nodes.resize(steps);
  for (const auto* id : {"wanted", "rest"}) {
    PlacementDevice device{id, std::vector<Verdict>(steps), {}, std::vector<std::optional<Bound>>(steps), {}};
    for (std::uint32_t step = 0; step < steps; ++step) device.seconds.push_back(time(80));
    device.fixed = Seconds(dice.chance(2) ? time(80) : 0);
    task.devices.push_back(std::move(device));
  }
  for (std::uint32_t step = 0; step < steps; ++step)
    if (dice.chance(4)) task.devices[dice.roll(0, 1)].verdicts[step].how = Verdict::How::unsupported;
  task.links.resize(4);
  for (const std::size_t way : {1, 2}) task.links[way] = {Seconds(time(16)), dice.roll(1, 8) * 8.0};
  return task;
}

}  // namespace alidade::tests
