#pragma once
#include "alidade/sdk/lowering.hpp"
#include "plan.hpp"
#include "sdk/training/peak.hpp"
#include "update.hpp"

namespace alidade::host::training {

/// What a device holds beside what lies between operators, and what devices tell one another.
struct DeviceShare {
  alidade::training::Holdings holdings;
  Bytes gathered;            ///< of them parts of other devices
  Bytes parameters;          ///< of the whole model, in the type that the passes read
  Bytes gradients;           ///< of all trained parameters
  UpdateSizes updated;       ///< by this device
  std::uint64_t groups = 1;  ///< of parameters that are gathered together
  alidade::training::Gradients keeps = alidade::training::Gradients::held;
};
[[nodiscard]] DeviceShare device_share(const Graph& graph, const KernelGraph& kernels,
                                       const alidade::training::Blocks& blocks, const OptimizerRule& rule,
                                       const TrainingRequest& request);

/// Gives the tape's tensors the sizes that they have in these kernels' types; gradients have that of
/// parameters.
void retype(const Graph& graph, const KernelGraph& kernels, alidade::training::Tape& tape);
/// Adds the copies of weights that these kernels multiply in another type, each from its making to the last
/// that reads it; PyTorch's autocast holds those of the forward pass to its end, when it drops its cache.
void add_weight_copies(const KernelGraph& kernels, alidade::training::Tape& tape);
/// Whether a parameter of this type is updated by way of a copy in f32, where such are asked for.
[[nodiscard]] bool has_master(Dtype type);

}  // namespace alidade::host::training
