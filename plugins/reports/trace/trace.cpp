#include <algorithm>

#include "alidade/base/json.hpp"
#include "alidade/results/cost.hpp"
#include "alidade/results/memory.hpp"
#include "alidade/results/placement.hpp"
#include "alidade/sdk/estimate.hpp"
#include "alidade/sdk/layers.hpp"
#include "alidade/sdk/plugin.hpp"
#include "alidade/sdk/serial_schedule.hpp"
#include "clock.hpp"

namespace alidade::trace {
namespace {

Figures figures_of(const Kernel& kernel) {
  return {(kernel.matrix.value + kernel.vector.value) * kernel.runs, kernel.traffic().value * kernel.runs,
          (kernel.matrix_upper + kernel.vector_upper) * kernel.runs_upper,
          (kernel.read_upper + kernel.written_upper) * kernel.runs_upper};
}
Clock clock_of(const Estimate& e) {
  Clock clock{e.target, {}, {}, true};
  const std::size_t streams = std::max<std::size_t>(1, e.machine.streams);
  for (const auto& engine : e.machine.engines)
    for (std::size_t s = 0; s < streams; ++s)
      clock.tracks.push_back(e.target + (e.machine.engines.size() > 1 ? ", " + engine : "") +
                             (streams > 1 ? ", stream " + std::to_string(s) : ""));
  for (const Slot& slot : e.schedule) {
    const Kernel& kernel = e.kernels()[slot.kernel];
    clock.bars.push_back({kernel.node, e.graph_of_kernels->nodes(kernel), name(kernel.kind), slot.start,
                          slot.duration, slot.at_least, slot.engine * streams + slot.stream,
                          figures_of(kernel)});
  }
  return clock;
}

Clock clock_of(const Graph& graph, const CostProfile& cost) {
  Clock clock{"work, 1 us = 1 MFLOP", {"work, 1 us = 1 MFLOP"}, {}, true};
  for (const auto& run : serial_schedule(graph, cost))
    clock.bars.push_back({run.node,
                          {},
                          name(graph.op(run.node)),
                          run.start,
                          run.duration,
                          run.at_least,
                          0,
                          trace::figures_of(cost.nodes[run.node])});
  return clock;
}

std::vector<Clock> clocks_of(const ModelRun& model, const CostProfile* cost) {
  std::vector<Clock> out;
  for (const auto* estimate : estimates_of(model.results)) out.push_back(clock_of(*estimate));
  if (model.results)
    for (const auto* placement : model.results->all_of<Placement>())
      out.push_back(trace::clock_of(*placement, *model.graph, cost));
  if (out.empty() && cost) out.push_back(clock_of(*model.graph, *cost));
  return out;
}

class Writer {
 public:
  Writer(const ModelRun& model, std::uint64_t process, ObjectWriter& t)
      : model_(model),
        g_(*model.graph),
        cost_(model.results ? model.results->get<CostProfile>() : nullptr),
        names_(layer_names(g_)),
        live_(live_bytes(model)),
        process_(process),
        t_(t) {}

  void write() {
    name_of("process_name", 0, model_.id);
    std::uint64_t first = 1;
    for (const auto& clock : clocks_of(model_, cost_)) {
      for (std::size_t i = 0; i < clock.tracks.size(); ++i)
        name_of("thread_name", first + i, clock.tracks[i]);
      for (const auto& bar : clock.bars) {
        write_bar(bar, first + bar.track);
        if (clock.memory) write_memory(bar, clock.what);
      }
      first += clock.tracks.size();
    }
  }

 private:
  void name_of(std::string_view what, std::uint64_t thread, const std::string& name) {
    begin("M", what, 0, thread);
    t_.begin_object("args");
    t_.text("name", name);
    t_.end_object();
    t_.end_object();
  }
  void begin(std::string_view phase, std::string_view name, double at_us, std::uint64_t thread) {
    t_.begin_object();
    t_.text("ph", phase);
    t_.text("name", name);
    t_.real("ts", at_us);
    t_.count("pid", process_);
    t_.count("tid", thread);
  }
  void write_bar(const Bar& bar, std::uint64_t thread) {
    if (bar.duration.value <= 0 && !bar.at_least) return;
    begin("X", names_[bar.node], 1e6 * bar.start.value, thread);
    t_.real("dur", 1e6 * bar.duration.value);
    t_.text("cat", bar.what);
    t_.begin_object("args");
    t_.count("flops", bar.figures.flops), write_upper(t_, "flops_upper", bar.figures.flops_upper);
    t_.count("memory_bytes", bar.figures.bytes);
    write_upper(t_, "memory_bytes_upper", bar.figures.bytes_upper);
    t_.flag("at_least", bar.at_least);
    if (bar.nodes.size() > 1) {
      t_.begin_array("operators");
      for (const NodeId n : bar.nodes) t_.text({}, names_[n]);
      t_.end_array();
    }
    t_.end_object();
    t_.end_object();
  }
  /// Live bytes while the operator runs, where a step of the memory analysis ends with it.
  void write_memory(const Bar& bar, const std::string& clock) {
    const auto live = live_[bar.node];
    if (live == kUnknown) return;
    begin("C", "live memory, " + clock, 1e6 * bar.start.value, 0);
    t_.begin_object("args");
    t_.count("bytes", live);
    t_.end_object();
    t_.end_object();
  }
  static PerNode<std::uint64_t> live_bytes(const ModelRun& model) {
    PerNode<std::uint64_t> out(model.graph->node_count(), kUnknown);
    if (const auto* memory = model.results ? model.results->get<MemoryPlan>() : nullptr)
      for (const auto& step : memory->given.steps) out[step.node] = step.live.value;
    return out;
  }
  static constexpr std::uint64_t kUnknown = ~std::uint64_t{0};

  const ModelRun& model_;
  const Graph& g_;
  const CostProfile* cost_;
  PerNode<std::string> names_;
  PerNode<std::uint64_t> live_;
  std::uint64_t process_;
  ObjectWriter& t_;
};

/// The schedule as chrome://tracing and Perfetto show it: a process per model, a thread for every stream of
/// every engine of a target, and for every device of a placement and its transfers.
class Trace final : public Report {
 public:
  static std::vector<ResultKey> needs() { return {CostProfile::key}; }
  [[nodiscard]] Result<void> write(const Run& run, Sink& out) const override {
    JsonWriter t(out, 0);
    t.begin_object();
    t.text("displayTimeUnit", "ns");
    t.begin_array("traceEvents");
    std::uint64_t process = 0;
    for (const auto& model : run.models)
      if (!model.error) Writer(model, ++process, t).write();
    t.end_array();
    t.end_object();
    return {};
  }
};

}  // namespace
}  // namespace alidade::trace

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::trace::Trace>("trace",
                                    "the schedule for Perfetto and chrome://tracing, with live memory");
}
