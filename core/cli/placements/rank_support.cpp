// Which configuration that a target refuses would be worth most over a set of models.
#include "alidade/base/json.hpp"
#include "alidade/base/text.hpp"
#include "cli/model_verbs.hpp"
#include "cli/output/columns.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/placements/placement_pipeline.hpp"
#include "host/placement/rank.hpp"
#include "host/run/exit_code.hpp"
#include "host/run/run.hpp"

namespace alidade::cli {
namespace {

using Gains = std::vector<host::SupportGain>;

void write_text(const Gains& gains, const std::string& target, std::size_t models, Sink& out) {
  out.write("If " + text::printable(target) + " ran it, of " + text::counted(models, "model") + ":\n");
  std::vector<std::vector<std::string>> lines{
      {"operator", "reason", "operators", "models", "made whole", "gained"}};
  for (const auto& gain : gains)
    lines.push_back({text::printable(gain.op), text::printable(gain.reason), std::to_string(gain.operators),
                     std::to_string(gain.models), std::to_string(gain.made_whole),
                     text::seconds(gain.gained.value)});
  write_columns(lines, 2, out);
}

void write_json(const Gains& gains, Sink& out) {
  JsonWriter t(out);
  t.begin_array();
  for (const auto& gain : gains) {
    t.begin_object();
    t.text("operator", gain.op), t.text("reason", gain.reason);
    t.count("operators", gain.operators), t.count("models", gain.models);
    t.count("made_whole", gain.made_whole), t.real("gained_s", gain.gained.value);
    t.end_object();
  }
  t.end_array();
  out.write("\n");
}

}  // namespace

int verb_rank_support(const PlaceArgs& args) {
  const auto pipeline = placement_pipeline(args, {});
  if (!pipeline.outcome.mistakes.empty()) return write_mistakes(pipeline, false);
  auto plan = pipeline.outcome.plan;
  const auto step = plan.placements.front();
  plan.placements.clear();
  std::vector<host::PricedTask> tasks;
  Gains gains;
  const auto look = [&](const Run& run) {
    for (const auto& model : run.models) {
      const auto* cost = model.results ? model.results->get<CostProfile>() : nullptr;
      if (!cost) continue;
      host::Estimator estimator(*model.graph, *cost);
      if (auto priced = host::priced_task(*model.graph, *cost, plan, step, estimator))
        tasks.push_back(std::move(*priced));
      else
        say(priced.error());
    }
    gains = host::support_gains(tasks);
  };
  const auto outcome = carried_out(plan, look);
  for (const auto& warning : outcome.warnings) say(warning);
  for (const auto& error : outcome.errors) say(error);
  if (tasks.empty()) return outcome.exit_code;
  ResultOut out;
  args.format == "json" ? write_json(gains, out)
                        : write_text(gains, plan.hardware[step.targets[0]].id, tasks.size(), out);
  const int written = out.finish();
  if (written != host::kDone) return written;
  return tasks.size() < plan.models.size() ? host::kSomeFailed : outcome.exit_code;
}

}  // namespace alidade::cli
