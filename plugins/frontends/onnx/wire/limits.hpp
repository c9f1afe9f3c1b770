#pragma once
#include <string>
#include <unordered_map>

#include "alidade/base/error.hpp"
#include "decode.hpp"

namespace alidade::onnx_file {

/// "domain::name:overload", what a call of a model-local function is found by.
[[nodiscard]] std::string function_key(Text domain, Text name, Text overload);

/// The functions of a model by their key.
using FunctionIndex = std::unordered_map<std::string, std::uint32_t>;
[[nodiscard]] FunctionIndex index_functions(const ModelView& model);

struct Bounds {
  std::uint64_t nodes;
  std::uint32_t region_depth;
};
/// Before anything is expanded: how deep graphs nest, whether functions call themselves, and how many nodes
/// there will be.
Result<void> check_limits(const ModelView& model, const FunctionIndex& functions, const Bounds& bounds,
                          Damage& damage);

/// Functions within functions; deeper ones would only be a way to eat the stack.
inline constexpr std::uint32_t kMostCalls = 128;

}  // namespace alidade::onnx_file
