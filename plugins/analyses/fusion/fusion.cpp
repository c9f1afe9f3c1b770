#include "alidade/sdk/plugin.hpp"
#include "grouping.hpp"
#include "plan.hpp"
#include "seed.hpp"

namespace alidade::fusion {
namespace {

enum class Strategy : std::uint8_t { pattern, seed, cost };

/// Which operators would run as one, by a named strategy, and what that saves.
class Fusion final : public Analysis<FusionPlan(const Graph&, const CostProfile&)> {
 public:
  static void options(OptionSpec<Fusion>& o) {
    o.choice("strategy", &Fusion::strategy_, {{"seed", Strategy::seed}},
             "how groups are found; seed: chains by a table of pairs");
  }

  Result<FusionPlan> run(const Graph& graph, const CostProfile& cost) const override {
    const Dependencies order(graph);
    const Dag after = turned(order.before());
    const Subject subject{graph, cost, order, after};
    FusionPlan plan = plan_of(subject, seed_groups(subject));
    plan.strategy = "seed";
    return plan;
  }

 private:
  Strategy strategy_ = Strategy::seed;
};

}  // namespace
}  // namespace alidade::fusion

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::fusion::Fusion>(
      "fusion", "which operators would run as one, why groups end where they do, and the traffic it saves");
}
