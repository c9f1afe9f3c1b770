#include <fmt/format.h>

#include <algorithm>

#include "pipeline.hpp"
#include "result_out.hpp"

namespace alidade::cli {
namespace {

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

/// "3 models, 1 analysis, 2 hardware targets, 1 report, 4 tests"
std::string summary(const host::Plan& plan) {
  std::size_t analyses = 0;
  for (const auto& wave : plan.waves) analyses += wave.size();
  auto out =
      counted(plan.models.size(), "model", "models") + ", " + counted(analyses, "analysis", "analyses");
  if (!plan.hardware.empty())
    out += ", " + counted(plan.hardware.size(), "hardware target", "hardware targets");
  out += ", " + counted(plan.reports.size(), "report", "reports");
  if (!plan.tests.empty()) out += ", " + counted(plan.tests.size(), "test", "tests");
  return out;
}

}  // namespace

int verb_validate(const ConfigArgs& args) {
  const auto pipeline = read_pipeline(args);
  if (args.json || pipeline.exit_code() != 0) return write_mistakes(pipeline, args.json);
  ResultOut out;
  out.write(shown_name(args) + ": ok: " + summary(pipeline.outcome.plan) + "\n");
  return out.finish();
}

}  // namespace alidade::cli
