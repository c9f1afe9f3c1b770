#pragma once
#include <string>
#include <vector>

#include "host/query/amount.hpp"
#include "host/query/expression.hpp"

namespace alidade::host::query {

/// A part of an expression. `word` is a field's name, a function's name, or an operator as it is written.
struct Expression::Node {
  enum class Kind : std::uint8_t { constant, field, negation, minus, binary, call };
  Kind kind = Kind::constant;
  std::string word;
  Value constant;
  bool may_be_text = false;  ///< a field's name, or a word, right of a comparison
  std::vector<Node> parts;
  std::size_t at = 0;              ///< where it begins in the text
  std::size_t begin = 0, end = 0;  ///< the same with the brackets around it, and where these end
  Unit unit = Unit::none;          ///< of a constant
  bool has_unit = false;           ///< it, or a part of it, is written with one
};

/// Whether an operator makes a condition of two values.
[[nodiscard]] bool is_comparison(std::string_view op);

/// Reads an expression; errors say what was found where.
[[nodiscard]] Result<Expression::Node> read_expression(std::string_view text);

}  // namespace alidade::host::query
