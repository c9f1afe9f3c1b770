#include "builder.hpp"

namespace alidade {
namespace {

constexpr GroupLimits kLimits{.ops = 64};  // as the analysis `fusion` has them unless told otherwise

}  // namespace

Result<KernelGraph> lower(const FusionInput& input, const Grouping& grouping, const Lowering& lowering) {
  return KernelGraphBuilder(input, grouping, lowering).build();
}
Result<KernelGraph> lower(const FusionInput& input, const Lowering& lowering) {
  return lower(input, pattern_groups(input, lowering.backend, kLimits), lowering);
}
Result<KernelGraph> lower(const Graph& graph, const CostProfile& cost, const Lowering& lowering) {
  const FusionInput input(graph, cost, folding_of(lowering.backend));
  return lower(input, lowering);
}

}  // namespace alidade
