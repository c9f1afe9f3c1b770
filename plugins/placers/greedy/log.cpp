// Neuron's log, in its order and its words.
#include "log.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "alidade/base/text.hpp"

namespace alidade::placers {
namespace {

/// "neuron" -> "NEURON", "Neuron".
std::string upper(std::string word, std::size_t letters) {
  for (std::size_t i = 0; i < std::min(letters, word.size()); ++i)
    if (word[i] >= 'a' && word[i] <= 'z') word[i] = static_cast<char>(word[i] - 'a' + 'A');
  return word;
}

/// "unsup.py(28)"; the operator's own name where the file does not say it.
std::string place_of(const Graph& graph, NodeId node) {
  if (const auto source = graph.source(node)) {
    const auto file = source->first.substr(source->first.rfind('/') + 1);
    return std::string(file) + "(" + std::to_string(source->second) + ")";
  }
  return std::string(graph.name(node));
}

/// What a TorchScript graph reads of a model's modules: a GetAttr for every part of a parameter's path.
std::size_t attributes(const PlacementTask& task, const std::vector<std::size_t>& steps) {
  std::set<std::string, std::less<>> paths;
  for (const auto step : steps)
    for (const ValueId v : task.graph->inputs(task.nodes[step])) {
      if (!v.valid()) continue;
      const auto kind = task.graph->kind(v);
      if (kind != ValueKind::parameter && kind != ValueKind::buffer) continue;
      const auto name = task.graph->name(v);
      for (auto dot = name.find('.'); dot != name.npos; dot = name.find('.', dot + 1))
        paths.emplace(name.substr(0, dot));
      paths.emplace(name);
    }
  return paths.size();
}

/// "3" for every operator that the frontend says reads three constants: lines of "name count".
std::map<std::string, std::size_t, std::less<>> constants(const Graph& graph) {
  std::map<std::string, std::size_t, std::less<>> out;
  for (const auto& line : text::split(graph.attachment("torchscript.constants"), '\n'))
    if (const auto blank = line.rfind(' '); blank != line.npos)
      out[line.substr(0, blank)] = std::stoul(line.substr(blank + 1));
  return out;
}

using Counts = std::map<std::string, std::size_t, std::less<>>;

/// The most frequent first; of equal ones the one whose name comes last.
std::vector<std::string> counted(const Counts& counts) {
  std::vector<std::pair<std::size_t, std::string>> rows;
  for (const auto& [name, count] : counts)
    if (count > 0) rows.emplace_back(count, name);
  std::ranges::sort(rows, std::greater{});
  std::vector<std::string> out;
  for (const auto& [count, name] : rows) out.push_back(name + ":" + std::to_string(count));
  return out;
}

Counts operators_in(const PlacementTask& task, const std::vector<std::size_t>& steps) {
  Counts out;
  for (const auto step : steps) ++out[framework_name(*task.graph, task.nodes[step])];
  if (!task.graph->format().starts_with("TorchScript")) return out;
  out["prim::GetAttr"] = attributes(task, steps);
  const auto read = constants(*task.graph);
  for (const auto step : steps)
    if (const auto found = read.find(task.graph->name(task.nodes[step])); found != read.end())
      out["prim::Constant"] += found->second;
  return out;
}

class Lines {
 public:
  explicit Lines(const PlacementTask& task) : prefix_(upper(task.devices[0].id, 1) + ": ") {}
  void add(const std::string& line) { lines.push_back(prefix_ + line); }
  std::vector<std::string> lines;

 private:
  std::string prefix_;
};

}  // namespace

Support support_of(const PlacementTask& task) {
  Support out{0, task.nodes.size()};
  for (std::size_t step = 0; step < task.nodes.size(); ++step) out.supported += task.devices[0].runs(step);
  return out;
}

std::string percent(double share) { return text::fixed(100 * share, 2) + "%"; }

std::vector<std::string> support_lines(const PlacementTask& task) {
  Lines out(task);
  std::set<std::string> seen;
  out.add("The following operations are currently supported:");
  for (std::size_t step = 0; step < task.nodes.size(); ++step)
    if (const auto name = framework_name(*task.graph, task.nodes[step]);
        task.devices[0].runs(step) && seen.insert(name).second)
      out.add(name);
  out.add("The following operations are currently not supported:");
  for (std::size_t step = 0; step < task.nodes.size(); ++step)
    if (!task.devices[0].runs(step))
      out.add(framework_name(*task.graph, task.nodes[step]) + ", " + place_of(*task.graph, task.nodes[step]));
  const auto support = support_of(task);
  out.add(percent(support.share()) + " of arithmetic operations (" + std::to_string(support.supported) +
          " of " + std::to_string(support.all) + ") are supported");
  return std::move(out.lines);
}

std::vector<std::string> partition_lines(const PlacementTask& task, const Partitions& partitions,
                                         const std::vector<std::string>& notes) {
  Lines out(task);
  out.add("Num Partitions: " + std::to_string(partitions.size()));
  out.lines.emplace_back();
  std::vector<std::vector<std::size_t>> steps(partitions.size());
  for (std::size_t step = 0; step < partitions.of.size(); ++step) steps[partitions.of[step]].push_back(step);
  for (std::size_t p = 0; p < partitions.size(); ++p) {
    const auto& device = task.devices[partitions.devices[p]].id;
    out.add("Creating Partition #" + std::to_string(p + 1) + " for device: Device." +
            upper(device, device.size()));
    out.add("The following operators will be included in this partition:");
    for (const auto& line : counted(operators_in(task, steps[p]))) out.add(line);
    if (partitions.devices[p] == 0)
      for (const auto& note : notes) out.add(note);
  }
  return std::move(out.lines);
}

}  // namespace alidade::placers
