#pragma once
#include <functional>
#include <span>
#include <string>

#include "plugins.hpp"
#include "sample_graphs.hpp"

namespace alidade::host {

/// Runs one named check: the function returns what is wrong, or nothing. It is reported before and after, so
/// that a check that takes the process with it is known by name.
using Try = std::function<void(const std::string& check, const std::function<std::string()>& what_is_wrong)>;

/// Everything that a component must bear: its options, being made, being asked twice.
void try_component(const Loaded& loaded, SampleGraphs& samples, const Try& attempt);

}  // namespace alidade::host
