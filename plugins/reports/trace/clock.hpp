#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/results/cost.hpp"
#include "alidade/results/placement.hpp"

namespace alidade::trace {

/// Work of all runs: the least, and the most.
struct Figures {
  std::uint64_t flops = 0, bytes = 0;
  Upper flops_upper, bytes_upper;
};
/// One bar: an operator or a kernel, of all its runs and regions.
struct Bar {
  NodeId node;
  std::span<const NodeId> nodes;  ///< of a kernel
  std::string_view what;          ///< "gemm", "conv"
  Seconds start, duration;
  bool at_least = false;
  std::size_t track = 0;
  Figures figures;
};
/// The bars of one target, on its engines and their streams; without any target, those of the work.
struct Clock {
  std::string what;
  std::vector<std::string> tracks;
  std::vector<Bar> bars;
  bool memory = true;  ///< live memory is shown beside it
};

[[nodiscard]] Figures figures_of(const NodeCost& cost);
/// Operators on their devices' lanes, and what is moved between them.
[[nodiscard]] Clock clock_of(const Placement& placement, const Graph& graph, const CostProfile* cost);

}  // namespace alidade::trace
