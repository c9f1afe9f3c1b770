#include "effective.hpp"

#include <algorithm>
#include <array>

#include "keys.hpp"
#include "toml.hpp"

namespace alidade::host {
namespace {

using Member = ConfigNode::Member;

const Place kDefault{"default", 0, 0, Origin::builtin};

ConfigNode node_of(const OptionValue& value) {
  return std::visit(
      []<class V>(const V& v) -> ConfigNode {
        if constexpr (std::is_same_v<V, NumberTable>) {
          ConfigNode::Table table;
          for (const auto& [key, number] : v) table.push_back({key, kDefault, {number, kDefault}});
          return {std::move(table), kDefault};
        } else if constexpr (requires { v.begin(); } && !std::is_same_v<V, std::string>) {
          ConfigNode::List list;
          for (const auto& item : v) list.push_back({item, kDefault});
          return {std::move(list), kDefault};
        } else {
          return {v, kDefault};
        }
      },
      value);
}

void add(ConfigNode& table, const std::string& key, ConfigNode value) {
  if (!table.find(key)) table.as<ConfigNode::Table>()->push_back({key, kDefault, std::move(value)});
}

ConfigNode parsed(const std::string& value) {
  return parse_toml("v = " + value, kDefault)->as<ConfigNode::Table>()->front().node;
}

template <class T>
void add_keys(ConfigNode& table) {
  for (const auto& key : keys<T>())
    if (!key.fallback.empty()) add(table, key.name, parsed(key.fallback));
}

void add_options(ConfigNode& table, std::string_view component, const Lookup& lookup) {
  const auto found = lookup.find(component);
  if (!found) return;
  for (const auto& option : (*found)->info.options)
    if (!option.required && !option.unset) add(table, option.name, node_of(option.fallback));
}

ConfigNode& table_in(ConfigNode& root, const std::string& key) {
  add(root, key, {ConfigNode::Table{}, kDefault});
  return *root.find(key);
}

/// The entries of `section` that are tables.
template <class F>
void each_entry(ConfigNode& root, std::string_view section, F fill) {
  auto* node = root.find(section);
  if (auto* list = node ? node->as<ConfigNode::List>() : nullptr)
    for (auto& entry : *list)
      if (entry.as<ConfigNode::Table>()) fill(entry);
}

/// Single values, then sections in the order of a pipeline.
std::ptrdiff_t rank(const Member& member) {
  static constexpr std::array<std::string_view, 13> order = {
      "limits",   "bind", "model",     "family", "frontend", "operator", "analysis",
      "hardware", "link", "placement", "report", "test",     "axis"};
  const auto at = std::ranges::find(order, member.key);
  return at == order.end() ? -1 : at - order.begin();
}

}  // namespace

ConfigNode with_defaults(const Config& config, const Lookup& lookup) {
  auto root = *config.written;
  add_keys<Config>(root);
  if (auto& limits = table_in(root, "limits"); limits.as<ConfigNode::Table>()) add_keys<Limits>(limits);
  for (const auto* section : {"operator", "analysis", "hardware", "placement", "report"})
    each_entry(root, section, [&](ConfigNode& entry) {
      if (!entry.text("use")) return;
      const auto use = *entry.text("use");  // a copy: the entry grows
      add(entry, "id", {use, kDefault});
      if (section == std::string_view("report")) add_keys<ReportUse>(entry);
      add_options(entry, use, lookup);
    });
  each_entry(root, "link", [](ConfigNode& entry) { add_keys<LinkUse>(entry); });
  each_entry(root, "test", [](ConfigNode& entry) { add_keys<TestUse>(entry); });
  if (auto* frontends = root.find("frontend"); frontends && frontends->as<ConfigNode::Table>())
    for (auto& frontend : *frontends->as<ConfigNode::Table>())
      if (frontend.node.as<ConfigNode::Table>()) add_options(frontend.node, frontend.key, lookup);
  std::ranges::stable_sort(*root.as<ConfigNode::Table>(), {}, rank);
  return root;
}

}  // namespace alidade::host
