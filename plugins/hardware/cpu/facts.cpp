#include "facts.hpp"

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

void add_bytes(const KernelGraph& graph, const Kernel& kernel, Facts& out) {
  for (const auto& read : graph.reads(kernel))
    (read.weight ? out.weight_bytes : out.tensor_bytes) += number(read.bytes.value);
  for (const auto& write : graph.writes(kernel)) out.tensor_bytes += number(write.bytes.value);
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
  out.moved_elements = number(counts.moved), out.special_elements = number(counts.special);
  add_bytes(graph, kernel, out);
  return out;
}

bool is_scored(const Facts& facts) {
  constexpr double kMostMacs = 43e9, kMostBytes = 2.2e9;  // of the kernels of 540 networks for images
  return facts.arithmetic == Arithmetic::f32 && facts.loose_flops == 0 && facts.macs <= kMostMacs &&
         facts.weight_bytes + facts.tensor_bytes <= kMostBytes;
}

}  // namespace alidade::cpu
