#include "alidade/base/json.hpp"
#include "alidade/results/cost.hpp"
#include "alidade/results/memory.hpp"
#include "alidade/sdk/dependencies.hpp"
#include "alidade/sdk/layers.hpp"
#include "alidade/sdk/plugin.hpp"

namespace alidade::trace {
namespace {

/// When every operator of the outermost region runs, one after another.
struct Clock {
  std::string what;              ///< the thread's name
  std::vector<double> lasts_us;  ///< per step; with all that nested regions do
};

/// Seconds on each hardware target; without one a microsecond for each MFLOP.
std::vector<Clock> clocks_of(const ModelRun& model, const CostProfile* cost, const Dependencies& order) {
  std::vector<Clock> out;
  const auto add = [&](std::string what, auto&& lasts) {
    Clock clock{std::move(what), std::vector<double>(order.outermost(), 0)};
    for (const NodeId n : order.nodes()) clock.lasts_us[order.outer_step(*model.graph, n)] += lasts(n);
    out.push_back(std::move(clock));
  };
  for (const auto& target : model.hardware)
    add(target.id,
        [&](NodeId n) { return cost && cost->nodes[n].cheaper ? 0 : 1e6 * target.costs[n].time.value; });
  if (out.empty() && cost)
    add("work, 1 us = 1 MFLOP", [&](NodeId n) {
      return 1e-6 * static_cast<double>(cost->nodes[n].work.flops.value * cost->nodes[n].scheduled_runs());
    });
  return out;
}

class Writer {
 public:
  Writer(const ModelRun& model, std::uint64_t process, ObjectWriter& t)
      : model_(model),
        g_(*model.graph),
        cost_(model.results ? model.results->get<CostProfile>() : nullptr),
        order_(g_),
        names_(layer_names(g_)),
        process_(process),
        unknown_(order_.outermost(), 0),
        t_(t) {
    for (const NodeId n : order_.nodes())
      if (cost_ && !cost_->nodes[n].cheaper && !cost_->nodes[n].certain())
        unknown_[order_.outer_step(g_, n)] = 1;
  }

  void write() {
    name_of("process_name", 0, model_.id);
    std::uint64_t thread = 0;
    for (const auto& clock : clocks_of(model_, cost_, order_)) {
      name_of("thread_name", ++thread, clock.what);
      double now = 0;
      for (std::size_t step = 0; step < clock.lasts_us.size(); ++step) {
        write_step(step, now, clock.lasts_us[step], thread);
        write_memory(step, now, clock.what);
        now += clock.lasts_us[step];
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
  void write_step(std::size_t step, double at_us, double lasts_us, std::uint64_t thread) {
    const NodeId n = order_.node(step);
    if (lasts_us <= 0 && unknown_[step] == 0) return;
    begin("X", names_[n], at_us, thread);
    t_.real("dur", lasts_us);
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
    t_.flag("at_least", unknown_[step] != 0);
    t_.end_object();
    t_.end_object();
  }
  /// Live bytes while the step runs, where the memory analysis has a step for each operator.
  void write_memory(std::size_t step, double at_us, const std::string& clock) {
    const auto* memory = model_.results ? model_.results->get<MemoryPlan>() : nullptr;
    if (!memory || memory->given.steps.size() != order_.outermost()) return;
    begin("C", "live memory, " + clock, at_us, 0);
    t_.begin_object("args");
    t_.count("bytes", memory->given.steps[step].live.value);
    t_.end_object();
    t_.end_object();
  }

  const ModelRun& model_;
  const Graph& g_;
  const CostProfile* cost_;
  Dependencies order_;
  PerNode<std::string> names_;
  std::uint64_t process_;
  std::vector<char> unknown_;  // steps that take longer than is known
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
