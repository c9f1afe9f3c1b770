#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "phase.hpp"

namespace alidade::host::serving {

/// One phase of a model on devices. Devices that make the same kernels share them.
class SampledPhase {
 public:
  /// `cost` is the analysis that counts.
  SampledPhase(PhaseGraph graph, const Step& cost) : graph_(std::move(graph)), cost_(&cost) {}
  [[nodiscard]] const PhaseGraph& graph() const { return graph_; }

  /// Reads a prompt of `length`, or one token with as many in the cache.
  enum class Kind : std::uint8_t { prefill, decode };
  struct Kernels {
    Lowering lowering;
    KernelFunctions functions;
    CostProfile cost;   ///< of the first sample
    MemoryNeed memory;  ///< likewise
  };
  [[nodiscard]] Result<const Kernels*> kernels(Kind kind, const Lowering& lowering);

 private:
  [[nodiscard]] Result<Kernels> sampled(Kind kind, const Lowering& lowering) const;

  PhaseGraph graph_;
  const Step* cost_;
  std::vector<std::pair<Kind, std::unique_ptr<Kernels>>> made_;
};

}  // namespace alidade::host::serving
