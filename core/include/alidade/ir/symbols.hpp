#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/ir/graph.hpp"

namespace alidade {

/// What the free dimensions of a graph are called: those that an input has, which one can bind, and those
/// that an operator finds out from its data as it runs. Sorted.
struct Symbols {
  std::vector<std::string> of_inputs, of_data;
};
[[nodiscard]] Symbols symbols_of(const Graph& graph);

/// What --bind takes: "batch=8"; a name with a comma or an equals sign is quoted, "\"a,b\"=8". Nothing for
/// one that has a quote as well, which no flag can hold.
[[nodiscard]] std::optional<std::string> binding_text(std::string_view name, std::string_view size);
/// "--bind batch=1 --bind 'past len=128'": example sizes for these names of a graph, as a shell takes them;
/// those that no flag can hold are left out. Where the usual sizes leave nothing of a tensor (a window that
/// does not fit), larger ones that do.
[[nodiscard]] std::string bind_flags(const Graph& graph, std::span<const std::string> names);

}  // namespace alidade
