#include "expression_whole.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace alidade {
namespace {

using Whole = std::optional<std::int64_t>;

constexpr std::size_t kDeepest = 32, kMostSymbols = 8;

Whole floor_quotient(std::int64_t a, std::int64_t b) {
  if (b <= 0) return std::nullopt;
  return a / b - (a % b < 0 ? 1 : 0);
}

Whole raised(std::int64_t a, std::int64_t exponent) {
  if (exponent < 0 || exponent > 63) return std::nullopt;
  std::int64_t out = 1;
  for (; exponent > 0; --exponent)
    if (__builtin_mul_overflow(out, a, &out)) return std::nullopt;
  return out;
}

Whole applied(Operation operation, std::span<const std::int64_t> x) {
  std::int64_t out = 0;
  switch (operation) {
    case Operation::add:
      return __builtin_add_overflow(x[0], x[1], &out) ? Whole() : out;
    case Operation::subtract:
      return __builtin_sub_overflow(x[0], x[1], &out) ? Whole() : out;
    case Operation::multiply:
      return __builtin_mul_overflow(x[0], x[1], &out) ? Whole() : out;
    case Operation::floor_divide:
      return floor_quotient(x[0], x[1]);
    case Operation::power:
      return raised(x[0], x[1]);
    case Operation::negate:
      return __builtin_sub_overflow(std::int64_t{0}, x[0], &out) ? Whole() : out;
    case Operation::maximum:
      return *std::ranges::max_element(x);
    case Operation::minimum:
      return *std::ranges::min_element(x);
    case Operation::identity:
    case Operation::floor:
    case Operation::ceil:
      return x[0];
    default:
      return std::nullopt;
  }
}

/// Looks each symbol up once.
class Symbols {
 public:
  Symbols(const Expression::Program& program, const Bindings& bindings)
      : program_(program), bindings_(bindings) {}
  Whole value(std::uint32_t index) {
    if (index >= kMostSymbols) return std::nullopt;
    if (!known_.at(index))
      if (const auto found = bindings_.find(program_.symbols[index]); found != bindings_.end())
        known_.at(index) = found->second;
    return known_.at(index);
  }

 private:
  const Expression::Program& program_;
  const Bindings& bindings_;
  std::array<Whole, kMostSymbols> known_;
};

}  // namespace

Whole whole_value(const Expression::Program& program, const Bindings& bindings) {
  Symbols symbols(program, bindings);
  std::array<std::int64_t, kDeepest> stack{};
  std::size_t size = 0;
  for (const Step& step : program.steps) {
    Whole value;
    if (step.operation == Operation::number)
      value = step.index;
    else if (step.operation == Operation::fraction)
      value = program.fractions[step.index].size();
    else if (step.operation == Operation::symbol)
      value = symbols.value(step.index);
    else if (step.count > 0)
      value = applied(step.operation, std::span(stack).subspan(size - step.count, step.count));
    size -= step.count;
    if (!value || size == kDeepest) return std::nullopt;
    stack.at(size++) = *value;
  }
  return stack[0];
}

}  // namespace alidade
