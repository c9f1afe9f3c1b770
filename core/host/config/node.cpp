#include "node.hpp"

#include <algorithm>
#include <cmath>

#include "alidade/base/text.hpp"

namespace alidade::host {
namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;  // clang 16 does not deduce aggregates

std::string real_to_toml(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  auto out = text::number(value);
  if (out.find_first_of(".e") == out.npos) out += ".0";
  return out;
}

std::string string_to_toml(std::string_view value) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (byte < 0x20 || byte == 0x7f)
      ((out += "\\u00") += digits[byte >> 4]) += digits[byte & 15];
    else
      out += c;
  }
  return out += '"';
}

std::string list_to_toml(const ConfigNode::List& list) {
  std::string out = "[";
  for (const auto& node : list) (out += out.size() > 1 ? ", " : "") += to_toml(node);
  return out += "]";
}

std::string table_to_toml(const ConfigNode::Table& table) {
  std::string out;
  for (const auto& member : table)
    ((out += out.empty() ? "{ " : ", ") += key_to_toml(member.key) + " = ") += to_toml(member.node);
  return out.empty() ? "{}" : out + " }";
}

bool is_bare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

}  // namespace

const ConfigNode* ConfigNode::find(std::string_view key) const {
  if (const auto* table = as<Table>())
    for (const auto& member : *table)
      if (member.key == key) return &member.node;
  return nullptr;
}

ConfigNode* ConfigNode::find(std::string_view key) {
  return const_cast<ConfigNode*>(static_cast<const ConfigNode*>(this)->find(key));
}

const std::string* ConfigNode::text(std::string_view key) const {
  const auto* node = find(key);
  return node ? node->as<std::string>() : nullptr;
}

std::string found(const ConfigNode& node) {
  if (const auto* string = node.as<std::string>()) return '"' + text::printable(*string) + '"';
  if (node.as<ConfigNode::List>()) return "a list";
  if (node.as<ConfigNode::Table>()) return "a table";
  if (node.as<Date>()) return "a date";
  return to_toml(node);
}

std::string to_toml(const ConfigNode& node) {
  return std::visit(
      Overloaded{[](bool v) { return std::string(v ? "true" : "false"); },
                 [](std::int64_t v) { return std::to_string(v); }, [](double v) { return real_to_toml(v); },
                 [](const std::string& v) { return string_to_toml(v); }, [](const Date& v) { return v.text; },
                 [](const ConfigNode::List& v) { return list_to_toml(v); },
                 [](const ConfigNode::Table& v) { return table_to_toml(v); }},
      node.value);
}

std::string key_to_toml(std::string_view key) {
  const bool bare = !key.empty() && std::ranges::all_of(key, is_bare);
  return bare ? std::string(key) : string_to_toml(key);
}

}  // namespace alidade::host
