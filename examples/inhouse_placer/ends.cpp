// A placer of one's own: a model is cut once, as it is often done by hand. What comes before the cut goes to
// the accelerator, the rest to the processor beside it; of all such cuts the one that takes least.
#include <cmath>
#include <utility>

#include <alidade/sdk/placer.hpp>
#include <alidade/sdk/plugin.hpp>

using namespace alidade;

class Ends final : public Placer {
 public:
  static void options(OptionSpec<Ends>& o) {
    o.field("most_steps", &Ends::most_, "operators before the cut; -1: any number").at_least(-1);
  }

  Result<Draft> place(const PlacementTask& task) const override {
    DeviceOf now(task.nodes.size(), static_cast<std::uint8_t>(task.devices.size() - 1)), best = now;
    for (std::size_t step = 0; step < now.size() && task.devices[0].runs(step); ++step) {
      if (most_ >= 0 && std::cmp_equal(step, most_)) break;
      now[step] = 0;
      if (time_of(task, now).total() < time_of(task, best).total()) best = now;
    }
    if (!std::isfinite(time_of(task, best).total().value))  // what a device does not run takes forever
      return fail(Fault::check, "one cut is not enough: the last target does not run all that is behind it");
    return Draft{best, {}, {}};
  }

 private:
  std::int64_t most_ = -1;
};

ALIDADE_PLUGIN("acme", "1.0") { plugin.add<Ends>("ends", "the beginning of a model on the first target"); }
