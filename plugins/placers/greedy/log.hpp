#pragma once
#include <string>
#include <vector>

#include "alidade/sdk/placer.hpp"

namespace alidade::placers {

/// How many of all operators the wanted device runs.
struct Support {
  std::size_t supported = 0, all = 0;
  [[nodiscard]] double share() const {
    return all == 0 ? 1 : static_cast<double>(supported) / static_cast<double>(all);
  }
};
[[nodiscard]] Support support_of(const PlacementTask& task);
/// 6 of 7 -> "85.71%"
[[nodiscard]] std::string percent(double share);

/// The lines that Neuron's partitioner writes: what is supported, what is not and where, and every partition.
[[nodiscard]] std::vector<std::string> support_lines(const PlacementTask& task);
[[nodiscard]] std::vector<std::string> partition_lines(const PlacementTask& task,
                                                       const Partitions& partitions,
                                                       const std::vector<std::string>& notes);

}  // namespace alidade::placers
