#include <algorithm>
#include <array>
#include <filesystem>

#include "layers.hpp"

namespace alidade::host {
namespace {

bool has_ids(std::string_view section) {
  static constexpr std::array<std::string_view, 7> sections = {
      "model", "operator", "analysis", "hardware", "placement", "report", "test"};
  return std::ranges::find(sections, section) != sections.end();
}

/// What a [[model]] without an id is known by: its file, not that file's stem, which others may share.
std::string file_of(const ConfigNode& model) {
  const auto* path = model.text("path");
  return path ? std::filesystem::path(*path).lexically_normal().string() : std::string{};
}

/// Whether an entry of a later file changes `earlier`. A [[model]] with an id and no path changes the one
/// that goes by it, also by its stem: it could be no model of its own.
bool changes(std::string_view section, const ConfigNode& entry, const ConfigNode& earlier) {
  const auto id = entry_id(section, entry);
  if (section != "model") return !id.empty() && entry_id(section, earlier) == id;
  if (!entry.text("id")) return !file_of(entry).empty() && file_of(entry) == file_of(earlier);
  return (earlier.text("id") || !entry.text("path")) && entry_id(section, earlier) == id;
}

/// Entries of one file: those that change an entry of an earlier file, the others are added.
void merge_entries(std::string_view section, ConfigNode::List& into, ConfigNode::List layer) {
  const auto earlier = into.size();
  std::vector<bool> changed(earlier,
                            false);  // a second entry of the same file stays one of its own: a mistake later
  for (auto& entry : layer) {
    std::size_t i = 0;
    while (i < earlier && !changes(section, entry, into[i])) ++i;
    if (i == earlier || changed[i] || !entry.as<ConfigNode::Table>()) {
      into.push_back(std::move(entry));
      continue;
    }
    changed[i] = true;
    for (auto& member : *entry.as<ConfigNode::Table>()) lay(into[i], std::move(member));
  }
}

void put_in_front(ConfigNode::List& into, ConfigNode::List layer) {
  into.insert(into.begin(), std::move_iterator(layer.begin()), std::move_iterator(layer.end()));
}

}  // namespace

void lay(ConfigNode& into, ConfigNode::Member member) {
  auto& table = *into.as<ConfigNode::Table>();
  const auto same = std::ranges::find(table, member.key, &ConfigNode::Member::key);
  if (same == table.end()) {
    table.push_back(std::move(member));
  } else if (auto* inner = member.node.as<ConfigNode::Table>(); inner && same->node.as<ConfigNode::Table>()) {
    for (auto& below : *inner) lay(same->node, std::move(below));
  } else {
    *same = std::move(member);
  }
}

std::string entry_id(std::string_view section, const ConfigNode& entry) {
  if (const auto* id = entry.text("id")) return *id;
  if (section != "model") return entry.text("use") ? *entry.text("use") : std::string{};
  const auto* path = entry.text("path");
  return path ? std::filesystem::path(*path).stem().string() : std::string{};
}

void merge(ConfigNode& into, ConfigNode layer) {
  for (auto& member : *layer.as<ConfigNode::Table>()) {
    auto* old = into.find(member.key);
    auto* old_list = old ? old->as<ConfigNode::List>() : nullptr;
    auto* new_list = member.node.as<ConfigNode::List>();
    const bool lists = old_list && new_list;
    if (lists && has_ids(member.key))
      merge_entries(member.key, *old_list, std::move(*new_list));
    else if (lists && member.key == "family")
      put_in_front(*old_list, std::move(*new_list));
    else
      lay(into, std::move(member));
  }
}

}  // namespace alidade::host
