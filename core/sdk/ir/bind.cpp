#include "alidade/ir/bind.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>

#include "alidade/base/text.hpp"
#include "alidade/ir/arrays.hpp"
#include "alidade/ir/builder.hpp"

namespace alidade {
namespace {

constexpr int kMaxDepth = 64;
constexpr std::size_t kMaxLength = 4096;

bool starts_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool in_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == ':';
}

/// Whether the whole text is one name, "unk__12" or "onnx::Reshape_5", rather than a formula.
bool is_name(std::string_view s) {
  return !s.empty() && starts_name(s[0]) && std::ranges::all_of(s, in_name);
}

/// Recursive descent over sums, products and calls with bounded depth. A result is nothing while a name is
/// unbound.
class Expression {
 public:
  using Number = std::optional<std::int64_t>;
  Expression(std::string_view text, const Bindings* bindings, std::vector<std::string>* names)
      : text_(text), bindings_(bindings), names_(names) {}

  Result<Number> whole() {
    if (text_.size() > kMaxLength) return stop("it is longer than 4096 characters");
    if (is_name(text_)) return lookup(text_);
    Number n = sum(0);
    skip();
    if (problem_.empty() && at_ < text_.size())
      problem_ = "'" + std::string(text_.substr(at_, 8)) + "' was not expected";
    return problem_.empty() ? Result<Number>(n) : stop(problem_);
  }

 private:
  std::unexpected<Error> stop(const std::string& why) const {
    return fail(Fault::model, "the dimension " + text::quoted(text_) + " cannot be evaluated: " + why,
                "column " + std::to_string(at_ + 1));
  }
  void skip() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool eat(std::string_view token) {
    skip();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  /// a op b where both are known, else nothing; an overflow ends the evaluation.
  template <class Op>
  Number both(Number a, Number b, Op op) {
    if (!a || !b || !problem_.empty()) return std::nullopt;
    std::int64_t r = 0;
    if (op(*a, *b, &r)) problem_ = "it does not fit 64 bits";
    return r;
  }
  Number sum(int depth) {
    if (depth > kMaxDepth) problem_ = "it is nested too deeply";
    if (!problem_.empty()) return std::nullopt;
    Number n = product(depth);
    for (; problem_.empty();) {
      if (eat("+"))
        n = both(n, product(depth), [](auto a, auto b, auto r) { return __builtin_add_overflow(a, b, r); });
      else if (eat("-"))
        n = both(n, product(depth), [](auto a, auto b, auto r) { return __builtin_sub_overflow(a, b, r); });
      else
        break;
    }
    return n;
  }
  Number product(int depth) {
    Number n = power(depth);
    for (; problem_.empty();) {
      if (eat("//"))
        n = divide(n, power(depth), true);
      else if (eat("**"))
        break;
      else if (eat("*"))
        n = both(n, power(depth), multiply);
      else if (eat("/"))
        n = divide(n, power(depth), false);
      else if (eat("%"))
        n = modulo(n, power(depth));
      else
        break;
    }
    return n;
  }
  Number power(int depth) {
    const Number base = atom(depth);
    if (!eat("**")) return base;
    const Number exponent = atom(depth);
    if (!base || !exponent) return std::nullopt;
    if (*exponent < 0 || *exponent > 64) return problem_ = "its power is not between 0 and 64", std::nullopt;
    Number n = 1;
    for (std::int64_t i = 0; i < *exponent; ++i) n = both(n, base, multiply);
    return n;
  }
  static bool multiply(std::int64_t a, std::int64_t b, std::int64_t* r) {
    return __builtin_mul_overflow(a, b, r);
  }
  Number divide(Number a, Number b, bool floor) {
    if (!a || !b) return std::nullopt;
    if (*b == 0 || (*b == -1 && *a == std::numeric_limits<std::int64_t>::min()))
      return problem_ = "it divides by zero", std::nullopt;
    const auto q = *a / *b, rest = *a % *b;
    if (!floor && rest != 0 && rounding_ == 0) return problem_ = "it is not a whole number", std::nullopt;
    const bool negative = (*a < 0) != (*b < 0);
    if (rest == 0) return q;
    return rounding_ > 0 && !floor ? q + (negative ? 0 : 1) : q - (negative ? 1 : 0);
  }
  Number modulo(Number a, Number b) {
    if (!a || !b) return std::nullopt;
    if (*b <= 0) return problem_ = "its modulus is not positive", std::nullopt;
    return ((*a % *b) + *b) % *b;
  }
  Number atom(int depth) {
    if (eat("(")) {
      const Number n = sum(depth + 1);
      if (problem_.empty() && !eat(")")) problem_ = "')' is missing";
      return n;
    }
    if (eat("-"))
      return both(0, depth < kMaxDepth ? atom(depth + 1) : sum(kMaxDepth + 1),
                  [](auto a, auto b, auto r) { return __builtin_sub_overflow(a, b, r); });
    skip();
    if (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_]))) return digits();
    if (at_ < text_.size() && starts_name(text_[at_])) return name_or_call(depth);
    problem_ = at_ < text_.size() ? "'" + text::printable(text_.substr(at_, 8)) + "' was not expected"
                                  : "it ends too early";
    return std::nullopt;
  }
  Number digits() {
    std::int64_t n = 0;
    const auto [end, ec] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), n);
    if (ec != std::errc()) problem_ = "it does not fit 64 bits";
    at_ = static_cast<std::size_t>(end - text_.data());
    return n;
  }
  Number name_or_call(int depth) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && in_name(text_[at_])) ++at_;
    const auto word = text_.substr(begin, at_ - begin);
    return eat("(") ? call(word, depth) : lookup(word);
  }
  Number call(std::string_view function, int depth) {
    const int before = rounding_;
    rounding_ = function.starts_with("ceil") || function.starts_with("Ceil") ? 1
                : function.starts_with("floor") || function == "FloorDiv"    ? -1
                                                                             : 0;
    if (function == "floor" || function == "FloorToInt") rounding_ = -1;
    std::vector<Number> args{sum(depth + 1)};
    while (problem_.empty() && eat(",")) args.push_back(sum(depth + 1));
    rounding_ = before;
    if (problem_.empty() && !eat(")")) problem_ = "')' is missing";
    return problem_.empty() ? apply(function, args) : std::nullopt;
  }
  Number apply(std::string_view f, const std::vector<Number>& args) {
    const bool known = std::ranges::all_of(args, [](const Number& n) { return n.has_value(); });
    if (args.size() == 2 && (f == "FloorDiv" || f == "CleanDiv" || f == "PythonFloorDiv"))
      return divide(args[0], args[1], true);
    if (args.size() == 2 && (f == "Mod" || f == "PythonMod")) return modulo(args[0], args[1]);
    if (f == "Max" || f == "max") return known ? std::ranges::max(args) : std::nullopt;
    if (f == "Min" || f == "min") return known ? std::ranges::min(args) : std::nullopt;
    if (args.size() == 1 &&
        (f == "floor" || f == "ceil" || f == "ceiling" || f == "FloorToInt" || f == "CeilToInt"))
      return args[0];
    problem_ = "the function " + text::quoted(f) + " is not known";
    return std::nullopt;
  }
  Number lookup(std::string_view name) {
    if (names_ && std::ranges::find(*names_, name) == names_->end()) names_->emplace_back(name);
    if (!bindings_) return std::nullopt;
    const auto found = bindings_->find(name);
    return found == bindings_->end() ? Number{} : Number{found->second};
  }

  std::string_view text_;
  const Bindings* bindings_;
  std::vector<std::string>* names_;
  std::size_t at_ = 0;
  int rounding_ = 0;  // what an inexact '/' does inside ceil (1) or floor (-1)
  std::string problem_;
};

}  // namespace

Result<std::optional<std::int64_t>> evaluate(std::string_view expression, const Bindings& bindings) {
  return Expression(expression, &bindings, nullptr).whole();
}

std::vector<std::string> symbols_in(std::string_view expression) {
  std::vector<std::string> names;
  (void)Expression(expression, nullptr, &names).whole();
  return names;
}

Result<Graph> bind(Graph graph, const Bindings& bindings) {
  auto arrays = std::make_unique<GraphArrays>(graph.arrays());
  std::vector<Dim> bound(arrays->symbols.size());
  for (std::size_t s = 0; s < bound.size(); ++s) {
    const auto value = evaluate(graph.expression(SymbolId(s)), bindings);
    if (!value) return std::unexpected(value.error());
    if (*value && **value < 0)
      return fail(Fault::config, "the dimension " + text::quoted(graph.expression(SymbolId(s))) +
                                     " would be " + std::to_string(**value) + ", and sizes are not negative");
    bound[s] = *value ? Dim(**value) : Dim::symbol(SymbolId(s));
  }
  for (Dim& d : arrays->dims)
    if (d.is_symbolic()) d = bound[d.symbol().index];
  return Graph::adopt(std::move(arrays));
}

}  // namespace alidade
