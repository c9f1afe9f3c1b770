// A good placement without a solver: from what is near at hand, steps and runs of steps are moved, first also
// where that costs something for a while (simulated annealing), then only where it gains.
#include <algorithm>
#include <cmath>
#include <random>

#include "starts.hpp"

namespace alidade {
namespace {

constexpr double kWork = 2e7;  // steps and tensors that are looked at, over all tries
constexpr double kFewestTries = 500, kMostTries = 20000;
constexpr double kFirstHeat = 0.2, kLastHeat = 1e-4;  // of the best value

class Search {
 public:
  Search(const PlacementTask& task, const PlacementLimits& limits)
      : task_(task), limits_(limits), meter_(task), tries_(tries(task)) {}

  std::optional<DeviceOf> run() {
    for (const auto& start : placement_starts(task_))
      if (keeps(task_, limits_, start)) consider(start, meter_(start));
    if (best_.empty()) return std::nullopt;
    if (best_value_ <= least_value(task_)) return best_;
    descend();
    anneal();
    descend();
    return best_;
  }

 private:
  static int tries(const PlacementTask& task) {
    const auto size = static_cast<double>(task.before.size() + task.tensors.size());
    return static_cast<int>(std::clamp(kWork / size, kFewestTries, kMostTries));
  }
  std::size_t roll(std::size_t below) { return engine_() % below; }
  double chance() { return static_cast<double>(engine_()) / static_cast<double>(std::mt19937::max()); }

  void consider(const DeviceOf& device_of, double value) {
    if (best_.empty() || value < best_value_) best_ = device_of, best_value_ = value;
  }

  /// The value of what was moved; infinite where it cannot be.
  [[nodiscard]] double value(const DeviceOf& device_of) const {
    const double out = meter_(device_of);
    return std::isfinite(out) && keeps(task_, limits_, device_of) ? out : INFINITY;
  }

  /// A step, a run of steps that follow each other, or what one tensor touches, on one device.
  void move(DeviceOf& device_of) {
    const auto steps = device_of.size();
    auto to = static_cast<std::uint8_t>(roll(task_.devices.size()));
    const auto put = [&](std::size_t step) {
      if (task_.devices[to].runs(step)) device_of[step] = to;
    };
    const auto kind = roll(4);
    if (kind == 0 && !task_.tensors.empty()) {
      const auto& tensor = task_.tensors[roll(task_.tensors.size())];
      put(tensor.maker);
      for (const auto reader : tensor.readers) put(reader);
    } else if (kind == 1) {
      const auto first = roll(steps), length = 1 + roll(std::max<std::size_t>(1, steps / 4));
      for (auto step = first; step < std::min(first + length, steps); ++step) put(step);
    } else {
      put(roll(steps));
    }
  }

  void anneal() {
    auto now = best_;
    double now_value = best_value_;
    const double cooler = std::pow(kLastHeat / kFirstHeat, 1.0 / tries_);
    double heat = kFirstHeat * best_value_;
    for (int i = 0; i < tries_; ++i, heat *= cooler) {
      auto next = now;
      move(next);
      if (next == now) continue;
      const double next_value = value(next);
      if (next_value > now_value && chance() >= std::exp((now_value - next_value) / heat)) continue;
      now = std::move(next), now_value = next_value;
      consider(now, now_value);
    }
  }

  void descend() {
    int left = tries_;
    for (bool better = true; std::exchange(better, false);)
      for (std::size_t step = 0; step < best_.size(); ++step)
        for (std::size_t d = 0; d < task_.devices.size(); ++d) {
          if (d == best_[step] || !task_.devices[d].runs(step)) continue;
          if (--left < 0) return;
          auto next = best_;
          next[step] = static_cast<std::uint8_t>(d);
          if (const double next_value = value(next); next_value < best_value_)
            consider(next, next_value), better = true;
        }
  }

  const PlacementTask& task_;
  const PlacementLimits& limits_;
  PlacementMeter meter_;
  int tries_;
  std::mt19937 engine_{2026};  // NOLINT(bugprone-random-generator-seed): the same answer every time
  DeviceOf best_;
  double best_value_ = 0;
};

}  // namespace

bool keeps(const PlacementTask& task, const PlacementLimits& limits,
           std::span<const std::uint8_t> device_of) {
  if (!fits(task, device_of)) return false;
  if (limits.partitions >= device_of.size()) return true;
  return partitions_of(task.before, device_of, task.devices.size()).size() <= limits.partitions;
}

std::optional<DeviceOf> local_search(const PlacementTask& task, const PlacementLimits& limits) {
  if (task.before.size() == 0) return DeviceOf();
  return Search(task, limits).run();
}

}  // namespace alidade
