// What can be said about a form whatever its symbols are, given that they are not negative.
#include <algorithm>

#include "form.hpp"

namespace alidade::form {
namespace {

constexpr int kMostReplacements = 4;

bool is_plainly_nonnegative(const Form& a) {
  return std::ranges::all_of(a.terms, [](const Term& t) {
    return t.coefficient.sign() > 0 && std::ranges::all_of(t.factors, [](const Factor& f) {
             return f.atom.nonnegative || f.power % 2 == 0;
           });
  });
}

/// What the term is at least, where its one factor is a floor or an extreme: each is a bound of its own.
std::vector<Form> least_of(const Term& t) {
  if (t.factors.size() != 1 || t.factors[0].power != 1) return {};
  const Atom& atom = t.factors[0].atom;
  const bool negative = t.coefficient.sign() < 0;
  std::vector<Form> bounds;
  if (atom.operation == Operation::floor && negative) bounds = atom.operands;
  if (atom.operation == Operation::floor && !negative && !atom.nonnegative) {
    const Form& inside = atom.operands[0];
    const Term below = denominator(inside);
    bounds.push_back(subtract(inside, is_fraction(inside, below) ? almost_one(below) : constant(1)));
  }
  if (atom.operation == (negative ? Operation::minimum : Operation::maximum)) bounds = atom.operands;
  for (auto& bound : bounds) bound = scale(bound, t.coefficient);
  return bounds;
}

bool is_nonnegative(const Form& a, int replacements) {
  if (!a.known) return false;
  if (is_plainly_nonnegative(a)) return true;
  if (replacements == 0) return false;
  for (const auto& t : a.terms) {
    const auto bounds = least_of(t);
    if (bounds.empty()) continue;
    const Form rest = subtract(a, Form{{t}});
    return std::ranges::any_of(
        bounds, [&](const Form& bound) { return is_nonnegative(add(rest, bound), replacements - 1); });
  }
  return false;
}

}  // namespace

bool is_whole(const Form& a) {
  return a.known && std::ranges::all_of(a.terms, [](const Term& t) {
           return t.coefficient.is_whole() &&
                  std::ranges::all_of(t.factors, [](const Factor& f) { return f.atom.whole && f.power > 0; });
         });
}

bool is_nonnegative(const Form& a) { return is_nonnegative(a, kMostReplacements); }

Form extreme(Operation operation, std::span<const Form> operands) {
  std::vector<Form> open;
  for (const Form& f : operands) {
    if (!f.known) return unknown();
    const bool nested = f.terms.size() == 1 && f.terms[0].coefficient == Rational(1) &&
                        f.terms[0].factors.size() == 1 && f.terms[0].factors[0].power == 1 &&
                        f.terms[0].factors[0].atom.operation == operation;
    if (nested)
      for (const auto& inner : f.terms[0].factors[0].atom.operands) open.push_back(inner);
    else
      open.push_back(f);
  }
  if (open.size() > 16) return unknown();
  std::vector<Form> kept;
  for (const Form& f : open) {
    const auto beaten_by = [&](const Form& winner, const Form& loser) {
      return is_nonnegative(operation == Operation::maximum ? subtract(winner, loser)
                                                            : subtract(loser, winner));
    };
    if (std::ranges::any_of(kept, [&](const Form& k) { return beaten_by(k, f); })) continue;
    std::erase_if(kept, [&](const Form& k) { return beaten_by(f, k); });
    kept.push_back(f);
  }
  if (kept.size() == 1) return kept[0];
  std::ranges::sort(kept, {}, [](const Form& f) { return text(f); });
  return call(operation, std::move(kept));
}

}  // namespace alidade::form
