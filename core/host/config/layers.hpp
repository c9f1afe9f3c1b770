#pragma once
#include <string>
#include <vector>

#include "node.hpp"

namespace alidade::host {

// The steps of read_config(), which alone calls them.

/// What files, environment and flags add up to, before it is typed: one table, every value with its place.
struct ConfigTree {
  ConfigNode root{ConfigNode::Table{}, {}};
  std::vector<std::string> files;  ///< read, in order, includes first
  std::vector<Source> sources;
  bool complete = true;  ///< false when a file could not be read: entries that are missing may be in it
};
/// The tree as a typed config.
[[nodiscard]] Config typed(ConfigTree tree, std::vector<Mistake>& mistakes);

/// Replaces ${env:NAME} and ${env:NAME:-default} in every string below; `$${env:` stands for the text itself.
void expand_environment(ConfigNode& node, std::vector<Mistake>& mistakes);
/// The opposite: every string as it has to be written, so that `${env:` in it is read as the text itself.
void escape_environment(ConfigNode& node);

/// Lays a later file over what there is: tables merge key by key, entries of one id too, and models of one
/// path that have no id; families go in front.
void merge(ConfigNode& into, ConfigNode layer);
/// Puts a member into a table: over the one of the same name, key by key where both are tables.
void lay(ConfigNode& into, ConfigNode::Member member);
/// What addresses an entry of `section`: its id, else the component it uses or the stem of the model's path.
[[nodiscard]] std::string entry_id(std::string_view section, const ConfigNode& entry);

/// Lays a [[hardware]] entry over the file of the device that it names; false after a mistake.
[[nodiscard]] bool complete_device(ConfigNode& entry, ConfigTree& tree, std::vector<Mistake>& mistakes);

/// ALIDADE_SET_a__b=value, in order of name, what flags of their own set, and --set a.b=value, in order, laid
/// over the tree.
void apply_environment(ConfigTree& tree, std::vector<Mistake>& mistakes);
void apply_flags(ConfigTree& tree, const std::vector<FlagValue>& flags, std::vector<Mistake>& mistakes);
void apply_sets(ConfigTree& tree, const std::vector<std::string>& sets, std::vector<Mistake>& mistakes);

}  // namespace alidade::host
