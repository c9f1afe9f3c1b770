#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "expression_program.hpp"

namespace alidade {

/// Why a step has no value.
enum class Problem : std::uint8_t {
  none,
  unbound,
  zero,
  wide,
  power,
  root,
  condition,
  bits,
  digits,
  no_case,
  foreign
};

/// What a step comes to: a fraction (a condition is 1 or 0), or why there is none.
struct Value {
  Rational number = 0;
  Problem problem = Problem::none;
  std::uint32_t function = 0;  ///< the foreign function
};

/// The step's value. A problem among its operands is its own, unless it chooses another of them.
[[nodiscard]] Value applied(const Step& step, std::span<const Value> operands);
[[nodiscard]] std::string_view words(Problem problem);

}  // namespace alidade
