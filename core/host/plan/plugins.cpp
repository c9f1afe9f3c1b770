#include "plan.hpp"

namespace alidade::host {

PlanOutcome make_plan(const Config& config, Plugins& plugins) {
  return make_plan(config,
                   Lookup{[&](std::string_view name) { return plugins.find(name); }, plugins.libraries()});
}

}  // namespace alidade::host
