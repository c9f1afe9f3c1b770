#include "alidade/base/text.hpp"
#include "model_verbs.hpp"
#include "one_model.hpp"
#include "pipeline.hpp"

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

host::ReportUse report_of(const ProfileArgs& args, std::vector<host::Mistake>& mistakes) {
  const std::string format = format_of(args.format, args.output);
  host::ReportUse report;
  report.use = from_flag(format, "--format");
  report.id = report.use;
  report.path = from_flag(args.output, "--output");
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
  auto config = config_of(args, mistakes);
  host::Use cost;
  cost.use = cost.id = from_flag(std::string("cost"), "profile");
  cost.options.push_back(option_from_flag("convention", args.convention, "--convention"));
  config.analyses.push_back(std::move(cost));
  for (const auto& name : args.with) {
    host::Use use;
    use.use = use.id = from_flag(name, "--with");
    config.analyses.push_back(std::move(use));
  }
  config.reports.push_back(report_of(args, mistakes));
  return run_pipeline(plan_config(std::move(config), std::move(mistakes)));
}

}  // namespace alidade::cli
