// The verb measure: a model that runs here, and what its kernels take beside what is estimated.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <thread>

#include "alidade/base/json.hpp"
#include "alidade/base/text.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/estimates/measured_out.hpp"
#include "cli/model_verbs.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/pipelines/parts.hpp"
#include "cli/pipelines/pipeline.hpp"
#include "host/config/device.hpp"
#include "host/run/exit_code.hpp"
#include "host/run/figures.hpp"
#include "host/run/run.hpp"

namespace alidade::cli {
namespace {

constexpr std::array kFormats{Format{"text", ".txt"}, Format{"json", ".json"}, Format{"csv", ".csv"}};
constexpr std::array kRunning{"torchscript", "capture"};  // the frontends that run what they read

/// The device that `calibrate` has written for this machine, where nobody names another.
void choose_device(MeasureArgs& args, std::vector<host::Mistake>& mistakes) {
  if (!args.on.empty()) return;
  const auto device = host::own_device();
  if (device) return args.on.push_back(*device);
  mistakes.push_back({{"--on", 0, 0, host::Origin::flag},
                      "nobody has calibrated this machine, so there is nothing to put beside what it takes",
                      "calibrate it: alidade calibrate cpu; or name a device like it: --on xeon_8480p"});
}

/// What a person has to know before they trust times of this machine.
void say_if_busy(const MeasureArgs& args) {
  double load = 0;
  const double cores = std::thread::hardware_concurrency();
  if (args.device != "cpu" || ::getloadavg(&load, 1) != 1 || load < 0.3 * cores) return;
  say(Diagnostic{Severity::warning,
                 "machine-busy",
                 "other programs keep " + text::fixed(load, 1) + " of " + text::fixed(cores, 0) +
                     " cores busy: the times are theirs, too",
                 {}});
}

/// Frontends run what they read; operators are kernels of their own, and images lie as they are given, as
/// PyTorch runs them.
void ask_for_times(const MeasureArgs& args, host::Config& config) {
  for (const auto* name : kRunning)
    frontend_entry(config, name, "measure")
        .options.push_back(option_from_flag("measure_runs", static_cast<std::int64_t>(args.runs), "--runs"));
  frontend_entry(config, "capture", "measure")
      .options.push_back(option_from_flag("measure_device", args.device, "--device"));
  for (auto& target : config.hardware) {
    if (!target.backend) target.backend = from_flag(std::string("eager"), "measure");
    if (!target.layout) target.layout = from_flag(std::string("as_given"), "measure");
  }
}

Error cannot_run(const std::string& model, const std::string& frontend) {
  return {Fault::config,
          "the frontend " + text::quoted(frontend) + " reads this file, which holds nothing that can be run",
          model,
          "measure what it was made from: a source (torchvision:resnet18, net.py:Net), or a file of "
          "torch.jit.save"};
}

bool runs(const host::FrontendStep& step) {
  return std::ranges::find(kRunning, step.loaded->info.name) != kRunning.end();
}

/// Files that no frontend of theirs can run.
std::vector<Error> not_run(const host::Plan& plan) {
  std::vector<Error> out;
  for (const auto& model : plan.models)
    if (std::ranges::none_of(model.frontends, runs))
      out.push_back(cannot_run(model.shown, model.frontends.front().loaded->info.name));
  return out;
}

void write_json(const std::vector<MeasuredRow>& rows, Sink& out) {
  JsonWriter t(out);
  t.begin_array();
  for (const auto& [row, times] : rows) {
    t.begin_object();
    t.text("model", row.model->id), t.text("target", row.estimate->target);
    host::write_figures(*row.estimate, t);
    write_measured_json(row, times, t);
    t.end_object();
  }
  t.end_array();
  out.write("\n");
}

void write(const std::vector<MeasuredRow>& rows, const std::string& format, std::size_t top, Sink& out) {
  if (format == "json") return write_json(rows, out);
  if (format == "csv") return write_measured_csv(rows, out);
  for (const auto& [row, times] : rows) {
    if (&row != &rows.front().row) out.write("\n");
    write_measured_page(row, times, top, out);
  }
}

/// What a run has measured; a file that turned out to be one of another kind is an error.
std::vector<MeasuredRow> measured_rows(const Run& run, std::vector<Error>& errors) {
  std::vector<MeasuredRow> out;
  for (const auto& row : estimate_rows(run)) {
    if (auto times = measured_in(*row.model->graph))
      out.push_back({row, std::move(*times)});
    else
      errors.push_back(cannot_run(row.model->path, row.model->tries.back().name));
  }
  return out;
}

int carry_out(const MeasureArgs& args, const std::string& format, const host::Plan& plan) {
  Result<void> written;
  std::vector<Error> errors;
  const auto outcome = host::carry_out(plan, [&](const Run& run) {
    const auto rows = measured_rows(run, errors);
    std::vector<std::string> inputs;
    for (const auto& model : run.models) inputs.push_back(model.path);
    if (!rows.empty())
      written = write_output(args.output, inputs, [&](Sink& out) { write(rows, format, args.top, out); });
  });
  for (const auto& warning : outcome.warnings) say(warning);
  for (const auto& error : outcome.errors) say(error);
  for (const auto& error : errors) say(error);
  if (!written) return say(written.error()), host::exit_code(written.error().fault);
  return outcome.exit_code == 0 && !errors.empty() ? host::exit_code(errors.front().fault)
                                                   : outcome.exit_code;
}

}  // namespace

int verb_measure(MeasureArgs args) {
  std::vector<host::Mistake> mistakes;
  const auto format = format_of(args.format, args.output, kFormats, mistakes);
  choose_device(args, mistakes);
  auto config = config_of(args, mistakes, {from_flag(std::string("cost"), "measure")});
  ask_for_times(args, config);
  const auto pipeline = plan_config(std::move(config), std::move(mistakes));
  if (!pipeline.outcome.mistakes.empty()) return write_mistakes(pipeline, false);
  const auto refused = not_run(pipeline.outcome.plan);
  if (refused.empty()) say_if_busy(args);
  for (const auto& error : refused) say(error);
  return refused.empty() ? carry_out(args, format, pipeline.outcome.plan)
                         : host::exit_code(refused.front().fault);
}

}  // namespace alidade::cli
