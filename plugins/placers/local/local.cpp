// A good placement under any objective, found by moving steps; no solver, no proof.
#include "alidade/sdk/placement_value.hpp"
#include "alidade/sdk/plugin.hpp"

namespace alidade::placers {

class Local final : public Placer {
 public:
  static void options(OptionSpec<Local>& o) {
    o.field("max_subgraph_count", &Local::most_subgraphs_, "how many subgraphs there may be; -1: any number")
        .at_least(-1);
  }
  [[nodiscard]] Result<Draft> place(const PlacementTask& task) const override {
    const auto limits = placement_limits(most_subgraphs_);
    auto found = local_search(task, limits);
    if (!found) return std::unexpected(no_placement(task, limits));
    return Draft{std::move(*found), {}, {}};
  }

 private:
  std::int64_t most_subgraphs_ = -1;
};

}  // namespace alidade::placers

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::placers::Local>("local", "good under any objective, found by moving operators");
}
