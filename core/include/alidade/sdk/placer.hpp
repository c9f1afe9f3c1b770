#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alidade/ir/graph.hpp"
#include "alidade/sdk/component.hpp"
#include "alidade/sdk/dag.hpp"
#include "alidade/sdk/hardware.hpp"
#include "alidade/sdk/objective.hpp"

namespace alidade {

/// A device as a placer sees it, step by step.
struct PlacementDevice {
  std::string id;
  std::vector<Verdict> verdicts;
  std::vector<double> seconds;               ///< of all runs; infinite where the device does not run the step
  std::vector<std::optional<Bound>> bounds;  ///< of those times; nothing where there is none
  Seconds fixed;                             ///< of a run of the model, where the device does anything of it
  std::vector<double> joules = {};           ///< as `seconds`; empty: not known
  Joules fixed_joules = {};                  ///< as `fixed`
  std::optional<Bytes> room = {};            ///< of its memory, for weights; nothing: not known
  [[nodiscard]] bool runs(std::size_t step) const { return verdicts[step].how != Verdict::How::unsupported; }
};

/// What a step makes and others read. It is moved once to each device that reads it.
struct HandedOn {
  ValueId value;
  std::uint32_t maker = 0;
  std::vector<std::uint32_t> readers;  ///< ascending, each once
  Bytes bytes;
};

/// A tensor that comes with the model: it lies on every device where a step reads it.
struct ReadWeight {
  ValueId value;
  std::vector<std::uint32_t> readers;  ///< ascending, each once
  std::vector<Bytes> bytes;            ///< by device, in the numbers that the model has there
};

/// The way from one device to another.
struct DeviceLink {
  Seconds latency;
  double bytes_per_second = 0;
  double joules_per_byte = 0;
  [[nodiscard]] double seconds(Bytes bytes) const {
    return latency.value + static_cast<double>(bytes.value) / bytes_per_second;
  }
  [[nodiscard]] double joules(Bytes bytes) const {
    return joules_per_byte * static_cast<double>(bytes.value);
  }
};

/// What is to be placed: steps in an order that they can run in, what they hand on, and what each would take
/// where. The first device is the one that is wanted, the last the one where goes what no other takes.
struct PlacementTask {
  const Graph* graph = nullptr;
  std::vector<NodeId> nodes;  ///< by step
  Dag before;
  std::vector<PlacementDevice> devices;
  std::vector<HandedOn> tensors;
  std::vector<DeviceLink> links;  ///< from every device to every device, row by row
  Objective objective = Objective::time;
  std::vector<ReadWeight> weights = {};
  [[nodiscard]] const DeviceLink& link(std::size_t from, std::size_t to) const {
    return links[from * devices.size() + to];
  }
};

/// A device for every step.
using DeviceOf = std::vector<std::uint8_t>;

/// What a placer answers.
struct Draft {
  DeviceOf device_of;
  std::vector<std::uint32_t> partition_of;  ///< by step; empty: the fewest that the devices allow
  std::vector<std::string> log;             ///< lines that say how it came to that
  std::optional<double> least = {};  ///< of the objective, as the placer knows: no placement takes less
};

/// Decides where every step runs. Const, called from any thread; sees verdicts and times, no other plugin.
class Placer : public Component {
 public:
  static constexpr ComponentKind component_kind = ComponentKind::placer;
  [[nodiscard]] virtual Result<Draft> place(const PlacementTask& task) const = 0;
};

/// Steps of one device that run in one go, numbered so that each waits only for partitions before it.
struct Partitions {
  std::vector<std::uint32_t> of;      ///< by step
  std::vector<std::uint8_t> devices;  ///< by partition
  [[nodiscard]] std::size_t size() const { return devices.size(); }
};
/// Of two devices the fewest that there can be.
[[nodiscard]] Partitions partitions_of(const Dag& before, std::span<const std::uint8_t> device_of,
                                       std::size_t devices);
/// The partitions of a draft, numbered anew in an order in which they can run. An error says what is wrong
/// with them: a step without a device that runs it, two devices in one, two that wait for each other.
[[nodiscard]] Result<Partitions> checked_partitions(const PlacementTask& task, const Draft& draft);

/// What a placement takes, one step after the other.
struct PlacementTime {
  Seconds steps, transfers, fixed;
  [[nodiscard]] Seconds total() const { return steps + transfers + fixed; }
};
[[nodiscard]] PlacementTime time_of(const PlacementTask& task, std::span<const std::uint8_t> device_of);
/// The devices that a tensor is moved to.
[[nodiscard]] std::vector<std::uint8_t> moved_to(const HandedOn& tensor,
                                                 std::span<const std::uint8_t> device_of);

/// The placement on two devices with the least sum of times, or of energies where that is the objective, by a
/// minimum cut; nothing where a step runs on neither.
[[nodiscard]] std::optional<DeviceOf> least_sum(const PlacementTask& task);

/// What people who use PyTorch call an operator: "aten::log_softmax", whatever file it is from. A choice of
/// all elements of an axis is a sort.
[[nodiscard]] std::string framework_name(const Graph& graph, NodeId node);

}  // namespace alidade
