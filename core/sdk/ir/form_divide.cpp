// Division of sums of products: by a product it is a product of inverses, by a sum it is long division.
#include <algorithm>
#include <utility>

#include "form.hpp"

namespace alidade::form {
namespace {

constexpr int kMostSteps = 64;

int power_of(const std::vector<Factor>& factors, std::string_view atom) {
  const auto found =
      std::ranges::find(factors, atom, [](const Factor& f) { return std::string_view(f.atom.text); });
  return found == factors.end() ? 0 : found->power;
}

/// a / b where each factor of b stands in a as often.
std::optional<Form> whole_quotient(const Term& a, const Term& b) {
  for (const auto& f : b.factors)
    if (power_of(a.factors, f.atom.text) < f.power) return std::nullopt;
  return multiply(Form{{a}}, inverse(b));
}

struct Division {
  Form quotient, rest;
};

Division long_division(Form a, const Form& by) {
  Division d;
  for (int step = 0; !a.terms.empty() && a.known; ++step) {
    if (step == kMostSteps) return {unknown(), unknown()};
    if (const auto part = whole_quotient(a.terms[0], by.terms[0])) {
      d.quotient = add(d.quotient, *part);
      a = subtract(a, multiply(*part, by));
    } else {
      d.rest.terms.push_back(a.terms[0]);
      a.terms.erase(a.terms.begin());
    }
  }
  if (!a.known) d.rest = unknown();
  return d;
}

/// What the terms have in common: every factor at its lowest power, and the coefficient that leaves whole
/// ones without a common divisor, the first of them positive.
Term content(const Form& a) {
  Term common{1, {}};
  std::vector<Factor> seen;
  Rational::Integer above = 0, below = 1;
  for (const auto& t : a.terms) {
    seen.insert(seen.end(), t.factors.begin(), t.factors.end());
    const auto n = t.coefficient.above();
    above = greatest_common_divisor(above, n < 0 ? -n : n);
    below = below / greatest_common_divisor(below, t.coefficient.below()) * t.coefficient.below();
  }
  std::ranges::sort(seen, {}, [](const Factor& f) { return std::string_view(f.atom.text); });
  for (const auto& f : seen) {
    if (!common.factors.empty() && common.factors.back().atom.text == f.atom.text) continue;
    int lowest = f.power;
    for (const auto& t : a.terms) lowest = std::min(lowest, power_of(t.factors, f.atom.text));
    common.factors.push_back({f.atom, lowest});
  }
  std::erase_if(common.factors, [](const Factor& f) { return f.power == 0; });
  common.coefficient = Rational::of(a.terms[0].coefficient.sign() < 0 ? -above : above, below).value_or(1);
  return common;
}

/// The term's factors without one of them.
Term without(Term t, std::string_view atom) {
  std::erase_if(t.factors, [&](const Factor& f) { return f.atom.text == atom; });
  return t;
}

/// A bracket that stands above the line, or the terms with the highest power of one below it, if any is.
const Factor* bracket_of(const Form& a, bool above) {
  const Factor* found = nullptr;
  for (const auto& t : a.terms)
    for (const auto& f : t.factors)
      if (f.atom.operation == Operation::identity && (f.power > 0) == above && !found) found = &f;
  return found;
}

/// Every bracket above the line multiplied out.
Form multiplied_out(Form a) {
  while (const Factor* bracket = a.known ? bracket_of(a, true) : nullptr) {
    const Factor f = *bracket;
    Form with, rest;
    for (const auto& t : a.terms) {
      const int power = power_of(t.factors, f.atom.text);
      if (power <= 0) {
        rest.terms.push_back(t);
        continue;
      }
      Form part{{without(t, f.atom.text)}};
      for (int i = 0; i < power && part.known; ++i) part = multiply(part, f.atom.operands[0]);
      with = add(with, part);
    }
    a = add(rest, with);
  }
  return a;
}

/// The terms over the highest power of a bracket, divided by it; whether that changed anything.
bool divided_by(Form& a, const Atom& bracket) {
  int lowest = 0;
  for (const auto& t : a.terms) lowest = std::min(lowest, power_of(t.factors, bracket.text));
  Form over, rest;
  for (const auto& t : a.terms)
    if (power_of(t.factors, bracket.text) == lowest)
      over.terms.push_back(without(t, bracket.text));
    else
      rest.terms.push_back(t);
  const Division d = long_division(normal(std::move(over.terms)), bracket.operands[0]);
  if (d.quotient.known && d.quotient.terms.empty()) return false;
  std::vector<Term> terms = rest.terms;
  for (const auto& [form, power] : {std::pair(&d.quotient, lowest + 1), std::pair(&d.rest, lowest)})
    for (const auto& t : form->terms) {
      const Form put = power == 0 ? Form{{t}} : multiply(Form{{t}}, Term{1, {{bracket, power}}});
      terms.insert(terms.end(), put.terms.begin(), put.terms.end());
    }
  a = d.quotient.known && d.rest.known ? normal(std::move(terms)) : unknown();
  return true;
}

}  // namespace

Term inverse(const Term& term) {
  Term out{alidade::divide(1, term.coefficient).value_or(0), term.factors};
  for (auto& f : out.factors) f.power = -f.power;
  return out;
}

Form over_brackets(Form a) {
  if (bracket_of(a, true)) return multiplied_out(std::move(a));
  std::vector<Atom> brackets;
  for (const auto& t : a.terms)
    for (const auto& f : t.factors)
      if (f.atom.operation == Operation::identity) brackets.push_back(f.atom);
  for (const auto& bracket : brackets)
    if (divided_by(a, bracket)) return a;  // normal() came back here for what is left
  return a;
}

Form divide(const Form& a, const Form& b) {
  if (!a.known || !b.known || b.terms.empty()) return unknown();
  if (b.terms.size() == 1) return multiply(a, inverse(b.terms[0]));
  const Term common = content(b);
  const Form sum = multiply(b, inverse(common));
  if (!sum.known || sum.terms.size() < 2)
    return sum.known ? divide(multiply(a, inverse(common)), sum) : unknown();
  const Atom bracket{Operation::identity, "(" + text(sum) + ")", {sum},
                     is_whole(sum),       is_nonnegative(sum),   weight(sum.terms) + 1};
  return multiply(multiply(a, inverse(common)), Term{1, {{bracket, -1}}});
}

}  // namespace alidade::form
