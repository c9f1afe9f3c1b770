#include "plugins.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>

#include "alidade/base/file.hpp"
#include "alidade/base/text.hpp"
#include "enlist.hpp"
#include "handshake.hpp"
#include "outside.hpp"
#include "probe.hpp"

namespace alidade::host {
namespace {

namespace fs = std::filesystem;

void add_folder(std::vector<std::string>& folders, const std::string& entry) {
  if (entry.empty()) return;
  std::error_code error;
  auto absolute = fs::absolute(entry, error).lexically_normal().string();
  while (absolute.size() > 1 && absolute.ends_with('/')) absolute.pop_back();
  if (!error && std::ranges::find(folders, absolute) == folders.end()) folders.push_back(std::move(absolute));
}

const std::string& own_folder() {
  static const auto folder = install_root() + "/lib/alidade/" ALIDADE_PLUGIN_FOLDER;
  return folder;
}

/// "gpu.kernels" is in gpu.so.
std::string library_of(std::string_view component) {
  return std::string(component.substr(0, component.find('.')));
}

bool is_word(std::string_view word) {
  return !word.empty() &&
         std::ranges::all_of(word, [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-'; });
}

}  // namespace

std::string own_file() {
  std::error_code error;
  Dl_info found{};
  if (dladdr(reinterpret_cast<const void*>(&install_root), &found) != 0 && found.dli_fname)
    if (const fs::path file = found.dli_fname; file.filename().string().starts_with("libalidade-host."))
      return fs::canonical(file, error).string();
  return fs::read_symlink("/proc/self/exe", error).string();
}

std::string install_root() { return fs::path(own_file()).parent_path().parent_path().string(); }

bool is_outside(const Loaded& component) {
  return component.library.starts_with('/') && !component.library.starts_with(own_folder() + "/");
}

std::vector<std::string> plugin_folders(std::span<const std::string> from_config) {
  std::vector<std::string> folders;
  if (const char* path = std::getenv("ALIDADE_PLUGIN_PATH"))
    for (const auto& entry : text::split(path, ':')) add_folder(folders, entry);
  for (const auto& entry : from_config) add_folder(folders, entry);
  add_folder(folders, own_folder());
  return folders;
}

namespace {

/// What is another once another file has taken this one's place, or its bytes have changed.
using FileMark = std::array<std::int64_t, 7>;

FileMark mark_of(const std::string& path) {
  struct stat is{};
  if (::stat(path.c_str(), &is) != 0) return {};
  return {static_cast<std::int64_t>(is.st_dev),
          static_cast<std::int64_t>(is.st_ino),
          is.st_size,
          is.st_mtim.tv_sec,
          is.st_mtim.tv_nsec,
          is.st_ctim.tv_sec,
          is.st_ctim.tv_nsec};
}

/// Loads the file that was tried in a child, and no other that has taken its place meanwhile.
Result<std::vector<Loaded>> load_tried(const std::string& path, const FileMark& tried) {
  const auto exchanged = [&] { return mark_of(path) != tried; };
  auto loaded = exchanged() ? Result<std::vector<Loaded>>() : load_plugin(path);
  if (exchanged())
    return fail(Fault::plugin,
                fs::path(path).filename().string() +
                    " was exchanged while it was being loaded: it is not the file that was tried before",
                path, "run again once nothing writes it any more");
  return loaded;
}

}  // namespace

/// One library that was asked for: its components, or why it is refused (said again each time).
struct Library {
  std::string path;
  Result<std::vector<Loaded>> components;
};

struct Plugins::State {
  std::vector<std::string> folders;
  std::mutex mutex;  // of the libraries; what was found stays in its place
  std::map<std::string, Library, std::less<>> libraries;  // by name

  const Library* library(const std::string& name) {
    if (const auto known = libraries.find(name); known != libraries.end()) return &known->second;
    for (const auto& folder : folders) {
      const auto path = fmt::format("{}/{}.so", folder, name);
      std::error_code error;
      if (fs::exists(fs::symlink_status(path, error)))
        return &libraries.emplace(name, Library{path, admit(path, folder)}).first->second;
    }
    return nullptr;
  }

  /// The install's own libraries were built with this program; any other is tried in a child before it may in
  /// here.
  static Result<std::vector<Loaded>> admit(const std::string& path, const std::string& folder) {
    const auto mark = mark_of(path);
    const auto declared = shake_hands(path);
    if (!declared) return std::unexpected(declared.error());
    if (!declared->isolated && folder == own_folder()) return load_plugin(path);
    auto listing = probe(path);
    if (!listing) return std::unexpected(std::move(listing).error());
    return declared->isolated ? Result<std::vector<Loaded>>(load_on_demand(*listing))
                              : load_tried(path, mark);
  }
};

namespace {

Result<std::vector<Loaded>> own_name_taken(const std::string& library) {
  return fail(Fault::config,
              "the program that calls has a component " + text::quoted(library) + ", and so has the install",
              {}, "give it a name of its own");
}

}  // namespace

Plugins::Plugins(std::vector<std::string> folders, const std::vector<ComponentInfo>& own)
    : state_(new State{std::move(folders), {}, {}}) {
  std::map<std::string, std::vector<ComponentInfo>> offered;
  for (const auto& info : own) offered[library_of(info.name)].push_back(info);
  const auto installed = offered.empty() ? std::vector<std::string>() : libraries();
  for (auto& [library, components] : offered) {
    const bool taken = std::ranges::find(installed, library) != installed.end();
    state_->libraries.emplace(
        library,
        Library{{}, taken ? own_name_taken(library) : own_components(std::move(components), library)});
  }
}
Plugins::~Plugins() = default;

std::span<const std::string> Plugins::folders() const { return state_->folders; }

std::vector<std::string> Plugins::files() const {
  std::vector<std::string> files;
  for (const auto& folder : state_->folders) {
    const auto first = static_cast<std::ptrdiff_t>(files.size());
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
      if (entry.path().extension() == ".so") files.push_back(entry.path().string());
    std::sort(files.begin() + first, files.end());
  }
  return files;
}

std::vector<std::string> Plugins::libraries() const {
  std::vector<std::string> names;
  for (const auto& file : files()) names.push_back(fs::path(file).stem().string());
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::vector<LeftOut> Plugins::left_out() const {
  std::map<std::string, std::string> fixes;
  for (const auto& folder : state_->folders) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
      if (entry.path().extension() == ".missing")
        if (const auto bytes = FileBytes::open(entry.path().string()))
          fixes.emplace(entry.path().stem().string(), bytes->view().substr(0, bytes->view().find('\n')));
  }
  for (const auto& library : libraries()) fixes.erase(library);
  std::vector<LeftOut> out;
  for (auto& [library, fix] : fixes) out.push_back({library, fix});
  return out;
}

namespace {

std::string similar_names(std::string_view wanted, std::span<const std::string> known) {
  const auto nearest = text::nearest(wanted, known);
  return nearest.empty() ? "" : fmt::format("; similar: '{}'", nearest);
}

Error unknown_library(const Plugins& plugins, std::string_view component, std::string_view library) {
  for (const auto& one : plugins.left_out())
    if (one.library == library)
      return {Fault::config,
              fmt::format("no component {}: this build left {}.so out", text::quoted(component), library), "",
              one.fix};
  auto similar = similar_names(component, plugins.libraries());
  if (similar.empty()) similar = similar_names(library, plugins.libraries());
  return {Fault::config,
          fmt::format("no component {}: there is no {}.so; searched: {}{}", text::quoted(component), library,
                      text::join(plugins.folders(), ", "), similar),
          "", "`alidade plugins list` shows every component that there is"};
}

Error unknown_component(const Library& library, std::string_view component) {
  std::vector<std::string> known;
  for (const auto& loaded : *library.components) known.push_back(loaded.info.name);
  return {Fault::config,
          fmt::format("no component {}; searched: {}{}", text::quoted(component), library.path,
                      similar_names(component, known)),
          "", fmt::format("it has: {}", text::join(known, ", "))};
}

}  // namespace

Result<const Loaded*> Plugins::find(std::string_view component) {
  const auto name = library_of(component);
  if (!std::ranges::all_of(text::split(component, '.'), is_word))
    return fail(Fault::config, fmt::format("{} is not the name of a component", text::quoted(component)), "",
                "write LIBRARY or LIBRARY.COMPONENT, such as \"onnx\" or \"gpu.kernels\"");
  const std::scoped_lock lock(state_->mutex);
  const auto* library = state_->library(name);
  if (!library) return std::unexpected(unknown_library(*this, component, name));
  if (!library->components) return std::unexpected(library->components.error());
  for (const auto& loaded : *library->components)
    if (loaded.info.name == component) return &loaded;
  return std::unexpected(unknown_component(*library, component));
}

}  // namespace alidade::host
