#pragma once
#include "alidade/results/fusion.hpp"

namespace alidade::fusion {

/// Sets the figures of the whole plan and of its patterns from those of its groups: from the least to the
/// most, as a model runs. Figures of a group are of all its runs already.
void set_sums(const Graph& graph, FusionPlan& plan);

}  // namespace alidade::fusion
