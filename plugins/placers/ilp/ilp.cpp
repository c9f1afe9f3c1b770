// The best placement there is under any objective, by an integer programme; bounded in time, and with a
// bound.
#include <algorithm>
#include <utility>

#include "alidade/base/text.hpp"
#include "alidade/sdk/plugin.hpp"
#include "formulation.hpp"

namespace alidade::placers {
namespace {

constexpr std::size_t kMostRows = 200000;  // more than CBC reads in its time
constexpr double kScaled = 1000;           // what the best known placement costs in a programme
constexpr double kSame = 1e-6;             // of a value: what the solver's own tolerances come to

/// One step after the other, everything moved, all devices at work: nothing takes longer.
double longest(const PlacementTask& task) {
  double sum = 0;
  for (const auto& device : task.devices) {
    sum += device.fixed.value;
    for (std::size_t step = 0; step < task.before.size(); ++step)
      if (device.runs(step)) sum += device.seconds[step];
  }
  for (const auto& tensor : task.tensors)
    for (const auto& link : task.links) sum += link.seconds(tensor.bytes);
  return sum;
}

/// What is known of a task: a placement, and what none goes below.
struct Known {
  std::optional<DeviceOf> device_of;
  std::vector<std::uint32_t> partition_of;
  double value = 0, bound = 0;
  bool stopped = false;
  [[nodiscard]] bool best() const { return device_of && bound >= value * (1 - kSame); }
};

}  // namespace

class Ilp final : public Placer {
 public:
  static void options(OptionSpec<Ilp>& o) {
    o.field("seconds", &Ilp::seconds_, "how long the solver may look").above(0).unit("s");
    o.field("max_subgraph_count", &Ilp::most_subgraphs_, "how many subgraphs there may be; -1: any number")
        .at_least(-1);
  }

  [[nodiscard]] Result<Draft> place(const PlacementTask& task) const override {
    const auto limits = placement_limits(most_subgraphs_);
    Known known;
    const PlacementMeter meter(task);
    known.device_of = local_search(task, limits);
    known.bound = least_value(task);
    if (known.device_of) known.value = meter(*known.device_of);
    if (!known.best()) improve(task, limits, known);
    if (!known.device_of) return std::unexpected(no_placement(task, limits));
    known.bound = std::min(known.bound, known.value);
    return Draft{*known.device_of, known.partition_of, log_of(task, known), known.bound};
  }

 private:
  void improve(const PlacementTask& task, const PlacementLimits& limits, Known& known) const {
    const auto most =
        limits.partitions < task.before.size() ? std::optional(limits.partitions) : std::nullopt;
    known.stopped = Formulation::rows(task, most) > kMostRows;
    if (known.stopped) return;
    const double all = known.device_of ? known.value : longest(task);
    const double scale = all > 0 ? kScaled / all : 1;
    const Formulation formulation(task, most, all * (1 + kSame), scale);
    const double cutoff = known.device_of ? known.value * scale : Programme::kNone;
    const auto found = solve(formulation.programme(), cutoff, seconds_);
    known.stopped = !found.proven && !found.impossible;
    if (found.impossible && known.device_of) known.bound = known.value;
    if (found.bound > -Programme::kNone) known.bound = std::max(known.bound, found.bound / scale);
    if (!found.values.empty()) take(task, formulation, found.values, known);
  }

  static void take(const PlacementTask& task, const Formulation& formulation,
                   const std::vector<double>& values, Known& known) {
    auto device_of = formulation.devices(values);
    const double value = PlacementMeter(task)(device_of);
    if (!fits(task, device_of) || (known.device_of && value >= known.value)) return;
    known.device_of = std::move(device_of), known.value = value;
    known.partition_of = formulation.partitions(values);
  }

  [[nodiscard]] std::vector<std::string> log_of(const PlacementTask& task, const Known& known) const {
    if (known.best()) return {"ilp: no placement takes less: proven"};
    return {"ilp: stopped after " + text::seconds(seconds_) + "; no placement takes less than " +
            amount(task.objective, known.bound)};
  }

  double seconds_ = 10;
  std::int64_t most_subgraphs_ = -1;
};

}  // namespace alidade::placers

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::placers::Ilp>("ilp",
                                    "the best there is under any objective, by an integer programme (CBC)");
}
