#pragma once
#include <string>
#include <vector>

#include "sizes.hpp"

namespace alidade::dynamo {

/// An input of the model: its name and its TensorMeta.
struct ModelInput {
  std::string name;
  JsonValue meta;
};

/// Asked-for shapes by input name; "" is the first input.
using InputShapes = std::map<std::string, std::vector<std::int64_t>, std::less<>>;

/// Turns asked-for shapes into bindings of the symbols in the inputs' sizes. A shape that cannot be is a
/// sentence.
[[nodiscard]] Result<void> apply_shapes(const InputShapes& shapes, const std::vector<ModelInput>& inputs,
                                        Sizes& sizes);

}  // namespace alidade::dynamo
