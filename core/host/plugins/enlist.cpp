#include "enlist.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "alidade/base/text.hpp"
#include "guard.hpp"
#include "handshake.hpp"
#include "library.hpp"

namespace alidade::host {
namespace {

constexpr const char* kNameRule =
    "name components after their library: \"{0}\" or \"{0}.something\", each once";

/// What is wrong with a list of components, or nothing.
std::string misfit(const std::vector<ComponentInfo>& components, const std::string& library, bool isolated) {
  if (components.empty()) return "offers no component";
  std::vector<std::string> seen;
  for (const auto& info : components) {
    const auto quoted = text::quoted(info.name);
    if (info.name != library && !info.name.starts_with(library + "."))
      return fmt::format("offers a component {}, which nobody would look for in {}.so", quoted, library);
    if (std::ranges::find(seen, info.name) != seen.end()) return fmt::format("offers {} twice", quoted);
    if (info.kind > ComponentKind::operation || !info.make)
      return fmt::format("offers {} without saying how to make one", quoted);
    if (isolated && info.kind != ComponentKind::frontend)
      return fmt::format("belongs in a worker process, where only frontends run, and offers the {} {}",
                         name(info.kind), quoted);
    seen.push_back(info.name);
  }
  return {};
}

}  // namespace

Result<std::vector<Loaded>> load_plugin(const std::string& path) {
  if (auto declared = shake_hands(path); !declared) return std::unexpected(declared.error());
  const auto declaration = open_library(path);
  if (!declaration) return std::unexpected(declaration.error());
  const auto& plugin = **declaration;
  const auto file = std::filesystem::path(path);
  const auto library = file.stem().string();

  Plugin offered;
  const auto enlisted =
      guarded({plugin.name, path, "listing its components"}, [&] { plugin.enlist(offered); });
  if (!enlisted) return std::unexpected(enlisted.error());
  if (const auto what = misfit(offered.components, library, plugin.isolated); !what.empty())
    return fail(Fault::plugin, file.filename().string() + " " + what, path,
                fmt::format(fmt::runtime(kNameRule), library));

  std::vector<Loaded> loaded;
  for (auto& info : offered.components) {
    info.isolated = info.isolated || plugin.isolated;
    loaded.push_back({std::move(info), plugin.name, plugin.version, path});
  }
  return loaded;
}

Result<std::vector<Loaded>> own_components(std::vector<ComponentInfo> offered, const std::string& library) {
  const std::string who = "the program that calls";
  if (const auto what = misfit(offered, library, false); !what.empty())
    return fail(Fault::config, who + " " + what, {}, fmt::format(fmt::runtime(kNameRule), library));
  std::vector<Loaded> loaded;
  for (auto& info : offered) loaded.push_back({std::move(info), library, {}, who});
  return loaded;
}

std::vector<Loaded> load_on_demand(const Listing& listing) {
  std::vector<Loaded> all;
  for (const auto& component : listing.components) {
    auto info = component.info;
    info.make = [path = listing.library,
                 name = info.name](const OptionValues& options) -> std::unique_ptr<Component> {
      auto loaded = load_plugin(path);
      if (!loaded) throw std::runtime_error(loaded.error().what);
      const auto found =
          std::ranges::find(*loaded, name, [](const Loaded& l) -> const std::string& { return l.info.name; });
      return found == loaded->end() ? nullptr : found->info.make(options);
    };
    all.push_back({std::move(info), listing.plugin, listing.version, listing.library});
  }
  return all;
}

}  // namespace alidade::host
