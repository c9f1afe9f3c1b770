#include "alidade/sdk/fusion.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"
#include "alidade/sdk/plugin.hpp"

namespace alidade::fusion {
namespace {

enum class Strategy : std::uint8_t { pattern, seed, cost };

/// Which operators would run as one, by a named strategy, and what that saves.
class Fusion final : public Analysis<FusionPlan(const Graph&, const CostProfile&)> {
 public:
  static void options(OptionSpec<Fusion>& o) {
    o.choice("strategy", &Fusion::strategy_,
             {{"pattern", Strategy::pattern}, {"cost", Strategy::cost}, {"seed", Strategy::seed}},
             "pattern: what compilers fuse; cost: the least traffic that fits on the chip; seed: chains by a "
             "table of pairs, without limits");
    o.choice("backend", &Fusion::backend_,
             {{"tensorrt", Backend::tensorrt},
              {"inductor", Backend::inductor},
              {"onnxruntime", Backend::onnxruntime},
              {"npu", Backend::npu},
              {"eager", Backend::eager}},
             "pattern: whose rules of fusion");
    o.field("max_ops", &Fusion::max_ops_, "operators in a group at most").at_least(1).at_most(4096);
    o.field("max_bytes", &Fusion::max_bytes_,
            "bytes that the operators of a group make and the weights that they read, at most; 0: any")
        .at_least(0)
        .unit("bytes");
    o.field("max_flops", &Fusion::max_flops_, "work in a group at most; 0: any").at_least(0).unit("FLOPs");
    o.field("capacity_bytes", &Fusion::capacity_bytes_,
            "cost: what the chip holds of tensors that never leave a group")
        .at_least(0)
        .unit("bytes");
    o.field("tiles", &Fusion::tiles_,
            "cost: a group may run tile by tile: then parts of its tensors have to fit, not all of them");
    o.choice("halo", &Fusion::halo_,
             {{"best", HaloUse::best}, {"recompute", HaloUse::recompute}, {"keep", HaloUse::keep}},
             "cost: whether a tile makes the border that it shares with another anew, or it is kept");
  }

  Result<FusionPlan> run(const Graph& graph, const CostProfile& cost) const override {
    const FusionInput input(graph, cost, folding(), concats());
    switch (strategy_) {
      case Strategy::seed:
        return plan_of(input, chain_groups(input), "seed", "none");
      case Strategy::cost:
        return by_cost(input);
      case Strategy::pattern:
        return by_pattern(input);
    }
    return fail(Fault::internal, "a fusion strategy without a branch");
  }

 private:
  /// The older system knows of no folding.
  [[nodiscard]] Folding folding() const {
    if (strategy_ == Strategy::seed) return Folding::none;
    return strategy_ == Strategy::pattern ? folding_of(backend_) : Folding::at_load;
  }
  [[nodiscard]] Concats concats() const {
    return strategy_ == Strategy::pattern ? concats_of(backend_) : Concats::copied;
  }
  [[nodiscard]] Result<FusionPlan> by_pattern(const FusionInput& input) const {
    const GroupLimits limits{number(max_ops_), number(max_bytes_), number(max_flops_)};
    std::string words = "at most " + std::to_string(limits.ops) + " operators";
    if (limits.bytes > 0) words += ", " + text::bytes(limits.bytes);
    if (limits.flops > 0) words += ", " + text::si(limits.flops) + " FLOPs";
    return plan_of(input, pattern_groups(input, backend_, limits), "pattern",
                   "rules of " + std::string(name(backend_)) + ", " + words + " a group");
  }
  [[nodiscard]] Result<FusionPlan> by_cost(const FusionInput& input) const {
    const ChipLimits chip{number(capacity_bytes_), number(max_ops_), tiles_, halo_};
    const auto grouping = cheapest_groups(input, chip);
    auto plan = plan_of(input, grouping, "cost",
                        "runs of at most " + std::to_string(chip.ops) + " operators in file order, " +
                            (chip.tiles ? "tile by tile, " : "") + text::bytes(chip.capacity_bytes) +
                            " alive on the chip");
    if (!plan) return plan;
    plan->lower_bound = least_traffic(input, chip);
    if (chip.tiles && fits_nothing(grouping))
      plan->warnings.push_back({Severity::note, "no-tile-fits",
                                "no tile of two operators fits into " + text::bytes(chip.capacity_bytes) +
                                    ": each operator stays alone; raise capacity_bytes",
                                NodeId()});
    return plan;
  }
  /// Whether every group ends where the next operator would not fit, and has no more than one.
  static bool fits_nothing(const Grouping& grouping) {
    const auto is_full = [](const Grouping::Stop& stop) { return stop.boundary == Boundary::capacity; };
    return grouping.stops.size() == grouping.group.size() && std::ranges::any_of(grouping.stops, is_full);
  }
  static std::uint64_t number(std::int64_t n) { return static_cast<std::uint64_t>(n); }

  Strategy strategy_ = Strategy::pattern;
  Backend backend_ = Backend::tensorrt;
  std::int64_t max_ops_ = 64, max_bytes_ = 0, max_flops_ = 0, capacity_bytes_ = 16 << 20;
  bool tiles_ = false;
  HaloUse halo_ = HaloUse::best;
};

}  // namespace
}  // namespace alidade::fusion

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::fusion::Fusion>(
      "fusion", "which operators would run as one, why groups end where they do, and the traffic it saves");
}
