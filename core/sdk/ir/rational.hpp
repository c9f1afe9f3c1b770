#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace alidade {

/// An exact fraction in lowest terms with a positive denominator, both within 127 bits. An operation whose
/// result does not fit gives nothing.
class Rational {
 public:
  using Integer = __int128;
  constexpr Rational(Integer whole = 0) : above_(whole) {}
  /// Nothing where `below` is 0.
  [[nodiscard]] static std::optional<Rational> of(Integer above, Integer below);

  [[nodiscard]] Integer above() const { return above_; }
  [[nodiscard]] Integer below() const { return below_; }
  [[nodiscard]] bool is_whole() const { return below_ == 1; }
  [[nodiscard]] int sign() const { return above_ < 0 ? -1 : above_ > 0 ? 1 : 0; }
  [[nodiscard]] std::optional<std::int64_t> size() const;  ///< a whole number of 64 bits
  [[nodiscard]] Rational floor() const;
  [[nodiscard]] std::string text() const;  ///< "-5/2"
  bool operator==(const Rational&) const = default;

 private:
  Integer above_ = 0, below_ = 1;
};

/// Of two that are not negative.
[[nodiscard]] Rational::Integer greatest_common_divisor(Rational::Integer a, Rational::Integer b);
/// a op b, or nothing where it does not fit or divides by zero.
[[nodiscard]] std::optional<Rational> add(const Rational& a, const Rational& b);
[[nodiscard]] std::optional<Rational> subtract(const Rational& a, const Rational& b);
[[nodiscard]] std::optional<Rational> multiply(const Rational& a, const Rational& b);
[[nodiscard]] std::optional<Rational> divide(const Rational& a, const Rational& b);
/// a to a whole power, by squaring.
[[nodiscard]] std::optional<Rational> power(const Rational& a, std::int64_t exponent);
/// The root that is itself a fraction, or nothing.
[[nodiscard]] std::optional<Rational> square_root(const Rational& a);
/// The nearest whole number, the even one of two, as Python rounds.
[[nodiscard]] std::optional<Rational> round(const Rational& a);
/// Whether a < b; nothing where comparing does not fit.
[[nodiscard]] std::optional<bool> less(const Rational& a, const Rational& b);
/// The fraction with the smallest denominator at most `tolerance` away from `a`, both positive.
[[nodiscard]] std::optional<Rational> simplest_near(const Rational& a, const Rational& tolerance);

}  // namespace alidade
