#include "alidade/host.hpp"

#include <new>
#include <utility>

#include "alidade/base/text.hpp"
#include "arguments.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/pipelines/pipeline.hpp"
#include "cli/placements/placement_out.hpp"
#include "cli/placements/placement_pipeline.hpp"
#include "host/plan/figure.hpp"
#include "host/plugins/guard.hpp"
#include "states.hpp"

namespace alidade {
namespace {

using cli::from_flag;
using Form = Answer::State::Form;

/// Nothing thrown leaves: what was not foreseen is an error, too.
template <class F>
auto caught(F&& f) -> decltype(f()) {
  try {
    return f();
  } catch (const std::bad_alloc&) {
    return fail(Fault::limit, "there is not enough memory", {}, "read the model on a larger machine");
  } catch (const std::exception& e) {
    return fail(Fault::internal, std::string("an error that was not foreseen: ") + e.what());
  }
}

/// The model as it was opened, or once at every batch.
std::vector<host::ModelStep> steps_of(const host::ModelStep& opened, std::span<const std::int64_t> batches) {
  if (batches.empty()) return {opened};
  std::vector<host::ModelStep> steps;
  for (const auto batch : batches) {
    auto& step = steps.emplace_back(opened);
    const auto size = std::to_string(batch);
    step.series = 1, step.batch = batch, step.flags += " --batch " + size;
    if (batches.size() > 1) step.id += "-batch" + size;
  }
  return steps;
}

Result<std::string> written(const host::ReportStep& step, const Run& run) {
  const auto report = host::make_component<Report>(*step.loaded, step.options);
  if (!report) return std::unexpected(report.error());
  StringSink out;
  const host::PluginCall call{step.loaded->info.name, step.loaded->library, "writing the report"};
  if (auto ok = host::guarded(call, [&] { return (*report)->write(run, out); }); !ok)
    return std::unexpected(std::move(ok).error());
  return out.str();
}

/// What a plan finds out; an error where it found nothing.
Result<std::shared_ptr<Answer::State>> carried_out(const host::Plan& plan, Form form) {
  auto state = std::make_shared<Answer::State>();
  state->form = form, state->outcome = host::carry_out(plan);
  if (!state->outcome.run) return std::unexpected(state->outcome.errors.front());
  return state;
}

/// Numbers in place of those of every device.
Result<void> set_figures(host::Plan& plan, const std::map<std::string, double>& figures) {
  for (auto& step : plan.hardware)
    for (const auto& [figure, value] : figures)
      if (auto ok = host::set_figure(step, figure, value); !ok) return ok;
  return {};
}

/// A plan without models, of the one that was opened. Its report is the answer's text.
Result<Answer> answer(const cli::Pipeline& pipeline, const host::ModelStep& opened,
                      std::span<const std::int64_t> batches, Form form,
                      const std::map<std::string, double>& figures = {}) {
  if (auto error = mistakes_in(pipeline)) return std::unexpected(*std::move(error));
  auto plan = pipeline.outcome.plan;
  if (auto ok = set_figures(plan, figures); !ok) return std::unexpected(ok.error());
  const auto reports = std::exchange(plan.reports, {});
  plan.models = steps_of(opened, batches);
  auto state = carried_out(plan, form);
  if (!state) return std::unexpected(std::move(state).error());
  if (!reports.empty()) {
    auto text = written(reports.front(), *(*state)->outcome.run);
    if (!text) return std::unexpected(std::move(text).error());
    (*state)->text = std::move(*text);
  }
  return Answer(std::move(*state));
}

cli::Pipeline pipeline_of(const Question& question, const Host::Settings& settings) {
  std::vector<host::Mistake> mistakes;
  auto config = cli::config_of(arguments_of(question, settings), mistakes, cli::cost_and(question.with));
  if (!question.report.empty()) {
    host::ReportUse report;
    report.use = report.id = from_flag(question.report, "--report");
    for (const auto& [name, value] : question.report_options)
      report.options.push_back(cli::option_from_flag(name, value, "--report-options"));
    config.reports.push_back(std::move(report));
  }
  return cli::plan_config(std::move(config), std::move(mistakes));
}

cli::Pipeline pipeline_of(const ModelRequest& request, const Host::Settings& settings) {
  std::vector<host::Mistake> mistakes;
  auto config = cli::config_of(arguments_of(request, settings), mistakes);
  for (auto& model : config.models)
    if (!request.shown.empty()) model.shown = request.shown;
  return cli::plan_config(std::move(config), std::move(mistakes));
}

Result<std::shared_ptr<const Model::State>> opened(cli::Pipeline pipeline) {
  if (auto error = mistakes_in(pipeline)) return std::unexpected(*std::move(error));
  const auto& plan = pipeline.outcome.plan;
  if (plan.models.size() != 1)
    return fail(Fault::config, "one model was expected, found " + std::to_string(plan.models.size()), "model",
                "open each by itself, or list them in a pipeline file");
  auto state = std::make_shared<Model::State>();
  state->step = plan.models[0];
  auto model = host::open_model(state->step, plan.limits);
  if (!model) return std::unexpected(std::move(model).error());
  host::SharedBindings bindings;
  bindings.read(model->unused, model->symbols, state->step.shown);
  if (auto unused = bindings.errors(); !unused.empty()) return std::unexpected(std::move(unused.front()));
  state->step.read = std::make_shared<const host::ReadModel>(state->step.shown, std::move(*model));
  state->step.batch.reset(), state->plugins = std::move(pipeline.plugins);
  return state;
}

}  // namespace

Result<Model> Host::open(const ModelRequest& request) const {
  return caught([&]() -> Result<Model> {
    auto state = opened(pipeline_of(request, settings_));
    if (!state) return std::unexpected(std::move(state).error());
    return Model(std::move(*state));
  });
}

Result<Answer> Host::profile(const Model& model, const Question& question) const {
  return caught([&] {
    return answer(pipeline_of(question, settings_), model.state_->step, question.batches, Form::document,
                  question.figures);
  });
}

Result<Answer> Host::estimate(const Model& model, const Question& question) const {
  if (question.on.empty())
    return fail(Fault::config, "no device is named", "on",
                "'alidade hardware list' shows those that there are");
  return caught([&] {
    return answer(pipeline_of(question, settings_), model.state_->step, question.batches, Form::estimates,
                  question.figures);
  });
}

Result<Answer> Host::place(const Model& model, const PlacementQuestion& question) const {
  return caught([&] {
    const auto pipeline = cli::placement_pipeline(arguments_of(question, settings_), {});
    auto made = answer(pipeline, model.state_->step, {}, Form::placements);
    if (made && cli::placement_rows(made->run()).empty() && !made->errors().empty())
      return Result<Answer>(std::unexpected(made->errors().front()));
    return made;
  });
}

Result<Answer> Host::run(const std::vector<std::string>& pipelines) const {
  return caught([&]() -> Result<Answer> {
    cli::ConfigArgs args;
    args.files = pipelines, args.sets = settings_.sets, args.plugin_path = settings_.plugin_path;
    args.own = settings_.own;
    const auto pipeline = cli::read_pipeline(args);
    if (auto error = mistakes_in(pipeline)) return std::unexpected(*std::move(error));
    auto state = carried_out(pipeline.outcome.plan, Form::document);
    if (!state) return std::unexpected(std::move(state).error());
    return Answer(std::move(*state));
  });
}

std::string Host::version() { return ALIDADE_VERSION; }

}  // namespace alidade
