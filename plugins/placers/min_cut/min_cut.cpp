// The least sum of times on two devices, a tensor moved once to each.
#include "alidade/base/text.hpp"
#include "alidade/sdk/placement_value.hpp"
#include "alidade/sdk/plugin.hpp"

namespace alidade::placers {

class MinCut final : public Placer {
 public:
  [[nodiscard]] Result<Draft> place(const PlacementTask& task) const override {
    if (task.devices.size() != 2)
      return fail(Fault::config,
                  "'min_cut' places on two targets, and there are " + std::to_string(task.devices.size()), {},
                  "take targets out of 'targets', or use = \"ilp\" or \"local\"");
    if (!is_sum(task.objective))
      return fail(Fault::config,
                  "'min_cut' finds the least sum of times or energies, and the objective is " +
                      text::quoted(name(task.objective)),
                  {}, "use = \"ilp\" or \"local\", which know every objective");
    auto best = least_sum(task);
    if (best && fits(task, *best)) return Draft{std::move(*best), {}, {}};
    auto near = local_search(task, {});
    if (!near) return std::unexpected(no_placement(task, {}));
    return Draft{std::move(*near), {}, {"min_cut: the least sum does not fit the memory; what is near it"}};
  }
};

}  // namespace alidade::placers

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::placers::MinCut>("min_cut", "the least sum of times or energies on two targets, exact");
}
