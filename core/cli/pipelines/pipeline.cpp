#include "cli/pipelines/pipeline.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "alidade/base/text.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "host/run/exit_code.hpp"
#include "host/run/run.hpp"

namespace alidade::cli {

int Pipeline::exit_code() const {
  if (outcome.mistakes.empty()) return host::kDone;
  if (outcome.refused) return host::kBadPlugin;
  const auto fault = outcome.mistakes.front().fault;
  const bool same = std::ranges::all_of(outcome.mistakes, [&](const auto& m) { return m.fault == fault; });
  return host::exit_code(same ? fault : Fault::config);
}

namespace {

/// A page on standard output shows the warnings itself.
bool prints_page(const host::Plan& plan) {
  return std::ranges::any_of(plan.reports,
                             [](const auto& r) { return r.path == "-" && r.loaded->info.name == "table"; });
}

}  // namespace

Pipeline plan_config(host::Config config, std::vector<host::Mistake> mistakes) {
  Pipeline out;
  out.config = std::move(config);
  std::vector<std::string> folders;
  for (const auto& folder : out.config.plugin_path) folders.push_back(folder.value);
  out.plugins = std::make_unique<host::Plugins>(host::plugin_folders(folders));
  out.outcome = host::make_plan(out.config, *out.plugins);
  auto& all = out.outcome.mistakes;
  all.insert(all.begin(), mistakes.begin(), mistakes.end());
  host::settle(all, out.config.sources);
  return out;
}

Pipeline read_pipeline(const ConfigArgs& args) {
  std::vector<host::Mistake> mistakes;
  host::ConfigRequest request{args.files, args.sets};
  if (args.threads) request.flags.push_back({"--threads", "threads", std::to_string(*args.threads)});
  auto config = host::read_config(request, mistakes);
  for (const auto& folder : args.plugin_path)
    config.plugin_path.push_back(from_flag(std::filesystem::absolute(folder).string(), "--plugin-path"));
  return plan_config(std::move(config), std::move(mistakes));
}

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
  if (!json) {
    std::fputs(host::to_text(mistakes).c_str(), stderr);
    return pipeline.exit_code();
  }
  ResultOut out;
  host::write_json(mistakes, out);
  const int written = out.finish();
  return written ? written : pipeline.exit_code();
}

int write_mistakes(const std::vector<host::Mistake>& mistakes) {
  std::fputs(host::to_text(mistakes).c_str(), stderr);
  return host::kBadConfig;
}

std::string shown_name(const ConfigArgs& args) {
  if (args.files.empty()) return "pipeline";
  return args.files.back() == "-" ? "<stdin>" : text::printable(args.files.back());
}

}  // namespace alidade::cli
