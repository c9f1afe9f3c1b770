#include "cli/install/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

#include "alidade/base/text.hpp"
#include "host/run/each.hpp"

namespace alidade::cli {
namespace {

/// The probes of all files; most of their time is waiting for children.
std::vector<Result<host::Listing>> probe_all(const std::vector<std::string>& files) {
  constexpr unsigned kAtOnce = 8;
  std::vector<Result<host::Listing>> listings(files.size());
  host::for_each_index(files.size(), kAtOnce, [&](std::size_t i) { listings[i] = host::probe(files[i]); });
  return listings;
}

}  // namespace

Catalogue read_catalogue(const std::vector<std::string>& files) {
  Catalogue catalogue;
  auto listings = probe_all(files);
  std::map<std::string, std::string> first;  // by the library's name: the file that is used
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto [used, is_first] = first.emplace(std::filesystem::path(files[i]).stem(), files[i]);
    if (!listings[i]) {
      catalogue.refused.push_back(listings[i].error());
      continue;
    }
    for (auto& listed : listings[i]->components)
      catalogue.entries.push_back({std::move(listed), listings[i]->plugin, listings[i]->version, files[i],
                                   is_first ? "" : used->second});
  }
  std::ranges::stable_sort(catalogue.entries, {},
                           [](const Entry& e) { return std::pair(e.listed.info.kind, e.listed.info.name); });
  return catalogue;
}

Error unknown(const std::string& name, const Catalogue& catalogue, const host::Plugins& plugins) {
  std::vector<std::string> known;
  known.reserve(catalogue.entries.size());
  for (const auto& entry : catalogue.entries) known.push_back(entry.listed.info.name);
  if (known.empty()) known = plugins.libraries();
  const auto similar = text::nearest(name, known);
  return {
      Fault::config,
      fmt::format("no component {}; searched: {}{}", text::quoted(name), text::join(plugins.folders(), ", "),
                  similar.empty() ? "" : fmt::format("; similar: '{}'", similar)),
      "", "`alidade plugins list` shows every component that there is"};
}

}  // namespace alidade::cli
