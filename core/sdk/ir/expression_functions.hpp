#pragma once
#include <cstdint>
#include <limits>
#include <string_view>

#include "expression_program.hpp"

namespace alidade {

/// A function by one of its names, and how many arguments it takes.
struct Function {
  std::string_view name;
  Operation operation;
  std::uint32_t least = 1;
  std::uint32_t most = 1;
};

constexpr std::uint32_t kAnyNumber = std::numeric_limits<std::uint32_t>::max();

/// By its name without the module before it, "torch.utils._sympy.functions.FloorDiv" as "FloorDiv"; null when
/// it is not known.
[[nodiscard]] const Function* function_named(std::string_view name);

}  // namespace alidade
