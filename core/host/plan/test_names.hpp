#pragma once
#include <span>
#include <vector>

#include "parts.hpp"

namespace alidade::host {

/// Finds the names in tests that no result will have, and numbers where conditions are asked for: the plan's
/// analyses say what they find on a small network, and that has the names that they have for every model. A
/// mistake for the first that is wrong in each test. `whole`: nothing that the config asks for is missing in
/// the plan; else names with a dot, which belong to one analysis or target, are let be.
void check_test_names(const Plan& plan, const Config& config, bool whole, Finder& finder);

/// Finds tests that are about no model. Models of the command line may be fewer than a file of tests is for:
/// there a test only must not miss a model by its punctuation, and each model has to have one.
void check_test_models(const Plan& plan, const Config& config, Finder& finder);

}  // namespace alidade::host
