#include <algorithm>
#include <filesystem>
#include <map>

#include "alidade/base/text.hpp"
#include "axis.hpp"
#include "keys.hpp"
#include "layers.hpp"

namespace alidade::host {
namespace {

/// Types the tree, section by section; keeps what it could understand and says the rest.
class Reader {
 public:
  Reader(Config& config, std::vector<Mistake>& mistakes) : config_(config), mistakes_(mistakes) {}
  void pipeline(const ConfigNode::Table& root);

 private:
  using Section = void (Reader::*)(const ConfigNode&);

  void model(const ConfigNode& entry);
  void family(const ConfigNode& entry);
  void frontend(const ConfigNode::Member& member);
  void operation(const ConfigNode& entry) { component("operator", entry, config_.operators); }
  void analysis(const ConfigNode& entry) { component("analysis", entry, config_.analyses); }
  void hardware(const ConfigNode& entry) { component("hardware", entry, config_.hardware); }
  void placement(const ConfigNode& entry) { component("placement", entry, config_.placements); }
  void link(const ConfigNode& entry);
  void report(const ConfigNode& entry) { component("report", entry, config_.reports); }
  void test(const ConfigNode& entry);
  void axis(const ConfigNode& entry);
  void limits(const ConfigNode& node);
  void frontends(const ConfigNode& node);
  template <class T>
  void component(const std::string& section, const ConfigNode& entry, std::vector<T>& to);

  void entries(const std::string& section, const ConfigNode& node, Section each);
  template <class T>
  bool known(T& to, const ConfigNode::Member& member, const std::string& where);
  template <class T>
  void closed(T& to, const ConfigNode& table, const std::string& where);
  template <class T>
  bool complete(const std::string& section, const ConfigNode& entry);
  void option(std::vector<WrittenOption>& to, const ConfigNode::Member& member, const std::string& where);
  void unknown(const ConfigNode::Member& member, const std::string& where,
               const std::vector<std::string>& names);
  void unique(std::map<std::string, Place>& ids, const Located<std::string>& id, const std::string& section);
  bool id_fits(const Located<std::string>& id, const std::string& where);

  Config& config_;
  std::vector<Mistake>& mistakes_;
  std::map<std::string, Place> ids_, model_ids_;
};

template <class T>
std::vector<std::string> names_of() {
  std::vector<std::string> names;
  for (const auto& key : keys<T>()) names.push_back(key.name);
  return names;
}

/// " in [[analysis]] 'cost'"
std::string in_entry(std::string_view section, const ConfigNode& entry) {
  const auto id = entry_id(section, entry);
  return " in [[" + std::string(section) + "]]" + (id.empty() ? std::string{} : " " + text::quoted(id));
}

/// All items as T, or nothing when one is something else; whole numbers are numbers too.
template <class T>
std::optional<std::vector<T>> list_of(const ConfigNode::List& items) {
  std::vector<T> out;
  for (const auto& item : items) {
    if (const auto* value = item.as<T>()) {
      out.push_back(*value);
    } else if (const auto* integer = item.as<std::int64_t>(); integer && std::is_same_v<T, double>) {
      if constexpr (std::is_same_v<T, double>) out.push_back(static_cast<double>(*integer));
    } else {
      return std::nullopt;
    }
  }
  return out;
}

/// All members as numbers, or nothing when one is something else.
std::optional<NumberTable> table_of(const ConfigNode::Table& members) {
  NumberTable out;
  for (const auto& member : members) {
    if (const auto* number = member.node.as<double>())
      out[member.key] = *number;
    else if (const auto* whole = member.node.as<std::int64_t>())
      out[member.key] = static_cast<double>(*whole);
    else
      return std::nullopt;
  }
  return out;
}

std::optional<OptionValue> option_value(const ConfigNode& node) {
  if (const auto* v = node.as<bool>()) return *v;
  if (const auto* v = node.as<std::int64_t>()) return *v;
  if (const auto* v = node.as<double>()) return *v;
  if (const auto* v = node.as<std::string>()) return *v;
  if (const auto* items = node.as<ConfigNode::List>()) {
    if (auto list = list_of<std::int64_t>(*items)) return std::move(*list);
    if (auto list = list_of<double>(*items)) return std::move(*list);
    if (auto list = list_of<std::string>(*items)) return std::move(*list);
  }
  if (const auto* members = node.as<ConfigNode::Table>()) return table_of(*members);
  return std::nullopt;
}

void Reader::unknown(const ConfigNode::Member& member, const std::string& where,
                     const std::vector<std::string>& names) {
  mistakes_.push_back(
      {member.place,
       "unknown key " + text::quoted(member.key) + where + text::did_you_mean(member.key, names),
       "keys here: " + text::join(names, ", ")});
}

/// Whether `member` is a key of T; its value is stored when it fits.
template <class T>
bool Reader::known(T& to, const ConfigNode::Member& member, const std::string& where) {
  const auto key = std::ranges::find(keys<T>(), member.key, &KeyInfo::name);
  if (key == keys<T>().end()) return false;
  if (fits(member.node, *key, where, mistakes_)) key->store(to, member.node);
  return true;
}

/// Reads a table that has the keys of T and no others.
template <class T>
void Reader::closed(T& to, const ConfigNode& table, const std::string& where) {
  for (const auto& member : *table.as<ConfigNode::Table>())
    if (!known(to, member, where)) unknown(member, where, names_of<T>());
}

template <class T>
bool Reader::complete(const std::string& section, const ConfigNode& entry) {
  for (const auto& key : keys<T>())
    if (key.required && !entry.find(key.name)) {
      mistakes_.push_back(
          {entry.place, "[[" + section + "]] has no " + text::quoted(key.name), key.name + ": " + key.doc});
      return false;
    }
  return true;
}

void Reader::option(std::vector<WrittenOption>& to, const ConfigNode::Member& member,
                    const std::string& where) {
  auto value = option_value(member.node);
  if (!value) {
    mistakes_.push_back({member.node.place,
                         text::quoted(member.key) + where +
                             ": expected true, false, a number, a string, a list of one kind or a table of "
                             "numbers, found " +
                             found(member.node),
                         {}});
    return;
  }
  auto& written = to.emplace_back(member.key, std::move(*value), member.place, member.node.place);
  if (const auto* members = member.node.as<ConfigNode::Table>())
    for (const auto& inner : *members) written.inner[inner.key] = inner.place;
}

bool Reader::id_fits(const Located<std::string>& id, const std::string& where) {
  const auto fit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  if (!id.value.empty() && id.value.front() != '.' && std::ranges::all_of(id.value, fit)) return true;
  mistakes_.push_back({id.place,
                       "'id'" + where + ": expected letters, digits, '.', '_' and '-', found \"" +
                           text::printable(id.value) + "\"",
                       "ids become parts of file names"});
  return false;
}

void Reader::unique(std::map<std::string, Place>& ids, const Located<std::string>& id,
                    const std::string& section) {
  const auto [other, added] = ids.emplace(id.value, id.place);
  if (added) return;
  if (id.place.origin == Origin::flag && other->second.file == id.place.file) {
    const auto name = text::quoted(id.value);
    return mistakes_.push_back({id.place, name + " is given twice", "give it once"});
  }
  mistakes_.push_back(
      {id.place,
       "two entries have the id " + text::quoted(id.value) + "; the other is at " + to_text(other->second),
       "give this [[" + section + "]] an id of its own: id = \"" + text::printable(id.value) + "2\""});
}

void Reader::model(const ConfigNode& entry) {
  ModelUse model;
  model.place = entry.place;
  closed(model, entry, in_entry("model", entry));
  if (!complete<ModelUse>("model", entry) || model.path.value.empty()) return;
  if (model.id && id_fits(*model.id, " in [[model]]")) unique(model_ids_, *model.id, "model");
  config_.models.push_back(std::move(model));
}

void Reader::family(const ConfigNode& entry) {
  Family family;
  family.place = entry.place;
  closed(family, entry, " in [[family]]");
  if (complete<Family>("family", entry)) config_.families.push_back(std::move(family));
}

void Reader::test(const ConfigNode& entry) {
  TestUse test;
  test.place = entry.place;
  closed(test, entry, in_entry("test", entry));
  if (complete<TestUse>("test", entry)) config_.tests.push_back(std::move(test));
}

void Reader::link(const ConfigNode& entry) {
  LinkUse link;
  link.place = entry.place;
  link.gbps = 1;  // until it is read: one that cannot be read has been told
  closed(link, entry, " in [[link]]");
  if (complete<LinkUse>("link", entry)) config_.links.push_back(std::move(link));
}

/// A sweep takes it from the tree; see axes_in().
void Reader::axis(const ConfigNode& entry) {
  AxisUse axis;
  closed(axis, entry, " in [[axis]]");
  (void)complete<AxisUse>("axis", entry);
}

void Reader::frontend(const ConfigNode::Member& member) {
  FrontendUse use{{member.key, member.place}, {}, {}};
  const auto where = " in [frontend." + key_to_toml(member.key) + "]";
  for (const auto& option_member : *member.node.as<ConfigNode::Table>())
    if (!known(use, option_member, where)) option(use.options, option_member, where);
  config_.frontends.push_back(std::move(use));
}

void Reader::frontends(const ConfigNode& node) {
  const auto* table = node.as<ConfigNode::Table>();
  if (!table) {
    mistakes_.push_back({node.place, "'frontend': expected a table for each frontend, found " + found(node),
                         "write [frontend.onnx]"});
    return;
  }
  for (const auto& member : *table) {
    if (member.node.as<ConfigNode::Table>())
      frontend(member);
    else
      mistakes_.push_back({member.node.place,
                           "'frontend." + text::printable(member.key) +
                               "': expected the table of a frontend, found " + found(member.node),
                           "write [frontend.onnx]"});
  }
}

template <class T>
void Reader::component(const std::string& section, const ConfigNode& entry, std::vector<T>& to) {
  T use;
  use.place = entry.place;
  const auto where = in_entry(section, entry);
  for (const auto& member : *entry.as<ConfigNode::Table>())
    if (!known(use, member, where)) option(use.options, member, where);
  if (!complete<T>(section, entry) || use.use.value.empty()) return;
  if (use.id.value.empty() && !entry.find("id")) use.id = use.use;
  if (id_fits(use.id, where)) unique(ids_, use.id, section);
  to.push_back(std::move(use));
}

void Reader::limits(const ConfigNode& node) {
  if (node.as<ConfigNode::Table>()) return closed(config_.limits, node, " in [limits]");
  mistakes_.push_back({node.place, "'limits': expected a table, found " + found(node), "write [limits]"});
}

void Reader::entries(const std::string& section, const ConfigNode& node, Section each) {
  const auto* list = node.as<ConfigNode::List>();
  const auto is_entry = [](const ConfigNode& entry) { return entry.as<ConfigNode::Table>() != nullptr; };
  if (list && std::ranges::all_of(*list, is_entry)) {
    for (const auto& entry : *list) (this->*each)(entry);
    return;
  }
  mistakes_.push_back({node.place,
                       text::quoted(section) + ": expected [[" + section + "]] entries, found " + found(node),
                       "write [[" + section + "]], with two brackets, before the keys of each entry"});
}

void Reader::pipeline(const ConfigNode::Table& root) {
  static const std::map<std::string, Section, std::less<>> sections = {
      {"model", &Reader::model},         {"family", &Reader::family},
      {"operator", &Reader::operation},  {"analysis", &Reader::analysis},
      {"hardware", &Reader::hardware},   {"link", &Reader::link},
      {"placement", &Reader::placement}, {"report", &Reader::report},
      {"test", &Reader::test},           {"axis", &Reader::axis}};
  for (const auto& member : root) {
    if (const auto section = sections.find(member.key); section != sections.end())
      entries(member.key, member.node, section->second);
    else if (member.key == "limits")
      limits(member.node);
    else if (member.key == "frontend")
      frontends(member.node);
    else if (!known(config_, member, {})) {
      auto names = names_of<Config>();
      for (const auto* name : {"schema", "include", "limits", "model", "family", "frontend", "operator",
                               "analysis", "hardware", "link", "placement", "report", "test", "axis"})
        names.emplace_back(name);
      unknown(member, {}, names);
    }
  }
}

}  // namespace

Config typed(ConfigTree tree, std::vector<Mistake>& mistakes) {
  Config config;
  config.files = std::move(tree.files);
  config.sources = std::move(tree.sources);
  Reader(config, mistakes).pipeline(*tree.root.as<ConfigNode::Table>());
  check_axes(axes_in(tree.root), mistakes);
  for (auto& folder : config.plugin_path) folder.value = std::filesystem::absolute(folder.value).string();
  config.complete = mistakes.empty();
  config.written = std::make_shared<const ConfigNode>(std::move(tree.root));
  return config;
}

}  // namespace alidade::host
