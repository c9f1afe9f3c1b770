#include "host/query/expression.hpp"

#include <algorithm>
#include <cmath>

#include "alidade/base/text.hpp"
#include "host/query/evaluation.hpp"

namespace alidade::host::query {
namespace {

using Node = Expression::Node;
using Kind = Node::Kind;

void collect(const Node& node, std::vector<std::string>& out) {
  if (node.kind == Kind::field && std::ranges::find(out, node.word) == out.end()) out.push_back(node.word);
  for (const auto& part : node.parts) collect(part, out);
}

std::optional<std::string> first_over_all(const Node& node) {
  if (node.kind == Kind::call && node.word != "abs") return node.word;
  for (const auto& part : node.parts)
    if (auto found = first_over_all(part)) return found;
  return std::nullopt;
}

/// The figures of a condition: fields and calls, as they are written and as they are.
void find(const Evaluation& evaluation, const Node& node, const FieldScope& scope,
          std::vector<std::string>& out) {
  const bool figure = node.kind == Kind::call || (node.kind == Kind::field && scope.knows(node.word));
  if (figure) {
    const auto value = evaluation.of(node);
    const auto label = node.kind == Kind::call ? node.word + "(...)" : node.word;
    const auto line = label + " is " + (value ? to_text(*value) : "unknown");
    if (std::ranges::find(out, line) == out.end()) out.push_back(line);
    return;
  }
  for (const auto& part : node.parts) find(evaluation, part, scope, out);
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

Result<Value> Expression::value(const FieldScope& scope) const {
  auto found = Evaluation(text_, scope, Fields::as_they_are).of(*root_);
  if (!found) return std::unexpected(std::move(found).error().error);
  return std::move(found->least);
}

Result<Verdict> Expression::verdict(const FieldScope& scope) const {
  auto found = Evaluation(text_, scope, Fields::up_to_upper).condition(*root_);
  if (!found) return std::unexpected(std::move(found).error().error);
  return truth(*found);
}

std::optional<Expression::Mistake> Expression::mistake(const FieldScope& scope) const {
  auto found = Evaluation(text_, scope, Fields::as_they_are).condition(*root_);
  return found ? std::nullopt : std::optional(std::move(found).error());
}

std::vector<std::string> Expression::mentions() const {
  std::vector<std::string> out;
  collect(*root_, out);
  return out;
}

std::optional<std::string> Expression::asks_of_all() const { return first_over_all(*root_); }

std::string Expression::findings(const FieldScope& scope) const {
  std::vector<std::string> lines;
  find(Evaluation(text_, scope, Fields::up_to_upper), *root_, scope, lines);
  return text::join(lines, ", ");
}

}  // namespace alidade::host::query
