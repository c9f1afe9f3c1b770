// What a model takes on one target, from the times of its kernels.
#include "alidade/sdk/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "alidade/base/text.hpp"
#include "alidade/sdk/memory_model.hpp"
#include "priced.hpp"
#include "sdk/serving/serving.hpp"

namespace alidade {
namespace {

using namespace estimating;

/// Of the squared errors of kernels' logarithms, the part that they have in common: a formula, a clock or a
/// library that is wrong for one is wrong for the others. docs/hardware_models.md says where it comes from.
constexpr double kShared = 0.35;

/// Mean errors of kernels in logarithms, by their part of the time: as if all were wrong the same way, and
/// as if each were wrong by itself.
struct Errors {
  double together = 0, squares = 0;
  void add(double share, double factor) {
    const double error = share * std::abs(std::log(factor));
    together += error, squares += error * error;
  }
  [[nodiscard]] double mixed() const {
    return std::sqrt(kShared * together * together + (1 - kShared) * squares);
  }
};

/// Errors on both sides of kernels, and the part of the time that such kernels take.
struct KernelErrors {
  Errors low, high;
  double share = 0;
};
KernelErrors errors_of(const Estimate& e, bool outside_only) {
  double whole = 0;
  for (std::size_t i = 0; i < e.times.size(); ++i) whole += e.all_runs(i).value;
  KernelErrors out;
  for (std::size_t i = 0; whole > 0 && i < e.times.size(); ++i) {
    if (outside_only && !e.times[i].outside) continue;
    const double share = e.all_runs(i).value / whole;
    out.low.add(share, e.times[i].low), out.high.add(share, e.times[i].high), out.share += share;
  }
  return out;
}

/// The band of the whole: what the machine states, with that of kernels like none that were scored for their
/// part of the time; else what all kernels say.
Band band_of(const Estimate& e) {
  if (!e.machine.band.stated()) {
    const auto all = errors_of(e, false);
    return {std::exp(-all.low.mixed()), std::exp(all.high.mixed()), e.machine.band.coverage, {}};
  }
  Band out = e.machine.band;
  const auto strange = errors_of(e, true);
  out.low = std::exp((1 - strange.share) * std::log(out.low) - strange.low.mixed());
  out.high = std::exp((1 - strange.share) * std::log(out.high) + strange.high.mixed());
  return out;
}

void divide(std::span<double> shares, double whole) {
  for (auto& share : shares) share = whole > 0 ? share / whole : 0;
}

/// Of every kernel's time, all runs, the parts under each bound and of each tier; what the device takes for
/// each run of the model is launching, too.
void set_shares(Estimate& e) {
  const double fixed = e.machine.per_inference.value;
  double whole = 0;
  for (std::size_t i = 0; i < e.times.size(); ++i) {
    const double time = e.all_runs(i).value;
    whole += time;
    e.bound_shares.at(static_cast<std::size_t>(e.times[i].bound())) += time;
    e.tier_shares.at(static_cast<std::size_t>(e.times[i].tier)) += time;
  }
  e.bound_shares.at(static_cast<std::size_t>(Bound::launch)) += fixed;
  divide(e.bound_shares, whole + fixed), divide(e.tier_shares, whole);
}

/// What all kernels take that run for certain, and the machine while it waits; nothing where one of them is
/// not known.
std::optional<Joules> energy_of(const Estimate& e) {
  const auto kernels = e.kernels();
  Joules sum(e.machine.idle_watts.value_or(0) * e.latency.value);
  for (std::size_t i = 0; i < kernels.size(); ++i) {
    const bool runs = kernels[i].runs_upper != 0 && !kernels[i].conditional;
    if (kernels[i].kind == KernelKind::control || !runs) continue;
    if (!e.times[i].energy || e.priced[i] == 0) return std::nullopt;
    sum.value += e.times[i].energy->value * static_cast<double>(kernels[i].runs);
  }
  return sum;
}

std::optional<bool> fits(const Estimate& e) {
  if (!e.machine.capacity) return std::nullopt;
  if (e.memory.total() > *e.machine.capacity) return false;
  return e.memory.total_upper() > e.machine.capacity->value ? std::nullopt : std::optional(true);
}

/// What is known of the work of all runs beside what a peak does in the time that kernels take.
std::optional<double> share(const Estimate& e, std::optional<double> peak_per_second,
                            std::uint64_t (*amount)(const Kernel&)) {
  if (!peak_per_second || *peak_per_second <= 0 || e.busy.value <= 0) return std::nullopt;
  double sum = 0;
  const auto kernels = e.kernels();
  for (std::size_t i = 0; i < kernels.size(); ++i)
    if (e.priced[i] != 0)
      sum += static_cast<double>(amount(kernels[i])) * static_cast<double>(kernels[i].runs);
  return sum / (*peak_per_second * e.busy.value);
}

std::optional<double> times(std::optional<double> value, double factor) {
  return value ? std::optional(*value * factor) : std::nullopt;
}

/// PyTorch holds what a module is given until it returns, which the order of kernels does not tell.
Result<MemoryNeed> need_of_calls(const Graph& graph, MemoryNeed need) {
  const auto model = memory_model(graph, {.hold = true, .workspace = WorkspaceRule::unrolled});
  if (!model) return std::unexpected(model.error());
  const auto schedule = schedule_as_given(graph, *model);
  need.activations = schedule.least_peak, need.most_activations = schedule.peak;
  need.workspace = Bytes(schedule.least_peak_with_workspace.value - schedule.least_peak.value);
  need.most_workspace = Bytes(schedule.peak_with_workspace.value - schedule.peak.value);
  return need;
}

}  // namespace

Result<LoweredModel> lowered(const Graph& graph, const CostProfile& cost, const Lowering& lowering) {
  auto kernels = lower(graph, cost, lowering);
  if (!kernels) return std::unexpected(std::move(kernels).error());
  Result<MemoryNeed> memory = memory_need(graph, *kernels, WorkspaceRule::unrolled);
  if (lowering.backend == Backend::eager && lowering.precision == Precision::as_captured)
    memory = need_of_calls(graph, *memory);
  if (!memory) return std::unexpected(std::move(memory).error());
  return LoweredModel{std::make_shared<const KernelGraph>(std::move(*kernels)), *memory};
}

Result<Estimate> estimate(const HardwareModel& model, const Graph& graph, const CostProfile& cost,
                          const LoweredModel& lowered, std::string target, std::string component) {
  Estimate out;
  out.target = std::move(target), out.component = std::move(component);
  out.machine = model.machine(), out.graph_of_kernels = lowered.kernels, out.batch = batch_of(graph);
  out.verdicts = verdicts(model, graph, cost);
  if (auto priced = price(model, graph, out); !priced) return std::unexpected(priced.error());
  const auto lasts = spans(graph, out);
  out.schedule = in_order(out, lasts, &Span::most);
  const Seconds fixed = out.machine.per_inference;
  const Seconds most = end_of(out.schedule) + fixed;
  out.latency = std::min(most, end_of(in_order(out, lasts, &Span::least)) + fixed);
  if (std::ranges::all_of(lasts, &Span::bounded)) out.latency_upper = most;
  for (const auto& span : lasts) out.busy.value += span.least;
  out.critical_path = longest(out, lasts);
  out.band = band_of(out);
  set_shares(out);
  out.energy = energy_of(out);
  out.memory = lowered.memory;
  out.memory.context = out.machine.context;
  out.fits = fits(out);
  return out;
}

std::vector<OperatorVerdict> verdicts_of(const HardwareModel& model, const Graph& graph,
                                         const CostProfile& cost) {
  return verdicts(model, graph, cost);
}

Result<Estimate> estimate_in_turn(const HardwareModel& model, const Graph& graph,
                                  std::shared_ptr<const KernelGraph> kernels,
                                  std::span<const OperatorVerdict> verdicts, std::string target,
                                  std::string component) {
  Estimate out;
  out.target = std::move(target), out.component = std::move(component);
  out.machine = model.machine(), out.graph_of_kernels = std::move(kernels), out.batch = batch_of(graph);
  out.verdicts.assign(verdicts.begin(), verdicts.end());
  if (auto priced = price(model, graph, out); !priced) return std::unexpected(priced.error());
  for (std::size_t i = 0; i < out.times.size(); ++i) out.busy.value += out.all_runs(i).value;
  out.latency = out.busy + out.machine.per_inference;
  if (out.unpriced == 0) out.latency_upper = out.latency;
  out.band = band_of(out);
  set_shares(out);
  out.energy = energy_of(out);
  return out;
}

std::uint64_t batch_of(const Graph& graph) {
  for (const ValueId v : graph.inputs()) {
    const auto type = graph.type(v);
    if (type.rank() == 0) continue;
    const Dim first = type.dims[0];
    return first.is_known() && first.size() > 0 ? static_cast<std::uint64_t>(first.size()) : 1;
  }
  return 1;
}

std::vector<const Estimate*> estimates_of(const ResultSet* results) {
  return results ? results->all_of<Estimate>() : std::vector<const Estimate*>{};
}

double Estimate::per_second() const {
  return latency.value > 0 ? static_cast<double>(batch) / latency.value : 0;
}

std::optional<Seconds> Estimate::band_low() const {
  return band.stated() ? std::optional(Seconds(latency.value * band.low)) : std::nullopt;
}
std::optional<Seconds> Estimate::band_high() const {
  return band.stated() && latency_upper ? std::optional(Seconds(latency_upper->value * band.high))
                                        : std::nullopt;
}

std::string Estimate::latency_text() const { return text::seconds(latency.value, value_of(latency_upper)); }
std::string Estimate::band_text() const {
  if (!band.stated()) return {};
  return text::seconds(band_low()->value, value_of(band_high()));
}
std::string Estimate::memory_text() const { return text::bytes(memory.total().value, memory.total_upper()); }
std::string Estimate::fits_text() const { return fits ? (*fits ? "yes" : "no") : "unknown"; }

std::optional<double> Estimate::average_watts() const {
  if (!energy || latency.value <= 0) return std::nullopt;
  return energy->value / latency.value;
}

Seconds Estimate::all_runs(std::size_t kernel) const {
  return Seconds(times[kernel].time().value * static_cast<double>(kernels()[kernel].runs));
}

bool Estimate::knows(NodeId n) const {
  const auto kernel = graph_of_kernels->kernel_of(n);
  return kernel == KernelGraph::kNone || priced[kernel] != 0;
}

std::optional<Bound> Estimate::bound_of(NodeId n) const {
  const auto kernel = graph_of_kernels->kernel_of(n);
  if (kernel == KernelGraph::kNone || priced[kernel] == 0 || times[kernel].time().value == 0)
    return std::nullopt;
  return times[kernel].bound();
}

std::optional<double> Estimate::matrix_share() const {
  return share(*this, alidade::times(machine.matrix_tflops, 1e12),
               [](const Kernel& k) { return k.matrix.value; });
}

/// Not known of an accelerator: a part of what kernels move stays on its chip.
std::optional<double> Estimate::dram_share() const {
  if (graph_of_kernels->lowering().backend == Backend::npu) return std::nullopt;
  return share(*this, alidade::times(machine.dram_gbps, 1e9),
               [](const Kernel& k) { return k.traffic().value; });
}

PerNode<Seconds> Estimate::by_node(const Graph& graph, const CostProfile& cost) const {
  PerNode<Seconds> out(graph.node_count());
  const auto all = kernels();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double time = all_runs(i).value;
    const auto nodes = graph_of_kernels->nodes(all[i]);
    double bytes = 0;
    for (const NodeId n : nodes) bytes += static_cast<double>(cost.nodes[n].work.traffic().value);
    if (bytes == 0) out[all[i].node].value += time;
    for (const NodeId n : nodes)
      if (bytes > 0) out[n].value += time * static_cast<double>(cost.nodes[n].work.traffic().value) / bytes;
  }
  return out;
}

}  // namespace alidade
