#include <algorithm>

#include "alidade/base/text.hpp"
#include "cli/output/result_out.hpp"
#include "cli/pipelines/pipeline.hpp"

namespace alidade::cli {
namespace {

/// "3 models, 1 analysis, 2 hardware targets, 1 report, 4 tests"
std::string summary(const host::Plan& plan) {
  std::size_t analyses = 0;
  for (const auto& wave : plan.waves) analyses += wave.size();
  auto out =
      text::counted(plan.models.size(), "model") + ", " + text::counted(analyses, "analysis", "analyses");
  if (!plan.hardware.empty()) out += ", " + text::counted(plan.hardware.size(), "hardware target");
  out += ", " + text::counted(plan.reports.size(), "report");
  if (!plan.tests.empty()) out += ", " + text::counted(plan.tests.size(), "test");
  return out;
}

}  // namespace

int verb_validate(const ConfigArgs& args) {
  const auto pipeline = read_pipeline(args);
  if (args.json || pipeline.exit_code() != 0) return write_mistakes(pipeline, args.json);
  return print(shown_name(args) + ": ok: " + summary(pipeline.outcome.plan) + "\n");
}

}  // namespace alidade::cli
