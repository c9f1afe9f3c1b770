#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alidade/ir/expression.hpp"
#include "sdk/ir/form.hpp"

namespace alidade::formula {

/// Powers of generators, by their numbers; none has power 0.
using Monomial = std::vector<std::pair<std::uint32_t, int>>;
using Polynomial = std::map<Monomial, Rational>;

[[nodiscard]] Monomial product(const Monomial& a, const Monomial& b);
/// The least that both divide.
[[nodiscard]] Monomial least_multiple(const Monomial& a, const Monomial& b);
[[nodiscard]] bool divides(const Monomial& a, const Monomial& b);
[[nodiscard]] int degree(const Monomial& m);

/// What sizes are made of: symbols, and functions of them such as "(h + 1)//2", each once.
class Generators {
 public:
  /// A product that every product in the size divides; empty for a number.
  [[nodiscard]] Monomial bound_of(std::string_view size);
  [[nodiscard]] std::size_t size() const { return atoms_.size(); }
  /// The least that it may be, where symbols are at least 1; nothing where it may be negative.
  [[nodiscard]] std::optional<int> least(std::uint32_t generator) const;
  /// The value of every generator; an error where one has none, or is not whole.
  [[nodiscard]] Result<std::vector<std::int64_t>> values(const Bindings& bindings) const;
  [[nodiscard]] form::Form form_of(const Polynomial& sum) const;

 private:
  std::uint32_t number_of(form::Atom atom);

  std::vector<form::Atom> atoms_;
  std::vector<Expression> formulas_;
  std::map<std::string, std::uint32_t, std::less<>> numbers_;
};

/// Nothing where it does not fit.
[[nodiscard]] std::optional<Rational> value_of(const Monomial& m,
                                               const std::vector<std::int64_t>& generators);

}  // namespace alidade::formula
