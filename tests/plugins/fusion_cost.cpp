// The cheapest runs of operators, against every way to cut small graphs, and the lower bound.
#include "fusion_checks.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

Passes with(Graph graph, std::int64_t capacity, std::int64_t ops = 64) {
  return Passes(
      std::move(graph),
      {{"fusion", {{"strategy", std::string("cost")}, {"capacity_bytes", capacity}, {"max_ops", ops}}}});
}

/// A tensor's name in storage: views give their source's.
ValueId source(const Graph& g, ValueId v) {
  const NodeId maker = g.producer(v);
  return maker.valid() && class_of(g.op(maker)) == OpClass::view ? source(g, g.inputs(maker)[0]) : v;
}
bool is_view(const Graph& g, NodeId n) { return class_of(g.op(n)) == OpClass::view; }

/// What a run of nodes moves when it keeps what it makes, and the most that it holds; every tensor is 256
/// bytes here.
struct Moved {
  std::uint64_t bytes = 0, held = 0;
};
Moved moved(const Graph& g, std::size_t begin, std::size_t end) {
  constexpr std::uint64_t kTensor = 256;
  std::set<ValueId> made, read;
  Moved out;
  const auto body = g.body();
  const auto reads = [&](std::size_t at, ValueId v) {
    return !is_view(g, body[at]) &&
           std::ranges::any_of(g.inputs(body[at]), [&](ValueId u) { return source(g, u) == v; });
  };
  const auto leaves = [&](ValueId v) {
    return std::ranges::any_of(g.outputs(), [&](ValueId o) { return source(g, o) == v; });
  };
  const auto read_at_all = [&](ValueId v) {
    for (std::size_t at = 0; at < body.size(); ++at)
      if (reads(at, v)) return true;
    return false;
  };
  std::vector<std::uint64_t> held(body.size(), 0);
  for (std::size_t at = begin; at <= end; ++at) {
    if (is_view(g, body[at])) continue;
    std::set<ValueId> operands(g.inputs(body[at]).begin(), g.inputs(body[at]).end()), fresh;
    for (const ValueId u : operands)  // two views of one tensor are two operands
      if (!made.contains(source(g, u)) && !read.contains(source(g, u)))
        out.bytes += kTensor, fresh.insert(source(g, u));
    read.insert(fresh.begin(), fresh.end());
    const ValueId v = g.outputs(body[at])[0];
    made.insert(v);
    bool outside = leaves(v) || !read_at_all(v);
    std::size_t last = at;
    for (std::size_t later = at + 1; later < body.size(); ++later) {
      if (!reads(later, v)) continue;
      if (later <= end) last = later;
      outside |= later > end;
    }
    if (outside) out.bytes += kTensor;
    for (std::size_t t = at; last > at && t <= last; ++t) held[t] += kTensor;
  }
  out.held = std::ranges::max(held);
  return out;
}

/// The least that any way to cut the body into runs moves.
std::uint64_t least(const Graph& g, std::size_t begin, std::uint64_t capacity, std::size_t ops) {
  if (begin == g.body().size()) return 0;
  std::uint64_t best = ~std::uint64_t{0};
  for (std::size_t end = begin; end < g.body().size() && end - begin < ops; ++end) {
    const auto run = moved(g, begin, end);
    if (end > begin && run.held > capacity) continue;
    best = std::min(best, run.bytes + least(g, end + 1, capacity, ops));
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
    CHECK(plan.fused.value ==
          least(passes.graph, 0, static_cast<std::uint64_t>(capacity), static_cast<std::size_t>(ops)));
    CHECK(plan.lower_bound <= plan.fused);
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
