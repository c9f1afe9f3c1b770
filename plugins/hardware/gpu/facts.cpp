#include "facts.hpp"

#include <algorithm>

namespace alidade::gpu {
namespace {

double number(std::uint64_t n) { return static_cast<double>(n); }

constexpr double kSortPasses = 8;         // over all bytes
constexpr double kScoreBytes = 8;         // for a score that leaves the chip: written and read twice
constexpr double kWidestAttention = 512;  // that libraries have a fused kernel for

/// PyTorch's own kernels and those that it generates hide their work; those written by hand for engines, a
/// block for each row, do not.
bool written_by_hand(Backend backend) { return backend != Backend::eager && backend != Backend::inductor; }

/// Whether elements meet an operand of fewer, which repeats; weights are read as they lie.
bool repeats_operand(const KernelGraph& graph, const Kernel& kernel) {
  std::uint64_t least = ~std::uint64_t{0}, most = 0;
  for (const auto& read : graph.reads(kernel))
    if (!read.weight) least = std::min(least, read.bytes.value), most = std::max(most, read.bytes.value);
  return most > 0 && 2 * least <= most;
}

/// Values that are a part of the one head of keys: engines have a kernel for it, which reads them once.
bool over_latents(const AttentionProblem& p) {
  return p.kv_heads == 1 && p.heads > 1 && p.value_width < p.width && number(p.width) > kWidestOfWarps;
}

/// Of what PyTorch makes 8-bit floats for a product, each by itself.
double scaled_rows(const KernelGraph& graph, const Kernel& kernel) {
  if (!kernel.cast || kernel.arithmetic != Arithmetic::f8 || graph.lowering().backend != Backend::eager)
    return 0;
  const auto reader = graph.kernel_of(kernel.node);
  if (reader == KernelGraph::kNone) return 0;
  const auto* product = std::get_if<GemmProblem>(&graph.kernels()[reader].problem);
  return product && product->k > 0 ? number(kernel.written.value) / number(product->k) : 0;
}

Stream stream_of(const KernelGraph& graph, const Kernel& kernel) {
  const auto& counts = kernel.counts;
  Stream out{number(kernel.traffic().value)};
  out.special_elements = number(counts.special);
  out.row_elements = number(counts.rows) + number(counts.reduced);
  out.window_elements = number(counts.windows);
  if (kernel.kind == KernelKind::gather) out.picked_elements = number(counts.moved);
  out.scaled_rows = scaled_rows(graph, kernel);
  out.in_turn = written_by_hand(graph.lowering().backend);
  if (out.in_turn && kernel.kind == KernelKind::pointwise && repeats_operand(graph, kernel))
    out.repeated_elements = number(counts.pointwise);
  if (kernel.kind == KernelKind::sort) out.bytes *= kSortPasses;
  out.plain_flops =
      kernel.kind == KernelKind::opaque ? number(kernel.vector.value) : number(counts.pointwise);
  return out;
}

/// The product that a problem is, or nothing of the kind.
class ProblemFacts {
 public:
  ProblemFacts(const KernelGraph& graph, const Kernel& kernel, double flops_per_s, Facts& out)
      : graph_(graph), kernel_(kernel), flops_per_s_(flops_per_s), out_(out) {}

  void operator()(std::monostate) const {
    if (kernel_.matrix.value > 0) roofline(0);
  }
  void operator()(const RowProblem&) const { (*this)(std::monostate{}); }
  void operator()(const GemmProblem& p) const {
    const double groups = p.experts > 0 ? std::min(number(p.experts), number(p.m)) : number(p.groups);
    if (groups == 0) return;
    const double m = p.experts > 0 ? number(p.m) / groups : number(p.m);
    out_.work = placed(dense(groups, m, number(p.n), number(p.k), element_bytes(), flops_per_s_), p.weight);
    std::get<Product>(out_.work).routed = p.experts > 0;
  }
  void operator()(const ConvProblem& p) const {
    if (kernel_.matrix.value == 0) return;  // a pool
    const double window = number(std::uint64_t{p.kernel[0]} * p.kernel[1] * p.kernel[2]);
    if (!p.channels_last && p.rank > 1) out_.turned_bytes = number(kernel_.traffic().value) - weight_bytes();
    if (kernel_.kind == KernelKind::depthwise) {
      out_.work = Depthwise{number(kernel_.matrix.value), number(kernel_.traffic().value), window};
      out_.turned_bytes = 0;
      return;
    }
    const auto u = unrolled(p);
    auto out = way_of(p);
    out.product = placed(
        dense(number(u.groups), number(u.m), number(u.n), number(u.k), element_bytes(), flops_per_s_), true);
    out_.work = out;
  }
  void operator()(const AttentionProblem& p) const {
    if (over_latents(p)) return roofline(0);
    const double score_bytes =
        kScoreBytes * number(p.batch) * number(p.heads) * number(p.query) * number(p.key);
    if (p.rank > 4 || number(p.width) > kWidestAttention) return roofline(score_bytes);
    Attention a{number(p.batch), number(p.heads), number(p.kv_heads),
                number(p.query), number(p.key),   (number(p.width) + number(p.value_width)) / 2};
    a.causal = p.causal, a.flops_per_s = flops_per_s_;
    a.element_bytes = element_bytes(), a.kv_element_bytes = kept_element_bytes(p);
    a.apart_flops = number(kernel_.matrix.value),
    a.apart_bytes = number(kernel_.traffic().value) + score_bytes;
    out_.work = a;
  }
  void operator()(const RecurrentProblem& p) const {
    const double gates = number(p.gates) * number(p.hidden), batch = number(p.batch), steps = number(p.steps);
    out_.work = Recurrence{dense(1, steps * batch, gates, number(p.input), element_bytes(), flops_per_s_),
                           dense(1, batch, gates, number(p.hidden), element_bytes(), flops_per_s_), steps,
                           number(p.directions) * number(p.layers)};
    out_.scored = false;
  }

 private:
  [[nodiscard]] double element_bytes() const { return bits(kernel_.arithmetic) / 8.0; }
  /// Keys and values may be kept in other types than they are multiplied in, of whole numbers, too. They are
  /// the largest of what is read beside the first that has the size of the queries.
  [[nodiscard]] double kept_element_bytes(const AttentionProblem& p) const {
    const double queries = number(p.batch) * number(p.heads) * number(p.query) * number(p.width);
    double out = element_bytes(), most = 0;
    bool seen = false;
    for (const auto& read : graph_.reads(kernel_)) {
      if (!is_floating(read.type) && !is_integer(read.type)) continue;
      const double width = bits(read.type) / 8.0, elements = number(read.bytes.value) / width;
      const bool is_query = !seen && elements == queries;
      seen |= is_query;
      if (!is_query && elements > most) most = elements, out = width;
    }
    return out;
  }
  [[nodiscard]] double weight_bytes() const {
    double out = 0;
    for (const auto& read : graph_.reads(kernel_))
      if (read.weight) out += number(read.bytes.value);
    return out;
  }
  /// As it goes forward. The gradient of weights is a convolution, too: its images are the channels, its
  /// window the result, which no model has as a weight.
  [[nodiscard]] Convolution way_of(const ConvProblem& p) const {
    const auto sizes = [](const Sizes3& s) {
      return std::array<double, 3>{1.0 * s[0], 1.0 * s[1], 1.0 * s[2]};
    };
    Convolution out;
    out.groups = number(p.groups), out.rank = p.rank, out.channels_last = p.channels_last;
    out.bfloats = kernel_.arithmetic == Arithmetic::bf16;
    out.images = number(p.batch), out.taken = number(p.in_channels / p.groups);
    out.made = number(p.out_channels / p.groups);
    out.given = sizes(p.in), out.result = sizes(p.out), out.window = sizes(p.kernel);
    out.steps = sizes(p.strides), out.dilated = p.dilations != Sizes3{1, 1, 1};
    if (p.transposed) {
      out.found = Found::images;
      std::swap(out.given, out.result), std::swap(out.taken, out.made);
    } else if (weight_bytes() == 0 && volume(p.kernel) > volume(p.out)) {
      out.found = Found::weights;
      std::swap(out.images, out.taken), std::swap(out.window, out.result);
      out.steps = sizes(p.dilations), out.dilated = p.strides != Sizes3{1, 1, 1};
    }
    return out;
  }
  [[nodiscard]] static double volume(const Sizes3& s) { return 1.0 * s[0] * s[1] * s[2]; }
  void roofline(double more_bytes) const {
    out_.work =
        Roofline{number(kernel_.matrix.value), flops_per_s_, number(kernel_.traffic().value) + more_bytes};
    out_.scored = more_bytes > 0;
  }
  /// With the bytes that this kernel moves: a window is read once, a weight in the type that it is stored in.
  [[nodiscard]] Product placed(Product product, bool weight) const {
    const double read = number(kernel_.read.value), stored = weight_bytes();
    product.out_bytes = number(kernel_.written.value);
    product.right_bytes = weight && stored > 0 ? stored : std::min(read, product.right_bytes);
    product.left_bytes = read - product.right_bytes;
    product.called = graph_.lowering().backend == Backend::eager;
    product.small_floats = kernel_.arithmetic == Arithmetic::f8 || kernel_.arithmetic == Arithmetic::f4;
    product.between_bytes = number(kernel_.traffic().value);
    if (weight && stored > 0) {
      product.between_bytes += number(graph_.weights().value);
      product.right_element_bytes =
          std::min(product.right_element_bytes, stored / (product.groups * product.n * product.k));
    }
    return product;
  }

  const KernelGraph& graph_;
  const Kernel& kernel_;
  double flops_per_s_;
  Facts& out_;
};

}  // namespace

Facts facts_of(const KernelGraph& graph, const Kernel& kernel, double flops_per_s) {
  Facts out;
  out.work = stream_of(graph, kernel);
  out.scored = kernel.kind != KernelKind::sort && kernel.kind != KernelKind::opaque;
  std::visit(ProblemFacts(graph, kernel, flops_per_s, out), kernel.problem);
  if (!std::holds_alternative<Stream>(out.work)) out.beside = stream_of(graph, kernel), out.beside.bytes = 0;
  return out;
}

}  // namespace alidade::gpu
