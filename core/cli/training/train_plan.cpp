#include "cli/training/train_plan.hpp"

#include <algorithm>
#include <array>

#include "alidade/base/text.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/pipelines/parts.hpp"
#include "cli/pipelines/pipeline.hpp"
#include "cli/serving/amounts.hpp"
#include "cli/training/training_out.hpp"
#include "host/run/failures.hpp"
#include "host/run/run.hpp"

namespace alidade::cli {
namespace {

namespace training = host::training;

constexpr std::array kFormats{Format{"text", ".txt"}, Format{"json", ".json"}, Format{"csv", ".csv"}};
constexpr std::array kTrainedIn{Precision::as_captured, Precision::f32, Precision::tf32,
                                Precision::bf16,        Precision::f16, Precision::amp_bf16,
                                Precision::amp_f16};

void wrong(std::vector<host::Mistake>& mistakes, const std::string& flag, const std::string& found,
           std::string fix) {
  mistakes.push_back({{flag, 0, 0, host::Origin::flag}, "found " + text::quoted(found), std::move(fix)});
}

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

training::Checkpointing checkpoint_of(const TrainPlanArgs& args, std::vector<host::Mistake>& mistakes) {
  using How = training::Checkpointing::How;
  training::Checkpointing out;
  const auto& words = args.checkpoint;
  const bool one = has(words, "all") || has(words, "best");
  if (one && words.size() > 1)
    wrong(mistakes, "--checkpoint", text::join(words, ","), "give paths of modules, or all, or best");
  if (!words.empty()) out.how = one ? (has(words, "all") ? How::all : How::best) : How::named;
  if (out.how == How::named) out.patterns = words;
  out.keep.attention = has(args.keep, "attention");
  out.keep.products = has(args.keep, "products") ? 1 : has(args.keep, "half-products") ? 2 : 0;
  if (!args.keep.empty() && words.empty())
    wrong(mistakes, "--checkpoint-keep", text::join(args.keep, ","),
          "it is of checkpoints: add --checkpoint");
  return out;
}

training::TrainingRequest request_of(const TrainPlanArgs& args, std::vector<host::Mistake>& mistakes) {
  training::TrainingRequest out;
  if (const auto* rule = optimizer_named(args.optimizer)) out.optimizer = *rule;
  out.loss = args.loss, out.masters = !args.no_masters, out.checkpoint = checkpoint_of(args, mistakes);
  out.accumulate = args.accumulate, out.zero = args.zero, out.devices = args.devices;
  if (!args.memory_goal.empty()) {
    const auto bytes = bytes_in(args.memory_goal);
    if (!bytes)
      wrong(mistakes, "--memory-goal", args.memory_goal, "write bytes with their unit: 24GB, 80GiB");
    else
      out.memory_goal = Bytes(*bytes);
    if (out.checkpoint.how != training::Checkpointing::How::best)
      wrong(mistakes, "--memory-goal", args.memory_goal,
            "it is of the best checkpoints: add --checkpoint best");
  }
  if (args.zero > 0 && args.devices == 1)
    wrong(mistakes, "--zero", std::to_string(args.zero), "it divides among devices: add --devices 8");
  const auto precision = precision_named(args.dtype);
  if (precision && std::ranges::find(kTrainedIn, *precision) == kTrainedIn.end())
    wrong(mistakes, "--dtype", args.dtype, "train in f32, tf32, bf16, f16, amp_bf16 or amp_f16");
  return out;
}

/// A source is captured with its backward pass.
void ask_for_step(const TrainPlanArgs& args, host::Config& config) {
  auto& options = frontend_entry(config, "capture", "train-plan").options;
  options.push_back(option_from_flag("train_step", true, "train-plan"));
  for (const auto& [key, value] : {std::pair{"loss", args.loss}, std::pair{"optimizer", args.optimizer}})
    if (!value.empty()) options.push_back(option_from_flag(key, value, "--" + std::string(key)));
}

Result<training::TrainingPlan> plan_of(const host::Plan& plan, const host::ModelStep& model,
                                       const training::TrainingRequest& request) {
  auto opened = host::open_model(model, plan.limits);
  if (!opened) return std::unexpected(std::move(opened).error());
  return training::plan_training(model, opened->graph, cost_step(plan), plan.hardware, request);
}

void write(const std::string& format, const TrainingAnswer& answer, Sink& out) {
  if (format == "json") return write_training_json(answer, out);
  if (format == "csv") return write_training_csv(answer, out);
  write_training_page(answer, out);
}

}  // namespace

int verb_train_plan(const TrainPlanArgs& args) {
  std::vector<host::Mistake> mistakes;
  const auto format = format_of(args.format, args.output, kFormats, mistakes);
  TrainingAnswer answer{request_of(args, mistakes), {}};
  auto config = config_of(args, mistakes, {from_flag(std::string("cost"), "train-plan")});
  ask_for_step(args, config);
  const auto pipeline = plan_config(std::move(config), std::move(mistakes));
  if (!pipeline.outcome.mistakes.empty()) return write_mistakes(pipeline, false);
  host::Failures failures;
  std::vector<std::string> inputs;
  for (const auto& model : pipeline.outcome.plan.models) {  // the next one goes on where one fails
    auto plan = plan_of(pipeline.outcome.plan, model, answer.request);
    inputs.push_back(model.path);
    if (plan)
      answer.plans.push_back(std::move(*plan)), failures.succeeded();
    else
      say(plan.error()), failures.failed(host::exit_code(plan.error().fault));
  }
  if (failures.all()) return failures.code();
  const auto written = write_output(args.output, inputs, [&](Sink& out) { write(format, answer, out); });
  if (written) return failures.code();
  say(written.error());
  return host::exit_code(written.error().fault);
}

}  // namespace alidade::cli
