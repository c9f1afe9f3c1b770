#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/results/crosscheck.hpp"

namespace alidade::crosscheck {

/// A module's path without the partitions that a captured model was cut into: other tools see it whole.
[[nodiscard]] std::string path_in_model(const Graph& graph, ModuleId m);

/// Modules that are called by one name and stored under another, which is the one that other tools use: each
/// path with the one that its weights are stored under.
[[nodiscard]] std::map<std::string, std::string> stored_names(const Graph& graph);

/// Gives rows their cause whose counts stand under the other name, where both sides come out even.
void explain_aliases(std::vector<Compared>& rows, const std::map<std::string, std::string>& stored,
                     std::string_view tool);

}  // namespace alidade::crosscheck
