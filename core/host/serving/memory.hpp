#pragma once
#include "plan.hpp"

namespace alidade::host::serving {

/// What one device holds of a model and its caches, as it is divided.
[[nodiscard]] ServingMemory memory_of(const SampledPhase::Kernels& decode, const PhaseGraph& graph,
                                      const Machine& machine, const ServingRequest& request);

}  // namespace alidade::host::serving
