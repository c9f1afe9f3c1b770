#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/base/units.hpp"
#include "alidade/results/result.hpp"

namespace alidade {

/// What one moment of a training step holds, by what it is for.
struct TrainingBytes {
  Bytes parameters, buffers;  ///< of the model
  Bytes masters;              ///< copies of parameters in f32, where they are trained in fewer bits
  Bytes state;                ///< of the optimizer, from step to step
  Bytes gradients;            ///< of parameters
  Bytes inputs;               ///< of the step
  Bytes kept;                 ///< what the forward pass made and the backward pass reads
  Bytes working;              ///< all else that is alive just then
  [[nodiscard]] Bytes total() const {
    return parameters + buffers + masters + state + gradients + inputs + kept + working;
  }
};

enum class TrainingPass : std::uint8_t { forward, backward, update };
[[nodiscard]] std::string_view name(TrainingPass pass);

/// The moment that holds most. In the update no operator of the graph runs: there `node` is invalid.
struct TrainingPeak {
  TrainingBytes bytes;
  TrainingPass pass = TrainingPass::forward;
  NodeId node;
};

/// A training step with one optimizer.
struct TrainingUpdate {
  std::string_view optimizer;
  Bytes state;
  TrainingPeak peak;
};

/// What a whole training step holds: both passes and the update, from the second step on, when the optimizer
/// has its state. Nothing of a graph that is no training step.
struct TrainingMemory {
  static constexpr ResultKey key{"training", 1};
  /// What the modules beneath one, and itself, keep for the backward pass.
  struct Kept {
    ModuleId module;
    Bytes bytes;
  };
  bool is_step = false;
  std::string loss, optimizer;  ///< as the capture names them; of the optimizer its rule, sgd without a word
  std::uint64_t trained = 0;    ///< elements of parameters that get a gradient
  Bytes gradients;              ///< of all of them
  Bytes kept;                   ///< at the turn from the forward to the backward pass
  std::vector<Kept> kept_by_module;     ///< parents before children; those that keep nothing are left out
  TrainingPeak peak;                    ///< with `optimizer`
  std::vector<TrainingUpdate> updates;  ///< the same with every optimizer there is a rule of
  bool sized = true;  ///< otherwise bytes are the least that they may be: a tensor's size is not known
  std::vector<Diagnostic> warnings;
  void write(const Graph& graph, ObjectWriter& writer) const;
};

}  // namespace alidade
