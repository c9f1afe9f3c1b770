#include <algorithm>
#include <cstdlib>

#include "alidade/base/text.hpp"
#include "layers.hpp"

namespace alidade::host {
namespace {

constexpr std::string_view kOpening = "${env:";

bool is_name(std::string_view name) {
  const auto part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && std::ranges::all_of(name, part);
}

/// What NAME or NAME:-default between the braces stands for; a mistake when nothing does.
std::string expanded(std::string_view inside, const Place& place, std::vector<Mistake>& mistakes) {
  const auto bar = inside.find(":-");
  const std::string name(inside.substr(0, bar));
  if (!is_name(name)) {
    mistakes.push_back({place,
                        "expected ${env:NAME} or ${env:NAME:-default}, found " +
                            text::quoted("${env:" + std::string(inside) + "}"),
                        "a name has letters, digits and '_'"});
    return {};
  }
  if (const char* value = std::getenv(name.c_str())) return value;
  if (bar != inside.npos) return std::string(inside.substr(bar + 2));
  mistakes.push_back({place, "the environment has no variable " + text::quoted(name),
                      "set it, or give a default: ${env:" + name + ":-...}"});
  return {};
}

std::string expanded_all(std::string_view text, const Place& place, std::vector<Mistake>& mistakes) {
  std::string out;
  for (auto at = text.find(kOpening); at != text.npos; at = text.find(kOpening)) {
    if (at > 0 && text[at - 1] == '$') {
      out.append(text.substr(0, at - 1)).append(kOpening);
      text.remove_prefix(at + kOpening.size());
      continue;
    }
    const auto end = text.find('}', at);
    if (end == text.npos) {
      mistakes.push_back(
          {place, "'${env:' has no closing '}'", "write ${env:NAME}, or $${env: for the text itself"});
      break;
    }
    out += text.substr(0, at);
    out += expanded(text.substr(at + kOpening.size(), end - at - kOpening.size()), place, mistakes);
    text.remove_prefix(end + 1);
  }
  return out.append(text);
}

}  // namespace

void expand_environment(ConfigNode& node, std::vector<Mistake>& mistakes) {
  if (auto* string = node.as<std::string>(); string && string->find(kOpening) != string->npos)
    *string = expanded_all(*string, node.place, mistakes);
  if (auto* list = node.as<ConfigNode::List>())
    for (auto& item : *list) expand_environment(item, mistakes);
  if (auto* table = node.as<ConfigNode::Table>())
    for (auto& member : *table) expand_environment(member.node, mistakes);
}

void escape_environment(ConfigNode& node) {
  if (auto* string = node.as<std::string>())
    for (auto at = string->find(kOpening); at != string->npos; at = string->find(kOpening, at + 2))
      string->insert(at, 1, '$');
  if (auto* list = node.as<ConfigNode::List>())
    for (auto& item : *list) escape_environment(item);
  if (auto* table = node.as<ConfigNode::Table>())
    for (auto& member : *table) escape_environment(member.node);
}

}  // namespace alidade::host
