// A placer: what the first target runs, runs there; the last target takes the rest.
#include <cstdint>

#include <alidade/sdk/placer.hpp>
#include <alidade/sdk/plugin.hpp>

using namespace alidade;

class FirstIfItCan final : public Placer {
 public:
  Result<Draft> place(const PlacementTask& task) const override {
    const auto last = static_cast<std::uint8_t>(task.devices.size() - 1);
    DeviceOf placed(task.nodes.size(), last);
    for (std::size_t step = 0; step < placed.size(); ++step)
      if (task.devices[0].runs(step)) placed[step] = 0;
    return Draft{placed, {}, {}};
  }
};

ALIDADE_PLUGIN("@name@", "1.0") { plugin.add<FirstIfItCan>("@name@", "the first target, where it can"); }
