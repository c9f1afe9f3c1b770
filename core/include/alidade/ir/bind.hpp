#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/ir/graph.hpp"

namespace alidade {

/// Values for symbolic dimensions: {"batch": 8, "seq": 384}.
using Bindings = std::map<std::string, std::int64_t, std::less<>>;

/// Evaluates "s0*s1//2", "batch + 1", "Max(1, s3)", "ceil/floor(a/b)"; nothing when a symbol is unbound. An
/// error says where the text stops making sense. Steps and depth are bounded: safe on hostile input.
[[nodiscard]] Result<std::optional<std::int64_t>> evaluate(std::string_view expression,
                                                           const Bindings& bindings);
/// The names in an expression, in order of appearance, each once.
[[nodiscard]] std::vector<std::string> symbols_in(std::string_view expression);
/// The same graph with every dimension that the bindings decide turned into a number.
[[nodiscard]] Result<Graph> bind(Graph graph, const Bindings& bindings);

}  // namespace alidade
