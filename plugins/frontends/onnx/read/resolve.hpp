#pragma once
#include "alidade/base/error.hpp"
#include "scope.hpp"

namespace alidade::onnx_file {

/// Gives every name of a body its value, makes sure that each is made once and before it is used, and sorts
/// the nodes where the file did not. Errors name the nodes: two producers, a dangling operand, the shortest
/// cycle.
Result<Resolved> resolve(const Body& body, NameScope& scope, std::vector<Value>& values, Damage& damage);

/// "node "conv1" (Conv)", or "Conv node #17" for one without a name.
[[nodiscard]] std::string describe(const Node& node, std::size_t index);

}  // namespace alidade::onnx_file
