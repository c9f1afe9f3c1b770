#include <array>

#include "alidade/base/text.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/model_verbs.hpp"
#include "cli/pipelines/pipeline.hpp"

namespace alidade::cli {
namespace {

/// The flags that lay out a page; only the table has one.
std::vector<host::WrittenOption> page_options(const ProfileArgs& args) {
  std::vector<host::WrittenOption> options;
  if (args.show_shape) options.push_back(option_from_flag("show_shape", true, "--showshape"));
  if (args.fold) options.push_back(option_from_flag("fold", true, "--fold"));
  if (args.verbose) options.push_back(option_from_flag("verbose", true, "--verbose"));
  if (args.top) options.push_back(option_from_flag("top", *args.top, "--top"));
  return options;
}

constexpr std::array kFormats{Format{"table", ".txt"}, Format{"json", ".json"},  Format{"csv", ".csv"},
                              Format{"html", ".html"}, Format{"mermaid", ".md"}, Format{"dot", ".dot"}};

host::ReportUse report_of(const ProfileArgs& args, std::vector<host::Mistake>& mistakes) {
  const std::string format = format_of(args.format, args.output, kFormats, mistakes);
  host::ReportUse report;
  report.use = from_flag(format, "--format");
  report.id = report.use;
  report.path = from_flag(args.output, "--output");
  if (format == "mermaid" && args.output.ends_with(".md"))
    report.options = {option_from_flag("markdown", true, "--output")};
  if (format == "table")
    report.options = page_options(args);
  else
    for (const auto& option : page_options(args))
      if (format == "brief" && option.key == "top")
        report.options.push_back(option);
      else
        mistakes.push_back({option.place, "it lays out a page, and --format " + format + " has none",
                            "leave it out, or use --format table"});
  return report;
}

}  // namespace

int verb_profile(const ProfileArgs& args) {
  std::vector<host::Mistake> mistakes;
  auto config = config_of(args, mistakes, cost_and(args.with));
  config.reports.push_back(report_of(args, mistakes));
  return run_pipeline(plan_config(std::move(config), std::move(mistakes)), args.reproducer);
}

}  // namespace alidade::cli
