#pragma once
#include <vector>

#include "alidade/results/estimate.hpp"
#include "alidade/sdk/placer.hpp"

namespace alidade::host {

/// What comes with the model and is read by steps, through views, dequantizations and what a compiler works
/// out before; by operators in the regions of a step, too. `step_of`: `none` for what is no part of a step.
[[nodiscard]] std::vector<ReadWeight> weights_read(const Graph& graph, const PerNode<std::uint32_t>& step_of,
                                                   std::uint32_t none);
/// What they take on one more device: in the numbers that its kernels read them in, else as they are stored.
void add_bytes(const Graph& graph, const Estimate& estimate, std::vector<ReadWeight>& weights);

}  // namespace alidade::host
