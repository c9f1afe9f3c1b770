#include "alidade/sdk/fusion.hpp"
#include "traffic/reads.hpp"

namespace alidade {

FusionInput::FusionInput(const Graph& graph, const CostProfile& cost, Folding folding)
    : graph_(graph),
      cost_(cost),
      folding_(folding),
      order_(graph),
      after_(reversed(order_.before())),
      reads_(std::make_unique<const fusion::Reads>(graph, cost, order_, folding)) {}

FusionInput::~FusionInput() = default;

}  // namespace alidade
