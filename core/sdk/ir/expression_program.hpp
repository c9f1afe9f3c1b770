#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "alidade/ir/expression.hpp"
#include "rational.hpp"

namespace alidade {

/// What one step of an expression does with the values before it.
enum class Operation : std::uint8_t {
  number,    ///< a whole one of 32 bits
  fraction,  ///< any other
  symbol,
  foreign,  ///< a function that is not known here
  add,
  subtract,
  multiply,
  divide,
  floor_divide,
  ceil_divide,
  modulo,
  power,
  negate,
  identity,
  floor,
  ceil,
  truncate,
  round,
  round_decimal,
  absolute,
  square_root,
  modular_index,  ///< (a // b) % c
  maximum,
  minimum,
  where,      ///< condition, value, otherwise
  piecewise,  ///< value, condition, value, condition, ...
  less,
  less_equal,
  greater,
  greater_equal,
  equal,
  not_equal,
  all_of,
  any_of,
  none_of,
  bit_and,
  bit_or,
  bit_xor,
  shift_left,
  shift_right,
};

/// One step in postfix order: it takes `count` values from the stack and leaves one.
struct Step {
  Operation operation = Operation::number;
  std::uint32_t count = 0;
  std::uint32_t index = 0;  ///< a small whole number, or into fractions, symbols or functions
};

struct Expression::Program {
  std::string text;
  std::vector<Step> steps;
  std::vector<Rational> fractions;
  std::vector<std::string> symbols;
  std::vector<std::string> functions;  ///< names of foreign ones
};

}  // namespace alidade
