#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "reading.hpp"

namespace alidade::stablehlo {

/// What the dimensions of a function's arguments are, by argument and dimension: "batch", "2*batch + 1". So
/// jax.export says it: sizes are handed to a function that calls them by their names, and asserted to be
/// equal to what is computed from them.
using SizeTexts = std::map<std::pair<std::size_t, std::size_t>, std::string>;
[[nodiscard]] SizeTexts argument_sizes(Reading& reading, const Function& f);

}  // namespace alidade::stablehlo
