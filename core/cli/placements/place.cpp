// Where operators go: carried out, and written.
#include <array>

#include "cli/command_line/one_model.hpp"
#include "cli/model_verbs.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/placements/placement_out.hpp"
#include "cli/placements/placement_pipeline.hpp"
#include "host/placement/task.hpp"
#include "host/run/failures.hpp"
#include "host/run/run.hpp"

namespace alidade::cli {
namespace {

constexpr std::array kFormats{Format{"text", ".txt"}, Format{"json", ".json"}, Format{"html", ".html"}};

/// The page shows placements, not what is asked before there is one.
void check_page(const PlaceArgs& args, std::vector<host::Mistake>& mistakes) {
  if (args.format != "html") return;
  for (const auto& [given, flag] : {std::pair{args.analyze, "--analyze"}, std::pair{args.log, "--log"}})
    if (given)
      mistakes.push_back({{flag, 0, 0, host::Origin::flag},
                          "the page of a placement does not have it",
                          "leave it out, or use --format text"});
}

std::vector<AnalyzedModel> analyzed(const host::Plan& plan, const host::PlacementStep& step, const Run& run,
                                    std::vector<Error>& errors) {
  std::vector<AnalyzedModel> out;
  const auto& rules = plan.hardware[step.targets[0]].support;
  for (const auto& model : run.models) {
    const auto* cost = model.results ? model.results->get<CostProfile>() : nullptr;
    if (!cost) continue;
    host::Estimator estimator(*model.graph, *cost);
    auto priced = host::priced_task(*model.graph, *cost, plan, step, estimator);
    if (!priced)
      errors.push_back(std::move(priced).error());
    else
      out.push_back({&model, std::move(priced->task), rules ? rules->name + ", " + rules->version : ""});
  }
  return out;
}

/// What is to be written of a run; empty where nothing was placed.
struct Answer {
  std::string format;
  std::vector<PlacementRow> rows;
  std::vector<AnalyzedModel> models;
  std::vector<Error> errors;
};

void write(const PlaceArgs& args, const Answer& answer, Sink& out) {
  const bool json = answer.format == "json";
  if (args.analyze)
    return json ? write_analysis_json(answer.models, out) : write_analysis_page(answer.models, out);
  if (json) return write_placement_json(answer.rows, out);
  args.log ? write_placement_log(answer.rows, out) : write_placement_page(answer.rows, out);
}

/// A page is a report of the pipeline, and written as one.
Result<void> write_out(const PlaceArgs& args, const Answer& answer, const Run& run) {
  if (answer.format == "html" || (answer.rows.empty() && answer.models.empty())) return {};
  std::vector<std::string> inputs;
  for (const auto& model : run.models) inputs.push_back(model.path);
  return write_output(args.output, inputs, [&](Sink& out) { write(args, answer, out); });
}

}  // namespace

int verb_place(const PlaceArgs& given) {
  std::vector<host::Mistake> mistakes;
  auto args = given;
  args.format = format_of(args.format, args.output, kFormats, mistakes);
  check_page(args, mistakes);
  Answer answer;
  answer.format = args.format;
  const auto pipeline = placement_pipeline(args, std::move(mistakes));
  if (!pipeline.outcome.mistakes.empty())
    return reproduced(args.reproducer, pipeline, {}, write_mistakes(pipeline, false));
  auto plan = pipeline.outcome.plan;
  const auto step = plan.placements.front();
  if (args.analyze) plan.placements.clear();  // what the placer makes of it is not asked
  Result<void> written;
  auto outcome = carried_out(plan, [&](const Run& run) {
    if (args.analyze)
      answer.models = analyzed(plan, step, run, answer.errors);
    else
      answer.rows = placement_rows(run);
    written = write_out(args, answer, run);
  });
  auto errors = std::move(outcome.errors);
  errors.insert(errors.end(), answer.errors.begin(), answer.errors.end());
  for (const auto& warning : outcome.warnings) say(warning);
  for (const auto& error : errors) say(error);
  if (!written) return say(written.error()), host::exit_code(written.error().fault);
  const bool nothing_made = answer.rows.empty() && answer.models.empty();
  const int code = errors.empty() ? outcome.exit_code : host::code_of(errors, nothing_made);
  return reproduced(args.reproducer, pipeline, errors, code);
}

}  // namespace alidade::cli
