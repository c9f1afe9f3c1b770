#include "host/query/expression.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "alidade/base/text.hpp"
#include "host/query/node.hpp"
#include "host/query/number.hpp"

namespace alidade::host::query {
namespace {

using Node = Expression::Node;
using Kind = Node::Kind;

bool is_comparison(std::string_view op) {
  static constexpr std::array kComparisons{"==", "!=", "<", "<=", ">", ">=", "~"};
  return std::ranges::find(kComparisons, op) != kComparisons.end();
}

bool nothing(const Value& value) { return std::holds_alternative<std::monostate>(value); }

bool truth(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return !text->empty();
  const auto number = number_of(value);
  return number && order(*number, std::int64_t{0}) != 0;
}

bool ordered(std::string_view op, Number a, Number b) {
  const auto sizes = order(a, b);
  if (op == "<") return sizes < 0;
  if (op == "<=") return sizes <= 0;
  return op == ">" ? sizes > 0 : sizes >= 0;
}

/// Numbers are equal by their size, whether whole or not; values of two other kinds never are.
bool equal(const Value& a, const Value& b) {
  const bool flags = std::holds_alternative<bool>(a) || std::holds_alternative<bool>(b);
  const auto x = number_of(a), y = number_of(b);
  return x && y && !flags ? order(*x, *y) == 0 : a == b;
}

/// "there is no field 'macz' (did you mean 'macs'?)"; for a name with dots, what stands beside it is listed.
Error no_field(const std::string& word, const FieldScope& scope) {
  const auto names = scope.names();
  const auto group = word.substr(0, word.find('.') + 1);
  auto near = names;
  std::erase_if(near, [&](const auto& name) { return !name.starts_with(group); });
  if (group.empty()) std::erase_if(near, [](const auto& name) { return name.contains('.'); });
  return {Fault::config,
          "there is no field " + text::quoted(word) + text::did_you_mean(word, names),
          {},
          "fields: " + text::join(near.empty() ? names : near, ", ")};
}

class Evaluation {
 public:
  explicit Evaluation(const FieldScope& scope) : scope_(scope) {}

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
        return arithmetic("-", Value(std::int64_t{0}), of(node.parts[0]));
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
    return std::unexpected(no_field(node.word, scope_));
  }

  Result<Value> binary(const Node& node) const {
    auto left = of(node.parts[0]);
    if (!left) return left;
    if (node.word == "and" && !truth(*left)) return Value(false);
    if (node.word == "or" && truth(*left)) return Value(true);
    auto right = of(node.parts[1]);
    if (!right) return right;
    if (node.word == "and" || node.word == "or") return Value(truth(*right));
    if (is_comparison(node.word) && (nothing(*left) || nothing(*right))) return Value(false);
    if (node.word == "==" || node.word == "!=") return Value(equal(*left, *right) == (node.word == "=="));
    if (node.word == "~") return Value(text::matches(to_text(*right), to_text(*left)));
    if (node.word[0] == '<' || node.word[0] == '>') return comparison(node.word, *left, *right);
    return arithmetic(node.word, *left, std::move(right));
  }
  static Result<Value> comparison(const std::string& op, const Value& left, const Value& right) {
    const auto a = number_of(left), b = number_of(right);
    if (!a || !b) return unlike(op, left, right);
    return Value(ordered(op, *a, *b));
  }
  static Result<Value> arithmetic(const std::string& op, const Value& left, Result<Value> right) {
    if (!right) return right;
    if (nothing(left) || nothing(*right)) return Value();
    const auto a = number_of(left), b = number_of(*right);
    if (!a || !b) return unlike(op, left, *right);
    return computed(op[0], *a, *b);
  }
  static std::unexpected<Error> unlike(const std::string& op, const Value& left, const Value& right) {
    return fail(Fault::config, "'" + op + "' stands between numbers, found " + text::quoted(to_text(left)) +
                                   " and " + text::quoted(to_text(right)));
  }

  Result<Value> call(const Node& node) const {
    if (node.word == "abs") {
      auto part = of(node.parts[0]);
      const auto number = part ? number_of(*part) : std::nullopt;
      if (!number || order(*number, std::int64_t{0}) >= 0)
        return number ? Result<Value>(value_of(*number)) : part;
      return computed('-', std::int64_t{0}, *number);
    }
    return over_rows(node);
  }
  /// Rows where the figure has no value are left out; a condition counts as 1 where it holds.
  Result<Value> over_rows(const Node& node) const {
    Value sum(std::int64_t{0}), least, most;
    std::int64_t holding = 0, valued = 0;
    for (std::size_t i = 0; i < scope_.row_count(); ++i) {
      auto value = Evaluation(*scope_.row(i)).of(node.parts[0]);
      if (!value) return value;
      holding += truth(*value) ? 1 : 0;
      const auto number = number_of(*value);
      if (!number) continue;
      if (const auto so_far = number_of(sum)) sum = computed('+', *so_far, *number);
      if (valued == 0 || ordered("<", *number, *number_of(least))) least = value_of(*number);
      if (valued == 0 || ordered(">", *number, *number_of(most))) most = value_of(*number);
      ++valued;
    }
    if (node.word == "count") return Value(holding);
    if (node.word == "any") return Value(holding > 0);
    if (node.word == "all") return Value(holding == static_cast<std::int64_t>(scope_.row_count()));
    if (node.word == "sum") return sum;
    if (valued == 0 || node.word == "min") return least;
    if (node.word == "max") return most;
    const auto total = number_of(sum);
    return total ? computed('/', *total, valued) : Value();
  }

  const FieldScope& scope_;
};

/// Looks for names that are no fields; a scope without rows leaves what stands inside of count() and its like
/// unseen.
class NameCheck {
 public:
  explicit NameCheck(const FieldScope& scope) : scope_(scope) {}

  std::optional<Expression::Unknown> of(const Node& node) const {
    if (node.kind == Kind::field && !node.may_be_text) return field(node);
    if (node.kind == Kind::call && node.word != "abs")
      return scope_.row_count() > 0 ? NameCheck(*scope_.row(0)).of(node.parts[0]) : std::nullopt;
    for (const auto& part : node.parts)
      if (auto unknown = of(part)) return unknown;
    if (node.kind == Kind::binary && is_comparison(node.word) && is_number(node.parts[0]))
      return word(node.parts[1]);
    return std::nullopt;
  }

 private:
  std::optional<Expression::Unknown> field(const Node& node) const {
    if (scope_.knows(node.word)) return std::nullopt;
    return Expression::Unknown{node.at, no_field(node.word, scope_)};
  }
  /// What a number is compared with is no text.
  std::optional<Expression::Unknown> word(const Node& node) const {
    return node.kind == Kind::field ? field(node) : std::nullopt;
  }
  bool is_number(const Node& node) const {
    const auto value = Evaluation(scope_).of(node);
    return value && number_of(*value) && !std::holds_alternative<bool>(*value);
  }

  const FieldScope& scope_;
};

void collect(const Node& node, std::vector<std::string>& out) {
  if (node.kind == Kind::field && std::ranges::find(out, node.word) == out.end()) out.push_back(node.word);
  for (const auto& part : node.parts) collect(part, out);
}

/// The figures of a condition: fields and calls, as they are written and as they are.
void find(const Node& node, const FieldScope& scope, std::vector<std::string>& out) {
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
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
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

Result<Value> Expression::value(const FieldScope& scope) const { return Evaluation(scope).of(*root_); }

Result<bool> Expression::holds(const FieldScope& scope) const {
  const auto found = value(scope);
  if (!found) return std::unexpected(found.error());
  return truth(*found);
}

std::optional<Expression::Unknown> Expression::unknown_name(const FieldScope& scope) const {
  return NameCheck(scope).of(*root_);
}

std::vector<std::string> Expression::mentions() const {
  std::vector<std::string> out;
  collect(*root_, out);
  return out;
}

std::string Expression::findings(const FieldScope& scope) const {
  std::vector<std::string> lines;
  find(*root_, scope, lines);
  return text::join(lines, ", ");
}

}  // namespace alidade::host::query
