#include "alidade/ir/size.hpp"

#include <algorithm>
#include <array>

#include "form.hpp"

namespace alidade {
namespace {

using form::Form;

constexpr std::size_t kMostSteps = 400;  // what an expression may have for its normal form to be worked out

/// Numbers are most sizes there are, and need no form.
template <class Checked, class Op>
Size both(const Size& a, const Size& b, Checked overflows, Op op) {
  const auto x = a.number(), y = b.number();
  std::int64_t r = 0;
  if (x && y && !overflows(*x, *y, &r)) return r;
  if (!a.is_known() || !b.is_known()) return {};
  return Size(op(a.form(), b.form()));
}

Size extreme(Operation operation, std::span<const Size> sizes) {
  std::vector<Form> forms;
  for (const Size& s : sizes) forms.push_back(s.form());
  return forms.empty() ? Size() : Size(form::extreme(operation, forms));
}

Form form_of(const Step& step, const Expression::Program& program, std::span<const Form> operands) {
  switch (step.operation) {
    case Operation::number:
      return form::constant(step.index);
    case Operation::fraction:
      return form::constant(program.fractions[step.index]);
    case Operation::symbol:
      return form::symbol(program.symbols[step.index]);
    case Operation::foreign:
      return form::apply(step.operation, operands, program.functions[step.index]);
    default:
      return form::apply(step.operation, operands);
  }
}

}  // namespace

Size::Size() = default;
Size::Size(std::int64_t number) : known_(true), number_(number) {}
Size::Size(const Size&) = default;
Size::Size(Size&&) noexcept = default;
Size& Size::operator=(const Size&) = default;
Size& Size::operator=(Size&&) noexcept = default;
Size::~Size() = default;

Size::Size(Form form) : known_(form.known) {
  const auto number = form.is_constant() ? form.constant().size() : std::nullopt;
  if (number)
    number_ = *number;
  else
    terms_ = std::move(form.terms);
}

Form Size::form() const {
  if (!known_) return form::unknown();
  return terms_.empty() ? form::constant(number_) : Form{terms_};
}

Size Size::symbol(std::string_view name) { return Size(form::symbol(name)); }

Size Size::parse(std::string_view text) {
  const auto expression = Expression::parse(text);
  return expression ? of(*expression) : Size();
}

Size Size::of(const Expression& expression) {
  const auto& program = expression.program();
  if (program.steps.size() > kMostSteps) return {};
  std::vector<Form> stack;
  for (const Step& step : program.steps) {
    const auto begin = stack.end() - step.count;
    Form value = form_of(step, program, {begin, stack.end()});
    stack.erase(begin, stack.end());
    stack.push_back(std::move(value));
  }
  return Size(std::move(stack.back()));
}

std::optional<std::int64_t> Size::number() const {
  return known_ && terms_.empty() ? std::optional(number_) : std::nullopt;
}

bool Size::is_whole() const { return form::is_whole(form()); }
bool Size::is_nonnegative() const { return form::is_nonnegative(form()); }
std::string Size::text() const { return form::text(form()); }
bool Size::operator==(const Size& other) const { return form() == other.form(); }

Size operator+(const Size& a, const Size& b) {
  return both(
      a, b, [](auto x, auto y, auto* r) { return __builtin_add_overflow(x, y, r); },
      [](const Form& x, const Form& y) { return form::add(x, y); });
}

Size operator-(const Size& a, const Size& b) {
  return both(
      a, b, [](auto x, auto y, auto* r) { return __builtin_sub_overflow(x, y, r); },
      [](const Form& x, const Form& y) { return form::subtract(x, y); });
}

Size operator*(const Size& a, const Size& b) {
  return both(
      a, b, [](auto x, auto y, auto* r) { return __builtin_mul_overflow(x, y, r); },
      [](const Form& x, const Form& y) { return form::multiply(x, y); });
}

Size operator/(const Size& a, const Size& b) { return Size(form::divide(a.form(), b.form())); }
Size floor_divide(const Size& a, const Size& b) {
  return Size(form::floor(form::divide(a.form(), b.form())));
}
Size ceil_divide(const Size& a, const Size& b) { return Size(form::ceil(form::divide(a.form(), b.form()))); }
Size modulo(const Size& a, const Size& b) { return Size(form::modulo(a.form(), b.form())); }

Size minimum(std::span<const Size> sizes) { return extreme(Operation::minimum, sizes); }
Size maximum(std::span<const Size> sizes) { return extreme(Operation::maximum, sizes); }
Size minimum(const Size& a, const Size& b) { return minimum(std::array{a, b}); }
Size maximum(const Size& a, const Size& b) { return maximum(std::array{a, b}); }

std::optional<bool> equal(const Size& a, const Size& b) {
  const std::array forms{a.form(), b.form()};
  const Form same = form::apply(Operation::equal, forms);
  if (!same.is_constant()) return std::nullopt;
  return same.constant().sign() != 0;
}

}  // namespace alidade
