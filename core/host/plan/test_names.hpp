#pragma once
#include <span>
#include <vector>

#include "parts.hpp"

namespace alidade::host {

/// Finds the names in tests that no result will have: the plan's analyses say what they find on a small
/// network, and that has the names that they have for every model. A mistake for the first wrong name of each
/// test.
void check_test_names(const Plan& plan, const Config& config, Finder& finder);

}  // namespace alidade::host
