// The least sum of times on two devices, a tensor moved once to each.
#include "alidade/sdk/placer.hpp"
#include "alidade/sdk/plugin.hpp"

namespace alidade::placers {

class MinCut final : public Placer {
 public:
  [[nodiscard]] Result<Draft> place(const PlacementTask& task) const override {
    if (task.devices.size() != 2)
      return fail(Fault::config,
                  "'min_cut' places on two targets, and there are " + std::to_string(task.devices.size()), {},
                  "take targets out of 'targets', or use = \"greedy\"");
    auto best = least_time(task);
    if (!best) return fail(Fault::internal, "an operator runs on neither target");
    return Draft{std::move(*best), {}, {}};
  }
};

}  // namespace alidade::placers

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::placers::MinCut>("min_cut", "the least sum of times on two targets, exact");
}
