// The cheapest runs of operators, against every way to cut small graphs, and the lower bound.
#include "alidade/sdk/fusion.hpp"
#include "fusion_checks.hpp"
#include "fusion_mixed.hpp"
#include "fusion_replay.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

Passes with(Graph graph, std::int64_t capacity, std::int64_t ops = 64) {
  return Passes(
      std::move(graph),
      {{"fusion", {{"strategy", std::string("cost")}, {"capacity_bytes", capacity}, {"max_ops", ops}}}});
}

/// The most that a run of nodes holds of tensors that it makes and reads.
std::uint64_t held(const Graph& g, const Replay& replay, std::size_t begin, std::size_t end) {
  const auto body = g.body();
  std::vector<std::uint64_t> at_step(body.size(), 0);
  for (std::size_t at = begin; at <= end; ++at) {
    if (replay.is_view(body[at]) || replay.is_folded(body[at])) continue;
    for (const ValueId v : g.outputs(body[at])) {
      std::size_t last = at;
      for (std::size_t later = at + 1; later <= end; ++later)
        if (replay.owns(v) && replay.reads_of(body[later], v)) last = later;
      for (std::size_t t = at; last > at && t <= last; ++t) at_step[t] += replay.size(v);
    }
  }
  return std::ranges::max(at_step);
}

/// The least that any way to cut the body into runs moves.
std::uint64_t least(const Graph& g, const Replay& replay, std::size_t begin, const ChipLimits& chip) {
  const auto body = g.body();
  if (begin == body.size()) return 0;
  std::uint64_t best = ~std::uint64_t{0};
  for (std::size_t end = begin; end < body.size() && end - begin < chip.ops; ++end) {
    if (end > begin && held(g, replay, begin, end) > chip.capacity_bytes) continue;
    const std::set<NodeId> run(body.begin() + static_cast<std::ptrdiff_t>(begin),
                               body.begin() + static_cast<std::ptrdiff_t>(end) + 1);
    best = std::min(best, replay.bytes(run) + least(g, replay, end + 1, chip));
  }
  return best;
}

}  // namespace

TEST_CASE("cost fusion finds the cheapest of all ways to cut random graphs") {
  for (unsigned seed = 0; seed < 150; ++seed) {
    const auto capacity = static_cast<std::int64_t>(256 * (seed % 4));
    const auto ops = static_cast<std::int64_t>(2 + seed % 7);
    auto passes = with(graph_of(random_body(seed, 9)), capacity, ops);
    const auto& plan = passes.get<FusionPlan>();
    INFO(to_text(passes.graph) << "capacity " << capacity << ", ops " << ops);
    check_plan(passes.graph, plan);
    const ChipLimits chip{static_cast<std::uint64_t>(capacity), static_cast<std::uint64_t>(ops)};
    CHECK(plan.fused.value == least(passes.graph, Replay(passes.graph), 0, chip));
    CHECK(plan.lower_bound <= plan.fused);
  }
}

TEST_CASE("cost fusion finds the cheapest of all ways to cut graphs of views and parts") {
  for (unsigned seed = 0; seed < 150; ++seed) {
    const Graph graph = graph_of(MixedGraph(seed).flat(7));
    const auto cost = profile_of(graph);
    const FusionInput input(graph, cost);
    const ChipLimits chip{256 * (seed % 5), 2 + seed % 7};
    INFO(to_text(graph) << "capacity " << chip.capacity_bytes << ", ops " << chip.ops);
    const auto plan = plan_of(input, cheapest_groups(input, chip), "cost", {});
    REQUIRE(plan.has_value());
    CHECK(plan->fused.value == least(graph, Replay(graph), 0, chip));
    CHECK(least_traffic(input, chip) <= plan->fused);
  }
}

TEST_CASE("cost fusion reaches its lower bound where everything fits on the chip") {
  auto passes = with(exported("resnet18"), std::int64_t{1} << 40, 4096);
  const auto& plan = passes.get<FusionPlan>();
  CHECK(plan.groups.size() == 1);
  CHECK(plan.fused == plan.lower_bound);
  const auto& total = passes.get<CostProfile>().total;
  CHECK(plan.fused.value == total.weight.value + (3 * 224 * 224 + 1000) * 4);  // weights, image, classes
}

TEST_CASE("cost fusion without room on the chip moves what the operators move one by one") {
  auto passes = with(exported("vgg16"), 0);
  const auto& plan = passes.get<FusionPlan>();
  CHECK(plan.fused == plan.unfused);
  CHECK(plan.lower_bound == plan.unfused);
  CHECK(plan.groups[0].boundary == Boundary::capacity);
}

TEST_CASE("cost fusion moves no more than pattern fusion where the chip has room") {
  for (const std::string model : {"resnet18", "mobilenet_v2", "densenet121", "vit_b_16"}) {
    INFO(model);
    auto cheap = with(exported(model), std::int64_t{1} << 30);
    Passes pattern(exported(model));
    CHECK(cheap.get<FusionPlan>().fused < pattern.get<FusionPlan>().fused);
  }
}
