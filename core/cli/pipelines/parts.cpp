#include "cli/pipelines/parts.hpp"

#include <algorithm>
#include <ranges>

#include "cli/command_line/one_model.hpp"

namespace alidade::cli {

host::FrontendUse& frontend_entry(host::Config& config, const std::string& name, const std::string& by) {
  auto found =
      std::ranges::find(config.frontends, name, [](const auto& frontend) { return frontend.name.value; });
  if (found == config.frontends.end()) found = config.frontends.insert(found, {from_flag(name, by), {}, {}});
  return *found;
}

const host::Step& cost_step(const host::Plan& plan) {
  auto steps = plan.waves | std::views::join;
  return *std::ranges::find(steps, "cost", [](const host::Step& step) { return step.loaded->info.name; });
}

}  // namespace alidade::cli
