#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <iostream>
#include <set>

#include "alidade/base/file.hpp"
#include "alidade/base/text.hpp"
#include "axis.hpp"
#include "device.hpp"
#include "host/plan/source.hpp"
#include "host/plugins/plugins.hpp"
#include "layers.hpp"
#include "paths.hpp"
#include "toml.hpp"

namespace alidade::host {
namespace {
namespace fs = std::filesystem;

constexpr std::string_view kSchema = "alidade.pipeline/1", kStandardInput = "<stdin>";
constexpr std::size_t kMostInput = (std::size_t{1} << 20) + 1;

/// Reads files and what they include, each once, and lays them over the tree: includes first.
class FileReader {
 public:
  FileReader(ConfigTree& tree, std::vector<Mistake>& mistakes) : tree_(tree), mistakes_(mistakes) {}
  /// `asked` is where the file is named.
  void read(const std::string& file, const Place& asked, Origin origin = Origin::file);

 private:
  [[nodiscard]] bool enter(const std::string& file, const Place& asked);
  [[nodiscard]] std::optional<std::string> text_of(const std::string& file, const Place& asked);
  void include(const ConfigNode& named);
  void check_schema(const ConfigNode& layer);
  void complete_devices(ConfigNode& layer);

  ConfigTree& tree_;
  std::vector<Mistake>& mistakes_;
  std::vector<std::string> open_;        // canonical names of the files being read, outermost first
  std::vector<std::string> open_shown_;  // the same as they were written
  std::set<std::string> done_;
};

std::string canonical(const std::string& file) {
  std::error_code none;
  const auto path = fs::weakly_canonical(file, none);
  return path.empty() ? file : path.string();
}

std::string standard_input() {
  std::string text(kMostInput, '\0');
  std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::cin.gcount()));
  return text;
}

/// Paths in a file are meant from its folder; the tree holds them as seen from here.
void settle_paths(ConfigNode& layer) {
  const auto settle_one = [](ConfigNode& node) {
    if (auto* path = node.as<std::string>(); path && !has_scheme(*path))
      *path = seen_from_here(node.place, *path);
  };
  if (auto* models = layer.find("model"); models && models->as<ConfigNode::List>())
    for (auto& model : *models->as<ConfigNode::List>())
      if (auto* path = model.find("path")) settle_one(*path);
  if (auto* folders = layer.find("plugin_path"); folders && folders->as<ConfigNode::List>())
    for (auto& folder : *folders->as<ConfigNode::List>()) settle_one(folder);
}

/// [[operator]] op = "acme::rope" is short for the rule that states its work, under an id made from the name.
void complete_operators(ConfigNode& layer) {
  const auto* list = layer.find("operator") ? layer.find("operator")->as<ConfigNode::List>() : nullptr;
  if (!list) return;
  for (auto& entry : *layer.find("operator")->as<ConfigNode::List>()) {
    const auto* op = entry.text("op");
    if (!op || entry.find("use")) continue;
    auto id = *op;
    std::ranges::replace_if(
        id, [](unsigned char c) { return !std::isalnum(c) && c != '.' && c != '-'; }, '_');
    auto& members = *entry.as<ConfigNode::Table>();
    if (!entry.find("id")) members.push_back({"id", entry.place, {std::move(id), entry.place}});
    members.push_back({"use", entry.place, {std::string("stated"), entry.place}});
  }
}

void drop(ConfigNode& layer, std::string_view key) {
  std::erase_if(*layer.as<ConfigNode::Table>(), [&](const auto& member) { return member.key == key; });
}

bool FileReader::enter(const std::string& file, const Place& asked) {
  const auto name = canonical(file);
  if (const auto at = std::ranges::find(open_, name); at != open_.end()) {
    auto circle = std::vector(open_shown_.begin() + (at - open_.begin()), open_shown_.end());
    circle.push_back(file);
    mistakes_.push_back({asked,
                         "the files include each other: " + text::printable(text::join(circle, " -> ")),
                         "take one of the includes out"});
    return false;
  }
  if (!done_.insert(name).second) return false;
  open_.push_back(name);
  open_shown_.push_back(file);
  return true;
}

std::optional<std::string> FileReader::text_of(const std::string& file, const Place& asked) {
  if (file == kStandardInput) return standard_input();
  auto bytes = FileBytes::open(file);
  if (bytes) return std::string(bytes->view().substr(0, kMostInput));
  tree_.complete = false;
  mistakes_.push_back({asked, bytes.error().what, bytes.error().fix});
  return std::nullopt;
}

void FileReader::include(const ConfigNode& named) {
  if (const auto* file = named.as<std::string>())
    return read(seen_from_here(named.place, *file), named.place);
  if (const auto* files = named.as<ConfigNode::List>(); files && named.place.origin == Origin::file) {
    for (const auto& file : *files) {
      if (file.as<std::string>())
        include(file);
      else
        mistakes_.push_back({file.place, "'include': expected the name of a file, found " + found(file), {}});
    }
    return;
  }
  mistakes_.push_back({named.place, "'include': expected a list of files, found " + found(named),
                       "include = [\"base.toml\"]"});
}

void FileReader::check_schema(const ConfigNode& layer) {
  const auto* schema = layer.find("schema");
  if (!schema || (schema->as<std::string>() && *schema->as<std::string>() == kSchema)) return;
  mistakes_.push_back({schema->place,
                       "'schema': expected \"" + std::string(kSchema) + "\", found " + found(*schema),
                       "this program reads no other version"});
}

/// [[hardware]] device = "h100_sxm": the entry lies over what the device's file says.
void FileReader::complete_devices(ConfigNode& layer) {
  auto* list = layer.find("hardware") ? layer.find("hardware")->as<ConfigNode::List>() : nullptr;
  if (!list) return;
  std::erase_if(*list, [&](ConfigNode& entry) {
    return entry.text("device") && !complete_device(entry, tree_, mistakes_);
  });
}

void FileReader::read(const std::string& file, const Place& asked, Origin origin) {
  if (!enter(file, asked)) return;
  if (auto text = text_of(file, asked)) {
    auto layer = parse_toml(*text, {file, 0, 0, origin});
    tree_.sources.push_back({file, std::move(*text)});
    if (layer) {
      expand_environment(*layer, mistakes_);
      check_schema(*layer);
      if (const auto* files = layer->find("include")) include(*files);
      drop(*layer, "schema"), drop(*layer, "include");
      settle_paths(*layer), complete_operators(*layer), complete_devices(*layer);
      merge(tree_.root, std::move(*layer));
    } else {
      tree_.complete = false;
      mistakes_.push_back(std::move(layer).error());
    }
    if (origin == Origin::file) tree_.files.push_back(file);
  }
  open_.pop_back();
  open_shown_.pop_back();
}

/// An entry behind those of the files.
void add_entry(ConfigNode& root, const std::string& section, ConfigNode entry) {
  auto& members = *root.as<ConfigNode::Table>();
  if (!root.find(section)) members.push_back({section, entry.place, {ConfigNode::List{}, entry.place}});
  auto* list = root.find(section)->as<ConfigNode::List>();
  if (list) list->push_back(std::move(entry));  // else a mistake in a file, told when the tree is typed
}
ConfigNode entry_with(const std::string& key, const Located<std::string>& name) {
  ConfigNode::Table entry;
  entry.push_back({key, name.place, {name.value, name.place}});
  return {std::move(entry), name.place};
}

/// The hardware model of that name that the program that calls has, else a device, which has a file.
ConfigNode target_entry(const Located<std::string>& name, const ConfigRequest& request) {
  const bool own = std::ranges::any_of(request.own, [&](const ComponentInfo& info) {
    return info.kind == ComponentKind::hardware && info.name == name.value;
  });
  return entry_with(own ? "use" : "device", name);
}
/// Adds a target to the tree, unless it is a device whose file is wrong.
void add_target(ConfigTree& tree, ConfigNode entry, std::vector<Mistake>& mistakes) {
  if (!entry.find("device") || complete_device(entry, tree, mistakes))
    add_entry(tree.root, "hardware", std::move(entry));
}

void add_devices(ConfigTree& tree, const ConfigRequest& request, std::vector<Mistake>& mistakes) {
  for (const auto& name : request.devices) add_target(tree, target_entry(name, request), mistakes);
}

/// What the axis "on" names and no [[hardware]] is called by is a device.
void add_swept_devices(ConfigTree& tree, std::vector<Mistake>& mistakes) {
  const auto is_there = [&](const std::string& id) {
    const auto* node = tree.root.find("hardware");
    const auto* list = node ? node->as<ConfigNode::List>() : nullptr;
    return list && std::ranges::any_of(*list, [&](const auto& entry) {
             return entry.template as<ConfigNode::Table>() && entry_id("hardware", entry) == id;
           });
  };
  for (const auto& axis : axes_in(tree.root))
    for (const auto& name : axis.values) {
      if (axis.key.value != "on" || is_there(device_id(name.value))) continue;
      add_target(tree, entry_with("device", name), mistakes);
    }
}

/// A [[hardware]] entry for each target, and a [[placement]] on them.
void add_targets(ConfigTree& tree, const ConfigRequest& request, std::vector<Mistake>& mistakes) {
  ConfigNode::List ids;
  for (const auto& [device, id, support] : request.targets) {
    auto entry = target_entry(device, request);
    auto& members = *entry.as<ConfigNode::Table>();
    members.push_back({"id", device.place, {id, device.place}});
    if (!support.empty()) members.push_back({"support", device.place, {support, device.place}});
    ids.push_back({id, device.place});
    add_target(tree, std::move(entry), mistakes);
  }
  if (!request.placer) return;
  auto placement = entry_with("use", *request.placer);
  auto& members = *placement.as<ConfigNode::Table>();
  const auto& place = request.placer->place;
  members.push_back({"id", place, {std::string("placement"), place}});
  members.push_back({"targets", place, {std::move(ids), place}});
  if (const auto& objective = request.objective)
    members.push_back({"objective", objective->place, {objective->value, objective->place}});
  add_entry(tree.root, "placement", std::move(placement));
}

/// Whether --on names the entry's device or hardware model, or it is the target that is wanted.
bool is_asked_for(const ConfigNode& entry, const ConfigRequest& request) {
  const std::string_view key = entry.find("device") ? "device" : "use";
  const auto* device = entry.text(key);
  if (!device || entry.find(key)->place.origin != Origin::flag) return false;
  if (!request.targets.empty()) return entry.text("id") && *entry.text("id") == request.targets.front().id;
  return std::ranges::find(request.devices, *device, &Located<std::string>::value) != request.devices.end();
}

/// --dtype is of what is asked for, whatever the environment says of it.
void add_precision(ConfigNode& root, const ConfigRequest& request) {
  auto* node = root.find("hardware");
  auto* list = node ? node->as<ConfigNode::List>() : nullptr;
  if (!list || !request.precision) return;
  const auto& [precision, place] = *request.precision;
  for (auto& entry : *list)
    if (is_asked_for(entry, request)) lay(entry, {"precision", place, {precision, place}});
}

ConfigTree read_tree(const ConfigRequest& request, std::vector<Mistake>& mistakes) {
  ConfigTree tree;
  FileReader reader(tree, mistakes);
  reader.read(share_folder() + "/config/defaults.toml", {"default", 0, 0, Origin::builtin}, Origin::builtin);
  for (const auto& file : request.files) {
    const auto name = file == "-" ? std::string(kStandardInput) : file;
    reader.read(name, {name});
  }
  for (const auto& name : request.analyses) add_entry(tree.root, "analysis", entry_with("use", name));
  add_swept_devices(tree, mistakes);
  add_devices(tree, request, mistakes);
  add_targets(tree, request, mistakes);
  apply_environment(tree, mistakes);
  add_precision(tree.root, request);
  apply_flags(tree, request.flags, mistakes);
  apply_sets(tree, request.sets, mistakes);
  return tree;
}

}  // namespace

std::string seen_from_here(const Place& stated, const std::string& path) {
  if (stated.origin != Origin::file || stated.file == kStandardInput || path.empty()) return path;
  return (fs::path(stated.file).parent_path() / path).string();
}

std::string share_folder() {
  if (const char* folder = std::getenv("ALIDADE_SHARE"); folder && *folder) return folder;
  return install_root() + "/share/alidade";
}

Config read_config(const ConfigRequest& request, std::vector<Mistake>& mistakes) {
  auto config = typed(read_tree(request, mistakes), mistakes);
  config.own = request.own;
  settle(mistakes, config.sources);
  return config;
}

}  // namespace alidade::host
