#pragma once
#include <string>
#include <vector>

#include "node.hpp"

namespace alidade::host {

/// What files, environment and flags add up to, before it is typed: one table, every value with its place.
struct ConfigTree {
  ConfigNode root{ConfigNode::Table{}, {}};
  std::vector<std::string> files;  ///< read, in order, includes first
  std::vector<Source> sources;
};
[[nodiscard]] ConfigTree read_tree(const ConfigRequest& request, std::vector<Mistake>& mistakes);
/// The tree as a typed config.
[[nodiscard]] Config typed(const ConfigTree& tree, std::vector<Mistake>& mistakes);

/// Replaces ${env:NAME} and ${env:NAME:-default} in every string below; `$${env:` stands for the text itself.
void expand_environment(ConfigNode& node, std::vector<Mistake>& mistakes);

/// Lays a later file over what there is: tables merge key by key, entries of one id too, families go in
/// front.
void merge(ConfigNode& into, ConfigNode layer);
/// What addresses an entry of `section`: its id, else the component it uses or the stem of the model's path.
[[nodiscard]] std::string entry_id(std::string_view section, const ConfigNode& entry);

/// ALIDADE_SET_a__b=value, in order of name, and --set a.b=value, in order, laid over the tree.
void apply_environment(ConfigTree& tree, std::vector<Mistake>& mistakes);
void apply_sets(ConfigTree& tree, const std::vector<std::string>& sets, std::vector<Mistake>& mistakes);

}  // namespace alidade::host
