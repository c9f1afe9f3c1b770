// Measured times by operator: a CSV file, and what an estimate says of the same operators.
#include "cli/estimates/measured.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "alidade/base/text.hpp"

namespace alidade::cli {
namespace {

using Json = nlohmann::json;

}  // namespace

std::optional<MeasuredTimes> measured_in(const Graph& graph) try {
  const auto parsed = [&](std::string_view name) {
    return Json::parse(graph.attachment(name), nullptr, false);
  };
  auto said = parsed("measured");
  if (const auto record = parsed("capture"); !said.is_object() && record.is_object())
    said = record.value("measured", Json());
  if (!said.is_object()) return std::nullopt;
  MeasuredTimes out;
  out.whole = Seconds(said.at("whole_s").get<double>());
  for (const auto& [name, seconds] : said.at("operators").items())
    out.by_node[name] = Seconds(seconds.get<double>());
  const auto threads = said.value("threads", std::uint64_t{0});
  out.how = "on " + said.at("device").get<std::string>() +
            (threads > 0 ? ", " + text::counted(threads, "thread", "threads") : "") + ", median of " +
            text::counted(said.at("runs").get<std::uint64_t>(), "run", "runs");
  return out;
} catch (const Json::exception&) {
  return std::nullopt;  // an archive may hold anything of that name
}

Seconds Comparison::sum(Seconds MeasuredKernel::* of) const {
  Seconds out;
  for (const auto& kernel : kernels) out = out + kernel.*of;
  return out;
}

bool are_about(const MeasuredTimes& times, const Graph& graph) {
  return std::ranges::any_of(graph.nodes(), [&](NodeId n) { return times.by_node.contains(graph.name(n)); });
}

Comparison compared(const Graph& graph, const Estimate& estimate, const MeasuredTimes& times) {
  Comparison out;
  out.rows = times.by_node.size();
  std::map<std::uint32_t, Seconds> by_kernel;
  for (const NodeId n : graph.nodes()) {
    const auto row = times.by_node.find(graph.name(n));
    if (row == times.by_node.end()) continue;
    ++out.matched;
    const auto kernel = estimate.graph_of_kernels->kernel_of(n);
    if (kernel != KernelGraph::kNone && estimate.priced[kernel] != 0)
      by_kernel[kernel].value += row->second.value;
  }
  for (const auto& [kernel, measured] : by_kernel)
    out.kernels.push_back({kernel, measured, estimate.all_runs(kernel)});
  std::ranges::stable_sort(out.kernels, std::greater{}, [](const MeasuredKernel& k) {
    return std::abs(k.measured.value - k.estimated.value);
  });
  return out;
}

}  // namespace alidade::cli
