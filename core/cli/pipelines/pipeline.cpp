#include "cli/pipelines/pipeline.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "host/run/exit_code.hpp"
#include "host/run/run.hpp"

namespace alidade::cli {

namespace {

/// A page on standard output shows the warnings itself.
bool prints_page(const host::Plan& plan) {
  return std::ranges::any_of(plan.reports,
                             [](const auto& r) { return r.path == "-" && r.loaded->info.name == "table"; });
}

}  // namespace

int run_pipeline(const Pipeline& pipeline) {
  if (!pipeline.outcome.mistakes.empty()) return write_mistakes(pipeline, false);
  const auto outcome = host::carry_out(pipeline.outcome.plan);
  if (!prints_page(pipeline.outcome.plan))
    for (const auto& warning : outcome.warnings) say(warning);
  for (const auto& error : outcome.errors) say(error);
  return outcome.exit_code;
}

int write_mistakes(const Pipeline& pipeline, bool json) {
  const auto& mistakes = pipeline.outcome.mistakes;
  if (!json) return say(mistakes), pipeline.exit_code();
  ResultOut out;
  host::write_json(mistakes, out);
  const int written = out.finish();
  return written ? written : pipeline.exit_code();
}

int write_mistakes(const std::vector<host::Mistake>& mistakes) {
  say(mistakes);
  return host::kBadConfig;
}

std::string shown_name(const ConfigArgs& args) {
  if (args.files.empty()) return "pipeline";
  return args.files.back() == "-" ? "<stdin>" : text::printable(args.files.back());
}

}  // namespace alidade::cli
