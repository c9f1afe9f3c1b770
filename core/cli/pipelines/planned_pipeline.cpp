// What a pipeline comes to, without a word to anybody: libalidade-host has this part, too.
#include <algorithm>

#include "cli/command_line/one_model.hpp"
#include "cli/pipelines/pipeline.hpp"
#include "host/run/exit_code.hpp"

namespace alidade::cli {

Fault Pipeline::fault() const {
  if (outcome.refused) return Fault::plugin;
  const auto first = outcome.mistakes.front().fault;
  const bool same = std::ranges::all_of(outcome.mistakes, [&](const auto& m) { return m.fault == first; });
  return same ? first : Fault::config;
}

int Pipeline::exit_code() const { return outcome.mistakes.empty() ? host::kDone : host::exit_code(fault()); }

Pipeline plan_config(host::Config config, std::vector<host::Mistake> mistakes) {
  Pipeline out;
  out.config = std::move(config);
  std::vector<std::string> folders;
  for (const auto& folder : out.config.plugin_path) folders.push_back(folder.value);
  out.plugins = std::make_unique<host::Plugins>(host::plugin_folders(folders), out.config.own);
  out.outcome = host::make_plan(out.config, *out.plugins);
  auto& all = out.outcome.mistakes;
  all.insert(all.begin(), mistakes.begin(), mistakes.end());
  host::settle(all, out.config.sources);
  return out;
}

Pipeline read_pipeline(const ConfigArgs& args) {
  std::vector<host::Mistake> mistakes;
  host::ConfigRequest request{args.files, args.sets};
  request.own = args.own;
  if (args.threads) request.flags.push_back({"--threads", "threads", std::to_string(*args.threads)});
  auto config = host::read_config(request, mistakes);
  add_plugin_path(config, args.plugin_path);
  return plan_config(std::move(config), std::move(mistakes));
}

Pipeline plan_devices(const std::vector<host::Located<std::string>>& devices,
                      const std::vector<std::string>& plugin_path) {
  std::vector<host::Mistake> mistakes;
  host::ConfigRequest request;
  request.devices = devices;
  auto config = host::read_config(request, mistakes);
  add_plugin_path(config, plugin_path);
  config.complete = false;  // there is no model, and need not be
  return plan_config(std::move(config), std::move(mistakes));
}

}  // namespace alidade::cli
