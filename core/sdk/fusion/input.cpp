#include "alidade/sdk/fusion.hpp"
#include "elision.hpp"
#include "traffic/reads.hpp"

namespace alidade {

FusionInput::FusionInput(const Graph& graph, const CostProfile& cost, Folding folding, Concats concats)
    : graph_(graph),
      cost_(cost),
      folding_(folding),
      elided_(fusion::elided_concats(graph, cost, folding, concats)),
      order_(graph),
      after_(reversed(order_.before())),
      reads_(std::make_unique<const fusion::Reads>(graph, cost, order_, folding, elided_)) {}

FusionInput::~FusionInput() = default;

}  // namespace alidade
