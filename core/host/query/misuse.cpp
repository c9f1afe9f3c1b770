#include "host/query/misuse.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"

namespace alidade::host::query {
namespace {

using Node = Expression::Node;
using Kind = Node::Kind;

bool is_text(const Range& range) { return std::holds_alternative<std::string>(range.least); }
bool is_logic(const Node& node) {
  return node.kind == Kind::binary && (node.word == "and" || node.word == "or");
}
/// A number or a text as it is written, with its sign.
bool is_literal(const Node& node) {
  return node.kind == Kind::constant || (node.kind == Kind::minus && is_literal(node.parts[0]));
}

std::string written(std::string_view text, const Node& node) {
  return std::string(text.substr(node.begin, node.end - node.begin));
}

/// The comparison beside a part of `around`: the nearest to it, or nothing.
const Node* comparison_beside(const Node& around, bool left) {
  const Node* beside = &around.parts[left ? 1 : 0];
  while (is_logic(*beside)) beside = &beside->parts[left ? 0 : 1];
  return beside->kind == Kind::binary && is_comparison(beside->word) ? beside : nullptr;
}

/// "macs < 1G or macs < 2G" for `macs < 1G or 2G`; empty where nothing tells what is compared.
std::string with_comparison(std::string_view text, const Node& node, const Node* around) {
  if (!around || !is_logic(*around) || !is_literal(node)) return {};
  const bool left = &around->parts[0] == &node;
  const auto* beside = comparison_beside(*around, left);
  if (!beside) return {};
  const auto whole = written(text, beside->parts[0]) + " " + beside->word + " " + written(text, node);
  const auto op = " " + around->word + " ";
  return left ? whole + op + written(text, around->parts[1]) : written(text, around->parts[0]) + op + whole;
}

}  // namespace

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

Error no_condition(std::string_view text, const Node& node, const Range& found, const Node* around) {
  const auto part = written(text, node);
  auto example = with_comparison(text, node, around);
  if (example.empty() && is_literal(node)) example = is_text(found) ? "name == " + part : "macs < " + part;
  if (example.empty()) example = part + (is_text(found) ? " == 'a text'" : " > 0");
  return {Fault::config,
          "expected a condition, found " + text::quoted(part) + ", which is a " +
              (is_text(found) ? "text" : "number") + ", at character " + std::to_string(node.begin + 1) +
              " of " + text::quoted(text),
          {},
          "compare it, as in " + text::quoted(example)};
}

Error no_figure(const std::string& function, const Range& found) {
  return {Fault::config,
          "'" + function + "()' is of numbers, found " + text::quoted(to_text(found)),
          {},
          "count(...) says for how many operators a condition holds"};
}

Error no_numbers(const std::string& op, const Range& left, const Range& right) {
  return {Fault::config,
          "'" + op + "' stands between numbers, found " + text::quoted(to_text(left)) + " and " +
              text::quoted(to_text(right)),
          {},
          {}};
}

Error of_two_kinds(const std::string& op, const Range& left, const Range& right) {
  if (is_flag(left) || is_flag(right))
    return {Fault::config,
            "'" + op + "' compares " + text::quoted(to_text(is_flag(left) ? right : left)) +
                " with a field that is yes or no",
            {},
            "write yes or no, or the field alone: depthwise, not depthwise"};
  return {Fault::config,
          "'" + op + "' compares the text " + text::quoted(to_text(is_text(left) ? left : right)) +
              " with the number " + to_text(is_text(left) ? right : left),
          {},
          "write a text in quotes and a number without: name == '5', macs == 5"};
}

}  // namespace alidade::host::query
