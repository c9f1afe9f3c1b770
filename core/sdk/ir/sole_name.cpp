#include "alidade/ir/sole_name.hpp"

#include "alidade/ir/expression.hpp"
#include "expression_lexer.hpp"
#include "expression_program.hpp"

namespace alidade {

std::optional<std::string> sole_name(std::string_view text) {
  if (is_name(text)) return std::string(text);
  const auto expression = Expression::parse(text);
  if (!expression) return std::string(text);
  const auto& steps = expression->program().steps;
  if (steps.size() != 1 || steps[0].operation != Operation::symbol) return std::nullopt;
  return expression->symbols()[0];
}

}  // namespace alidade
