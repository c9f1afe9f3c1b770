#include <algorithm>
#include <array>
#include <map>

#include "alidade/base/text.hpp"
#include "layers.hpp"
#include "toml.hpp"

extern char** environ;

namespace alidade::host {
namespace {

constexpr std::string_view kVariable = "ALIDADE_SET_";
constexpr std::array<std::string_view, 6> kSections = {"model",    "operator",  "analysis",
                                                       "hardware", "placement", "report"};
constexpr std::array<std::string_view, 2> kTables = {"limits", "bind"};
constexpr std::array<std::string_view, 4> kScalars = {"name", "plugin_path", "threads", "trust"};

bool among(std::string_view word, std::span<const std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

/// What a path may begin with, sorted.
std::vector<std::string> every_head() {
  std::vector<std::string> heads{"frontend"};
  heads.insert(heads.end(), kSections.begin(), kSections.end());
  heads.insert(heads.end(), kTables.begin(), kTables.end());
  heads.insert(heads.end(), kScalars.begin(), kScalars.end());
  std::ranges::sort(heads);
  return heads;
}

/// One `path=value` with the place of its first character and of its value.
struct Assignment {
  std::string path, value;
  Place key, value_at;
  int dot_width = 1;  ///< characters that a dot of `path` takes where it was written: 2 in a variable's name

  /// The place of the part of the path that starts at `offset`; the path of a flag is written nowhere.
  [[nodiscard]] Place part(std::size_t offset) const {
    auto place = key;
    if (place.column == 0) return place;
    const auto dots = std::ranges::count(path.substr(0, offset), '.');
    place.column += static_cast<int>(offset) + static_cast<int>(dots) * (dot_width - 1);
    return place;
  }
};

void move_places(ConfigNode& node, const Place& to) {
  const int column = node.place.column - 5 + to.column;  // behind "v = "
  node.place = to;
  if (to.column > 0) node.place.column = column;
  if (auto* list = node.as<ConfigNode::List>())
    for (auto& item : *list) move_places(item, to);
  if (auto* table = node.as<ConfigNode::Table>())
    for (auto& member : *table) member.place = to, move_places(member.node, to);
}

/// The value as TOML; what is not TOML, or a date, is a bare word.
ConfigNode value_of(const Assignment& set) {
  auto parsed = parse_toml("v = " + set.value, set.value_at);
  auto* members = parsed ? parsed->as<ConfigNode::Table>() : nullptr;
  if (!members || members->size() != 1 || members->front().node.as<Date>()) return {set.value, set.value_at};
  auto node = std::move(members->front().node);
  move_places(node, set.value_at);
  return node;
}

/// Sets values by path; a path that leads nowhere is a mistake and changes nothing.
class Setter {
 public:
  Setter(ConfigTree& tree, std::vector<Mistake>& mistakes)
      : root_(tree.root), complete_(tree.complete), mistakes_(mistakes) {}

  void apply(const Assignment& set) {
    const auto dot = set.path.find('.');
    const std::string head = set.path.substr(0, dot);
    const auto rest = dot == set.path.npos ? set.path.size() : dot + 1;
    if (among(head, kSections))
      in_entry(set, head, rest);
    else if (among(head, kTables))
      in_table(root_, set, 0, rest);
    else if (head == "frontend")
      in_frontend(set, rest);
    else if (among(head, kScalars) && dot == set.path.npos)
      put(root_, set, 0);
    else
      unknown(set, head, dot);
  }

 private:
  static ConfigNode& table_in(ConfigNode& parent, const std::string& name, const Place& place) {
    if (auto* there = parent.find(name); there && there->as<ConfigNode::Table>()) return *there;
    std::erase_if(*parent.as<ConfigNode::Table>(), [&](const auto& m) { return m.key == name; });
    auto& members = *parent.as<ConfigNode::Table>();
    return members.emplace_back(name, place, ConfigNode{ConfigNode::Table{}, place}).node;
  }

  /// The rest of the path is one key of `table`.
  void put(ConfigNode& table, const Assignment& set, std::size_t offset) {
    const auto key = set.path.substr(offset);
    auto value = value_of(set);
    expand_environment(value, mistakes_);
    std::erase_if(*table.as<ConfigNode::Table>(), [&](const auto& m) { return m.key == key; });
    table.as<ConfigNode::Table>()->push_back({key, set.part(offset), std::move(value)});
  }

  /// The path goes on with the name of a table at `offset` and, behind it, with a key at `rest`.
  void in_table(ConfigNode& parent, const Assignment& set, std::size_t offset, std::size_t rest) {
    if (rest >= set.path.size()) return incomplete(set);
    put(table_in(parent, set.path.substr(offset, rest - 1 - offset), set.part(offset)), set, rest);
  }

  void in_frontend(const Assignment& set, std::size_t offset) {
    const auto last = set.path.rfind('.');
    if (last == set.path.npos || last < offset || last + 1 == set.path.size()) return incomplete(set);
    in_table(table_in(root_, "frontend", set.part(0)), set, offset, last + 1);
  }

  /// Ids may hold dots: the longest id that the path goes on with is meant.
  void in_entry(const Assignment& set, const std::string& section, std::size_t offset) {
    auto* node = root_.find(section);
    auto* list = node ? node->as<ConfigNode::List>() : nullptr;
    ConfigNode* entry = nullptr;
    const ConfigNode* twin = nullptr;  // another model of the same stem
    std::size_t longest = 0;
    std::vector<std::string> ids;
    for (auto& candidate : list ? *list : none_) {
      const auto& id = ids.emplace_back(entry_id(section, candidate));
      const bool addressed = std::string_view(set.path).substr(offset).starts_with(id + ".");
      if (!addressed || id.empty() || id.size() < longest) continue;
      if (id.size() == longest)
        twin = &candidate;
      else
        entry = &candidate, longest = id.size(), twin = nullptr;
    }
    if (!entry && section == "placement" && ids.size() == 1) {  // the one that there is needs no name
      if (offset < set.path.size()) put(list->front(), set, offset);
      return offset < set.path.size() ? void() : incomplete(set);
    }
    if (!entry || !entry->as<ConfigNode::Table>()) return no_entry(set, section, offset, ids);
    if (twin && section == "model") return two_entries(set, offset, longest, *entry, *twin);
    const auto key = offset + longest + 1;
    if (key >= set.path.size()) return incomplete(set);
    const auto dot = set.path.find('.', key);
    const auto name = set.path.substr(key, dot - key);
    if (section == "model" && (name == "bind" || name == "inputs"))
      in_table(*entry, set, key, dot == set.path.npos ? set.path.size() : dot + 1);
    else
      put(*entry, set, key);
  }

  void two_entries(const Assignment& set, std::size_t offset, std::size_t length, const ConfigNode& one,
                   const ConfigNode& other) {
    mistakes_.push_back({set.part(offset),
                         "two [[model]] entries go by " + text::quoted(set.path.substr(offset, length)) +
                             ": " + to_text(one.place) + " and " + to_text(other.place),
                         "give each an id of its own"});
  }
  void no_entry(const Assignment& set, const std::string& section, std::size_t offset,
                std::span<const std::string> ids) {
    if (!complete_) return;  // it may stand in the file that could not be read
    const bool is_id = std::ranges::find(ids, std::string_view(set.path).substr(offset)) != ids.end();
    if (is_id || offset >= set.path.size()) return incomplete(set);
    const auto end = set.path.rfind('.');
    const auto id = end > offset ? set.path.substr(offset, end - offset) : set.path.substr(offset);
    mistakes_.push_back(
        {set.part(offset),
         "there is no [[" + section + "]] with the id " + text::quoted(id) + text::did_you_mean(id, ids),
         ids.empty() ? how_to_add(section, id) : "ids here: " + text::printable(text::join(ids, ", "))});
  }
  /// Models, analyses and devices are named by flags, too.
  static std::string how_to_add(const std::string& section, const std::string& id) {
    const std::string in_file = "add a [[" + section + "]] to the pipeline file";
    return section == "hardware" ? in_file + ", or name the device: --on " + text::printable(id) : in_file;
  }
  void incomplete(const Assignment& set) {
    mistakes_.push_back({set.key, "expected a whole path to a value, found " + text::quoted(set.path),
                         "write it like analysis.cost.convention=macs or limits.wall_s=60"});
  }
  void unknown(const Assignment& set, const std::string& head, std::size_t dot) {
    static const auto heads = every_head();
    if (std::ranges::find(heads, head) != heads.end())
      mistakes_.push_back({set.part(dot), text::quoted(head) + " is one value and has nothing below it", {}});
    else if (head == "family" || head == "test" || head == "axis" || head == "include" || head == "schema")
      mistakes_.push_back({set.key, text::quoted(head) + " can only be written in a pipeline file", {}});
    else
      mistakes_.push_back({set.key, "unknown key " + text::quoted(head) + text::did_you_mean(head, heads),
                           "keys here: " + text::join(heads, ", ")});
  }

  ConfigNode& root_;
  bool complete_;
  std::vector<Mistake>& mistakes_;
  ConfigNode::List none_;
};

std::string with_dots(std::string_view name) {
  std::string out(name);
  for (auto at = out.find("__"); at != out.npos; at = out.find("__", at + 1)) out.replace(at, 2, ".");
  return out;
}

/// Variables of the environment that set something, in order of name.
std::map<std::string, std::string> variables() {
  std::map<std::string, std::string> found;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (text.starts_with(kVariable) && equals != text.npos)
      found.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return found;
}

std::string on_one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

}  // namespace

void apply_environment(ConfigTree& tree, std::vector<Mistake>& mistakes) {
  Setter setter(tree, mistakes);
  for (const auto& [name, value] : variables()) {
    const Place place{name, 1, static_cast<int>(kVariable.size()) + 1, Origin::environment};
    auto value_at = place;
    value_at.column = static_cast<int>(name.size()) + 2;
    tree.sources.push_back({name, on_one_line(name + "=" + value)});
    setter.apply({with_dots(std::string_view(name).substr(kVariable.size())), value, place, value_at, 2});
  }
}

void apply_flags(ConfigTree& tree, const std::vector<FlagValue>& flags, std::vector<Mistake>& mistakes) {
  Setter setter(tree, mistakes);
  for (const auto& [flag, path, value] : flags) {
    const Place place{flag, 0, 0, Origin::flag};
    setter.apply({path, value, place, place});
  }
}

void apply_sets(ConfigTree& tree, const std::vector<std::string>& sets, std::vector<Mistake>& mistakes) {
  Setter setter(tree, mistakes);
  Source source{"--set", {}};
  for (int line = 1; const auto& set : sets) {
    source.text += on_one_line(set) + "\n";
    const auto equals = set.find('=');
    const Place place{"--set", line++, 1, Origin::flag};
    if (equals == set.npos || equals == 0) {
      mistakes.push_back({place, "expected key=value, found " + text::quoted(set),
                          "write it like analysis.cost.convention=macs or limits.wall_s=60"});
      continue;
    }
    auto value_at = place;
    value_at.column = static_cast<int>(equals) + 2;
    setter.apply({set.substr(0, equals), set.substr(equals + 1), place, value_at});
  }
  if (!sets.empty()) tree.sources.push_back(std::move(source));
}

}  // namespace alidade::host
