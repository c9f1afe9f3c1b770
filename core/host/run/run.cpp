#include "run.hpp"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_scheduler_observer.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "alidade/base/text.hpp"
#include "alidade/results/cost.hpp"
#include "analyse.hpp"
#include "exit_code.hpp"
#include "host/child/crash.hpp"
#include "host/output/output.hpp"
#include "host/plugins/guard.hpp"
#include "host/query/result_document.hpp"
#include "host/query/result_scope.hpp"
#include "stated_operators.hpp"

namespace alidade::host {
namespace {

/// One model and everything that was found out about it. The graph and the results stay where they are.
struct Subject {
  std::optional<Graph> graph;
  ResultSet results;
  ModelRun said;

  void fail(Error error) {
    if (error.where.empty()) error.where = said.path;
    said.error = std::move(error);
    said.graph = nullptr;
    said.results = nullptr;
  }
};

/// Every thread that runs a pass can tell a stack overflow.
class CrashTelling : public oneapi::tbb::task_scheduler_observer {
 public:
  CrashTelling() { observe(true); }
  void on_scheduler_entry(bool) override { use_signal_stack(); }
};

/// The passes of a wave do not need one another: they run at the same time, and their results are kept in
/// order.
Result<void> run_wave(const std::vector<Step>& wave, const Graph& graph, ResultSet& results) {
  std::vector<std::optional<Result<AnyResult>>> made(wave.size());
  const auto run = [&](std::size_t i) { made[i] = analyse(wave[i], graph, results); };
  if (wave.size() == 1)
    run(0);  // starting the scheduler takes longer than a pass over a CNN
  else
    oneapi::tbb::parallel_for(std::size_t{0}, wave.size(), run);
  for (auto& result : made) {
    if (!*result) return std::unexpected(std::move(*result).error());
    results.add(std::move(**result));
  }
  return {};
}

/// One target's answer for every operator that runs: the cost of its work, times how often it runs.
Result<HardwareRun> estimate(const Step& step, const Graph& graph, const CostProfile& profile) {
  const auto model = make_component<HardwareModel>(*step.loaded, step.options);
  if (!model) return std::unexpected(model.error());
  const PluginCall call{step.loaded->info.name, step.loaded->library, "estimating the model"};
  HardwareRun run{step.id, step.loaded->info.name, PerNode<Cost>(graph.node_count()), {}, {}, {}};
  for (const NodeId n : graph.nodes()) {
    const auto& node = profile.nodes[n];
    if (node.runs == 0 || node.work.certainty != Certainty::exact) continue;
    auto support = guarded(call, [&] { return (*model)->supports(graph, n); });
    if (!support) return std::unexpected(std::move(support).error());
    if (!support->native) run.unsupported.emplace_back(n, support->reason);
    auto cost = guarded(call, [&] { return (*model)->cost(node.work); });
    if (!cost) return std::unexpected(std::move(cost).error());
    if (!(cost->time.value >= 0) || !(cost->energy.value >= 0) || cost->time.value > 1e18)
      return std::unexpected(
          broken_contract(call, "gave a time or an energy that is negative or not a number for node '" +
                                    std::string(graph.name(n)) + "'"));
    const auto runs = static_cast<double>(node.runs);
    run.costs[n] = {Seconds(cost->time.value * runs), Joules(cost->energy.value * runs), cost->bound};
    run.time += run.costs[n].time, run.energy += run.costs[n].energy;
  }
  return run;
}

Result<void> examine(const Plan& plan, Subject& subject) {
  for (const auto& wave : plan.waves)
    if (auto ok = run_wave(wave, *subject.graph, subject.results); !ok) return ok;
  const auto* profile = subject.results.get<CostProfile>();
  if (!profile && !plan.hardware.empty())
    return fail(Fault::internal, "the plan names hardware but no cost analysis");
  for (const auto& step : plan.hardware) {
    auto run = estimate(step, *subject.graph, *profile);
    if (!run) return std::unexpected(std::move(run).error());
    subject.said.hardware.push_back(std::move(*run));
  }
  for (const auto& result : subject.results.all())
    for (const auto& warning : result.warnings()) subject.said.warnings.push_back(warning);
  return {};
}

std::unique_ptr<Subject> study(const Plan& plan, const ModelStep& step, SharedBindings& bindings) {
  auto subject = std::make_unique<Subject>();
  subject->said.id = step.id;
  subject->said.path = step.shown;
  auto opened = open_model(step, plan.limits);
  if (!opened) return bindings.unread(), subject->fail(std::move(opened).error()), std::move(subject);
  bindings.read(opened->unused, opened->symbols, step.shown);
  auto stated = state_operators(std::move(opened->graph), plan.operators, opened->warnings);
  if (!stated) return subject->fail(std::move(stated).error()), std::move(subject);
  subject->graph.emplace(std::move(*stated));
  subject->said.tries = std::move(opened->tries);
  subject->said.warnings = std::move(opened->warnings);
  subject->said.graph = &*subject->graph;
  subject->said.results = &subject->results;
  if (auto ok = examine(plan, *subject); !ok) subject->fail(std::move(ok).error());
  return subject;
}

Result<void> write_one(const ReportStep& step, const Run& run, const std::string& path,
                       const std::vector<std::string>& inputs) {
  const auto report = make_component<Report>(*step.loaded, step.options);
  if (!report) return std::unexpected(report.error());
  auto out = open_output(path, inputs);
  if (!out) return std::unexpected(std::move(out).error());
  const PluginCall call{step.loaded->info.name, step.loaded->library, "writing the report"};
  if (auto ok = guarded(call, [&] { return (*report)->write(run, **out); }); !ok) return ok;
  return (*out)->finish();
}

/// "out/{model}.json" makes one file per model, any other path one file for all.
Result<void> write_report(const ReportStep& step, const Run& run, const std::vector<std::string>& inputs) {
  if (step.path.find("{model}") == std::string::npos) return write_one(step, run, step.path, inputs);
  for (const auto& model : run.models)
    if (auto ok = write_one(step, Run{run.program, {model}}, report_path(step.path, model.id), inputs); !ok)
      return ok;
  return {};
}

/// Every test of a model, told as a note where it holds and as a failure where it does not.
void test_model(const Plan& plan, ModelRun& model) {
  const auto about = [&](const TestStep& test) { return text::matches(test.model, model.id); };
  if (model.error || std::ranges::none_of(plan.tests, about)) return;
  const auto document = query::document_of(model);
  const auto tell = [&](bool holds, const std::string& text) {
    model.warnings.push_back({holds ? Severity::note : Severity::failure, "test",
                              (holds ? "holds: " : "does not hold: ") + text, NodeId()});
  };
  if (!document) return tell(false, "the tests can look into the result (" + document.error().what + ")");
  const query::ResultScope scope(*document);
  for (const auto& test : plan.tests) {
    if (!about(test)) continue;
    const auto holds = test.that.holds(scope);
    const auto found = holds ? test.that.findings(scope) : holds.error().what;
    tell(holds && *holds, test.written + (found.empty() ? "" : " (" + found + ")"));
  }
}

/// All failed for one reason: that reason. Some succeeded, or the reasons differ: 5.
int worst(const std::vector<Error>& errors, std::size_t items) {
  if (errors.empty()) return kDone;
  for (const auto& error : errors)
    if (exit_code(error.fault) != exit_code(errors.front().fault)) return kSomeFailed;
  return errors.size() == items ? exit_code(errors.front().fault) : kSomeFailed;
}

}  // namespace

RunOutcome carry_out(const Plan& plan, const std::function<void(const Run&)>& look) {
  std::optional<oneapi::tbb::global_control> threads;
  std::optional<CrashTelling> telling;
  if (std::ranges::any_of(plan.waves, [](const auto& wave) { return wave.size() > 1; })) {
    threads.emplace(oneapi::tbb::global_control::max_allowed_parallelism, plan.threads);
    telling.emplace();
  }
  RunOutcome outcome;
  std::vector<std::unique_ptr<Subject>> subjects;
  std::vector<std::string> inputs;
  SharedBindings bindings;
  Run run{"alidade " ALIDADE_VERSION, {}};
  for (const auto& step : plan.models) {
    subjects.push_back(study(plan, step, bindings));
    run.models.push_back(std::move(subjects.back()->said));
    test_model(plan, run.models.back());
    inputs.push_back(step.path);
    if (run.models.back().error) outcome.errors.push_back(*run.models.back().error);
    for (auto warning : run.models.back().warnings)
      warning.text.insert(0, step.id + ": "), outcome.warnings.push_back(std::move(warning));
  }
  if (auto unused = bindings.errors();
      !unused.empty()) {  // before what follows from it: a size without a value
    outcome.errors = std::move(unused), outcome.exit_code = kBadConfig;
    return outcome;
  }
  outcome.exit_code = worst(outcome.errors, plan.models.size());
  const auto failed = [](const Diagnostic& d) { return d.severity == Severity::failure; };
  if (outcome.exit_code == kDone && std::ranges::any_of(outcome.warnings, failed))
    outcome.exit_code = kCheckFailed;
  if (outcome.errors.size() == run.models.size()) return outcome;  // there is nothing to write down
  if (look) look(run);
  for (const auto& step : plan.reports)
    if (auto ok = write_report(step, run, inputs); !ok) {
      outcome.errors.push_back(ok.error());
      outcome.exit_code = exit_code(ok.error().fault);
    }
  return outcome;
}

}  // namespace alidade::host
