#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expression_program.hpp"

namespace alidade::form {

struct Factor;

/// A coefficient times powers of atoms; the factors are sorted by their text, none has power 0.
struct Term {
  Rational coefficient;
  std::vector<Factor> factors;
};

/// A sum of products: terms of different factors, highest degree first, no coefficient 0. Unknown where it
/// would be too large, or has no value.
struct Form {
  std::vector<Term> terms;
  bool known = true;

  [[nodiscard]] bool is_constant() const;
  [[nodiscard]] Rational constant() const;  ///< the term without factors, or 0
};

/// What is not a sum or a product: a symbol, a function of forms, or the sum that something is divided by
/// (Operation::identity). Equal texts are equal atoms.
struct Atom {
  Operation operation = Operation::symbol;
  std::string text;
  std::vector<Form> operands = {};
  bool whole = true;
  bool nonnegative = true;
  int weight = 1;  ///< how many terms and factors it holds
};

struct Factor {
  Atom atom;
  int power = 1;
};

bool operator==(const Form& a, const Form& b);

[[nodiscard]] Form constant(const Rational& value);
[[nodiscard]] Form unknown();
[[nodiscard]] Form symbol(std::string_view name);
[[nodiscard]] Form of(Atom atom);
/// How many terms and factors it holds, those inside functions among them.
[[nodiscard]] int weight(const std::vector<Term>& terms);
/// Sorted, like terms collected, brackets that something is divided by reduced; unknown where too large.
[[nodiscard]] Form normal(std::vector<Term> terms);

[[nodiscard]] Form add(const Form& a, const Form& b);
[[nodiscard]] Form subtract(const Form& a, const Form& b);
[[nodiscard]] Form multiply(const Form& a, const Form& b);
[[nodiscard]] Form scale(const Form& a, const Rational& by);
[[nodiscard]] Form divide(const Form& a, const Form& b);
[[nodiscard]] Form floor(const Form& a);
[[nodiscard]] Form ceil(const Form& a);
[[nodiscard]] Form modulo(const Form& a, const Form& b);
/// Max or Min, of at least one.
[[nodiscard]] Form extreme(Operation operation, std::span<const Form> operands);
/// A function that nothing simplifies, as an atom; `name` is a foreign one's.
[[nodiscard]] Form call(Operation operation, std::vector<Form> operands, std::string_view name = {});
/// Any operation on forms.
[[nodiscard]] Form apply(Operation operation, std::span<const Form> operands, std::string_view name = {});

/// The order of terms: higher degree first, then by the names of their factors.
[[nodiscard]] int compare(const std::vector<Factor>& a, const std::vector<Factor>& b);
[[nodiscard]] Form multiply(const Form& a, const Term& by);
[[nodiscard]] Term inverse(const Term& term);
/// Whether every value is whole, or at least 0, whatever the symbols are: as far as it can be seen at once.
[[nodiscard]] bool is_whole(const Form& a);
[[nodiscard]] bool is_nonnegative(const Form& a);
/// Whether `a` is a whole number over `below`, its denominator, which is positive.
[[nodiscard]] bool is_fraction(const Form& a, const Term& below);
/// 1 - 1/below: how far the floor of a fraction is below it at most.
[[nodiscard]] Form almost_one(const Term& below);
/// The least term that makes all of `a` free of denominators.
[[nodiscard]] Term denominator(const Form& a);
/// Terms over a bracket are divided by it as far as they go: (s*t + 1)/(s + 1) is t + (1 - t)/(s + 1).
[[nodiscard]] Form over_brackets(Form a);

[[nodiscard]] std::string text(const Form& a);
[[nodiscard]] std::string floor_text(const Form& inside);
[[nodiscard]] std::string call_text(Operation operation, std::span<const Form> operands,
                                    std::string_view name);
/// As a formula spells a name: as it is, or quoted; empty for one that cannot be spelled.
[[nodiscard]] std::string name_text(std::string_view name);

}  // namespace alidade::form
