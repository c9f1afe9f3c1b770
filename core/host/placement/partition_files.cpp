#include "partition_files.hpp"

#include <filesystem>
#include <vector>

#include "alidade/base/json.hpp"
#include "alidade/ir/print.hpp"
#include "host/output/output.hpp"
#include "subgraph.hpp"

namespace alidade::host {
namespace {

std::string path_of(const std::string& folder, const std::string& stem, std::string_view ending) {
  return report_path(folder + "/{model}" + std::string(ending), stem);
}

/// A graph of each partition.
Result<std::vector<Graph>> cut(const Graph& graph, const Placement& placement) {
  PerNode<char> placed(graph.node_count(), 0);
  std::vector<std::vector<NodeId>> nodes(placement.partitions.size());
  for (const auto& one : placement.operators) placed[one.node] = 1, nodes[one.partition].push_back(one.node);
  std::vector<Graph> out;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto& device = placement.devices[placement.partitions[i].device];
    const auto name = std::string(graph.name()) + ", partition " + std::to_string(i + 1) + " on " + device;
    auto part = subgraph(graph, name, nodes[i], placed);
    if (!part) return std::unexpected(std::move(part).error());
    out.push_back(std::move(*part));
  }
  return out;
}

void write_names(std::string_view key, const Graph& graph, std::span<const ValueId> values, ObjectWriter& t) {
  t.begin_array(key);
  for (const ValueId v : values) t.text({}, graph.name(v));
  t.end_array();
}

void write_list(const ModelRun& model, const Placement& placement, std::span<const Graph> parts,
                std::span<const std::string> files, Sink& out) {
  JsonWriter t(out);
  t.begin_object();
  t.text("model", model.id), t.text("file", model.path);
  t.begin_array("partitions");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    t.begin_object();
    t.count("partition", i + 1), t.text("device", placement.devices[placement.partitions[i].device]);
    t.text("graph", std::filesystem::path(files[i]).filename().string());
    write_names("inputs", parts[i], parts[i].inputs(), t);
    write_names("outputs", parts[i], parts[i].outputs(), t);
    t.begin_array("operators");
    for (const auto& one : placement.operators)
      if (one.partition == i) t.text({}, model.graph->name(one.node));
    t.end_array();
    t.end_object();
  }
  t.end_array();
  t.end_object();
  out.write("\n");
}

Result<void> written(const std::string& path, std::span<const std::string> inputs, auto&& write) {
  auto out = open_output(path, inputs);
  if (!out) return std::unexpected(std::move(out).error());
  write(**out);
  return (*out)->finish();
}

}  // namespace

Result<void> write_partitions(const ModelRun& model, const Placement& placement, const std::string& folder,
                              std::span<const std::string> inputs) {
  const auto parts = cut(*model.graph, placement);
  if (!parts) return std::unexpected(parts.error());
  std::vector<std::string> files;
  for (std::size_t i = 0; i < parts->size(); ++i) {
    const auto& device = placement.devices[placement.partitions[i].device];
    files.push_back(path_of(folder, model.id + "." + std::to_string(i + 1) + "." + device, ".alg"));
    if (auto ok = written(files.back(), inputs, [&](Sink& out) { print((*parts)[i], out); }); !ok) return ok;
  }
  return written(path_of(folder, model.id, ".json"), inputs,
                 [&](Sink& out) { write_list(model, placement, *parts, files, out); });
}

}  // namespace alidade::host
