#include <algorithm>

#include "form.hpp"

namespace alidade::form {
namespace {

using Operands = std::span<const Form>;

/// The values that a choice is between, without its conditions.
std::vector<Form> choices(Operation operation, Operands x) {
  if (operation == Operation::where) return {x[1], x[2]};
  std::vector<Form> values;
  for (std::size_t i = 0; i < x.size(); i += operation == Operation::piecewise ? 2 : 1)
    values.push_back(x[i]);
  return values;
}

bool gives_whole(Operation operation, Operands x) {
  switch (operation) {
    case Operation::maximum:
    case Operation::minimum:
    case Operation::where:
    case Operation::piecewise:
    case Operation::absolute:
      return std::ranges::all_of(choices(operation, x), is_whole);
    case Operation::power:
      return std::ranges::all_of(x, is_whole) && is_nonnegative(x[1]);
    case Operation::foreign:
    case Operation::square_root:
    case Operation::round_decimal:
      return false;
    default:
      return true;
  }
}

bool gives_nonnegative(Operation operation, Operands x) {
  const auto at_least_0 = [](const Form& f) { return is_nonnegative(f); };
  switch (operation) {
    case Operation::foreign:
      return false;
    case Operation::maximum:
      return std::ranges::any_of(x, at_least_0);
    case Operation::absolute:
    case Operation::square_root:
    case Operation::less:
    case Operation::less_equal:
    case Operation::equal:
    case Operation::not_equal:
    case Operation::all_of:
    case Operation::any_of:
    case Operation::none_of:
      return true;
    case Operation::power:
      return is_nonnegative(x[0]);
    default:
      return std::ranges::all_of(choices(operation, x), at_least_0);
  }
}

}  // namespace

Form call(Operation operation, std::vector<Form> operands, std::string_view name) {
  if (!std::ranges::all_of(operands, &Form::known)) return unknown();
  int held = 1;
  for (const Form& f : operands) held += weight(f.terms);
  Atom atom{operation,
            call_text(operation, operands, name),
            {},
            gives_whole(operation, operands),
            gives_nonnegative(operation, operands),
            held};
  atom.operands = std::move(operands);
  return of(std::move(atom));
}

}  // namespace alidade::form
