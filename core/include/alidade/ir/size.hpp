#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/ir/expression.hpp"

namespace alidade {

namespace form {
struct Term;
struct Form;
}  // namespace form

/// A size in normal form, a sum of products of symbols and functions with fractions before them, or unknown.
/// Equal polynomials are equal sizes and have equal texts. Of symbols no more is assumed than that they are
/// whole and not negative. Wherever an expression has a value, its size has the same; it may have one where
/// the expression divides by zero, (s*t)/s being t. What has no value, or would be too large to handle
/// cheaply, is unknown, and so is what is made of it.
class Size {
 public:
  Size();                     ///< unknown
  Size(std::int64_t number);  // a number is a size as it is
  [[nodiscard]] static Size symbol(std::string_view name);
  /// Unknown where the text is no formula.
  [[nodiscard]] static Size parse(std::string_view text);
  [[nodiscard]] static Size of(const Expression& expression);

  [[nodiscard]] bool is_known() const { return known_; }
  [[nodiscard]] std::optional<std::int64_t> number() const;  ///< where it is one, whole
  [[nodiscard]] bool is_whole() const;                       ///< certainly
  [[nodiscard]] bool is_nonnegative() const;                 ///< certainly
  /// "2*seq + 1", "(h + 1)//2"; reads back as the same size. "?" where it is unknown.
  [[nodiscard]] std::string text() const;
  bool operator==(const Size& other) const;

  Size(const Size&);
  Size(Size&&) noexcept;
  Size& operator=(const Size&);
  Size& operator=(Size&&) noexcept;
  ~Size();

  [[nodiscard]] form::Form form() const;  ///< inside the SDK only
  explicit Size(form::Form form);

 private:
  bool known_ = false;
  std::int64_t number_ = 0;        // where terms_ is empty
  std::vector<form::Term> terms_;  // otherwise
};

[[nodiscard]] Size operator+(const Size& a, const Size& b);
[[nodiscard]] Size operator-(const Size& a, const Size& b);
[[nodiscard]] Size operator*(const Size& a, const Size& b);
/// The quotient, a fraction where b does not divide a; unknown where b is 0.
[[nodiscard]] Size operator/(const Size& a, const Size& b);
/// Rounded down, as Python's // does; unknown where b is 0, as with the two that follow.
[[nodiscard]] Size floor_divide(const Size& a, const Size& b);
[[nodiscard]] Size ceil_divide(const Size& a, const Size& b);
/// With the sign of b, as Python's % has it.
[[nodiscard]] Size modulo(const Size& a, const Size& b);
[[nodiscard]] Size minimum(std::span<const Size> sizes);  ///< of at least one
[[nodiscard]] Size maximum(std::span<const Size> sizes);
[[nodiscard]] Size minimum(const Size& a, const Size& b);
[[nodiscard]] Size maximum(const Size& a, const Size& b);
/// Whether they are equal, or differ, whatever the symbols are; nothing where that depends on them.
[[nodiscard]] std::optional<bool> equal(const Size& a, const Size& b);

}  // namespace alidade
