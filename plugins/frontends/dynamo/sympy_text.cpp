#include "sympy_text.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace alidade::dynamo {
namespace {

constexpr int kMostDepth = 60;
constexpr std::size_t kMostText = 4000, kMostTerms = 1000;

bool in_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

/// How tightly a formula binds.
enum class Binding : std::uint8_t { sum, product, atom };

struct Formula {
  std::string text;
  Binding binding = Binding::atom;
  std::string over = {};  ///< a divisor that is still to be applied: of a fraction, or of a reciprocal
};

/// Wraps what binds less tightly than its place demands; an open divisor is applied first.
std::string fit(const Formula& f, Binding demanded) {
  const std::string text = f.over.empty() ? f.text : f.text + "/" + f.over;
  const Binding binding = f.over.empty() ? f.binding : std::min(f.binding, Binding::product);
  return binding < demanded ? "(" + text + ")" : text;
}

/// The fraction of small numbers that a double was written for: 0.7 is 7/10.
std::optional<std::pair<std::int64_t, std::int64_t>> fraction(double x) {
  for (std::int64_t below = 1; below <= 1024; ++below) {
    const double above = std::round(x * static_cast<double>(below));
    if (std::fabs(above) < 1e15 && above / static_cast<double>(below) == x)
      return std::pair(static_cast<std::int64_t>(above), below);
  }
  return std::nullopt;
}

Formula number(std::int64_t n) { return {std::to_string(n), n < 0 ? Binding::sum : Binding::atom}; }

Formula quotient(std::int64_t above, std::int64_t below) {
  Formula f = number(above);
  if (below != 1) f.over = std::to_string(below);
  return f;
}

Formula sum(const std::vector<Formula>& terms) {
  std::string text;
  for (const auto& term : terms) {
    const auto next = fit(term, Binding::sum);
    if (text.empty())
      text = next;
    else if (next.starts_with('-'))
      text += " - " + next.substr(1);
    else
      text += " + " + next;
  }
  return {text, Binding::sum};
}

Formula product(const std::vector<Formula>& factors) {
  std::string above, below;
  for (const auto& f : factors) {
    if (!f.over.empty()) below += "/" + f.over;
    if (f.text == "1" && !f.over.empty()) continue;
    const bool leads = above.empty();
    const auto next =
        f.binding == Binding::atom || (leads && f.text.starts_with('-') &&
                                       f.text.find_first_not_of("-0123456789") == std::string::npos)
            ? f.text
            : "(" + f.text + ")";
    above += (leads ? "" : "*") + next;
  }
  return {(above.empty() ? "1" : above) + below, Binding::product};
}

/// Reads sympy's srepr: names, calls, and keyword arguments, which say nothing about a size.
class Srepr {
 public:
  Srepr(std::string_view text, const SymbolNames& names) : text_(text), names_(names) {}
  std::optional<std::string> whole() {
    const auto f = value(0);
    if (!f || at_ != text_.size()) return std::nullopt;
    return fit(*f, Binding::sum);
  }

 private:
  bool eat(char c) {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    if (at_ >= text_.size() || text_[at_] != c) return false;
    return ++at_, true;
  }
  std::string_view word() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    const auto begin = at_;
    while (at_ < text_.size() && (in_name(text_[at_]) || text_[at_] == '.')) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  std::optional<std::string_view> quoted() {
    if (!eat('\'')) return std::nullopt;
    const auto end = text_.find('\'', at_);
    if (end == std::string_view::npos) return std::nullopt;
    const auto inside = text_.substr(at_, end - at_);
    at_ = end + 1;
    return inside;
  }
  /// Skips ", key=word" up to the closing bracket.
  bool close() {
    const auto end = text_.find(')', at_);
    if (end == std::string_view::npos) return false;
    at_ = end;
    return eat(')');
  }
  std::optional<std::int64_t> integer() {
    const bool negative = eat('-');
    std::int64_t n = 0;
    const auto digits = word();
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
    if (ec != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return negative ? -n : n;
  }

  std::optional<Formula> value(int depth) {
    const auto function = word();
    if (depth > kMostDepth || function.empty() || !eat('(')) return std::nullopt;
    if (function == "Symbol" || function == "Dummy") return symbol();
    if (function == "Integer") return literal();
    if (function == "Rational") return rational();
    if (function == "Float") return decimal();
    std::vector<Formula> arguments;
    do {
      const auto f = value(depth + 1);
      if (!f || f->text.size() > kMostText || arguments.size() >= kMostTerms) return std::nullopt;
      arguments.push_back(*f);
    } while (eat(','));
    return eat(')') ? apply(function.substr(function.rfind('.') + 1), arguments) : std::nullopt;
  }
  std::optional<Formula> symbol() {
    const auto name = quoted();
    if (!name || name->empty() || std::isdigit(static_cast<unsigned char>((*name)[0]))) return std::nullopt;
    for (const char c : *name)
      if (!in_name(c)) return std::nullopt;
    const auto other = names_.find(*name);
    return close() ? std::optional(Formula{other == names_.end() ? std::string(*name) : other->second})
                   : std::nullopt;
  }
  std::optional<Formula> literal() {
    const auto n = integer();
    return n && eat(')') ? std::optional(number(*n)) : std::nullopt;
  }
  std::optional<Formula> rational() {
    const auto above = integer();
    if (!above || !eat(',')) return std::nullopt;
    const auto below = integer();
    return below && *below > 0 && eat(')') ? std::optional(quotient(*above, *below)) : std::nullopt;
  }
  std::optional<Formula> decimal() {
    const auto digits = quoted();
    double x = 0;
    if (!digits || std::from_chars(digits->data(), digits->data() + digits->size(), x).ec != std::errc())
      return std::nullopt;
    const auto near = fraction(x);
    return near && close() ? std::optional(quotient(near->first, near->second)) : std::nullopt;
  }

  /// As a formula calls what sympy's text calls by another name, or by the same.
  static std::optional<std::string_view> plain_name(std::string_view f) {
    static constexpr std::pair<std::string_view, std::string_view> kNames[] = {
        {"Max", "Max"},
        {"Min", "Min"},
        {"Abs", "Abs"},
        {"RoundToInt", "round"},
        {"CeilDiv", "CeilDiv"},
        {"Where", "Where"},
        {"LShift", "LShift"},
        {"RShift", "RShift"},
        {"RoundDecimal", "RoundDecimal"},
        {"Equality", "Eq"},
        {"Unequality", "Ne"},
        {"StrictLessThan", "Lt"},
        {"LessThan", "Le"},
        {"StrictGreaterThan", "Gt"},
        {"GreaterThan", "Ge"},
        {"And", "And"},
        {"Or", "Or"},
        {"Not", "Not"},
        {"FloatPow", "FloatPow"},
    };
    const auto* found = std::ranges::find(kNames, f, &std::pair<std::string_view, std::string_view>::first);
    return found == std::end(kNames) ? std::nullopt : std::optional(found->second);
  }

  static std::optional<Formula> apply(std::string_view f, const std::vector<Formula>& x) {
    const auto call = [&](std::string name) {
      for (std::size_t i = 0; i < x.size(); ++i) name += (i == 0 ? "(" : ", ") + fit(x[i], Binding::sum);
      return Formula{name + ")"};
    };
    const auto divide = [&](const char* sign) {
      return Formula{fit(x[0], Binding::product) + sign + fit(x[1], Binding::atom), Binding::product};
    };
    if (f == "Add") return sum(x);
    if (f == "Mul") return product(x);
    if (const auto name = plain_name(f)) return call(std::string(*name));
    if (x.size() == 1) {
      if (f == "FloorToInt" || f == "floor") return call("floor");
      if (f == "TruncToInt" || f == "TruncToFloat") return call("trunc");
      if (f == "CeilToInt" || f == "ceiling") return call("ceil");
      if (f == "ToFloat" || f == "Identity") return x[0];
    }
    if (x.size() == 2) {
      if (f == "FloorDiv" || f == "PythonFloorDiv" || f == "CleanDiv") return divide("//");
      if (f == "IntTrueDiv" || f == "FloatTrueDiv") return divide("/");
      if (f == "Mod" || f == "PythonMod") return call("Mod");
      if (f == "Pow" && x[1].text == "-1") return Formula{"1", Binding::atom, fit(x[0], Binding::atom)};
      if (f == "Pow" || f == "PowByNatural")
        return Formula{fit(x[0], Binding::atom) + "**" + fit(x[1], Binding::atom), Binding::product};
    }
    if (f == "ModularIndexing" && x.size() == 3)
      return Formula{"Mod(" + fit(x[0], Binding::product) + "//" + fit(x[1], Binding::atom) + ", " +
                     fit(x[2], Binding::sum) + ")"};
    return std::nullopt;
  }

  std::string_view text_;
  const SymbolNames& names_;
  std::size_t at_ = 0;
};

/// A plain formula with its names exchanged.
std::string renamed(std::string_view text, const SymbolNames& names) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && in_name(text[end])) ++end;
    const auto other = names.find(text.substr(at, end - at));
    if (end == at)
      out += text[at++];
    else
      out += other == names.end() ? std::string(text.substr(at, end - at)) : other->second, at = end;
  }
  return out;
}

}  // namespace

std::optional<std::string> formula(std::string_view spelled, const SymbolNames& names) {
  const auto head = spelled.substr(0, spelled.find('\''));
  const bool is_srepr = head.find("Symbol(") != std::string_view::npos ||
                        head.find("Integer(") != std::string_view::npos ||
                        head.find("Float(") != std::string_view::npos;
  return is_srepr ? Srepr(spelled, names).whole() : renamed(spelled, names);
}

}  // namespace alidade::dynamo
