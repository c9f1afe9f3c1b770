#pragma once
#include <vector>

#include "alidade/sdk/formula.hpp"

namespace alidade::formula {

/// Where attention overtakes the rest, and where each device turns compute-bound. `fixed` are the sizes of
/// the symbols that do not move; 1 where there is none.
[[nodiscard]] std::vector<Crossover> crossovers(const FormulaProfile& profile, const Bindings& fixed,
                                                const std::vector<Ridge>& ridges);

}  // namespace alidade::formula
