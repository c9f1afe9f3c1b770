#include "host/query/misuse.hpp"

#include <algorithm>
#include <functional>

#include "alidade/base/text.hpp"

namespace alidade::host::query {
namespace {

using Node = Expression::Node;
using Kind = Node::Kind;

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

constexpr std::size_t kListed = 12;  // names that one line can show
constexpr std::size_t kNear = 5;

std::string last_part(const std::string& name) { return name.substr(name.rfind('.') + 1); }

/// The names of which a part is nearest to the word, at most so many, the nearest first.
void add_nearest(std::string_view word, std::vector<std::string> names,
                 const std::function<std::string(const std::string&)>& part, std::vector<std::string>& out) {
  while (out.size() < kNear) {
    std::vector<std::string> parts;
    for (const auto& name : names) parts.push_back(part(name));
    const auto found = std::ranges::find(parts, text::nearest(word, parts));
    if (found == parts.end()) return;
    const auto at = names.begin() + (found - parts.begin());
    if (std::ranges::find(out, *at) == out.end()) out.push_back(*at);
    names.erase(at);
  }
}

/// What may be meant: names that are nearly the word, then those that end nearly as it does, then those that
/// it is a part of. Upper bounds are left out.
std::vector<std::string> near(const std::string& word, std::vector<std::string> names) {
  std::vector<std::string> out;
  std::erase_if(names, [](const auto& name) { return name.ends_with("_upper"); });
  add_nearest(word, names, [](const auto& name) { return name; }, out);
  add_nearest(last_part(word), names, last_part, out);
  for (const auto& name : names)
    if (out.size() < kNear && name.contains(word) && std::ranges::find(out, name) == out.end())
      out.push_back(name);
  return out;
}

/// "fields: flops, macs", or "near it: macs, macs_upper; all 153: alidade query MODEL --fields".
std::string listed(const std::string& what, const std::string& word, const std::vector<std::string>& names) {
  if (names.size() <= kListed) return what + "s: " + text::join(names, ", ");
  const auto few = near(word, names);
  return (few.empty() ? "" : "near it: " + text::join(few, ", ") + "; ") + "all " +
         std::to_string(names.size()) + ": alidade query MODEL --fields";
}

}  // namespace

Error no_name(const std::string& what, const std::string& word, const std::vector<std::string>& names,
              const std::string& where) {
  return {Fault::config,
          "there is no " + what + " " + text::quoted(word) + where + text::did_you_mean(word, names),
          {},
          listed(what, word, names)};
}

Error no_field(const std::string& word, const FieldScope& scope) {
  const auto names = scope.names();
  const auto group = word.substr(0, word.find('.') + 1);
  auto near = names;
  std::erase_if(near, [&](const auto& name) { return !name.starts_with(group); });
  if (group.empty()) std::erase_if(near, [](const auto& name) { return name.contains('.'); });
  auto error = no_name("field", word, names);
  if (!near.empty() && near.size() <= kListed) error.fix = "fields: " + text::join(near, ", ");
  return error;
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
