// Floors of sums of products, in one form each: whole parts stand outside, a floor inside a floor is one
// floor, and ceilings and remainders are floors.
#include <algorithm>

#include "form.hpp"

namespace alidade::form {
namespace {

bool has_whole_factors(const Term& t) {
  return std::ranges::all_of(t.factors, [](const Factor& f) { return f.atom.whole && f.power > 0; });
}

bool has_whole_atoms(const Form& a) {
  return std::ranges::all_of(a.terms, [](const Term& t) {
    return std::ranges::all_of(t.factors, [](const Factor& f) { return f.atom.whole; });
  });
}

bool is_positive(const Term& denominator) {  // what is divided by is not 0
  return std::ranges::all_of(denominator.factors, [](const Factor& f) { return f.atom.nonnegative; });
}

Rational toward_zero(const Rational& r) {
  return r.sign() < 0 ? Rational(-Rational(*Rational::of(-r.above(), r.below())).floor().above()) : r.floor();
}

struct Parts {
  Form whole, rest;
};

/// What can be taken out of a floor, and what remains: a constant of [0, 1), other coefficients of (-1, 1).
Parts apart(const Form& a) {
  Parts parts;
  for (const auto& t : a.terms) {
    const Rational out = !has_whole_factors(t) ? Rational(0)
                         : t.factors.empty()   ? t.coefficient.floor()
                                               : toward_zero(t.coefficient);
    const auto rest = alidade::subtract(t.coefficient, out);
    if (!rest) return {unknown(), unknown()};
    if (out.sign() != 0) parts.whole.terms.push_back({out, t.factors});
    if (rest->sign() != 0) parts.rest.terms.push_back({*rest, t.factors});
  }
  return parts;
}

/// floor((2*h + 1)/4) is floor(h/2): no constant below what the other coefficients share.
Form with_least_constant(const Form& a, const Term& below) {
  if (!below.factors.empty() || a.constant().sign() == 0 || !has_whole_atoms(a)) return a;
  const auto all = below.coefficient.above();
  auto shared = all;
  for (const auto& t : a.terms) {
    if (t.factors.empty()) continue;
    const auto above = t.coefficient.above() * (all / t.coefficient.below());
    shared = greatest_common_divisor(shared, above < 0 ? -above : above);
  }
  const auto step = Rational::of(shared, all);
  const auto steps = step ? alidade::divide(a.constant(), *step) : std::nullopt;
  const auto least = steps ? alidade::multiply(steps->floor(), *step) : std::nullopt;
  return least ? add(subtract(a, constant(a.constant())), constant(*least)) : a;
}

/// (floor(x) + n)/below as (x + n)/below, which has the same floor; the form itself where it is no such
/// thing.
Form with_inner_floor_opened(const Form& a, const Term& below) {
  const Term* inner = nullptr;
  for (const auto& t : a.terms) {
    const Form above = multiply(Form{{t}}, below);
    if (above.terms.size() != 1 || above.terms[0].coefficient != Rational(1) ||
        above.terms[0].factors.size() != 1 || above.terms[0].factors[0].power != 1 ||
        above.terms[0].factors[0].atom.operation != Operation::floor)
      continue;
    if (inner) return a;
    inner = &t;
  }
  if (!inner) return a;
  const Form above = multiply(Form{{*inner}}, below);
  const Form opened = multiply(above.terms[0].factors[0].atom.operands[0], inverse(below));
  return add(subtract(a, Form{{*inner}}), opened);
}

Form floor_atom(const Form& a) {
  return of({Operation::floor, floor_text(a), {a}, true, is_nonnegative(a), weight(a.terms) + 1});
}

}  // namespace

bool is_fraction(const Form& a, const Term& below) { return has_whole_atoms(a) && is_positive(below); }

Form almost_one(const Term& below) { return subtract(constant(1), Form{{inverse(below)}}); }

Form floor(const Form& a) {
  if (!a.known) return a;
  const auto [whole, rest] = apart(a);
  if (!rest.known || rest.terms.empty()) return rest.known ? whole : rest;
  if (rest.is_constant()) return whole;
  const Term below = denominator(rest);
  if (is_fraction(rest, below)) {
    // The first term is positive: floor(-x) is -ceil(x).
    if (rest.terms[0].coefficient.sign() < 0)
      return subtract(whole, floor(add(scale(rest, -1), almost_one(below))));
    for (const Form& other : {with_inner_floor_opened(rest, below), with_least_constant(rest, below)})
      if (!(other == rest)) return add(whole, floor(other));
  }
  return add(whole, floor_atom(rest));
}

Form ceil(const Form& a) {
  if (!a.known) return a;
  const Term below = denominator(a);
  if (is_fraction(a, below)) return floor(add(a, almost_one(below)));
  return scale(floor(scale(a, -1)), -1);
}

Form modulo(const Form& a, const Form& b) { return subtract(a, multiply(b, floor(divide(a, b)))); }

Term denominator(const Form& a) {
  Term below{1, {}};
  for (const auto& t : a.terms) {
    const auto other = t.coefficient.below();
    below.coefficient = Rational(below.coefficient.above() /
                                 greatest_common_divisor(below.coefficient.above(), other) * other);
    for (const auto& f : t.factors) {
      if (f.power > 0) continue;
      const auto found =
          std::ranges::find(below.factors, f.atom.text, [](const Factor& x) { return x.atom.text; });
      if (found == below.factors.end())
        below.factors.push_back({f.atom, -f.power});
      else
        found->power = std::max(found->power, -f.power);
    }
  }
  std::ranges::sort(below.factors, {}, [](const Factor& f) { return std::string_view(f.atom.text); });
  return below;
}

}  // namespace alidade::form
