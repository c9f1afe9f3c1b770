#pragma once
#include <cstdint>
#include <vector>

#include "alidade/sdk/fusion.hpp"
#include "loop_nests.hpp"

namespace alidade::fusion {

/// The steps of a graph as loops, and which reads which, behind views.
struct Flow {
  static constexpr std::size_t kMany = 64;
  explicit Flow(const FusionInput& input);
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(nests.size()); }
  [[nodiscard]] bool is_view(std::uint32_t step) const { return nests[step].execution == Execution::view; }
  [[nodiscard]] bool is_call(std::uint32_t step) const { return nests[step].execution == Execution::call; }

  std::vector<LoopNest> nests;
  std::vector<std::vector<std::uint32_t>> sources;  ///< all, ascending, each once
  std::vector<std::uint32_t> views;                 ///< how many stand before a step, at most
  std::vector<std::vector<std::uint32_t>> readers;  ///< likewise; where there are more than kMany, not all
};

}  // namespace alidade::fusion
