#include "sampled.hpp"

#include <algorithm>

#include "host/run/analyse.hpp"

namespace alidade::host::serving {
namespace {

/// Sizes at which every expert is met and no kernel is of a kind that only small ones are.
struct Grid {
  std::array<std::uint64_t, 2> batches;
  std::vector<std::uint64_t> lengths;
};
Grid grid_of(SampledPhase::Kind kind) {
  if (kind == SampledPhase::Kind::decode) return {{128, 256}, {1024, 3072}};
  return {{2, 4}, {512, 1024, 2048}};
}

}  // namespace

Result<SampledPhase::Kernels> SampledPhase::sampled(Kind kind, const Lowering& lowering) const {
  std::vector<KernelSample> samples;
  std::optional<CostProfile> first;
  MemoryNeed memory;
  const auto grid = grid_of(kind);
  for (const auto batch : grid.batches)
    for (const auto length : grid.lengths) {
      auto graph = kind == Kind::decode ? bound(graph_, batch, 1, length) : bound(graph_, batch, length, 0);
      if (!graph) return std::unexpected(std::move(graph).error());
      auto counted = analyse(*cost_, *graph, {});
      if (!counted) return std::unexpected(std::move(counted).error());
      const auto& cost = *counted->as<CostProfile>();
      auto kernels = lower(*graph, cost, lowering);
      if (!kernels) return std::unexpected(std::move(kernels).error());
      if (!first) first = cost, memory = memory_need(*graph, *kernels, WorkspaceRule::none);
      samples.push_back({batch, length, std::make_shared<const Graph>(std::move(*graph)),
                         std::make_shared<const KernelGraph>(std::move(*kernels))});
    }
  auto functions = KernelFunctions::fitted(std::move(samples), graph_.cache);
  if (!functions) return std::unexpected(std::move(functions).error());
  return Kernels{lowering, std::move(*functions), std::move(*first), memory};
}

Result<const SampledPhase::Kernels*> SampledPhase::kernels(Kind kind, const Lowering& lowering) {
  for (const auto& [known, kernels] : made_)
    if (known == kind && kernels->lowering == lowering) return kernels.get();
  auto made = sampled(kind, lowering);
  if (!made) return std::unexpected(std::move(made).error());
  made_.emplace_back(kind, std::make_unique<Kernels>(std::move(*made)));
  return made_.back().second.get();
}

}  // namespace alidade::host::serving
