#include <stdexcept>

#include "alidade/sdk/placer.hpp"
#include "alidade/sdk/plugin.hpp"

using namespace alidade;

namespace {

/// Everything on the last device, which runs all of it.
Draft on_last(const PlacementTask& task) {
  return {DeviceOf(task.nodes.size(), static_cast<std::uint8_t>(task.devices.size() - 1)), {}, {}};
}

/// The first step on the first device, and yet in the partition of the others.
class Overlapping final : public Placer {
 public:
  [[nodiscard]] Result<Draft> place(const PlacementTask& task) const override {
    auto draft = on_last(task);
    draft.device_of[0] = 0, draft.partition_of.assign(task.nodes.size(), 0);
    return draft;
  }
};

/// The second step by itself, between two that are together.
class Cyclic final : public Placer {
 public:
  [[nodiscard]] Result<Draft> place(const PlacementTask& task) const override {
    auto draft = on_last(task);
    draft.partition_of.assign(task.nodes.size(), 0), draft.partition_of[1] = 1;
    return draft;
  }
};

/// Everything on the first device, whatever it runs.
class Deaf final : public Placer {
 public:
  [[nodiscard]] Result<Draft> place(const PlacementTask& task) const override {
    return Draft{DeviceOf(task.nodes.size(), 0), {}, {}};
  }
};

/// Says that nothing takes less than what nothing takes.
class Boasting final : public Placer {
 public:
  [[nodiscard]] Result<Draft> place(const PlacementTask& task) const override {
    auto draft = on_last(task);
    draft.least = 3600;
    return draft;
  }
};

class Throwing final : public Placer {
 public:
  [[nodiscard]] Result<Draft> place(const PlacementTask&) const override {
    throw std::runtime_error("no idea where to put it");
  }
};

}  // namespace

ALIDADE_PLUGIN("acme", "1.0") {
  plugin.add<Overlapping>("bad_placer.overlapping", "two devices in one partition");
  plugin.add<Cyclic>("bad_placer.cyclic", "partitions that wait for each other");
  plugin.add<Deaf>("bad_placer.deaf", "puts operators where they do not run");
  plugin.add<Boasting>("bad_placer.boasting", "claims a bound that its own placement breaks");
  plugin.add<Throwing>("bad_placer.throwing", "throws");
}
