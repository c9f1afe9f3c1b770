#include <array>

#include "alidade/base/text.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/model_verbs.hpp"
#include "cli/pipelines/parts.hpp"
#include "cli/pipelines/pipeline.hpp"

namespace alidade::cli {
namespace {

constexpr std::array kFormats{Format{"table", ".txt"}, Format{"json", ".json"}};

host::Use use_of(const std::string& component) {
  host::Use use;
  use.use = use.id = from_flag(component, "crosscheck");
  return use;
}

host::Use analysis_of(const CrossCheckArgs& args) {
  auto use = use_of("crosscheck");
  if (!args.references.empty())
    use.options.push_back(option_from_flag("references", args.references, "--references"));
  use.options.push_back(option_from_flag("tolerance", args.tolerance, "--tolerance"));
  return use;
}

/// A model that is captured is counted by the other tools on the way.
void ask_tools(const CrossCheckArgs& args, host::Config& config) {
  const auto tools = args.tools.empty() ? std::vector<std::string>{"fvcore"} : args.tools;
  frontend_entry(config, "capture", "--tool")
      .options.push_back(option_from_flag("reference", text::join(tools, ","), "--tool"));
}

}  // namespace

int verb_crosscheck(const CrossCheckArgs& args) {
  std::vector<host::Mistake> mistakes;
  auto config = config_of(args, mistakes);
  if (args.references.empty()) ask_tools(args, config);
  config.analyses.push_back(use_of("cost")), config.analyses.push_back(analysis_of(args));
  const std::string format = format_of(args.format, args.output, kFormats, mistakes);
  host::ReportUse report;
  report.use = report.id =
      from_flag(format == "table" ? std::string("table.crosscheck") : format, "--format");
  report.path = from_flag(args.output, "--output");
  config.reports.push_back(std::move(report));
  return run_pipeline(plan_config(std::move(config), std::move(mistakes)), args.reproducer);
}

}  // namespace alidade::cli
