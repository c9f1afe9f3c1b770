#include "host/query/expression.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "alidade/base/text.hpp"
#include "host/query/node.hpp"

namespace alidade::host::query {
namespace {

using Node = Expression::Node;
using Kind = Node::Kind;

bool truth(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* number = std::get_if<double>(&value)) return *number != 0;
  if (const auto* text = std::get_if<std::string>(&value)) return !text->empty();
  return false;
}
std::optional<double> number_of(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? 1.0 : 0.0;
  return std::nullopt;
}

bool ordered(std::string_view op, double a, double b) {
  if (op == "<") return a < b;
  if (op == "<=") return a <= b;
  return op == ">" ? a > b : a >= b;
}
double computed(std::string_view op, double a, double b) {
  if (op == "+") return a + b;
  if (op == "-") return a - b;
  return op == "*" ? a * b : a / b;
}

class Evaluation {
 public:
  explicit Evaluation(const Scope& scope) : scope_(scope) {}

  Result<Value> of(const Node& node) const {
    switch (node.kind) {
      case Kind::constant:
        return node.constant;
      case Kind::field:
        return field(node);
      case Kind::negation: {
        auto part = of(node.parts[0]);
        return part ? Result<Value>(Value(!truth(*part))) : part;
      }
      case Kind::minus:
        return arithmetic("-", Value(0.0), of(node.parts[0]));
      case Kind::binary:
        return binary(node);
      case Kind::call:
        return call(node);
    }
    return Value();
  }

 private:
  Result<Value> field(const Node& node) const {
    if (scope_.knows(node.word)) return scope_.field(node.word);
    if (node.may_be_text) return Value(node.word);
    const auto names = scope_.names();
    return fail(Fault::config,
                "there is no field " + text::quoted(node.word) + text::did_you_mean(node.word, names), {},
                "fields: " + text::join(names, ", "));
  }

  Result<Value> binary(const Node& node) const {
    auto left = of(node.parts[0]);
    if (!left) return left;
    if (node.word == "and" && !truth(*left)) return Value(false);
    if (node.word == "or" && truth(*left)) return Value(true);
    auto right = of(node.parts[1]);
    if (!right) return right;
    if (node.word == "and" || node.word == "or") return Value(truth(*right));
    if (node.word == "==" || node.word == "!=") return Value((*left == *right) == (node.word == "=="));
    if (node.word == "~") return Value(text::matches(to_text(*right), to_text(*left)));
    if (node.word[0] == '<' || node.word[0] == '>') return comparison(node.word, *left, *right);
    return arithmetic(node.word, *left, std::move(right));
  }
  static bool nothing(const Value& value) { return std::holds_alternative<std::monostate>(value); }

  static Result<Value> comparison(const std::string& op, const Value& left, const Value& right) {
    if (nothing(left) || nothing(right)) return Value(false);
    const auto a = number_of(left), b = number_of(right);
    if (!a || !b) return unlike(op, left, right);
    return Value(ordered(op, *a, *b));
  }
  static Result<Value> arithmetic(const std::string& op, const Value& left, Result<Value> right) {
    if (!right) return right;
    if (nothing(left) || nothing(*right)) return Value();
    const auto a = number_of(left), b = number_of(*right);
    if (!a || !b) return unlike(op, left, *right);
    const double out = computed(op, *a, *b);
    return std::isfinite(out) ? Value(out) : Value();
  }
  static std::unexpected<Error> unlike(const std::string& op, const Value& left, const Value& right) {
    return fail(Fault::config, "'" + op + "' stands between numbers, found " + text::quoted(to_text(left)) +
                                   " and " + text::quoted(to_text(right)));
  }

  Result<Value> call(const Node& node) const {
    if (node.word == "abs") {
      auto part = of(node.parts[0]);
      const auto number = part ? number_of(*part) : std::nullopt;
      return number ? Result<Value>(Value(std::abs(*number))) : part;
    }
    return over_rows(node);
  }
  /// Rows where the figure has no value are left out; a condition counts as 1 where it holds.
  Result<Value> over_rows(const Node& node) const {
    double sum = 0, least = std::numeric_limits<double>::infinity(), most = -least, holding = 0, valued = 0;
    for (std::size_t i = 0; i < scope_.row_count(); ++i) {
      auto value = Evaluation(*scope_.row(i)).of(node.parts[0]);
      if (!value) return value;
      holding += truth(*value) ? 1 : 0;
      const auto number = number_of(*value);
      if (!number) continue;
      ++valued, sum += *number, least = std::min(least, *number), most = std::max(most, *number);
    }
    if (node.word == "count") return Value(holding);
    if (node.word == "any") return Value(holding > 0);
    if (node.word == "all") return Value(holding == static_cast<double>(scope_.row_count()));
    if (node.word == "sum") return Value(sum);
    if (valued == 0) return Value();
    return Value(node.word == "mean" ? sum / valued : node.word == "min" ? least : most);
  }

  const Scope& scope_;
};

void collect(const Node& node, std::vector<std::string>& out) {
  if (node.kind == Kind::field && std::ranges::find(out, node.word) == out.end()) out.push_back(node.word);
  for (const auto& part : node.parts) collect(part, out);
}

/// The figures of a condition: fields and calls, as they are written and as they are.
void find(const Node& node, const Scope& scope, std::vector<std::string>& out) {
  const bool figure = node.kind == Kind::call || (node.kind == Kind::field && scope.knows(node.word));
  if (figure) {
    const auto value = Evaluation(scope).of(node);
    const auto label = node.kind == Kind::call ? node.word + "(...)" : node.word;
    const auto line = label + " is " + (value ? to_text(*value) : "unknown");
    if (std::ranges::find(out, line) == out.end()) out.push_back(line);
    return;
  }
  for (const auto& part : node.parts) find(part, scope, out);
}

}  // namespace

std::string to_text(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "yes" : "no";
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  const auto* number = std::get_if<double>(&value);
  if (!number) return "nothing";
  const bool whole = std::trunc(*number) == *number && std::abs(*number) < 9e15;
  return whole ? std::to_string(static_cast<std::int64_t>(*number)) : text::number(*number);
}

Result<Expression> Expression::parse(std::string_view text) {
  auto root = read_expression(text);
  if (!root) return std::unexpected(std::move(root).error());
  Expression out;
  out.text_ = text;
  out.root_ = std::make_shared<const Node>(std::move(*root));
  return out;
}

Result<Value> Expression::value(const Scope& scope) const { return Evaluation(scope).of(*root_); }

Result<bool> Expression::holds(const Scope& scope) const {
  const auto found = value(scope);
  if (!found) return std::unexpected(found.error());
  return truth(*found);
}

std::vector<std::string> Expression::mentions() const {
  std::vector<std::string> out;
  collect(*root_, out);
  return out;
}

std::string Expression::findings(const Scope& scope) const {
  std::vector<std::string> lines;
  find(*root_, scope, lines);
  return text::join(lines, ", ");
}

}  // namespace alidade::host::query
