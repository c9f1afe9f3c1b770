// A form as a formula that reads back as the same form.
#include <algorithm>
#include <cstdlib>

#include "expression_lexer.hpp"
#include "form.hpp"

namespace alidade::form {
namespace {

bool is_power_call(const Atom& a) { return a.operation == Operation::power; }
bool is_quotient(const Atom& a) { return a.operation == Operation::floor && !a.text.starts_with("floor("); }

std::string in_brackets(const std::string& text) { return "(" + text + ")"; }

std::string factor_text(const Factor& f, int power) {
  const bool brackets = is_quotient(f.atom) || (power != 1 && is_power_call(f.atom));
  const auto base = brackets ? in_brackets(f.atom.text) : f.atom.text;
  return power == 1 ? base : base + "**" + std::to_string(power);
}

/// The factors of one sign of power, after a number where it is not 1.
std::string product_text(const Rational::Integer& number, const std::vector<Factor>& factors, bool above) {
  std::string out = number == 1 ? "" : Rational(number).text();
  for (const auto& f : factors)
    if ((f.power > 0) == above) out += (out.empty() ? "" : "*") + factor_text(f, above ? f.power : -f.power);
  return out.empty() ? "1" : out;
}

int brackets_below(const std::vector<Factor>& factors) {
  int count = 0;
  for (const auto& f : factors)
    if (f.atom.operation == Operation::identity) count += std::abs(f.power);
  return count;
}

/// "/2", "/(2*h)"; of several brackets each on its own, "/(a + 1)/(b + 1)": their product would be multiplied
/// out.
std::string divisor_text(const Term& t) {
  auto factors = t.factors;
  std::string apart;
  if (brackets_below(factors) > 1)
    std::erase_if(factors, [&](const Factor& f) {
      const bool bracket = f.atom.operation == Operation::identity;
      for (int i = 0; bracket && i < -f.power; ++i) apart += "/" + f.atom.text;
      return bracket;
    });
  const auto below = product_text(t.coefficient.below(), factors, false);
  const auto count = std::ranges::count_if(factors, [](const Factor& f) { return f.power < 0; }) +
                     (t.coefficient.is_whole() ? 0 : 1);
  return (count == 0 ? "" : "/" + (count == 1 ? below : in_brackets(below))) + apart;
}

/// Without its sign. `alone` is a place where a // b needs no brackets.
std::string term_text(const Term& t, bool alone) {
  const auto above = t.coefficient.above();
  const bool bare = alone && t.factors.size() == 1 && t.factors[0].power == 1 && t.coefficient.is_whole() &&
                    (above == 1 || above == -1) && is_quotient(t.factors[0].atom);
  if (bare) return t.factors[0].atom.text;
  return product_text(above < 0 ? -above : above, t.factors, true) + divisor_text(t);
}

bool is_single(const Term& t) { return t.factors.size() == (t.coefficient.above() == 1 ? 1U : 0U); }

/// For a place that only a number, a name or a call fits without brackets.
std::string tight(const Form& f) {
  const auto whole = text(f);
  const bool fits =
      f.terms.empty() || (f.terms.size() == 1 && f.terms[0].coefficient.is_whole() &&
                          f.terms[0].coefficient.sign() > 0 && is_single(f.terms[0]) &&
                          (f.terms[0].factors.empty() ||
                           (f.terms[0].factors[0].power == 1 && !is_quotient(f.terms[0].factors[0].atom) &&
                            !is_power_call(f.terms[0].factors[0].atom))));
  return fits ? whole : in_brackets(whole);
}

bool has_bracket_above(const Form& f) {
  for (const auto& t : f.terms)
    for (const auto& factor : t.factors)
      if (factor.atom.operation == Operation::identity && factor.power > 0) return true;
  return false;
}

std::string_view function_name(Operation operation) {
  switch (operation) {
    case Operation::truncate:
      return "trunc";
    case Operation::round:
      return "round";
    case Operation::round_decimal:
      return "RoundDecimal";
    case Operation::absolute:
      return "Abs";
    case Operation::square_root:
      return "sqrt";
    case Operation::maximum:
      return "Max";
    case Operation::minimum:
      return "Min";
    case Operation::where:
      return "Where";
    case Operation::less:
      return "Lt";
    case Operation::less_equal:
      return "Le";
    case Operation::equal:
      return "Eq";
    case Operation::not_equal:
      return "Ne";
    case Operation::all_of:
      return "And";
    case Operation::any_of:
      return "Or";
    case Operation::none_of:
      return "Not";
    case Operation::bit_and:
      return "BitwiseFn_bitwise_and";
    case Operation::bit_or:
      return "BitwiseFn_bitwise_or";
    case Operation::bit_xor:
      return "BitwiseFn_bitwise_xor";
    default:
      return "Piecewise";
  }
}

}  // namespace

std::string text(const Form& a) {
  if (!a.known) return "?";
  if (a.terms.empty()) return "0";
  // A sum begins with a term that is added, where it has one.
  const auto first = std::ranges::find_if(a.terms, [](const Term& t) { return t.coefficient.sign() > 0; });
  const std::size_t lead = first == a.terms.end() ? 0 : static_cast<std::size_t>(first - a.terms.begin());
  const bool negative = first == a.terms.end();
  std::string out = (negative ? "-" : "") + term_text(a.terms[lead], !negative);
  for (std::size_t i = 0; i < a.terms.size(); ++i)
    if (i != lead) out += (a.terms[i].coefficient.sign() < 0 ? " - " : " + ") + term_text(a.terms[i], true);
  return out;
}

std::string floor_text(const Form& inside) {
  const Term below = denominator(inside);
  // Not multiplied out: brackets below some terms alone would change what the others look like.
  std::vector<Term> terms = inside.terms;
  Form above;
  for (const auto& t : terms) {
    const Form part = multiply(Form{{t}}, below);
    if (part.terms.size() != 1) return "floor(" + text(inside) + ")";
    above.terms.push_back(part.terms[0]);
  }
  above = normal(std::move(above.terms));
  const std::string divisor = tight(Form{{below}});
  if (divisor == "1" || has_bracket_above(above) || brackets_below(below.factors) > 1)
    return "floor(" + text(inside) + ")";
  const std::string dividend = text(above);
  return (above.terms.size() == 1 ? dividend : in_brackets(dividend)) + "//" + divisor;
}

std::string call_text(Operation operation, std::span<const Form> x, std::string_view name) {
  if (operation == Operation::power) return tight(x[0]) + "**" + tight(x[1]);
  std::string out(operation == Operation::foreign ? name : function_name(operation));
  out += '(';
  for (std::size_t i = 0; i < x.size(); ++i) {
    const bool pair = operation == Operation::piecewise;
    out += (i == 0 ? "" : ", ") + std::string(pair && i % 2 == 0 ? "(" : "") + text(x[i]) +
           (pair && i % 2 == 1 ? ")" : "");
  }
  return out + ")";
}

std::string name_text(std::string_view name) {
  if (is_name(name)) return std::string(name);
  const bool quotable = !name.empty() && std::ranges::none_of(name, [](char c) {
    return c == '\'' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  return quotable ? "'" + std::string(name) + "'" : "";
}

}  // namespace alidade::form
