// What an estimate says of itself.
#include <algorithm>

#include "alidade/sdk/estimate.hpp"
#include "alidade/sdk/layers.hpp"

namespace alidade {
namespace {

void write_band(const Band& band, ObjectWriter& t) {
  if (!band.stated()) return t.nothing("band");
  t.begin_object("band");
  t.real("low", band.low), t.real("high", band.high);
  write_optional(t, "coverage", band.scored() ? std::optional(band.coverage) : std::nullopt);
  t.text("source", band.source);
  t.end_object();
}

/// Every time and how often each kernel runs are known.
bool is_exact(const Estimate& e) { return e.latency_upper == e.latency; }

void write_bytes(const std::string& key, Bytes least, Upper most, ObjectWriter& t) {
  t.count(key, least.value);
  write_upper(t, key + "_upper", most);
}
/// The worst moment need not be the same one for all branches: a part may be greater where the whole is less.
void write_part(const std::string& key, const MemoryNeed& need, Bytes one, Bytes other, ObjectWriter& t) {
  write_bytes(key, std::min(one, other), need.upper(std::max(one, other)), t);
}
void write_memory(const Estimate& e, ObjectWriter& t) {
  const MemoryNeed& need = e.memory;
  t.begin_object("memory_need");
  write_bytes("total_bytes", need.total(), need.total_upper(), t);
  write_bytes("weight_bytes", need.weights, need.upper(need.weights), t);
  write_part("activation_bytes", need, need.activations, need.most_activations, t);
  write_part("workspace_bytes", need, need.workspace, need.most_workspace, t);
  t.count("context_bytes", e.memory.context.value);
  if (e.machine.capacity)
    t.count("capacity_bytes", e.machine.capacity->value);
  else
    t.nothing("capacity_bytes");
  write_optional(t, "fits", e.fits);
  t.end_object();
}

/// Parts of a whole that is not known are not known either.
template <std::size_t N>
void write_shares(std::string_view key, const std::array<double, N>& shares,
                  const std::array<std::string_view, N>& names, bool exact, ObjectWriter& t) {
  t.begin_object(key);
  for (std::size_t i = 0; i < N; ++i)
    write_optional(t, names[i], exact ? std::optional(shares[i]) : std::nullopt);
  t.end_object();
}

void write_verdicts(const Graph& graph, const Estimate& e, ObjectWriter& t) {
  t.begin_array("unsupported");
  for (const auto& v : e.verdicts) {
    if (v.verdict.how != Verdict::How::unsupported) continue;
    t.begin_object();
    t.text("node", graph.name(v.node)), t.text("op", name(graph.op(v.node)));
    t.text("reason", v.verdict.reason);
    t.end_object();
  }
  t.end_array();
  t.begin_array("slow");
  for (const auto& v : e.verdicts) {
    if (v.verdict.how != Verdict::How::slow) continue;
    t.begin_object();
    t.text("node", graph.name(v.node)), t.text("op", name(graph.op(v.node)));
    t.real("factor", v.verdict.factor), t.text("reason", v.verdict.reason);
    t.end_object();
  }
  t.end_array();
}

void write_range(const std::string& key, std::uint64_t least, Upper most, ObjectWriter& t) {
  t.count(key, least);
  write_upper(t, key + "_upper", most);
}

void write_kernel(const Estimate& e, std::size_t i, const PerNode<std::string>& names, ObjectWriter& t) {
  const Kernel& kernel = e.kernels()[i];
  const KernelTime& time = e.times[i];
  t.begin_object();
  t.text("name", names[kernel.node]), t.text("kind", name(kernel.kind));
  t.text("arithmetic", name(kernel.arithmetic));
  if (kernel.cast || kernel.transpose) t.text("put_in", kernel.cast ? "cast" : "transpose");
  t.begin_array("layers");
  for (const NodeId n : e.graph_of_kernels->nodes(kernel)) t.text({}, names[n]);
  t.end_array();
  write_range("matrix_flops", kernel.matrix.value, kernel.matrix_upper, t);
  write_range("vector_flops", kernel.vector.value, kernel.vector_upper, t);
  write_range("read_bytes", kernel.read.value, kernel.read_upper, t);
  write_range("written_bytes", kernel.written.value, kernel.written_upper, t);
  write_range("runs", kernel.runs, kernel.runs_upper, t);
  const bool priced = e.priced[i] != 0;
  const auto known = [&](double value) { return priced ? std::optional(value) : std::nullopt; };
  t.flag("priced", priced);
  write_optional(t, "time_s", known(time.time().value));
  write_optional(t, "compute_s", known(time.compute.value));
  write_optional(t, "memory_s", known(time.memory.value));
  write_optional(t, "launch_s", known(time.launch.value));
  write_optional(t, "energy_j", value_of(time.energy));
  t.real("low", time.low), t.real("high", time.high);
  t.text("bound", priced ? name(time.bound()) : "unknown");
  t.text("tier", name(time.tier)), t.flag("outside", time.outside);
  t.end_object();
}

void write_schedule(const Estimate& e, ObjectWriter& t) {
  t.begin_array("schedule");
  for (const Slot& slot : e.schedule) {
    t.begin_object();
    t.count("kernel", slot.kernel), t.real("start_s", slot.start.value);
    t.real("duration_s", slot.duration.value), t.text("engine", e.machine.engines[slot.engine]);
    t.count("stream", slot.stream), t.flag("at_least", slot.at_least);
    t.end_object();
  }
  t.end_array();
}

/// The batch, where the inputs state one.
std::optional<std::uint64_t> stated_batch(const Graph& graph, const Estimate& e) {
  for (const ValueId v : graph.inputs())
    if (const auto type = graph.type(v); type.rank() > 0)
      return type.dims[0].is_known() ? std::optional(e.batch) : std::nullopt;
  return e.batch;
}

/// Examples in a second: the fewest in the longest time. A time without a bound leaves none that is certain.
void write_rate(std::optional<std::uint64_t> batch, const Estimate& e, ObjectWriter& t) {
  const auto rate = [&](std::optional<Seconds> time) -> std::optional<double> {
    if (!batch || !time || time->value <= 0) return std::nullopt;
    return static_cast<double>(*batch) / time->value;
  };
  write_optional(t, "per_second", rate(e.latency_upper));
  write_optional(t, "per_second_upper", rate(e.latency));
}

void write_times(const Graph& graph, const Estimate& e, ObjectWriter& t) {
  const auto batch = stated_batch(graph, e);
  if (batch)
    t.count("batch", *batch);
  else
    t.nothing("batch");
  t.count("unpriced_ops", e.unpriced);
  t.real("time_s", e.latency.value);
  write_optional(t, "time_s_upper", value_of(e.latency_upper));
  write_band(e.band, t);
  write_rate(batch, e, t);
  const bool exact = is_exact(e);
  write_optional(t, "energy_j", value_of(e.energy));
  write_optional(t, "energy_j_upper", exact ? value_of(e.energy) : std::nullopt);
  write_optional(t, "average_watts", exact ? e.average_watts() : std::nullopt);
}

void write_critical_path(const Estimate& e, const PerNode<std::string>& names, ObjectWriter& t) {
  t.real("critical_path_s", e.critical_path.least.value);
  write_optional(t, "critical_path_s_upper",
                 e.latency_upper ? value_of(std::optional(e.critical_path.time)) : std::nullopt);
  t.begin_array("critical_path");
  for (const auto kernel : e.critical_path.kernels) t.text({}, names[e.kernels()[kernel].node]);
  t.end_array();
}

void write_texts(std::string_view key, std::span<const std::string> texts, ObjectWriter& t) {
  t.begin_array(key);
  for (const auto& text : texts) t.text({}, text);
  t.end_array();
}

}  // namespace

void Estimate::write(const Graph& graph, ObjectWriter& t) const {
  const auto names = layer_names(graph);
  const auto& lowering = graph_of_kernels->lowering();
  t.text("id", target), t.text("component", component), t.text("device", machine.name);
  t.text("backend", name(lowering.backend)), t.text("precision", name(lowering.precision));
  t.text("layout", name(lowering.layout));
  write_times(graph, *this, t);
  write_memory(*this, t);
  const bool exact = is_exact(*this);
  write_shares("bound_shares", bound_shares, {"compute", "memory", "launch"}, exact, t);
  write_shares("tier_shares", tier_shares, {"measured", "calibrated", "datasheet"}, exact, t);
  write_optional(t, "matrix_share", exact ? matrix_share() : std::nullopt);
  write_optional(t, "dram_share", exact ? dram_share() : std::nullopt);
  write_texts("uncertain", machine.uncertain, t);
  write_critical_path(*this, names, t);
  write_verdicts(graph, *this, t);
  t.begin_array("kernels");
  for (std::size_t i = 0; i < kernels().size(); ++i) write_kernel(*this, i, names, t);
  t.end_array();
  write_schedule(*this, t);
}

}  // namespace alidade
