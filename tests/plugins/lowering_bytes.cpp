// Kernels of random graphs: what they read and write against a replay of every byte and against the plan of
// the fusion pass, their work against the cost table, and that they hold every operator once, in order.
#include "alidade/sdk/storage.hpp"
#include "fusion_mixed.hpp"
#include "fusion_replay.hpp"
#include "lowering_samples.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

struct Case {
  const Graph& graph;
  const CostProfile& cost;
  Backend backend;
  FusionPlan plan;
  KernelGraph kernels;
};

Case case_of(const Graph& graph, const CostProfile& cost, Backend backend) {
  const FusionInput input(graph, cost, folding_of(backend));
  const auto groups = pattern_groups(input, backend, {64, 0, 0});
  auto plan = plan_of(input, groups, "pattern", "");
  auto kernels = lower(input, groups, {.backend = backend});
  REQUIRE(plan.has_value());
  REQUIRE(kernels.has_value());
  return {graph, cost, backend, std::move(*plan), std::move(*kernels)};
}

bool folds(Backend backend) { return folding_of(backend) == Folding::at_load; }
/// Inductor reads in any order.
bool is_turned(const Case& c, NodeId n) {
  return c.graph.op(n) == Op::transpose && c.backend == Backend::inductor;
}
/// Whether an operator does nothing when the model runs.
bool is_idle(const Case& c, NodeId n) {
  const Op op = c.graph.op(n);
  const bool view = (is_free(op) && class_of(op) != OpClass::control) ||
                    (op == Op::dequantize && !writes_values(c.graph, n));
  return view || is_turned(c, n) || (folds(c.backend) && c.cost.nodes[n].folded);
}

void check_traffic(const Case& c) {
  for (const auto& k : c.kernels.kernels()) {
    const auto& group = c.plan.groups[c.plan.group_of[k.node]];
    INFO(c.graph.name(k.node));
    const bool turned = std::ranges::any_of(c.kernels.nodes(k), [&](NodeId n) { return is_turned(c, n); });
    if (turned)
      CHECK(k.traffic().value * k.runs <= group.fused.value);  // which counts it as a copy
    else
      CHECK(k.traffic().value * k.runs == group.fused.value);
    std::uint64_t read = 0, written = 0;
    for (const auto& a : c.kernels.reads(k)) read += a.bytes.value;
    for (const auto& a : c.kernels.writes(k)) written += a.bytes.value;
    CHECK(read == k.read.value);
    CHECK(written == k.written.value);
  }
}

void check_replay(const Case& c) {
  if (!folds(c.backend)) return;
  const Replay replay(c.graph);
  for (const auto& k : c.kernels.kernels()) {
    const auto nodes = c.kernels.nodes(k);
    INFO(c.graph.name(k.node));
    CHECK(k.traffic().value * k.runs == replay.bytes({nodes.begin(), nodes.end()}));
  }
}

/// Each operator that does something is in one kernel, and every kernel has one; work is all there.
void check_operators(const Case& c) {
  std::vector<int> seen(c.graph.node_count(), 0);
  std::uint64_t matrix = 0, vector = 0, macs = 0, flops = 0;
  for (std::uint32_t i = 0; i < c.kernels.kernels().size(); ++i) {
    const auto& k = c.kernels.kernels()[i];
    matrix += k.matrix.value * k.runs, vector += k.vector.value * k.runs;
    bool works = false;
    for (const NodeId n : c.kernels.nodes(k)) {
      ++seen[n.index];
      works |= !is_idle(c, n);
      CHECK(c.kernels.kernel_of(n) == i);
    }
    CHECK(works);
  }
  for (const NodeId n : c.graph.nodes()) {
    INFO(c.graph.name(n));
    CHECK(seen[n.index] <= 1);
    CHECK((seen[n.index] == 1) == (c.kernels.kernel_of(n) != KernelGraph::kNone));
    if (!is_idle(c, n)) CHECK(seen[n.index] == 1);
    const auto& cost = c.cost.nodes[n];
    if (is_idle(c, n)) continue;
    macs += cost.work.macs.value * cost.runs, flops += cost.work.flops.value * cost.runs;
  }
  CHECK(matrix == 2 * macs);
  CHECK(matrix + vector == flops);
}

/// Kernels that make what a value shows, of the region of its reader.
void add_makers(const Case& c, ValueId v, RegionId region, std::set<std::uint32_t>& out) {
  const NodeId maker = v.valid() ? c.graph.producer(v) : NodeId();
  if (!maker.valid() || c.graph.region_of(maker) != region) return;
  if (const auto k = c.kernels.kernel_of(maker); k != KernelGraph::kNone) return void(out.insert(k));
  for (const ValueId in : c.graph.inputs(maker)) add_makers(c, in, region, out);
}

void check_order(const Case& c) {
  const auto before = all_before(c.kernels);
  for (const NodeId n : c.graph.nodes()) {
    const auto own = c.kernels.kernel_of(n);
    if (own == KernelGraph::kNone) continue;
    std::set<std::uint32_t> makers;
    for (const ValueId v : c.graph.inputs(n)) add_makers(c, v, c.graph.region_of(n), makers);
    for (const auto maker : makers) {
      INFO(c.graph.name(n) << " after kernel " << maker);
      CHECK((maker == own || before[own].contains(maker)));
    }
  }
  for (std::uint32_t k = 0; k < before.size(); ++k) {
    const auto region = c.graph.region_of(c.kernels.kernels()[k].node);
    CHECK((region == RegionId(0)) == (k < c.kernels.outermost()));
    for (const auto earlier : c.kernels.before().of(k)) {
      CHECK(earlier < k);
      CHECK(c.graph.region_of(c.kernels.kernels()[earlier].node) == region);
    }
  }
}

/// Who is said to have written what a kernel reads did.
void check_makers(const Case& c) {
  for (const auto& k : c.kernels.kernels())
    for (const auto& read : c.kernels.reads(k)) {
      if (read.kernel == Access::kNone) continue;
      const auto writes = c.kernels.writes(c.kernels.kernels()[read.kernel]);
      const bool same = std::ranges::any_of(
          writes, [&](const Access& w) { return w.value == read.value && w.type == read.type; });
      INFO(c.graph.name(read.value));
      const bool shape =
          c.graph.op(c.graph.producer(read.value)) == Op::shape_of;  // known without writing it
      CHECK((same || shape || c.backend == Backend::inductor));  // where a transpose shows another's memory
    }
}

}  // namespace

TEST_CASE("kernels of random graphs move what their groups move, and hold every operator once, in order") {
  for (unsigned seed = 0; seed < random_graphs(150); ++seed) {
    const Graph graph = graph_of(MixedGraph(seed).body(4 + static_cast<int>(seed % 24)));
    const auto cost = profile_of(graph);
    for (const auto backend : kBackends) {
      INFO("seed " << seed << ", " << name(backend) << "\n" << to_text(graph));
      const auto c = case_of(graph, cost, backend);
      check_traffic(c);
      check_replay(c);
      check_operators(c);
      check_order(c);
      check_makers(c);
    }
  }
}

TEST_CASE("sixteen bits move half of the bytes of every tensor of real numbers, and as many of all others") {
  for (unsigned seed = 0; seed < random_graphs(100); ++seed) {
    const Graph graph = graph_of(MixedGraph(seed).body(4 + static_cast<int>(seed % 24)));
    for (const auto backend : kBackends) {
      INFO("seed " << seed << ", " << name(backend) << "\n" << to_text(graph));
      const auto wide = lowered(graph, {backend}), half = lowered(graph, {backend, Precision::bf16});
      REQUIRE(wide.kernels().size() == half.kernels().size());
      for (std::size_t i = 0; i < wide.kernels().size(); ++i) {
        const auto &a = wide.kernels()[i], &b = half.kernels()[i];
        REQUIRE(a.read_count == b.read_count);
        const auto reads = wide.reads(a), halves = half.reads(b);
        for (std::size_t r = 0; r < reads.size(); ++r) {
          const bool real = graph.type(reads[r].value).dtype == Dtype::f32;
          CHECK(halves[r].bytes.value * (real ? 2 : 1) == reads[r].bytes.value);
          CHECK(halves[r].type == (real ? Dtype::bf16 : reads[r].type));
        }
        CHECK(a.matrix == b.matrix);
        CHECK(a.vector == b.vector);
      }
    }
  }
}

TEST_CASE("of a list of very many tensors no more edges are made than there are reads") {
  std::string body = "input %x : f32[4]\n", list;
  constexpr int kMany = 400;
  for (int i = 0; i < kMany; ++i) {
    body += "%a" + std::to_string(i) + " = relu(%x) : f32[4]\n";
    list += (i == 0 ? "%a" : ", %a") + std::to_string(i);
  }
  for (const std::string s : {"s", "t"}) {
    body += "%" + s + " = sequence(" + list + ") : f32[1600]\n";
    for (int i = 0; i < kMany; ++i) body += "%" + s + std::to_string(i) + " = sqrt(%" + s + ") : f32[1600]\n";
  }
  const Lowered l(body + "return %s0");
  CHECK(l.kernels.before().edges.size() == 4 * kMany);
  CHECK(l.kernels.kernels()[kMany].kind == KernelKind::control);
  CHECK(l.kernels.kernels()[kMany].traffic().value == 0);
}
