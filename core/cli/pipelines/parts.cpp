#include "cli/pipelines/parts.hpp"

#include <algorithm>
#include <ranges>

#include "cli/command_line/one_model.hpp"

namespace alidade::cli {

host::FrontendUse& capture_entry(host::Config& config, const std::string& by) {
  auto capture = std::ranges::find(config.frontends, "capture",
                                   [](const auto& frontend) { return frontend.name.value; });
  if (capture == config.frontends.end())
    capture = config.frontends.insert(capture, {from_flag(std::string("capture"), by), {}, {}});
  return *capture;
}

const host::Step& cost_step(const host::Plan& plan) {
  auto steps = plan.waves | std::views::join;
  return *std::ranges::find(steps, "cost", [](const host::Step& step) { return step.loaded->info.name; });
}

}  // namespace alidade::cli
