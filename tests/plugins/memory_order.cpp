// Orders of operators and plans of offsets, beside all that there are.
#include "alidade/results/memory.hpp"
#include "fusion_mixed.hpp"
#include "memory_replay.hpp"
#include "passes.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

/// The least peak of all orders: over the sets of operators that can have run, told by the replay of
/// storages.
std::uint64_t least_peak(const Graph& g) {
  const MemoryReplay replay(g);
  const auto body = g.body();
  std::map<NodeId, std::size_t> number;
  for (std::size_t i = 0; i < body.size(); ++i) number[body[i]] = i;
  std::vector<std::uint64_t> before(body.size(), 0);
  for (const NodeId n : body)
    for (const ValueId v : g.inputs(n))
      if (v.valid() && g.producer(v).valid()) before[number[n]] |= 1ULL << number[g.producer(v)];
  std::map<std::uint64_t, std::uint64_t> peaks{{0, 0}};
  for (std::size_t size = 0; size < body.size(); ++size) {
    std::map<std::uint64_t, std::uint64_t> next;
    for (const auto& [ran, peak] : peaks)
      for (std::size_t i = 0; i < body.size(); ++i) {
        if ((ran >> i & 1) != 0 || (before[i] & ~ran) != 0) continue;
        const auto reached = std::max(peak, replay.live_in(ran, i, number));
        const auto [at, fresh] = next.try_emplace(ran | 1ULL << i, reached);
        if (!fresh) at->second = std::min(at->second, reached);
      }
    peaks = std::move(next);
  }
  return peaks.begin()->second;
}

}  // namespace

TEST_CASE("no order of a small graph needs less than the one that is found") {
  unsigned lower = 0;
  for (unsigned seed = 0; seed < random_graphs(300); ++seed) {
    Passes passes(seed % 2 == 0 ? MixedGraph(seed).flat(9) : random_body(seed, 12));
    if (passes.graph.body().size() > 12) continue;
    const auto& plan = passes.get<MemoryPlan>();
    INFO(to_text(passes.graph));
    CHECK(plan.reordered.peak.value == least_peak(passes.graph));
    CHECK(plan.reordered.peak <= plan.given.peak);
    lower += plan.lower;
  }
  CHECK(lower > 20);
}

TEST_CASE("an order of a larger graph is within a twentieth of the best") {
  for (unsigned seed = 0; seed < random_graphs(8); ++seed) {
    Passes passes(MixedGraph(seed).flat(12));
    if (passes.graph.body().size() > 16) continue;
    const auto& plan = passes.get<MemoryPlan>();
    INFO(to_text(passes.graph));
    const auto least = least_peak(passes.graph);
    CHECK(plan.reordered.peak.value >= least);
    CHECK(plan.reordered.peak.value * 20 <= least * 21);
  }
}

TEST_CASE("an order never moves a reader behind the update of what it reads") {
  // the wide tensor that `late` makes would rather come after the update
  Passes passes(
      "input %x : f32[10]\n %a = exp(%x) : f32[10]\n %late = opaque(%a) : f32[100]\n"
      "%b = relu(%a) : f32[10] as \"aten.relu_.default\"\n %c = opaque(%b) : f32[100]\n"
      "%d = opaque(%c) : f32[1]\n %e = opaque(%late) : f32[1]\n return %d, %e");
  const auto& plan = passes.get<MemoryPlan>();
  CHECK(plan.lower);
  std::map<std::string, std::size_t> at;
  for (std::size_t i = 0; i < plan.reordered.steps.size(); ++i)
    at[std::string(passes.graph.name(plan.reordered.steps[i].node))] = i;
  CHECK(at["late"] < at["b"]);
  CHECK(at["e"] < at["c"]);
}

TEST_CASE("offsets are multiples of the alignment, and workspaces lie in the arena where that is asked for") {
  const std::string chain =
      "input %x : f32[10]\n %a = relu(%x) : f32[10]\n %b = exp(%a) : f32[10]\n return %b";
  for (const std::int64_t alignment : {1, 64, 256, 512}) {
    Passes passes(chain, {{"memory", {{"alignment", alignment}}}});
    const auto& plan = passes.get<MemoryPlan>();
    const auto each = alignment == 1 ? 40 : static_cast<std::uint64_t>(alignment);
    CHECK(plan.given.peak.value == 80);
    CHECK(plan.given.arena.value == 2 * each);
    for (const auto& tensor : plan.given.tensors) CHECK(tensor.offset.value % each == 0);
  }
  const std::string conv =
      "input %x : f32[2,4,8,8]\n parameter %w : f32[6,4,3,3]\n"
      "%c = conv(%x, %w) {strides=[1,1], pads_begin=[1,1], pads_end=[1,1], dilations=[1,1]} : f32[2,6,8,8]\n"
      "return %c";
  const std::map<std::string, std::uint64_t> kinds{
      {"estimate", 2 * 2048}, {"im2col", 4 * 9 * 64 * 4}, {"none", 0}};
  for (const auto& [kind, bytes] : kinds) {
    Passes passes(conv, {{"memory", {{"workspace", kind}, {"plan_workspace", true}}}});
    const auto& plan = passes.get<MemoryPlan>();
    CHECK(plan.given.steps[0].workspace.value == bytes);
    CHECK(plan.given.arena.value == 2048 + 3072 + bytes);
    CHECK(plan.given.fragmentation() == 0);
  }
}

TEST_CASE("a module's inputs are held until it returns where Python is asked for") {
  const std::string body =
      "module \"m\" \"Block\"\n input %x : f32[10]\n %p = opaque(%x) : f32[10]\n"
      "%a = opaque(%p) : f32[10] in \"m\"\n %b = opaque(%a) : f32[10] in \"m\"\n"
      "%c = opaque(%b) : f32[10] in \"m\"\n %d = opaque(%c) : f32[10]\n return %d";
  const auto live = [&](bool hold) {
    Passes passes(body, {{"memory", {{"hold_inputs", hold}}}});
    std::vector<std::uint64_t> out;
    for (const auto& step : passes.get<MemoryPlan>().given.steps) out.push_back(step.live.value);
    return out;
  };
  CHECK(live(false) == std::vector<std::uint64_t>{80, 80, 80, 80, 80});
  CHECK(live(true) == std::vector<std::uint64_t>{80, 120, 160, 160, 120});
}

TEST_CASE("a max pool of PyTorch holds the places that it finds") {
  const std::string pool =
      "input %x : f32[1,4,8,8]\n %y = max_pool(%x) {kernel=[2,2], strides=[2,2]} : f32[1,4,4,4]";
  CHECK(Passes(pool + "\n return %y").get<MemoryPlan>().given.peak.value == 1024 + 256);
  CHECK(Passes(pool + " as \"aten.max_pool2d.default\"\n return %y").get<MemoryPlan>().given.peak.value ==
        1024 + 256 + 512);
}

TEST_CASE("a cache that is written in place has a line of its own") {
  Passes passes(
      "input %x : f32[1,8]\n buffer %cache : f32[64,8]\n"
      "%s = slice(%cache) {axes=[0], starts=[3], ends=[4], steps=[1]} : f32[1,8]\n"
      "%u = add(%s, %x) : f32[1,8] as \"aten.add_.Tensor\"\n"
      "%t = add(%s, %x) : f32[1,8] as \"aten.add_.Tensor\"\n return %t");
  CHECK(passes.get<MemoryPlan>().cache.value == 2048);
  CHECK(passes.get<MemoryPlan>().weights.value == 2048);
  CHECK(json_of(passes.get<MemoryPlan>(), passes.graph).find("\"cache_bytes\": 2048") != std::string::npos);
}
