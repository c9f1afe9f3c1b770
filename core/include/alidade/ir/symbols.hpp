#pragma once
#include <span>
#include <string>
#include <vector>

#include "alidade/ir/graph.hpp"

namespace alidade {

/// What the free dimensions of a graph are called: those that an input has, which one can bind, and those
/// that an operator finds out from its data as it runs. Sorted.
struct Symbols {
  std::vector<std::string> of_inputs, of_data;
};
[[nodiscard]] Symbols symbols_of(const Graph& graph);

/// "--bind batch=1 --bind 'past len=128'": example sizes for these names, as a shell takes them. Names that
/// no flag can hold, with a comma or an equals sign, are left out.
[[nodiscard]] std::string bind_flags(std::span<const std::string> names);

}  // namespace alidade
