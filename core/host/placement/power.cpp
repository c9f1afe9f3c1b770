#include "power.hpp"

namespace alidade::host {

std::optional<double> Power::watts(NodeId node) const {
  const auto& machine = estimate_.machine;
  const auto kernel = estimate_.graph_of_kernels->kernel_of(node);
  if (kernel == KernelGraph::kNone) return 0;
  const auto& time = estimate_.times[kernel];
  if (time.energy && time.time().value > 0)
    return machine.idle_watts.value_or(0) + time.energy->value / time.time().value;
  return machine.cap_watts;
}

double Power::idle_watts() const {
  return estimate_.machine.idle_watts.value_or(estimate_.machine.cap_watts.value_or(0));
}

}  // namespace alidade::host
