#include "aliases.hpp"

#include <set>

#include "alidade/sdk/storage.hpp"

namespace alidade::crosscheck {
namespace {

/// "cpe1.proj" of the weight "cpe1.proj.weight".
std::string_view module_of_weight(const Graph& graph, ValueId v) {
  if (!v.valid() || !is_stored(graph.kind(v))) return {};
  const auto name = graph.name(v);
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view{} : name.substr(0, dot);
}

}  // namespace

std::string path_in_model(const Graph& graph, ModuleId m) {
  if (m == ModuleId(0)) return {};
  auto above = path_in_model(graph, graph.parent(m));
  if (graph.type(m) == kPartitionType) return above;
  return above + (above.empty() ? "" : ".") + std::string(graph.name(m));
}

std::map<std::string, std::string> stored_names(const Graph& graph) {
  std::map<std::string, std::string> names;
  PerModule<std::string> paths(graph.module_count());
  for (std::size_t m = 0; m < graph.module_count(); ++m)
    paths[ModuleId(m)] = path_in_model(graph, ModuleId(m));
  for (const NodeId n : graph.nodes())
    for (const ValueId v : graph.inputs(n))
      if (const auto stored = module_of_weight(graph, v); !stored.empty())
        if (const auto& path = paths[graph.module(n)]; path != stored) names.emplace(path, stored);
  return names;
}

void explain_aliases(std::vector<Compared>& rows, const std::map<std::string, std::string>& stored,
                     std::string_view tool) {
  const auto other_name = [&](const Compared& row) {
    const auto found = stored.find(row.name);
    return row.unexplained() && row.ours > row.theirs && found != stored.end() ? found->second
                                                                               : std::string();
  };
  std::map<std::string, std::uint64_t> elsewhere;
  for (const auto& row : rows)
    if (const auto name = other_name(row); !name.empty()) elsewhere[name] += row.difference();
  std::set<std::string> even;
  for (auto& row : rows) {
    const auto found = elsewhere.find(row.name);
    if (found == elsewhere.end() || !row.unexplained() || row.theirs != row.ours + found->second) continue;
    row.cause = "the code calls it by another name, where it counts here";
    even.insert(row.name);
  }
  for (auto& row : rows)
    if (const auto name = other_name(row); even.contains(name))
      row.cause = "its weights are stored as " + name + ", where " + std::string(tool) + " counts it";
}

}  // namespace alidade::crosscheck
