#include "alidade/infer/sizes.hpp"

#include <algorithm>

#include "alidade/ir/sole_name.hpp"

namespace alidade::infer {
namespace {

constexpr std::size_t kLongest = 200;  // characters of a formula

/// Of two integers; nothing on overflow.
template <class F>
Number checked(F&& operation, Number a, Number b) {
  std::int64_t r = 0;
  return operation(a.whole, b.whole, &r) ? Number() : Number::of(r);
}

Size sum(const Size& a, const Size& b) { return a + b; }
Size difference(const Size& a, const Size& b) { return a - b; }
Size product(const Size& a, const Size& b) { return a * b; }
Size quotient(const Size& a, const Size& b) { return a / b; }
Size lesser(const Size& a, const Size& b) { return alidade::minimum(a, b); }
Size greater(const Size& a, const Size& b) { return alidade::maximum(a, b); }

bool both_known(Number a, Number b) { return a.is_number() && b.is_number(); }

}  // namespace

/// The graph keeps the text of a size that is bound: whoever asks what the model has symbols for finds it
/// there.
Dim Sizes::bound(std::string_view expression) {
  const Dim made = builder_.dim(expression);
  if (!made.is_symbolic()) return made;
  if (!bindings_.empty()) {
    if (const auto found = bindings_.find(expression); found != bindings_.end()) return Dim(found->second);
    if (const auto value = evaluate(expression, bindings_); value && *value && **value >= 0)
      return Dim(**value);
  }
  if (made.symbol().index >= symbols_.size()) symbols_.resize(made.symbol().index + 1);
  symbols_[made.symbol().index].text = expression;
  return made;
}

Dim Sizes::dim(std::string_view expression) {
  const auto [at, added] = dims_.try_emplace(std::string(expression));
  if (added) at->second = bound(expression);
  return at->second;
}

/// A text that is no formula is a name as a whole.
Size Sizes::form(Number n) {
  if (n.is_number()) return Size(n.whole);
  if (!n.is_symbol() || !n.size.is_symbolic() || !n.over.is_unknown()) return Size();
  Symbol& symbol = symbols_[n.size.symbol().index];
  if (!symbol.parsed) {
    symbol.form = Size::parse(symbol.text), symbol.parsed = true;
    if (const auto name = symbol.form.is_known() ? std::nullopt : sole_name(symbol.text))
      symbol.form = Size::symbol(*name);
  }
  return symbol.form;
}

Number Sizes::number_of(const Size& size) {
  if (const auto number = size.number()) return Number::of(*number);
  if (!size.is_known() || !size.is_whole()) return {};
  const std::string text = size.text();
  return text.size() > kLongest ? Number() : Number::of(dim(text));
}

std::size_t Sizes::DoneHash::operator()(const Done& d) const {
  std::uint64_t h = static_cast<std::uint64_t>(d.a) * 0x9e3779b97f4a7c15ull;
  h = (h ^ (h >> 32) ^ static_cast<std::uint64_t>(d.b)) * 0x9e3779b97f4a7c15ull;
  return static_cast<std::size_t>(h ^ (h >> 29) ^ d.step);
}

/// Equal operations are done once: a model has few symbols and many operators.
Number Sizes::apply(Step step, std::uint8_t id, Number a, Number b) {
  if (a.is_unknown() || b.is_unknown()) return {};
  const auto code = [](Number n) { return n.is_number() ? n.whole : std::int64_t{n.size.symbol().index}; };
  const auto kinds = static_cast<std::uint8_t>((a.is_number() ? 64 : 0) + (b.is_number() ? 128 : 0) + id);
  const auto [at, added] = done_.try_emplace({code(a), code(b), kinds});
  if (added) {
    const Number made = number_of(step(form(a), form(b)));
    return done_[{code(a), code(b), kinds}] = made;
  }
  return at->second;
}

Number Sizes::add(Number a, Number b) {
  if (a.is(0)) return b;
  if (b.is(0)) return a;
  if (both_known(a, b))
    return checked([](auto x, auto y, auto r) { return __builtin_add_overflow(x, y, r); }, a, b);
  return apply(&sum, 0, a, b);
}
Number Sizes::subtract(Number a, Number b) {
  if (b.is(0)) return a;
  if (both_known(a, b))
    return checked([](auto x, auto y, auto r) { return __builtin_sub_overflow(x, y, r); }, a, b);
  return apply(&difference, 1, a, b);
}
Number Sizes::multiply(Number a, Number b) {
  if (a.is(0) || b.is(0)) return Number::of(0);
  if (a.is(1)) return b;
  if (b.is(1)) return a;
  if (both_known(a, b))
    return checked([](auto x, auto y, auto r) { return __builtin_mul_overflow(x, y, r); }, a, b);
  return apply(&product, 2, a, b);
}
Number Sizes::floor_divide(Number a, Number b) {
  if (b.is_number() && b.whole < 1) return {};
  if (b.is(1)) return a;
  if (both_known(a, b)) return Number::of(a.whole / b.whole - (a.whole % b.whole < 0 ? 1 : 0));
  return apply(&alidade::floor_divide, 3, a, b);
}
Number Sizes::ceil_divide(Number a, Number b) {
  if (b.is_number() && b.whole < 1) return {};
  if (b.is(1)) return a;
  if (both_known(a, b)) return Number::of(a.whole / b.whole + (a.whole % b.whole > 0 ? 1 : 0));
  return apply(&alidade::ceil_divide, 4, a, b);
}
Number Sizes::remainder(Number a, Number b) {
  if (b.is_number() && b.whole < 1) return {};
  if (both_known(a, b)) return Number::of(((a.whole % b.whole) + b.whole) % b.whole);
  return apply(&alidade::modulo, 5, a, b);
}
Number Sizes::minimum(Number a, Number b) {
  if (both_known(a, b)) return Number::of(std::min(a.whole, b.whole));
  return apply(&lesser, 6, a, b);
}
Number Sizes::maximum(Number a, Number b) {
  if (both_known(a, b)) return Number::of(std::max(a.whole, b.whole));
  return apply(&greater, 7, a, b);
}
Number Sizes::exact_quotient(Number a, Number b) {
  if (b.is(1)) return a;
  if (b.is(0)) return {};
  if (both_known(a, b)) {
    const bool whole = !(b.whole == -1 && a.whole == INT64_MIN) && a.whole % b.whole == 0;
    return whole ? Number::of(a.whole / b.whole) : Number();
  }
  return apply(&quotient, 8, a, b);
}

Number Sizes::truncated_quotient(Number a, Number b) {
  if (b.is(0)) return {};
  if (both_known(a, b))
    return a.whole == INT64_MIN && b.whole == -1 ? Number() : Number::of(a.whole / b.whole);
  const Number zero = Number::of(0);
  if (b.is_number() && b.whole < 0) return subtract(zero, truncated_quotient(a, subtract(zero, b)));
  if (!at_least(b, 0)) return {};
  if (at_least(a, 0)) return floor_divide(a, b);
  return subtract(floor_divide(maximum(a, zero), b), floor_divide(maximum(subtract(zero, a), zero), b));
}

bool Sizes::at_least(Number a, std::int64_t b) {
  if (a.is_number()) return a.whole >= b;
  return a.is_symbol() && (form(a) - Size(b)).is_nonnegative();
}

std::optional<bool> Sizes::equal(Number a, Number b) {
  if (both_known(a, b)) return a.whole == b.whole;
  return alidade::equal(form(a), form(b));
}

}  // namespace alidade::infer
