#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace alidade::onnx_file {

/// docs/onnx_operators.md: what becomes of every operator, written by the rules themselves.
[[nodiscard]] std::string operator_catalogue();
/// Operators of the default domain that no rule names; empty unless ONNX grew.
[[nodiscard]] std::vector<std::string_view> unnamed_operators();

}  // namespace alidade::onnx_file
