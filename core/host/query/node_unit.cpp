#include "host/query/node_unit.hpp"

#include <algorithm>
#include <array>

#include "alidade/base/text.hpp"

namespace alidade::host::query {
namespace {

using Node = Expression::Node;
using Kind = Node::Kind;

/// Nothing: any, as of a number alone, or of a product that has no unit here.
using AnyUnit = std::optional<Unit>;

AnyUnit unit_of(const Node& node, const FieldScope& scope);

AnyUnit product(AnyUnit a, AnyUnit b) {
  if (!a || !b) return a ? a : b;
  return *a == Unit::none && *b == Unit::none ? a : std::nullopt;
}

AnyUnit quotient(AnyUnit a, AnyUnit b) {
  if (!a || !b) return b && *b != Unit::none ? std::nullopt : a;
  if (*a == *b) return Unit::none;
  return *b == Unit::none ? a : std::nullopt;
}

AnyUnit of_binary(const Node& node, const FieldScope& scope) {
  const auto left = unit_of(node.parts[0], scope), right = unit_of(node.parts[1], scope);
  if (node.word == "*") return product(left, right);
  if (node.word == "/") return quotient(left, right);
  return node.word == "+" || node.word == "-" ? (left ? left : right) : std::nullopt;
}

/// A function of all operators is of their fields; a number of operators has no unit.
AnyUnit of_call(const Node& node, const FieldScope& scope) {
  static constexpr std::array kCounts{"count", "any", "all"};
  if (std::ranges::find(kCounts, node.word) != kCounts.end()) return Unit::none;
  if (node.word == "abs") return unit_of(node.parts[0], scope);
  return scope.row_count() > 0 ? unit_of(node.parts[0], *scope.row(0)) : std::nullopt;
}

AnyUnit unit_of(const Node& node, const FieldScope& scope) {
  if (node.kind == Kind::constant) return node.has_unit ? AnyUnit(node.unit) : std::nullopt;
  if (node.kind == Kind::field)
    return scope.knows(node.word) ? AnyUnit(query::unit_of(std::string_view(node.word))) : std::nullopt;
  if (node.kind == Kind::minus) return unit_of(node.parts[0], scope);
  if (node.kind == Kind::binary) return of_binary(node, scope);
  return node.kind == Kind::call ? of_call(node, scope) : std::nullopt;
}

}  // namespace

std::optional<Expression::Mistake> unit_mistake(std::string_view text, const Node& node,
                                                const FieldScope& scope) {
  if (!node.has_unit || node.word == "*" || node.word == "/" || node.word == "~") return std::nullopt;
  const bool left_found = !node.parts[1].has_unit;
  const auto &found = node.parts[left_found ? 0 : 1], &figure = node.parts[left_found ? 1 : 0];
  const auto of_found = unit_of(found, scope), of_figure = unit_of(figure, scope);
  if (!of_found || !of_figure || *of_found == *of_figure) return std::nullopt;
  const auto written = [&](const Node& part) { return text.substr(part.begin, part.end - part.begin); };
  return Expression::Mistake{found.at,
                             {Fault::config,
                              of_two_units(written(figure), *of_figure, written(found)) + ", at character " +
                                  std::to_string(found.begin + 1) + " of " + text::quoted(text),
                              {},
                              "write " + std::string(words_of(*of_figure).expected)}};
}

}  // namespace alidade::host::query
