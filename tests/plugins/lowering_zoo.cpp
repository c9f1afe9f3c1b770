// Kernels of real models: every problem multiplies as often as the cost table counts, under every backend.
#include "lowering_samples.hpp"
#include "passes.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

/// FLOPs of the products that a problem says; nothing where it is none.
std::optional<std::uint64_t> flops_of(const Problem& problem) {
  if (const auto* p = std::get_if<GemmProblem>(&problem)) return 2 * p->groups * p->m * p->n * p->k;
  if (const auto* p = std::get_if<ConvProblem>(&problem)) {
    const auto out = unrolled(*p);
    return 2 * out.groups * out.m * out.n * out.k;
  }
  if (const auto* p = std::get_if<AttentionProblem>(&problem))
    return 2 * p->batch * p->heads * p->query * p->key * (p->width + p->value_width);
  return std::nullopt;
}
bool multiplies(KernelKind kind) {
  return kind == KernelKind::gemm || kind == KernelKind::conv || kind == KernelKind::depthwise ||
         kind == KernelKind::attention;
}

void check(const Graph& graph, const CostProfile& cost, const Lowering& lowering) {
  INFO(graph.name() << " under " << describe(lowering));
  const auto kernels = lower(graph, cost, lowering);
  REQUIRE(kernels.has_value());
  std::uint64_t matrix = 0, macs = 0;
  for (const auto& k : kernels->kernels()) {
    INFO(name(k.kind) << " " << graph.name(k.node));
    CHECK(k.known());
    matrix += k.matrix.value;
    if (!multiplies(k.kind)) {
      CHECK(k.matrix.value == 0);
      continue;
    }
    CHECK(flops_of(k.problem) == k.matrix.value);
  }
  for (const NodeId n : graph.nodes()) macs += cost.nodes[n].work.macs.value;
  CHECK(matrix == 2 * macs);
}

}  // namespace

TEST_CASE("kernels of real models have the problems that the cost table counts, under every backend") {
  std::vector<Graph> graphs;
  for (const auto* name : {"resnet18", "mobilenet_v2", "vit_b_16"}) graphs.push_back(exported(name));
  graphs.push_back(
      read_model("onnx", "models/bert_base.onnx", {{"batch", 2}, {"seq", 16}, {"sequence", 16}}));
  graphs.push_back(read_model("onnx", "models/swin_t.onnx", {{"batch", 2}}));
  for (const auto& graph : graphs) {
    const auto cost = profile_of(graph);
    for (const auto backend : kBackends)
      for (const auto precision : {Precision::as_captured, Precision::amp_f16, Precision::i8})
        check(graph, cost, {backend, precision});
    check(graph, cost, {Backend::eager, Precision::f16, Layout::channels_last});
  }
}

TEST_CASE("torch.compile's casts and transposes of a vision transformer are the weights' alone") {
  const Graph graph = exported("vit_b_16");
  const auto kernels = lowered(graph, {Backend::inductor, Precision::amp_f16});
  std::size_t weights = 0, others = 0;
  for (const auto& k : kernels.kernels())
    if (k.cast) ++(kernels.reads(k)[0].weight ? weights : others);
  CHECK(weights == 2 * (1 + 12 * 4 + 1));  // a projection of patches, four products a layer, and the head
  CHECK(others == 1);                      // the image
  std::uint64_t operands = 0;
  for (const auto& k : kernels.kernels()) {
    if (k.kind != KernelKind::gemm) continue;
    for (const auto& read : kernels.reads(k)) {
      CHECK(read.type == Dtype::f16);  // written so by loops, or cast
      ++operands;
    }
  }
  CHECK(operands == 3 * (12 * 4 + 1));
}
