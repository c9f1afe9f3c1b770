#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

// A number that counts what is done with it, each primitive once, and the definitions of the usual functions
// written with it.
namespace alidade::counting {

inline std::uint64_t done = 0;

struct Number {
  double v = 0;
};
inline Number operator+(Number a, Number b) { return ++done, Number{a.v + b.v}; }
inline Number operator-(Number a, Number b) { return ++done, Number{a.v - b.v}; }
inline Number operator*(Number a, Number b) { return ++done, Number{a.v * b.v}; }
inline Number operator/(Number a, Number b) { return ++done, Number{a.v / b.v}; }
inline Number operator-(Number a) { return ++done, Number{-a.v}; }
inline Number max(Number a, Number b) { return ++done, Number{std::max(a.v, b.v)}; }
inline Number min(Number a, Number b) { return ++done, Number{std::min(a.v, b.v)}; }
inline Number exp(Number a) { return ++done, Number{std::exp(a.v)}; }
inline Number log(Number a) { return ++done, Number{std::log(a.v)}; }
inline Number erf(Number a) { return ++done, Number{std::erf(a.v)}; }
inline Number sin(Number a) { return ++done, Number{std::sin(a.v)}; }
inline Number abs(Number a) { return ++done, Number{std::abs(a.v)}; }
inline Number pow(Number a, Number b) { return ++done, Number{std::pow(a.v, b.v)}; }
inline Number sqrt(Number a) { return ++done, Number{std::sqrt(a.v)}; }
inline Number rsqrt(Number a) { return ++done, Number{1 / std::sqrt(a.v)}; }
inline Number round(Number a) { return ++done, Number{std::round(a.v)}; }
inline bool less(Number a, Number b) { return ++done, a.v < b.v; }
inline Number select(bool which, Number a, Number b) { return ++done, which ? a : b; }

constexpr Number c(double v) { return {v}; }
inline Number sigmoid(Number x) { return c(1) / (c(1) + exp(-x)); }
inline Number tanh(Number x) {
  const Number e = exp(c(2) * x);
  return (e - c(1)) / (e + c(1));
}
inline Number softplus(Number x) { return log(c(1) + exp(x)); }
inline Number hardsigmoid(Number x) { return min(max(x * c(1.0 / 6) + c(0.5), c(0)), c(1)); }

using Row = std::vector<Number>;

inline Number sum(const Row& row) {
  Number total;
  for (const auto x : row) total = total + x;
  return total;
}

/// What f does, in primitives.
template <class F>
std::uint64_t primitives(F&& f) {
  done = 0;
  f();
  return done;
}

}  // namespace alidade::counting
