#include "facts.hpp"

#include <algorithm>

namespace alidade::cpu {
namespace {

double number(std::uint64_t n) { return static_cast<double>(n); }

Kind kind_of(const Kernel& kernel) {
  switch (kernel.kind) {
    case KernelKind::conv: {
      const auto* conv = std::get_if<ConvProblem>(&kernel.problem);
      return conv && conv->groups > 1 ? Kind::grouped : Kind::conv;
    }
    case KernelKind::depthwise:
      return Kind::depthwise;
    case KernelKind::gemm:
      return Kind::gemm;
    case KernelKind::attention:
      return Kind::attention;
    case KernelKind::recurrent:
      return Kind::recurrent;
    default:
      return kernel.counts.joined > 0 ? Kind::joined : Kind::other;
  }
}

constexpr double kGrain = 32768;  // elements that PyTorch leaves to one core

bool is_large(const Access& access) { return number(access.bytes.value) * 8 > kGrain * bits(access.type); }

void add_bytes(const KernelGraph& graph, const Kernel& kernel, Facts& out) {
  for (const auto& read : graph.reads(kernel))
    (read.weight ? out.weight_bytes : out.tensor_bytes) += number(read.bytes.value);
  for (const auto& write : graph.writes(kernel)) out.tensor_bytes += number(write.bytes.value);
}

void add_window(const Kernel& kernel, Facts& out) {
  const auto* pool = std::get_if<ConvProblem>(&kernel.problem);
  if (!pool || kernel.kind != KernelKind::window) return;
  const double made =
      number(pool->batch) * number(pool->out_channels) * pool->out[0] * pool->out[1] * pool->out[2];
  out.pooled_elements = number(kernel.counts.windows);
  (out.pooled_elements > 0 ? out.pooled_results : out.resized_elements) = made;
}

/// What PyTorch decides on when it runs an operator by itself.
void add_eager(const KernelGraph& graph, const Kernel& kernel, Facts& out) {
  out.eager = graph.lowering().backend == Backend::eager;
  out.channels_last = graph.lowering().layout == Layout::channels_last;
  out.parallel = number(kernel.elements) > kGrain;
  out.large_tensors = static_cast<unsigned>(std::ranges::count_if(graph.reads(kernel), is_large) +
                                            std::ranges::count_if(graph.writes(kernel), is_large));
}

}  // namespace

Facts facts_of(const KernelGraph& graph, const Kernel& kernel) {
  Facts out;
  out.kind = kind_of(kernel), out.arithmetic = kernel.arithmetic;
  out.macs = number(kernel.matrix.value) / 2;
  if (kernel.kind == KernelKind::sort || kernel.kind == KernelKind::opaque)
    out.loose_flops = number(kernel.vector.value);
  if (const auto* conv = std::get_if<ConvProblem>(&kernel.problem); conv && out.macs > 0) {
    out.window = std::uint64_t{conv->kernel[0]} * conv->kernel[1] * conv->kernel[2];
    out.channels = conv->out_channels;
  }
  if (const auto* a = std::get_if<AttentionProblem>(&kernel.problem); a && a->masked)
    out.masked_scores = number(a->batch) * number(a->heads) * number(a->query) * number(a->key);
  const auto& counts = kernel.counts;
  out.row_elements = number(counts.rows) + number(counts.reduced);
  out.reduced_elements = number(counts.reduced);
  out.moved_elements = number(counts.moved), out.special_elements = number(counts.special);
  add_bytes(graph, kernel, out), add_window(kernel, out), add_eager(graph, kernel, out);
  return out;
}

bool is_scored(const Facts& facts) {
  constexpr double kMostMacs = 43e9, kMostBytes = 2.2e9;  // of the kernels of 540 networks for images
  if (facts.eager &&
      (facts.kind == Kind::grouped || facts.kind == Kind::attention || facts.kind == Kind::recurrent))
    return false;
  return facts.arithmetic == Arithmetic::f32 && facts.loose_flops == 0 && facts.macs <= kMostMacs &&
         facts.weight_bytes + facts.tensor_bytes <= kMostBytes;
}

}  // namespace alidade::cpu
