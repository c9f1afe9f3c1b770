#pragma once
#include "alidade/sdk/fusion.hpp"

namespace alidade::fusion {

/// What a compiler of loops does (Inductor): products, attention, sorts and scatters are calls of a library,
/// each a kernel of its own; everything else is loops. A cheap loop is done inside of those that read it; the
/// others join where they run over the same elements or rows and touch one tensor, the most bytes first.
[[nodiscard]] Grouping loop_groups(const FusionInput& input, const GroupLimits& limits);

}  // namespace alidade::fusion
