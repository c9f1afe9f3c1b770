// What every kernel takes on a device, by its model.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "alidade/base/text.hpp"
#include "priced.hpp"

namespace alidade::estimating {
namespace {

constexpr double kLongest = 1e18;  // seconds of one kernel

bool is_amount(double value) { return value >= 0 && std::isfinite(value); }
bool is_time(const KernelTime& t) {  // a time without end is one that is too long, not none
  return t.compute.value >= 0 && t.memory.value >= 0 && t.launch.value >= 0;
}

/// What a model gave that no device takes; nothing where all is well.
std::string impossible(const KernelTime& t, std::size_t engines) {
  if (!is_time(t)) return "a time that is negative or not a number";
  if (t.energy && !is_amount(t.energy->value)) return "an energy that is negative or not a number";
  if (!(t.low > 0 && t.low <= 1 && t.high >= 1 && std::isfinite(t.high)))
    return "a band that does not hold its own time";
  if (t.engine >= engines) return fmt::format("engine {} of a machine that has {}", t.engine, engines);
  return {};
}

/// How the operators of a kernel run: the slowest factor, or not at all.
class Factors {
 public:
  Factors(const Graph& graph, const std::vector<OperatorVerdict>& verdicts) : factor_(graph.node_count(), 1) {
    for (const auto& v : verdicts) factor_[v.node] = v.priced() ? v.verdict.factor : 0;
  }
  /// 0: one of them has no time.
  [[nodiscard]] double of(std::span<const NodeId> nodes) const {
    double slowest = 1;
    for (const NodeId n : nodes) {
      if (factor_[n] == 0) return 0;
      slowest = std::max(slowest, factor_[n]);
    }
    return slowest;
  }

 private:
  PerNode<double> factor_;
};

KernelTime slower(KernelTime time, double factor) {
  time.compute.value *= factor, time.memory.value *= factor;
  return time;
}

std::uint64_t working(const Graph& graph, std::span<const NodeId> nodes) {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(nodes, [&](NodeId n) { return !is_free(graph.op(n)); }));
}

/// One run of a kernel that can be priced.
Result<KernelTime> checked_time(const HardwareModel& model, const Graph& graph, const Estimate& e,
                                const Kernel& kernel) {
  auto time = model.time(*e.graph_of_kernels, kernel);
  if (!time) return time;
  const auto at = "node " + text::quoted(text::printable(graph.name(kernel.node)));
  if (const auto why = impossible(*time, e.machine.engines.size()); !why.empty())
    return fail(Fault::plugin, text::quoted(e.component) + " gave " + why + " for " + at, {},
                "this is a bug of the plugin: tell its author, with the model and the options");
  if (time->time().value > kLongest)
    return fail(Fault::config,
                fmt::format("the target {} would take {:.2g} s for {}, and at most {:.0g} s make sense",
                            text::quoted(e.target), time->time().value, at, kLongest),
                {}, "look at its options: a peak or a bandwidth is too small");
  return time;
}

}  // namespace

std::vector<OperatorVerdict> verdicts(const HardwareModel& model, const Graph& graph,
                                      const CostProfile& cost) {
  std::vector<OperatorVerdict> out;
  for (const NodeId n : graph.nodes()) {
    const auto& node = cost.nodes[n];
    if (node.runs == 0 || node.folded || is_free(graph.op(n))) continue;
    OperatorVerdict one{n, model.supports(graph, n), !node.work.known()};
    if (one.verdict.how != Verdict::How::native || one.unknown) out.push_back(std::move(one));
  }
  return out;
}

Result<void> price(const HardwareModel& model, const Graph& graph, Estimate& out) {
  const Factors factors(graph, out.verdicts);
  const auto kernels = out.kernels();
  out.times.resize(kernels.size()), out.priced.resize(kernels.size(), 0);
  for (std::size_t i = 0; i < kernels.size(); ++i) {
    const Kernel& kernel = kernels[i];
    const auto nodes = out.graph_of_kernels->nodes(kernel);
    if (kernel.kind == KernelKind::control || kernel.runs_upper == 0) {
      out.priced[i] = 1;
      continue;
    }
    const double factor = factors.of(nodes);
    if (factor == 0 || !kernel.known()) {
      out.unpriced += working(graph, nodes);
      continue;
    }
    const auto time = checked_time(model, graph, out, kernel);
    if (!time) return std::unexpected(time.error());
    out.times[i] = slower(*time, factor), out.priced[i] = 1;
  }
  return {};
}

}  // namespace alidade::estimating
