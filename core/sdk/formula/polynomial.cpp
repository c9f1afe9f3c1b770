#include "polynomial.hpp"

#include <algorithm>

#include "alidade/ir/size.hpp"

namespace alidade::formula {
namespace {

/// Joins two lists of powers; `join` makes one of two powers, 0 standing for none.
template <class Join>
Monomial joined(const Monomial& a, const Monomial& b, Join join) {
  Monomial out;
  auto x = a.begin(), y = b.begin();
  while (x != a.end() || y != b.end()) {
    const bool left = y == b.end() || (x != a.end() && x->first <= y->first);
    const bool right = x == a.end() || (y != b.end() && y->first <= x->first);
    out.emplace_back(left ? x->first : y->first, join(left ? x->second : 0, right ? y->second : 0));
    if (left) ++x;
    if (right) ++y;
  }
  return out;
}

/// A text that no form holds, as one factor.
form::Atom opaque_atom(std::string_view size) {
  form::Atom atom{Operation::foreign, "(" + std::string(size) + ")"};
  atom.nonnegative = false;
  return atom;
}

/// Whether a form is a sum of products of whole powers.
bool is_polynomial(const form::Form& form) {
  const auto plain = [](const form::Factor& f) {
    return f.power > 0 && f.atom.operation != Operation::identity && f.atom.whole;
  };
  return form.known && std::ranges::all_of(form.terms, [&](const form::Term& t) {
           return std::ranges::all_of(t.factors, plain);
         });
}

}  // namespace

Monomial product(const Monomial& a, const Monomial& b) {
  return joined(a, b, [](int x, int y) { return x + y; });
}
Monomial least_multiple(const Monomial& a, const Monomial& b) {
  return joined(a, b, [](int x, int y) { return std::max(x, y); });
}
bool divides(const Monomial& a, const Monomial& b) { return least_multiple(a, b) == b; }
int degree(const Monomial& m) {
  int sum = 0;
  for (const auto& [generator, power] : m) sum += power;
  return sum;
}

std::uint32_t Generators::number_of(form::Atom atom) {
  const auto [found, is_new] = numbers_.try_emplace(atom.text, static_cast<std::uint32_t>(atoms_.size()));
  if (!is_new) return found->second;
  formulas_.push_back(*Expression::parse(atom.text));
  atoms_.push_back(std::move(atom));
  return found->second;
}

Monomial Generators::bound_of(std::string_view size) {
  const auto formula = Expression::parse(size);
  auto form = formula ? Size::of(*formula).form() : form::symbol(size);
  if (!is_polynomial(form)) {
    if (!formula) return {};
    form = form::of(opaque_atom(size));
  }
  Monomial out;
  for (const auto& term : form.terms) {
    Monomial powers;
    for (const auto& factor : term.factors) powers.emplace_back(number_of(factor.atom), factor.power);
    std::ranges::sort(powers);
    out = least_multiple(out, powers);
  }
  return out;
}

std::optional<int> Generators::least(std::uint32_t generator) const {
  const auto& atom = atoms_[generator];
  if (atom.operation == Operation::symbol) return 1;
  return atom.nonnegative ? std::optional(0) : std::nullopt;
}

Result<std::vector<std::int64_t>> Generators::values(const Bindings& bindings) const {
  std::vector<std::int64_t> out;
  for (std::size_t i = 0; i < formulas_.size(); ++i) {
    const auto value = formulas_[i].evaluate(bindings);
    if (!value) return std::unexpected(value.error());
    if (!*value) return fail(Fault::model, "the size " + atoms_[i].text + " has no value");
    out.push_back(**value);
  }
  return out;
}

form::Form Generators::form_of(const Polynomial& sum) const {
  form::Form out;
  for (const auto& [monomial, coefficient] : sum) {
    if (coefficient.sign() == 0) continue;
    form::Term term{coefficient, {}};
    for (const auto& [generator, power] : monomial) term.factors.push_back({atoms_[generator], power});
    std::ranges::sort(term.factors, {}, [](const form::Factor& f) -> const auto& { return f.atom.text; });
    out.terms.push_back(std::move(term));
  }
  std::ranges::sort(out.terms,
                    [](const auto& a, const auto& b) { return form::compare(a.factors, b.factors) < 0; });
  return out;
}

std::optional<Rational> value_of(const Monomial& m, const std::vector<std::int64_t>& generators) {
  std::optional<Rational> out(1);
  for (const auto& [generator, power] : m)
    for (int i = 0; i < power && out; ++i) out = multiply(*out, generators[generator]);
  return out;
}

}  // namespace alidade::formula
