#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "alidade/sdk/placer.hpp"

namespace alidade {

/// What a step takes on a device of an objective that is a sum; infinite where the device does not run it.
[[nodiscard]] double step_cost(const PlacementTask& task, Objective objective, std::size_t device,
                               std::size_t step);
/// The same of a tensor that is moved from one device to another.
[[nodiscard]] double transfer_cost(const PlacementTask& task, Objective objective, std::size_t from,
                                   std::size_t to, Bytes bytes);
/// The same of a device that does anything.
[[nodiscard]] double fixed_cost(const PlacementTask& task, Objective objective, std::size_t device);

/// Says what placements of one task take. Of `latency`, devices are ready after their fixed time, take their
/// steps one at a time in the order of the task, and each step when what it reads is there; a transfer starts
/// when its tensor is made and waits for no other. Of `throughput`, every device and every way between two is
/// a stage that works all the time, and the longest counts.
class PlacementMeter {
 public:
  explicit PlacementMeter(const PlacementTask& task);
  /// In seconds or joules; infinite where a step is on a device that does not run it.
  [[nodiscard]] double operator()(Objective objective, std::span<const std::uint8_t> device_of) const;
  [[nodiscard]] double operator()(std::span<const std::uint8_t> device_of) const {
    return (*this)(task_->objective, device_of);
  }
  /// When each step ends, of `latency`.
  [[nodiscard]] std::vector<double> ends(std::span<const std::uint8_t> device_of) const;

 private:
  [[nodiscard]] double sum(Objective objective, std::span<const std::uint8_t> device_of) const;
  [[nodiscard]] double longest_stage(std::span<const std::uint8_t> device_of) const;

  const PlacementTask* task_;
  std::vector<std::vector<std::uint32_t>> read_;  ///< by step: the tensors that it reads
};

/// What no placement on the devices goes below, whatever fits their memory; for sums on two devices it is the
/// optimum.
[[nodiscard]] double least_value(const PlacementTask& task);

/// The weights that lie on each device: each tensor once on every device where a step reads it.
[[nodiscard]] std::vector<Bytes> weights_on(const PlacementTask& task,
                                            std::span<const std::uint8_t> device_of);
/// Devices that are filled step by step.
class HeldWeights {
 public:
  explicit HeldWeights(const PlacementTask& task);
  /// What the device would hold more with the step.
  [[nodiscard]] Bytes more(std::size_t device, std::size_t step) const;
  [[nodiscard]] bool has_room(std::size_t device, std::size_t step) const {
    return more(device, step).value <= room_[device];
  }
  /// There has to be room.
  void put(std::size_t device, std::size_t step);

 private:
  const PlacementTask* task_;
  std::vector<std::vector<std::uint32_t>> of_;  ///< by step: the weights that it reads
  std::vector<char> there_;                     ///< by device, then by weight
  std::vector<std::uint64_t> room_;
};
/// Whether the weights on every device fit the room that it has.
[[nodiscard]] bool fits(const PlacementTask& task, std::span<const std::uint8_t> device_of);

/// What a search may not exceed beside the memory of devices.
struct PlacementLimits {
  std::size_t partitions = static_cast<std::size_t>(-1);
};
/// -1: any number.
[[nodiscard]] PlacementLimits placement_limits(std::int64_t most_subgraphs);
[[nodiscard]] bool keeps(const PlacementTask& task, const PlacementLimits& limits,
                         std::span<const std::uint8_t> device_of);
/// A good placement, found by moving steps and runs of steps from what is near at hand: the same on every
/// machine. Nothing where none was found that keeps the limits.
[[nodiscard]] std::optional<DeviceOf> local_search(const PlacementTask& task, const PlacementLimits& limits);
/// A placement of few partitions; on two devices, of the fewest that there can be.
[[nodiscard]] DeviceOf fewest_partitions(const PlacementTask& task);
/// Where no placement was found: which limit none keeps, and for which operators.
[[nodiscard]] Error no_placement(const PlacementTask& task, const PlacementLimits& limits);

}  // namespace alidade
