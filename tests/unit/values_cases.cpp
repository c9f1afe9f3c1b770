// Value functions beside what onnxruntime computes: all of it known, and with some elements replaced by sizes
// or unknown.
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "value_cases.hpp"

using namespace alidade;
using infer::Number;
using value_cases::Case;

namespace {

/// An element once the symbols have values; nothing where it is not known.
std::optional<Number> bound(infer::Sizes& sizes, Dtype dtype, const Number& n, const Bindings& bindings) {
  if (n.is_number()) return n;
  if (n.is_unknown()) return std::nullopt;
  const auto value = [&](Dim d) {
    return d.is_known() ? d.size() : evaluate(sizes.expression(d), bindings).value().value();
  };
  const std::int64_t above = value(n.size), below = n.over.is_unknown() ? 1 : value(n.over);
  if (!is_floating(dtype)) return below == 1 ? Number::of(above) : Number();
  const double quotient = static_cast<double>(above) / static_cast<double>(below);
  return Number::of_real(dtype == Dtype::f32 ? static_cast<double>(static_cast<float>(quotient)) : quotient);
}
bool agree(Dtype dtype, const Number& a, const Number& b) {
  if (!is_floating(dtype)) return a.whole == b.whole;
  return a.real == b.real || (std::isnan(a.real) && std::isnan(b.real)) ||
         std::abs(a.real - b.real) <= 2e-6 * std::abs(b.real);
}

struct Tally {
  std::size_t known = 0, unknown = 0, wrong = 0;
};
/// Compares what is known of the results; says which case is wrong.
void compare(infer::Sizes& sizes, const Case& changed, const Case& whole, const Bindings& bindings,
             Tally& tally) {
  const auto made = value_cases::made(sizes, changed);
  for (std::size_t r = 0; r < whole.results.size(); ++r) {
    const auto& expected = *whole.results[r];
    if (!made[r]) {
      tally.unknown += expected.elements.size();
      continue;
    }
    bool right = made[r]->dtype == expected.dtype && made[r]->dims == expected.dims;
    for (std::size_t i = 0; right && i < expected.elements.size(); ++i) {
      const auto n = bound(sizes, expected.dtype, made[r]->elements[i], bindings);
      ++(n ? tally.known : tally.unknown);
      right = !n || agree(expected.dtype, *n, expected.elements[i]);
    }
    if (!right) ++tally.wrong;
    INFO(whole.line);
    CHECK(right);
  }
}

bool is_size(Dtype dtype, const Number& n) {
  if (is_floating(dtype)) return n.real >= 0 && n.real < 1000 && n.real == std::floor(n.real);
  return (dtype == Dtype::i64 || dtype == Dtype::i32) && n.whole >= 0 && n.whole < 1000;
}

/// The case with about a third of the elements of one operand replaced.
template <class F>
Case changed(const Case& c, std::mt19937& random, F&& replacement) {
  Case out = c;
  auto& operand = out.operands[random() % out.operands.size()];
  if (!operand) return out;
  for (auto& e : operand->elements)
    if (random() % 3 == 0) e = replacement(operand->dtype, e);
  return out;
}

}  // namespace

TEST_CASE("value functions make what onnxruntime makes of known contents") {
  REQUIRE(value_cases::all().size() > 300);
  GraphBuilder builder;
  const Bindings bindings;
  infer::Sizes sizes(builder, bindings);
  Tally tally;
  for (const auto& c : value_cases::all()) compare(sizes, c, c, bindings, tally);
  CHECK(tally.unknown == 0);
  CHECK(tally.wrong == 0);
}

TEST_CASE("value functions of sizes give the same numbers once the sizes are bound") {
  std::mt19937 random(11);
  Tally tally;
  for (int round = 0; round < 20; ++round)
    for (const auto& c : value_cases::all()) {
      GraphBuilder builder;
      const Bindings none;
      infer::Sizes sizes(builder, none);
      Bindings bindings;
      const Case symbolic = changed(c, random, [&](Dtype dtype, const Number& n) {
        if (!is_size(dtype, n)) return n;
        const auto value = is_floating(dtype) ? static_cast<std::int64_t>(n.real) : n.whole;
        const auto name = "s" + std::to_string(value);
        bindings[name] = value;
        return Number::of(sizes.dim(name));
      });
      compare(sizes, symbolic, c, bindings, tally);
    }
  CHECK(tally.wrong == 0);
  CHECK(tally.known > 5 * tally.unknown);
}

TEST_CASE("value functions keep what does not depend on unknown elements") {
  std::mt19937 random(12);
  Tally tally;
  GraphBuilder builder;
  const Bindings none;
  infer::Sizes sizes(builder, none);
  for (int round = 0; round < 20; ++round)
    for (const auto& c : value_cases::all())
      compare(sizes, changed(c, random, [](Dtype, const Number&) { return Number(); }), c, none, tally);
  CHECK(tally.wrong == 0);
  CHECK(tally.known > tally.unknown / 2);
}
