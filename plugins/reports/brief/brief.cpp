#include <algorithm>
#include <cstdlib>

#include "alidade/base/shell_word.hpp"
#include "alidade/base/text.hpp"
#include "alidade/results/concurrency.hpp"
#include "alidade/results/cost.hpp"
#include "alidade/results/fusion.hpp"
#include "alidade/results/memory.hpp"
#include "alidade/sdk/estimate.hpp"
#include "alidade/sdk/layers.hpp"
#include "alidade/sdk/plugin.hpp"

namespace alidade::brief {
namespace {

std::string percent(double part, double whole) {
  return text::fixed(whole == 0 ? 0 : 100 * part / whole, 1) + " %";
}
std::string percent(Bytes part, Bytes whole) {
  return percent(static_cast<double>(part.value), static_cast<double>(whole.value));
}

std::string bytes(Bytes least, bool sized) {
  return text::bytes(least.value, sized ? Upper(least.value) : Upper::none());
}

/// The first page about one model: what it is made of, what is fused, where the work is, where to go on.
class Page {
 public:
  Page(const ModelRun& model, std::size_t top, Sink& out)
      : model_(model), g_(*model.graph), top_(top), out_(out) {}

  void write() {
    const auto& results = *model_.results;
    out_.write(text::printable(model_.id) + " (" + text::printable(model_.path) + ")\n");
    const auto* cost = results.get<CostProfile>();
    if (cost) write_totals(*cost);
    if (const auto* plan = results.get<FusionPlan>()) write_partition(*plan);
    if (const auto* profile = results.get<ConcurrencyProfile>()) write_concurrency(*profile);
    if (const auto* plan = results.get<MemoryPlan>()) write_memory(*plan);
    if (cost) write_top(*cost);
    write_hardware(estimates_of(model_.results));
    write_next();
  }

 private:
  void line(std::string_view label, const std::string& value) {
    out_.write("  " + std::string(label) + ":" + std::string(label.size() < 15 ? 15 - label.size() : 1, ' ') +
               value + "\n");
  }

  void write_totals(const CostProfile& cost) {
    out_.write("\nModel:\n");
    line("Work", text::si(cost.total.flops.value, cost.total.flops_upper) + " FLOPs, " +
                     text::si(cost.total.macs.value, cost.total.macs_upper) + " MACs");
    line("Parameters", text::si(cost.total.params.value, cost.total.params_upper) + ", " +
                           text::bytes(cost.weight_bytes.value, cost.weight_bytes_upper) + " stored");
    std::string kinds;
    for (const auto& share : cost.distribution(g_))
      kinds += (kinds.empty() ? "" : ", ") + std::to_string(share.ops) +
               (share.ops_upper == share.ops ? "" : "+") + " " + std::string(share.label);
    line("Operators", kinds);
  }

  void write_partition(const FusionPlan& plan) {
    out_.write("\nPartition (" + plan.strategy + "):\n");
    line("Groups", text::counted(plan.members.size(), "operator") + " in " +
                       text::counted(plan.groups.size(), "group"));
    const bool known = plan.unfused_upper == plan.unfused.value && plan.fused_upper == plan.fused.value;
    const std::string saved =
        known ? " (" + percent(Bytes(plan.unfused.value - plan.fused.value), plan.unfused) + " less)" : "";
    line("Traffic", text::bytes(plan.unfused.value, plan.unfused_upper) + " one by one, " +
                        text::bytes(plan.fused.value, plan.fused_upper) + " fused" + saved);
    std::vector<std::string> patterns;
    for (const auto& pattern : plan.patterns)
      patterns.push_back(std::to_string(pattern.groups) +
                         (pattern.groups_upper == pattern.groups ? "" : "+") + " " + pattern.name);
    line("Patterns", listed(std::move(patterns)));
  }
  /// The first ones, and how many more there are.
  [[nodiscard]] std::string listed(std::vector<std::string> parts) const {
    const auto more = parts.size() - std::min(top_, parts.size());
    parts.resize(parts.size() - more);
    return text::join(parts, ", ") + (more == 0 ? "" : " and " + std::to_string(more) + " more");
  }

  void write_concurrency(const ConcurrencyProfile& profile) {
    out_.write("\nConcurrency:\n");
    write_side("Operators", profile.operators, profile);
    write_side("Groups", profile.groups, profile);
    const auto names = layer_names(g_);
    std::vector<std::string> path;
    for (const auto& step : profile.operators.path)
      path.push_back(text::printable(names[step.node]) + " " +
                     text::si(static_cast<std::uint64_t>(step.weight)) +
                     (step.weight_upper == step.weight ? "" : "+"));
    line("Critical path", listed(std::move(path)));
  }
  void write_side(std::string_view label, const StageProfile& p, const ConcurrencyProfile& profile) {
    const std::string share = percent(p.path_weight, p.total_weight) + " of the ";
    line(label, std::to_string(p.units) + " in " + text::counted(p.stages.size(), "stage") + ", at most " +
                    std::to_string(p.widest()) + " at once; critical path " +
                    (p.weights_known() ? share : "of what is known of the ") +
                    std::string(name(profile.weight)));
  }

  void write_memory(const MemoryPlan& plan) {
    out_.write("\nMemory:\n");
    line("Weights", text::bytes(plan.weights.value, plan.weights_upper));
    const bool known = plan.sized && plan.given.least_peak == plan.given.peak && !plan.given.steps.empty();
    const auto at =
        !known ? std::string()
               : " at " + text::printable(layer_names(g_)[plan.given.steps[plan.given.peak_step].node]);
    const auto peak = [&](const MemorySchedule& s) {
      return text::bytes(s.least_peak.value, plan.sized ? Upper(s.peak.value) : Upper::none()) +
             " at the peak";
    };
    line("Activations", peak(plan.given) + at + ", arena of " + bytes(plan.given.arena, plan.sized));
    if (plan.lower) line("Reordered", peak(plan.reordered));
  }

  void write_top(const CostProfile& cost) {
    auto rows = layers(g_);
    const auto flops = [&](const Layer& layer) { return all_runs(cost.nodes[layer.node]).flops.value; };
    const auto shown = std::min(top_, rows.size());
    std::ranges::stable_sort(rows, [&](const auto& a, const auto& b) { return flops(a) > flops(b); });
    out_.write("\nTop " + text::counted(shown, "operator") + " by FLOPs:\n");
    for (std::size_t i = 0; i < shown; ++i) {
      const auto work = all_runs(cost.nodes[rows[i].node]);
      out_.write("  " + std::to_string(i + 1) + ". " + text::printable(rows[i].name) + " (" +
                 layer_type(g_, rows[i].node) +
                 "): " + text::si(work.flops.value, cost.nodes[rows[i].node].flops_upper()) + " FLOPs, " +
                 share_of_all(cost, work) + std::string(bottleneck(cost, work)) + "\n");
    }
  }

  /// Of a whole that is known.
  static std::string share_of_all(const CostProfile& cost, const Work& work) {
    if (cost.total.flops_upper != cost.total.flops.value) return {};
    return percent(static_cast<double>(work.flops.value), static_cast<double>(cost.total.flops.value)) +
           " of all, ";
  }

  void write_hardware(const std::vector<const Estimate*>& estimates) {
    if (estimates.empty()) return;
    out_.write("\nHardware:\n");
    for (const auto* e : estimates) {
      if (e->unpriced > 0)
        line(e->target,
             text::counted(e->unpriced, "operator") + " without a price: the figures are the least");
      for (const auto& warning : e->warnings)
        if (warning.code == "does-not-fit") line(e->target, text::printable(warning.text));
      line(e->target, time_of(*e) + (e->energy ? ", " + text::joules(e->energy->value) : "") + ", " +
                          e->memory_text() + (e->fits ? (*e->fits ? ", fits" : ", does not fit") : "") +
                          "; " + bound_of(*e) + "; " + describe(e->graph_of_kernels->lowering()));
    }
  }
  /// "1.20 ms (1.02 to 1.44)"
  static std::string time_of(const Estimate& e) {
    const auto band = e.band_text();
    if (band.empty()) return e.latency_text();
    const auto trust =
        e.band.scored() ? " in " + text::fixed(100 * e.band.coverage, 0) + " % of cases" : ", a guess";
    return e.latency_text() + " (" + band + trust + ")";
  }
  static std::string bound_of(const Estimate& e) {
    if (e.latency_upper != e.latency) return "what bounds it is not known";
    const auto most = std::ranges::max_element(e.bound_shares);
    const auto bound = static_cast<Bound>(most - e.bound_shares.begin());
    return text::fixed(100 * *most, 0) + " % " + std::string(name(bound)) + "-bound";
  }

  void write_next() {
    const auto file = model_.piped ? "FILE" : text::shell_word(model_.path);
    const auto call = "\n  " + own_command() + " ";
    out_.write(std::string("\nNext steps") + (model_.piped ? ", with what was piped in kept as FILE" : "") +
               ":" + call + "profile " + file + model_.flags + call + "query " + file +
               " 'bottleneck == compute-bound'" + model_.flags +
               (model_.flags.empty() ? call + "compare " + file + " " + other_model() : std::string()) +
               call + "test " + file + model_.flags + "\n");
  }

  /// What people type for this program; one in a checkout that is on no PATH is called by a script, which
  /// says so.
  static std::string own_command() {
    const char* said = std::getenv("ALIDADE_COMMAND");
    return said && *said ? text::printable(said) : "alidade";
  }

  /// One of the models that come with the program, and not this one.
  [[nodiscard]] std::string other_model() const {
    return model_.path.contains("resnet50") ? "resnet18" : "resnet50";
  }

  const ModelRun& model_;
  const Graph& g_;
  std::size_t top_;
  Sink& out_;
};

/// One short page for each model; shows what was analysed and nothing else.
class Brief final : public Report {
 public:
  static std::vector<ResultKey> needs() { return {CostProfile::key}; }
  static void options(OptionSpec<Brief>& o) {
    o.field("top", &Brief::top_, "how many operators and patterns to list").at_least(0);
  }
  [[nodiscard]] Result<void> write(const Run& run, Sink& out) const override {
    for (std::size_t i = 0; i < run.models.size(); ++i) {
      const auto& model = run.models[i];
      if (i > 0) out.write("\n");
      if (model.error || !model.graph || !model.results)
        out.write(text::printable(model.id) + ": " + (model.error ? to_text(*model.error) : "not analysed") +
                  "\n");
      else
        Page(model, static_cast<std::size_t>(top_), out).write();
    }
    return {};
  }

 private:
  std::int64_t top_ = 5;
};

}  // namespace
}  // namespace alidade::brief

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::brief::Brief>(
      "brief", "one short page: partition, concurrency, memory, the heaviest operators, and where to go on");
}
