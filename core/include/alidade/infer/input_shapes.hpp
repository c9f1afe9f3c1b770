#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "alidade/base/error.hpp"
#include "alidade/ir/graph.hpp"

namespace alidade::infer {

/// Shapes for inputs by name, "" for the first; -1 keeps the size that the file states.
using InputShapes = std::map<std::string, std::vector<std::int64_t>, std::less<>>;

/// The same graph with inputs of other shapes: every type that depends on them is worked out anew. What the
/// file fixes to its own sizes, a target of a reshape that no longer fits, takes the factor where there is
/// one and a note says so; else the error names the operator and the constant.
[[nodiscard]] Result<Graph> with_input_shapes(Graph graph, const InputShapes& shapes);

}  // namespace alidade::infer
