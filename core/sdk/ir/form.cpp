#include "form.hpp"

#include <algorithm>

namespace alidade::form {
namespace {

constexpr int kMostWeight = 96;             // terms and factors of one form
constexpr std::size_t kMostBrackets = 2;    // each is tried on what the others leave
constexpr std::size_t kMostProducts = 256;  // terms multiplied by terms

int degree(const std::vector<Factor>& factors) {
  int sum = 0;
  for (const auto& f : factors) sum += f.power;
  return sum;
}

bool same(const std::vector<Factor>& a, const std::vector<Factor>& b) { return compare(a, b) == 0; }

std::vector<Factor> product(const std::vector<Factor>& a, const std::vector<Factor>& b) {
  std::vector<Factor> out;
  auto x = a.begin(), y = b.begin();
  while (x != a.end() || y != b.end()) {
    if (y == b.end() || (x != a.end() && x->atom.text < y->atom.text)) {
      out.push_back(*x++);
    } else if (x == a.end() || y->atom.text < x->atom.text) {
      out.push_back(*y++);
    } else {
      if (x->power + y->power != 0) out.push_back({x->atom, x->power + y->power});
      ++x, ++y;
    }
  }
  return out;
}

/// How many different brackets stand in the terms.
std::size_t brackets(const std::vector<Term>& terms) {
  std::vector<std::string_view> seen;
  for (const auto& t : terms)
    for (const auto& f : t.factors)
      if (f.atom.operation == Operation::identity && std::ranges::find(seen, f.atom.text) == seen.end())
        seen.push_back(f.atom.text);
  return seen.size();
}

}  // namespace

int weight(const std::vector<Term>& terms) {
  int sum = 0;
  for (const auto& t : terms) {
    ++sum;
    for (const auto& f : t.factors) sum += f.atom.weight;
  }
  return sum;
}

bool Form::is_constant() const {
  return known && (terms.empty() || (terms.size() == 1 && terms[0].factors.empty()));
}

Rational Form::constant() const {
  return !terms.empty() && terms.back().factors.empty() ? terms.back().coefficient : Rational(0);
}

int compare(const std::vector<Factor>& a, const std::vector<Factor>& b) {
  if (const int d = degree(b) - degree(a); d != 0) return d;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (const int c = a[i].atom.text.compare(b[i].atom.text); c != 0)
      return (c < 0) == ((c < 0 ? a[i] : b[i]).power > 0) ? -1 : 1;
    if (a[i].power != b[i].power) return b[i].power - a[i].power;
  }
  if (a.size() == b.size()) return 0;
  return (a.size() > b.size()) == ((a.size() > b.size() ? a[b.size()] : b[a.size()]).power > 0) ? -1 : 1;
}

bool operator==(const Form& a, const Form& b) {
  return a.known == b.known && std::ranges::equal(a.terms, b.terms, [](const Term& x, const Term& y) {
           return x.coefficient == y.coefficient && same(x.factors, y.factors);
         });
}

Form constant(const Rational& value) {
  Form f;
  if (value.sign() != 0) f.terms.push_back({value, {}});
  return f;
}

Form unknown() { return {{}, false}; }

Form of(Atom atom) { return normal({{1, {{std::move(atom), 1}}}}); }

Form symbol(std::string_view name) {
  auto text = name_text(name);
  return text.empty() ? unknown() : of({Operation::symbol, std::move(text)});
}

Form normal(std::vector<Term> terms) {
  std::ranges::sort(terms, [](const Term& a, const Term& b) { return compare(a.factors, b.factors) < 0; });
  Form out;
  for (auto& t : terms) {
    if (!out.terms.empty() && same(out.terms.back().factors, t.factors)) {
      const auto sum = alidade::add(out.terms.back().coefficient, t.coefficient);
      if (!sum) return unknown();
      out.terms.back().coefficient = *sum;
    } else {
      if (!out.terms.empty() && out.terms.back().coefficient.sign() == 0) out.terms.pop_back();
      out.terms.push_back(std::move(t));
    }
  }
  if (!out.terms.empty() && out.terms.back().coefficient.sign() == 0) out.terms.pop_back();
  const auto below = brackets(out.terms);
  if (weight(out.terms) > kMostWeight || below > kMostBrackets) return unknown();
  return below > 0 ? over_brackets(std::move(out)) : out;
}

Form add(const Form& a, const Form& b) {
  if (!a.known || !b.known) return unknown();
  auto terms = a.terms;
  terms.insert(terms.end(), b.terms.begin(), b.terms.end());
  return normal(std::move(terms));
}

Form scale(const Form& a, const Rational& by) { return multiply(a, Term{by, {}}); }

Form subtract(const Form& a, const Form& b) { return add(a, scale(b, -1)); }

Form multiply(const Form& a, const Form& b) {
  if (!a.known || !b.known || a.terms.size() * b.terms.size() > kMostProducts) return unknown();
  std::vector<Term> terms;
  for (const auto& x : a.terms)
    for (const auto& y : b.terms) {
      const auto coefficient = alidade::multiply(x.coefficient, y.coefficient);
      if (!coefficient) return unknown();
      terms.push_back({*coefficient, product(x.factors, y.factors)});
    }
  return normal(std::move(terms));
}

Form multiply(const Form& a, const Term& by) {
  return multiply(a, by.coefficient.sign() == 0 ? Form{} : Form{{by}});
}

}  // namespace alidade::form
