#include "alidade/sdk/plugin.hpp"
#include "alidade/sdk/training_memory.hpp"

namespace alidade {
namespace {

/// What a whole training step holds, and what it keeps for its backward pass.
class Training final : public Analysis<TrainingMemory(const Graph&)> {
 public:
  Result<TrainingMemory> run(const Graph& graph) const override { return training_memory(graph); }
};

}  // namespace
}  // namespace alidade

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::Training>(
      "training", "of a training step: activations kept, gradients, optimizer state, the peak and when");
}
