#include "rational.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace alidade {
namespace {

using Integer = Rational::Integer;

bool is_small(Integer n) {
  return n <= std::numeric_limits<std::int64_t>::max() && n >= std::numeric_limits<std::int64_t>::min();
}

std::optional<Integer> product(Integer a, Integer b) {
  if (is_small(a) && is_small(b)) return a * b;
  Integer r = 0;
  return __builtin_mul_overflow(a, b, &r) ? std::nullopt : std::optional(r);
}

bool is_lowest(Integer n) { return n == std::numeric_limits<Integer>::min(); }

std::string digits(Integer n) {
  std::string text;
  const bool negative = n < 0;
  do {
    const int digit = static_cast<int>(n % 10);
    text += static_cast<char>('0' + (digit < 0 ? -digit : digit));
    n /= 10;
  } while (n != 0);
  if (negative) text += '-';
  std::ranges::reverse(text);
  return text;
}

/// The whole root of n, where it has one.
std::optional<Integer> whole_root(Integer n) {
  auto root = static_cast<Integer>(std::sqrt(static_cast<double>(n)));
  for (int i = 0; i < 4 && root > 0; ++i) root = (root + n / root) / 2;
  for (Integer r = std::max<Integer>(root - 1, 0); r <= root + 1; ++r)
    if (product(r, r) == n) return r;
  return std::nullopt;
}

}  // namespace

Integer greatest_common_divisor(Integer a, Integer b) {
  while (b != 0) {
    if (is_small(a) && is_small(b)) {
      auto small = static_cast<std::uint64_t>(a), other = static_cast<std::uint64_t>(b);
      while (other != 0) small = std::exchange(other, small % other);
      return static_cast<Integer>(small);
    }
    a = std::exchange(b, a % b);
  }
  return a;
}

std::optional<Rational> Rational::of(Integer above, Integer below) {
  if (below == 1 && !is_lowest(above)) return Rational(above);
  if (below == 0 || is_lowest(above) || is_lowest(below)) return std::nullopt;
  const Integer common = greatest_common_divisor(above < 0 ? -above : above, below < 0 ? -below : below);
  Rational r(above / common);
  r.below_ = below / common;
  if (r.below_ < 0) r.above_ = -r.above_, r.below_ = -r.below_;
  return r;
}

std::optional<std::int64_t> Rational::size() const {
  if (!is_whole() || !is_small(above_)) return std::nullopt;
  return static_cast<std::int64_t>(above_);
}

Rational Rational::floor() const {
  if (is_whole()) return *this;
  if (is_small(above_) && is_small(below_)) {
    const auto above = static_cast<std::int64_t>(above_), below = static_cast<std::int64_t>(below_);
    return above / below - (above % below < 0 ? 1 : 0);
  }
  return above_ / below_ - (above_ % below_ < 0 ? 1 : 0);
}

std::string Rational::text() const { return digits(above_) + (is_whole() ? "" : "/" + digits(below_)); }

std::optional<Rational> add(const Rational& a, const Rational& b) {
  Integer sum = 0;
  if (a.below() == b.below()) {
    if (__builtin_add_overflow(a.above(), b.above(), &sum)) return std::nullopt;
    return Rational::of(sum, a.below());
  }
  const Integer common = greatest_common_divisor(a.below(), b.below());
  const auto left = product(a.above(), b.below() / common), right = product(b.above(), a.below() / common),
             below = product(a.below() / common, b.below());
  if (!left || !right || !below || __builtin_add_overflow(*left, *right, &sum)) return std::nullopt;
  return Rational::of(sum, *below);
}

std::optional<Rational> subtract(const Rational& a, const Rational& b) {
  const auto negative = Rational::of(-b.above(), b.below());
  return negative ? add(a, *negative) : std::nullopt;
}

std::optional<Rational> multiply(const Rational& a, const Rational& b) {
  if (a.is_whole() && b.is_whole()) {
    const auto whole = product(a.above(), b.above());
    return whole && !is_lowest(*whole) ? std::optional<Rational>(*whole) : std::nullopt;
  }
  // Reduced crosswise first, so that a product fits whenever its lowest terms do.
  const auto left = Rational::of(a.above(), b.below()), right = Rational::of(b.above(), a.below());
  if (!left || !right) return std::nullopt;
  const auto above = product(left->above(), right->above()), below = product(left->below(), right->below());
  return above && below ? Rational::of(*above, *below) : std::nullopt;
}

std::optional<Rational> divide(const Rational& a, const Rational& b) {
  const auto inverse = Rational::of(b.below(), b.above());
  return inverse ? multiply(a, *inverse) : std::nullopt;
}

std::optional<Rational> power(const Rational& a, std::int64_t exponent) {
  if (exponent < 0) {
    const auto inverse = divide(1, a);
    if (!inverse || exponent == std::numeric_limits<std::int64_t>::min()) return std::nullopt;
    return power(*inverse, -exponent);
  }
  if (a == Rational(0) || a == Rational(1)) return exponent == 0 ? Rational(1) : a;
  if (a == Rational(-1)) return exponent % 2 == 0 ? Rational(1) : a;
  if (exponent > 127) return std::nullopt;
  std::optional<Rational> result(1), square(a);
  for (; exponent > 0 && result; exponent /= 2) {
    if (exponent % 2 == 1) result = square ? multiply(*result, *square) : std::nullopt;
    if (exponent > 1 && square) square = multiply(*square, *square);
  }
  return result;
}

std::optional<Rational> square_root(const Rational& a) {
  if (a.sign() < 0) return std::nullopt;
  const auto above = whole_root(a.above()), below = whole_root(a.below());
  return above && below ? Rational::of(*above, *below) : std::nullopt;
}

std::optional<Rational> round(const Rational& a) {
  const Rational low = a.floor();
  const auto rest = subtract(a, low);
  const auto twice = rest ? multiply(*rest, 2) : std::nullopt;
  if (!twice) return std::nullopt;
  const bool up = *twice == Rational(1) ? low.above() % 2 != 0 : less(1, *twice).value_or(false);
  return up ? add(low, 1) : low;
}

std::optional<bool> less(const Rational& a, const Rational& b) {
  if (a.is_whole() && b.is_whole()) return a.above() < b.above();
  const auto difference = subtract(a, b);
  return difference ? std::optional(difference->sign() < 0) : std::nullopt;
}

std::optional<Rational> simplest_near(const Rational& a, const Rational& tolerance) {
  // Between low and high: the next whole number where there is one, else the whole part and the simplest
  // fraction between the reciprocals of what remains.
  auto low = subtract(a, tolerance), high = add(a, tolerance);
  if (!low || !high || low->sign() <= 0) return std::nullopt;
  Integer above = 1, below = 0, last_above = 0, last_below = 1;
  while (true) {
    const Rational whole = low->floor();
    const bool ends = whole == *low || whole != high->floor();
    const Integer step = whole == *low ? whole.above() : ends ? whole.above() + 1 : whole.above();
    last_above = std::exchange(above, above * step + last_above);
    last_below = std::exchange(below, below * step + last_below);
    if (ends) return Rational::of(above, below);
    const auto from = divide(1, *subtract(*high, whole)), to = divide(1, *subtract(*low, whole));
    if (!from || !to) return std::nullopt;
    low = from, high = to;
  }
}

}  // namespace alidade
