#pragma once
#include <span>
#include <string>
#include <vector>

#include "alidade/base/sink.hpp"
#include "host/plugins/conformance.hpp"
#include "host/plugins/plugins.hpp"
#include "host/plugins/probe.hpp"

namespace alidade::cli {

/// One component of the catalogue. `hidden_by` is the library of an earlier folder that is used instead of
/// its own.
struct Entry {
  host::Listed listed;
  std::string plugin, version, library, hidden_by;
};
/// What all libraries offer, by kind and name, and why the others are not used.
struct Catalogue {
  std::vector<Entry> entries;
  std::vector<Error> refused;
};

/// Probes every file, several at a time.
[[nodiscard]] Catalogue read_catalogue(const std::vector<std::string>& files);
/// Why a component or library of this name is not in the catalogue.
[[nodiscard]] Error unknown(const std::string& name, const Catalogue& catalogue,
                            const host::Plugins& plugins);

void list_text(Sink& out, const Catalogue& catalogue, std::span<const ComponentKind> kinds);
void list_json(Sink& out, const Catalogue& catalogue, std::span<const std::string> folders,
               std::span<const ComponentKind> kinds);
void describe_text(Sink& out, std::span<const Entry* const> entries);
void describe_json(Sink& out, std::span<const Entry* const> entries);
void findings_json(Sink& out, const std::string& library, std::span<const host::Finding> findings);
void path_json(Sink& out, std::span<const std::string> folders);

}  // namespace alidade::cli
