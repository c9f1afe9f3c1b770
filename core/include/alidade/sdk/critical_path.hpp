#pragma once
#include <vector>

#include "alidade/sdk/report.hpp"

namespace alidade {

/// Operators of the outermost region that each wait for the one before, and the time that they take, with the
/// slowest branch of every `If`.
struct TimedPath {
  std::vector<NodeId> nodes;
  Seconds time;
  Seconds least;  ///< of the longest chain with the fastest branches
};
/// The chain that takes longest on a target: no number of such machines is faster with every operator as it
/// is.
[[nodiscard]] TimedPath critical_path(const Graph& graph, const HardwareRun& run);

}  // namespace alidade
