#include "run.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "alidade/base/text.hpp"
#include "alidade/infer/contradiction.hpp"
#include "alidade/results/cost.hpp"
#include "analyse.hpp"
#include "each.hpp"
#include "estimate.hpp"
#include "failures.hpp"
#include "host/output/output.hpp"
#include "host/placement/partition_files.hpp"
#include "host/placement/place.hpp"
#include "host/plan/source.hpp"
#include "host/plugins/guard.hpp"
#include "host/query/result_document.hpp"
#include "host/query/result_scope.hpp"
#include "series.hpp"
#include "stated_operators.hpp"
#include "what_fits.hpp"

namespace alidade::host {
namespace {

/// One model and everything that was found out about it. The graph and the results stay where they are.
struct ModelState {
  std::shared_ptr<const OpenedModel> opened;
  std::vector<std::unique_ptr<const Graph>> lent;  // to passes, in place of the graph
  ResultSet results;
  ModelRun said;

  void fail(Error error) {
    if (error.where.empty()) error.where = said.path;
    said.error = std::move(error);
    said.graph = nullptr;
    said.results = nullptr;
  }
};

/// Everything about all models, for those who look at a run when it is over.
struct KeptRun {
  std::vector<std::unique_ptr<ModelState>> subjects;
  Run run;
};

/// The sentence of a pass that cannot run: it needs a result whose maker failed.
std::optional<Error> lacking(const Step& step, const ResultSet& results) {
  for (const auto& need : step.loaded->info.needs)
    if (!results.find(need))
      return Error{
          Fault::check, "it needs the result " + text::quoted(need.name) + ", which was not made", {}, {}};
  return std::nullopt;
}

/// The passes of a wave do not need one another: they run at the same time, and their results are kept in
/// order. One that fails loses its own result, and those of the passes that need it.
void run_wave(const std::vector<Step>& wave, unsigned threads, ModelState& state) {
  std::vector<std::optional<Analysed>> made(wave.size());
  for_each_index(wave.size(), threads, [&](std::size_t i) {
    if (auto error = lacking(wave[i], state.results))
      made[i].emplace(std::unexpected(std::move(*error)), nullptr);
    else
      made[i] = analyse_apart(wave[i], state.opened->graph, state.results);
  });
  for (std::size_t i = 0; i < wave.size(); ++i) {
    auto& [result, lent] = *made[i];
    if (result)
      state.results.add(std::move(*result));
    else
      state.said.failed.push_back(
          {wave[i].id, lacking(wave[i], state.results).has_value(), std::move(result).error()});
    if (lent) state.lent.push_back(std::move(lent));
  }
}

/// One result for every target.
Result<void> estimate_targets(const Plan& plan, const CostProfile& profile, Estimator& estimator,
                              ModelState& state) {
  for (const auto& step : plan.hardware) {
    auto one = estimator.estimate(step);
    if (!one) return std::unexpected(std::move(one).error());
    if (auto lacking = what_would_fit(state.opened->graph, profile, *one))
      one->warnings.push_back(std::move(*lacking));
    state.results.add(AnyResult(std::move(*one), step.id));
  }
  return {};
}

/// One result for every placement; one that fails costs no other result.
void place_operators(const Plan& plan, const CostProfile& profile, Estimator& estimator, ModelState& state) {
  estimator.remember(state.results);
  for (const auto& step : plan.placements)
    if (auto placement = place(state.opened->graph, profile, plan, step, estimator))
      state.results.add(AnyResult(std::move(*placement), step.id));
    else
      state.said.failed.push_back({step.id, false, std::move(placement).error()});
}

/// Without a cost profile there is none: its analysis failed, and is reported.
Result<void> ask_targets(const Plan& plan, ModelState& state) {
  const auto* profile = state.results.get<CostProfile>();
  if (!profile) return {};
  Estimator estimator(state.opened->graph, *profile);
  if (auto ok = estimate_targets(plan, *profile, estimator, state); !ok) return ok;
  place_operators(plan, *profile, estimator, state);
  return {};
}

/// Fails where there is nothing to report: no analysis made its result.
Result<void> examine(const Plan& plan, ModelState& state) {
  for (const auto& wave : plan.waves) run_wave(wave, plan.threads, state);
  if (state.results.all().empty() && !state.said.failed.empty())
    return std::unexpected(state.said.failed.front().error);
  if (auto ok = ask_targets(plan, state); !ok) return ok;
  for (const auto& result : state.results.all())
    for (const auto& warning : result.warnings()) state.said.warnings.push_back(warning);
  return {};
}

/// The model with the user's word about its operators; one that was read before is as it was then.
Result<std::shared_ptr<const OpenedModel>> opened_for(const Plan& plan, const ModelStep& step,
                                                      SeriesReader& reader, SharedBindings& bindings) {
  if (step.read && !step.batch) return std::shared_ptr<const OpenedModel>(step.read, &step.read->opened());
  auto opened = reader.open(step, plan.limits);
  if (!opened) return bindings.unread(), std::unexpected(std::move(opened).error());
  bindings.read(opened->unused, opened->symbols, step.shown);
  auto stated = state_operators(std::move(opened->graph), plan.operators, opened->warnings);
  if (!stated) return std::unexpected(std::move(stated).error());
  opened->graph = std::move(*stated);
  return std::make_shared<const OpenedModel>(std::move(*opened));
}

std::unique_ptr<ModelState> study(const Plan& plan, const ModelStep& step, SeriesReader& reader,
                                  SharedBindings& bindings) {
  auto state = std::make_unique<ModelState>();
  state->said.id = step.id;
  state->said.path = step.shown, state->said.flags = step.flags;
  state->said.piped = step.shown != step.path;
  auto opened = opened_for(plan, step, reader, bindings);
  if (!opened) return state->fail(std::move(opened).error()), std::move(state);
  state->opened = std::move(*opened);
  state->said.tries = state->opened->tries;
  state->said.warnings = state->opened->warnings;
  state->said.graph = &state->opened->graph;
  state->said.results = &state->results;
  if (auto ok = examine(plan, *state); !ok)
    state->fail(std::move(ok).error());
  else if (auto said = infer::contradiction(state->opened->graph))
    state->said.warnings.push_back(std::move(*said));
  return state;
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

/// The partitions of every model, for the placements that ask for them.
Result<void> write_partitions(const Plan& plan, const Run& run, const std::vector<std::string>& inputs) {
  for (const auto& step : plan.placements)
    for (const auto& model : run.models) {
      const auto* placement =
          step.partitions.empty() || !model.results ? nullptr : model.results->get<Placement>(step.id);
      if (!placement) continue;
      if (auto ok = host::write_partitions(model, *placement, step.partitions, inputs); !ok) return ok;
    }
  return {};
}

/// The files that are read, which no report may replace; standard input may be one.
std::vector<std::string> inputs_of(const Plan& plan) {
  auto inputs = plan.inputs;
  inputs.emplace_back("/dev/stdin");
  for (const auto& step : plan.models)
    inputs.push_back(is_source(step.path) && !has_scheme(step.path) ? source_file(step.path) : step.path);
  return inputs;
}

/// Why a condition neither holds nor fails to; empty where it does one of them.
std::string_view open_question(query::Verdict verdict) {
  if (verdict == query::Verdict::maybe) return "; it is not known whether it does";
  return verdict == query::Verdict::undefined ? "; a part of it has no value" : "";
}

/// Every test of a model, as a note where it holds and as a failure where it does not.
void test_model(const Plan& plan, ModelRun& model) {
  const auto about = [&](const TestStep& test) { return text::matches(test.model, model.id); };
  if (model.error || std::ranges::none_of(plan.tests, about)) return;
  const auto document = query::document_of(model);
  const auto note = [&](bool holds, const std::string& text) {
    model.warnings.push_back({holds ? Severity::note : Severity::failure, "test",
                              (holds ? "holds: " : "does not hold: ") + text, NodeId()});
  };
  if (!document) return note(false, "the tests can look into the result (" + document.error().what + ")");
  const query::ResultScope scope(*document);
  for (const auto& test : plan.tests) {
    if (!about(test)) continue;
    const auto holds = test.that.verdict(scope);
    auto found = holds ? test.that.findings(scope) : holds.error().what;
    if (holds) found += open_question(*holds);
    note(holds && *holds == query::Verdict::yes, test.written + (found.empty() ? "" : " (" + found + ")"));
  }
}

/// The model's error, or one for each of its analyses that failed of itself.
void add_errors(const Plan& plan, const ModelRun& model, std::vector<Error>& errors) {
  if (model.error) return errors.push_back(*model.error);
  for (const auto& failed : model.failed) {
    if (failed.skipped) continue;
    auto error = failed.error;
    const bool placement =
        std::ranges::find(plan.placements, failed.id, &PlacementStep::id) != plan.placements.end();
    if (!placement) error.what = "the analysis " + text::quoted(failed.id) + " made no result: " + error.what;
    if (!error.where.starts_with(model.path))
      error.where = error.where.empty() ? model.path : model.path + ": " + error.where;
    errors.push_back(std::move(error));
  }
}

}  // namespace

RunOutcome carry_out(const Plan& plan, const std::function<void(const Run&)>& look, SharedBindings* of_plans,
                     const std::function<void(std::size_t)>& count) {
  RunOutcome outcome;
  const auto kept = std::make_shared<KeptRun>();
  const auto inputs = inputs_of(plan);
  SharedBindings of_plan;
  auto& bindings = of_plans ? *of_plans : of_plan;
  SeriesReader reader;
  auto& run = kept->run;
  run.program = "alidade " ALIDADE_VERSION;
  for (const auto& step : plan.models) {
    if (count) count(run.models.size());
    kept->subjects.push_back(study(plan, step, reader, bindings));
    run.models.push_back(std::move(kept->subjects.back()->said));
    test_model(plan, run.models.back());
    add_errors(plan, run.models.back(), outcome.errors);
    for (auto warning : run.models.back().warnings)
      warning.text.insert(0, step.id + ": "), outcome.warnings.push_back(std::move(warning));
  }
  if (count) count(run.models.size());
  const bool all_failed =
      std::ranges::all_of(run.models, [](const ModelRun& model) { return model.error.has_value(); });
  outcome.exit_code = code_of(outcome.errors, all_failed);
  const auto failed = [](const Diagnostic& d) { return d.severity == Severity::failure; };
  if (outcome.exit_code == kDone && std::ranges::any_of(outcome.warnings, failed))
    outcome.exit_code = kCheckFailed;
  if (auto unused = of_plan.errors();
      !unused.empty()) {  // before what follows from it: a size without a value
    outcome.errors = std::move(unused), outcome.exit_code = kBadConfig;
    return outcome;
  }
  if (all_failed && !run.models.empty()) return outcome;  // there is nothing to write down
  outcome.run = {kept, &run};
  if (look) look(run);
  const auto note = [&](const Result<void>& done) {
    if (done) return;
    outcome.errors.push_back(done.error());
    outcome.exit_code = exit_code(done.error().fault);
  };
  for (const auto& step : plan.reports) note(write_report(step, run, inputs));
  note(write_partitions(plan, run, inputs));
  return outcome;
}

}  // namespace alidade::host
