#include "alidade/base/json.hpp"
#include "alidade/results/cost.hpp"
#include "alidade/results/memory.hpp"
#include "alidade/sdk/layers.hpp"
#include "alidade/sdk/plugin.hpp"
#include "alidade/sdk/serial_schedule.hpp"

namespace alidade::trace {
namespace {

/// A schedule and the thread that shows it.
struct Clock {
  std::string what;  ///< the thread's name
  std::vector<ScheduledOperator> operators;
};

/// One for each hardware target; without any, one by work.
std::vector<Clock> clocks_of(const ModelRun& model, const CostProfile* cost) {
  std::vector<Clock> out;
  for (const auto& target : model.hardware)
    out.push_back({target.id, serial_schedule(*model.graph, cost, target)});
  if (out.empty() && cost) out.push_back({"work, 1 us = 1 MFLOP", serial_schedule(*model.graph, *cost)});
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
    std::uint64_t thread = 0;
    for (const auto& clock : clocks_of(model_, cost_)) {
      name_of("thread_name", ++thread, clock.what);
      for (std::size_t step = 0; step < clock.operators.size(); ++step) {
        write_operator(clock.operators[step], thread);
        write_memory(step, clock);
      }
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
  void write_operator(const ScheduledOperator& run, std::uint64_t thread) {
    const NodeId n = run.node;
    if (run.duration.value <= 0 && !run.at_least) return;
    begin("X", names_[n], 1e6 * run.start.value, thread);
    t_.real("dur", 1e6 * run.duration.value);
    t_.text("cat", name(g_.op(n)));
    t_.begin_object("args");
    if (cost_) {
      const auto& cost = cost_->nodes[n];
      const auto work = all_runs(cost);
      t_.count("flops", work.flops.value);
      write_upper(t_, "flops_upper", cost.flops_upper());
      t_.count("memory_bytes", work.traffic().value);
      write_upper(t_, "memory_bytes_upper", cost.traffic_upper());
    }
    t_.flag("at_least", run.at_least);
    t_.end_object();
    t_.end_object();
  }
  /// Live bytes while the operator runs, where a step of the memory analysis ends with it.
  void write_memory(std::size_t step, const Clock& clock) {
    const auto live = live_[clock.operators[step].node];
    if (live == kUnknown) return;
    begin("C", "live memory, " + clock.what, 1e6 * clock.operators[step].start.value, 0);
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

/// The schedule as chrome://tracing and Perfetto show it: a process per model, a thread per target.
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
