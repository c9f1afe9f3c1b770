#include "cli/pipelines/pipeline.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/progress_line.hpp"
#include "cli/output/result_out.hpp"
#include "cli/pipelines/reproducer.hpp"
#include "host/run/exit_code.hpp"

namespace alidade::cli {

namespace {

/// A page on standard output shows the warnings itself.
bool prints_page(const host::Plan& plan) {
  return std::ranges::any_of(plan.reports,
                             [](const auto& r) { return r.path == "-" && r.loaded->info.name == "table"; });
}

}  // namespace

host::RunOutcome carried_out(const host::Plan& plan, const std::function<void(const Run&)>& look,
                             host::SharedBindings* bindings) {
  const auto all = plan.models.size();
  if (all < 2) return host::carry_out(plan, look, bindings);
  ProgressLine progress("models");
  return host::carry_out(plan, look, bindings, [&](std::size_t done) {
    done < all ? progress.show(done, 0, all) : progress.clear();
  });
}

int reproduced(const Reproducer& asked, const Pipeline& pipeline, const std::vector<Error>& said, int code) {
  if (asked.file.empty()) return code;
  const auto written = write_reproducer(asked, pipeline, said);
  if (!written) say(written.error());
  return written ? code : host::exit_code(written.error().fault);
}

int run_pipeline(const Pipeline& pipeline, const Reproducer& reproducer) {
  if (!pipeline.outcome.mistakes.empty())
    return reproduced(reproducer, pipeline, {}, write_mistakes(pipeline, false));
  const auto outcome = carried_out(pipeline.outcome.plan);
  if (!prints_page(pipeline.outcome.plan))
    for (const auto& warning : outcome.warnings) say(warning);
  for (const auto& error : outcome.errors) say(error);
  return reproduced(reproducer, pipeline, outcome.errors, outcome.exit_code);
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
