#include "facts.hpp"

#include <algorithm>
#include <vector>

namespace alidade::npu {
namespace {

double number(std::uint64_t n) { return static_cast<double>(n); }

// Passes of the vector engines over an element. What leaves the array is copied once; its bias rides along.
constexpr double kRowPasses =
    5;  // of a norm: sums, their use; of a softmax: maximum, exponential, sum, quotient
constexpr double kScorePasses = 5;  // the softmax inside of an attention

/// The products of a problem, and what the vector engines do between them.
struct ProductsOf {
  const Kernel& kernel;
  Facts& out;

  void operator()(std::monostate) const {}
  void operator()(const RowProblem&) const {}
  void operator()(const GemmProblem& p) const {
    const double groups = p.experts > 0 ? std::min(number(p.experts), number(p.m)) : number(p.groups);
    if (groups == 0) return;
    const double m = p.experts > 0 ? number(p.m) / groups : number(p.m);  // rows that an expert gets
    out.products[0] = {groups, m, number(p.n), number(p.k)};
    out.vector_elements += groups * m * number(p.n);
  }
  void operator()(const ConvProblem& p) const {
    if (out.macs > 0) (*this)(unrolled(p));
  }
  void operator()(const AttentionProblem& p) const {
    const double pairs = number(p.batch) * number(p.heads), q = number(p.query), k = number(p.key);
    out.products[0] = {pairs, q, k, number(p.width)}, out.products[1] = {pairs, q, number(p.value_width), k};
    out.vector_elements += kScorePasses * pairs * q * k;
  }
  /// Step by step: the inputs of all steps at once, then one product with the state for each.
  void operator()(const RecurrentProblem& p) const {
    const double stacks = number(p.directions) * number(p.layers), gates = number(p.gates) * number(p.hidden);
    out.products[0] = {stacks, number(p.steps) * number(p.batch), gates, number(p.input)};
    out.products[1] = {stacks * number(p.steps), number(p.batch), gates, number(p.hidden)};
    out.vector_elements += 2 * stacks * number(p.steps) * number(p.batch) * gates;
  }
};

/// The host holds real numbers in 32 bits.
double bytes_on_host(const Access& access) {
  const int width = bits(access.type);
  const double bytes = number(access.bytes.value);
  return is_floating(access.type) && width > 0 && width < 32 ? bytes * 32 / width : bytes;
}

bool comes_from_outside(const Access& access) {
  return access.kernel == KernelGraph::kNone && !access.weight && access.value.valid();
}

/// Whether no kernel before this one reads it from outside.
bool is_first_reader(const KernelGraph& graph, const Kernel& kernel, ValueId value) {
  const auto reads_it = [&](const Kernel& other) {
    return std::ranges::any_of(graph.reads(other), [&](const Access& a) { return a.value == value; });
  };
  for (const Kernel& other : graph.kernels()) {
    if (&other == &kernel) return true;
    if (reads_it(other)) return false;
  }
  return true;
}

/// Who reads the results of a kernel, of those that follow it: readers are near.
std::vector<std::size_t> readers_of(const KernelGraph& graph, std::size_t own) {
  constexpr std::size_t kNear = 64;
  const auto kernels = graph.kernels();
  std::vector<std::size_t> out;
  for (std::size_t i = own + 1; i < std::min(kernels.size(), own + 1 + kNear); ++i)
    if (std::ranges::any_of(graph.reads(kernels[i]), [&](const Access& a) { return a.kernel == own; }))
      out.push_back(i);
  return out;
}

void add_readers(const KernelGraph& graph, const Kernel& kernel, Facts& out) {
  constexpr std::size_t kFewProducts = 2;
  const auto kernels = graph.kernels();
  const auto readers = readers_of(graph, static_cast<std::size_t>(&kernel - kernels.data()));
  const auto is_product = [&](std::size_t i) {
    const auto* product = std::get_if<GemmProblem>(&kernels[i].problem);
    return product != nullptr && product->weight;
  };
  out.unread = readers.empty();
  out.before_attention =
      std::ranges::any_of(readers, [&](std::size_t i) { return kernels[i].kind == KernelKind::attention; });
  out.before_products =
      !readers.empty() && readers.size() <= kFewProducts && std::ranges::all_of(readers, is_product);
  out.before_last = out.before_products && readers_of(graph, readers.front()).empty();
}

void add_bytes(const KernelGraph& graph, const Kernel& kernel, Facts& out) {
  bool waits = false, attends = true;
  for (const auto& read : graph.reads(kernel)) {
    (read.weight ? out.weight_bytes : out.tensor_bytes) += number(read.bytes.value);
    if (read.kernel != KernelGraph::kNone)
      waits = true, attends &= graph.kernels()[read.kernel].kind == KernelKind::attention;
    else if (comes_from_outside(read) && is_first_reader(graph, kernel, read.value))
      out.arriving_bytes += bytes_on_host(read);
  }
  out.behind_attention = waits && attends;
  for (const auto& write : graph.writes(kernel)) out.result_bytes += number(write.bytes.value);
  out.tensor_bytes += out.result_bytes;
}

}  // namespace

Facts facts_of(const KernelGraph& graph, const Kernel& kernel) {
  Facts out;
  out.arithmetic = kernel.arithmetic, out.macs = number(kernel.matrix.value) / 2;
  std::visit(ProductsOf{kernel, out}, kernel.problem);
  const auto& counts = kernel.counts;
  out.vector_elements += number(counts.pointwise) + kRowPasses * number(counts.rows) +
                         number(counts.reduced) + number(counts.windows) + number(counts.moved) +
                         number(counts.joined);
  if (kernel.kind == KernelKind::sort || kernel.kind == KernelKind::opaque)
    out.loose_flops = number(kernel.vector.value);
  out.row_wise = kernel.kind == KernelKind::row_wise || kernel.kind == KernelKind::sort;
  out.gathers = kernel.kind == KernelKind::gather;
  add_bytes(graph, kernel, out);
  if (const auto* rows = std::get_if<RowProblem>(&kernel.problem); out.gathers && rows && rows->rows > 0)
    out.picked_row_bytes = out.result_bytes / number(rows->rows);
  if (out.row_wise || out.macs > 0) add_readers(graph, kernel, out);
  return out;
}

}  // namespace alidade::npu
