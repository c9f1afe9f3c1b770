#pragma once
#include <set>
#include <string>
#include <string_view>

#include "wire/model.hpp"

namespace alidade::onnx_file {

using DimensionNames = std::set<std::string, std::less<>>;

/// What the file calls the dimensions of its inputs.
[[nodiscard]] DimensionNames dimension_names(const GraphView& graph);

/// ONNX's names of dimensions may have hyphens, and formulas are differences without blanks: "batch-size" is
/// one name and is put in quotes, unless one of its words is what a dimension of an input is called.
[[nodiscard]] std::string with_names_quoted(std::string_view text, const DimensionNames& of_inputs);

}  // namespace alidade::onnx_file
