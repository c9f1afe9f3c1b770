#pragma once
#include <variant>

#include "alidade/sdk/lowering.hpp"
#include "attention.hpp"
#include "convolution.hpp"
#include "product.hpp"
#include "stream.hpp"

namespace alidade::gpu {

/// One channel at a time; the windows of neighbours share what they read.
struct Depthwise {
  double flops = 0, bytes = 0;
  double window = 1;  ///< elements
};
/// Products whose sizes nobody knows, or that no library has one kernel for.
struct Roofline {
  double flops = 0, flops_per_s = 0, bytes = 0;
};
/// One product for the inputs of all steps, then one for every step.
struct Recurrence {
  Product inputs, step;
  double steps = 1, stacks = 1;
};

/// What the formulas read of one kernel.
struct Facts {
  std::variant<Stream, Product, Convolution, Depthwise, Attention, Recurrence, Roofline> work;
  Stream beside;  ///< what is done to results before they are written; its bytes are those of `work`
  double turned_bytes = 0;  ///< of images that lie otherwise than the units that multiply want them
  bool scored = true;       ///< measurements of such kernels exist
};
/// `flops_per_s`: what full tiles sustain in the kernel's numbers.
[[nodiscard]] Facts facts_of(const KernelGraph& graph, const Kernel& kernel, double flops_per_s);

}  // namespace alidade::gpu
