// Devices as files: what a [[hardware]] entry says of one, in a file of its own.
#include "device.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "alidade/base/file.hpp"
#include "alidade/base/text.hpp"
#include "layers.hpp"
#include "toml.hpp"

namespace alidade::host {
namespace {
namespace fs = std::filesystem;

constexpr std::string_view kSchema = "alidade.device/1";

bool is_path(const std::string& name) { return name.ends_with(".toml") || name.find('/') != name.npos; }

constexpr const char* kOwn = "this_cpu";

/// Where calibrated devices are kept: of the user's data. Empty where there is no home.
std::string own_folder() {
  if (const char* data = std::getenv("XDG_DATA_HOME"); data && *data)
    return std::string(data) + "/alidade/hardware";
  const char* home = std::getenv("HOME");
  return home && *home ? std::string(home) + "/.local/share/alidade/hardware" : std::string();
}

/// "neuron.support.toml" says what a device runs, and is none.
bool is_support(const fs::path& path) { return path.stem().extension() == ".support"; }

std::optional<std::string> file_of(const Located<std::string>& name, std::vector<Mistake>& mistakes) {
  std::error_code none;
  if (is_path(name.value)) {
    const bool in_file = name.place.origin == Origin::file && fs::path(name.value).is_relative();
    auto path = in_file ? (fs::path(name.place.file).parent_path() / name.value).string() : name.value;
    if (fs::is_regular_file(path, none)) return path;
    mistakes.push_back({name.place, "there is no device file " + text::quoted(path),
                        "'alidade hardware list' shows the devices that there are"});
    return std::nullopt;
  }
  const auto files = device_files(device_folders(name.place));
  const auto found = std::ranges::find(files, name.value, &DeviceFile::id);
  if (found != files.end()) return found->path;
  std::vector<std::string> ids;
  for (const auto& file : files) ids.push_back(file.id);
  mistakes.push_back({name.place,
                      "there is no device " + text::quoted(name.value) + text::did_you_mean(name.value, ids),
                      "'alidade hardware list' shows the devices that there are; a new one is a file " +
                          text::printable(name.value) + ".toml in a folder of ALIDADE_HARDWARE_PATH"});
  return std::nullopt;
}

/// Whether the table says that it is a device, in a version that this program reads.
bool is_device(const ConfigNode& table, const std::string& path, std::vector<Mistake>& mistakes) {
  const auto* schema = table.find("schema");
  if (schema && schema->as<std::string>() && *schema->as<std::string>() == kSchema) return true;
  const auto expected = "expected \"" + std::string(kSchema) + "\", found ";
  mistakes.push_back({schema ? schema->place : Place{path, 1, 1},
                      "'schema' of a device: " + expected + (schema ? found(*schema) : "none"),
                      "a device file begins with schema = \"" + std::string(kSchema) + "\""});
  return false;
}

bool has_component(const ConfigNode& table, const std::string& path, std::vector<Mistake>& mistakes) {
  if (table.text("use")) return true;
  mistakes.push_back({{path, 1, 1},
                      "the device has no 'use'",
                      "use: the component that models it, such as \"gpu.kernels\""});
  return false;
}

/// What is the entry's to say.
bool has_no_id(const ConfigNode& table, std::vector<Mistake>& mistakes) {
  for (const auto& member : *table.as<ConfigNode::Table>())
    if (member.key == "id" || member.key == "device") {
      mistakes.push_back({member.place, text::quoted(member.key) + " has no place in the file of a device",
                          "a device is called as its file is; an entry that uses it can say otherwise"});
      return false;
    }
  return true;
}

}  // namespace

std::string device_id(const std::string& name) {
  return is_path(name) ? fs::path(name).stem().string() : name;
}

std::optional<std::string> own_device() {
  std::error_code none;
  if (!fs::is_regular_file(own_folder() + "/" + kOwn + ".toml", none)) return std::nullopt;
  return kOwn;
}

std::vector<std::string> device_folders(const Place& asked) {
  std::vector<std::string> out;
  if (asked.origin == Origin::file && !asked.file.empty()) {
    const auto folder = fs::path(asked.file).parent_path().string();
    out.push_back(folder.empty() ? "." : folder);
  }
  if (const char* path = std::getenv("ALIDADE_HARDWARE_PATH"))
    for (const auto& folder : text::split(path, ':'))
      if (!folder.empty()) out.push_back(folder);
  out.push_back(share_folder() + "/config/hardware");
  if (auto own = own_folder(); !own.empty()) out.push_back(std::move(own));
  return out;
}

std::vector<DeviceFile> device_files(const std::vector<std::string>& folders) {
  std::vector<DeviceFile> out;
  std::set<std::string> ids;
  for (const auto& folder : folders) {
    std::vector<std::string> names;
    std::error_code none;
    for (fs::directory_iterator entry(folder, none), end; !none && entry != end; entry.increment(none))
      if (entry->path().extension() == ".toml" && !is_support(entry->path()))
        names.push_back(entry->path().stem().string());
    std::ranges::sort(names);
    for (auto& name : names)
      if (ids.insert(name).second) out.push_back({name, folder + "/" + name + ".toml"});
  }
  std::ranges::stable_sort(out, {}, &DeviceFile::id);
  return out;
}

std::optional<ConfigNode> read_device(const Located<std::string>& name, Source& text,
                                      std::vector<Mistake>& mistakes) {
  const auto path = file_of(name, mistakes);
  if (!path) return std::nullopt;
  const auto bytes = FileBytes::open(*path);
  if (!bytes) {
    mistakes.push_back({name.place, bytes.error().what, bytes.error().fix});
    return std::nullopt;
  }
  text = {*path, std::string(bytes->view())};
  return device_in(text, mistakes);
}

std::optional<ConfigNode> device_in(const Source& text, std::vector<Mistake>& mistakes) {
  auto table = parse_toml(text.text, {text.file});
  if (!table) {
    mistakes.push_back(std::move(table).error());
    return std::nullopt;
  }
  if (!is_device(*table, text.file, mistakes) || !has_component(*table, text.file, mistakes) ||
      !has_no_id(*table, mistakes))
    return std::nullopt;
  std::erase_if(*table->as<ConfigNode::Table>(), [](const auto& m) { return m.key == "schema"; });
  return std::move(*table);
}

bool complete_device(ConfigNode& entry, ConfigTree& tree, std::vector<Mistake>& mistakes) {
  const auto& asked = *entry.find("device");
  const Located<std::string> name{*asked.as<std::string>(), asked.place};
  Source source;
  auto device = read_device(name, source, mistakes);
  if (std::ranges::find(tree.sources, source.file, &Source::file) == tree.sources.end() &&
      !source.file.empty())
    tree.sources.push_back(std::move(source));
  if (!device) return tree.complete = false;
  device->place = entry.place;
  lay(*device, {"id", name.place, {device_id(name.value), name.place}});
  for (auto& member : *entry.as<ConfigNode::Table>()) lay(*device, std::move(member));
  entry = std::move(*device);
  return true;
}

}  // namespace alidade::host
