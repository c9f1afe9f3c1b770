#include "pieces.hpp"

#include <algorithm>

namespace alidade::serving {
namespace {

/// Where the cache is in a graph: the tensors that come in, and those that have rows joined to them.
class CacheValues {
 public:
  CacheValues(const Graph& graph, std::span<const CacheTensor> cache)
      : g_(graph), is_cache_(graph.value_count(), 0), share_(graph.value_count(), 1.0) {
    for (const auto& tensor : cache) {
      if (!tensor.input.valid()) continue;
      is_cache_[tensor.input] = 1;
      latent_ |= tensor.kind == CacheKind::latent;
    }
    for (const NodeId n : graph.body())
      if (graph.op(n) == Op::concat) follow(n);
  }
  [[nodiscard]] bool has(ValueId v) const { return v.valid() && is_cache_[v] != 0; }
  [[nodiscard]] bool latent() const { return latent_; }
  /// What part of a tensor is new in this step: 1 of what is no cache.
  [[nodiscard]] double new_share(ValueId v) const { return v.valid() ? share_[v] : 1; }

 private:
  /// Rows joined to a cache, or parts of it side by side.
  void follow(NodeId n) {
    const auto operands = g_.inputs(n);
    const ValueId out = g_.outputs(n)[0];
    if (operands.empty() || !has(operands[0])) return;
    is_cache_[out] = 1;
    const auto before = g_.type(operands[0]).elements(), all = g_.type(out).elements();
    const bool joined = std::ranges::all_of(operands, [&](ValueId v) { return has(v); });
    if (!before || !all || all->get().value_or(0) == 0) return;
    const double part = static_cast<double>(*before->get()) / static_cast<double>(*all->get());
    share_[out] = joined ? 0 : 1 - part;
  }

  const Graph& g_;
  PerValue<char> is_cache_;
  PerValue<double> share_;
  bool latent_ = false;
};

/// What engines have no kernels of their own for: the price of products with experts has what sorts rows for
/// them and adds up what comes back, and all that chooses experts is one kernel.
class Routing {
 public:
  Routing(const Graph& graph, const KernelGraph& kernels)
      : g_(graph), sorts_(graph.module_count(), 0), chooses_(graph.module_count(), 0) {
    PerModule<char> around(graph.module_count(), 0);
    for (const Kernel& kernel : kernels.kernels())
      if (const auto* p = std::get_if<GemmProblem>(&kernel.problem);
          p && p->experts > 0 && module(kernel) != kWhole)
        sorts_[module(kernel)] = around[graph.parent(module(kernel))] = 1;
    for (const NodeId n : graph.body())
      if (const ModuleId m = graph.module(n);
          graph.op(n) == Op::topk && m != kWhole && around[graph.parent(m)] != 0)
        chooses_[m] = 1;
  }
  [[nodiscard]] bool has(const Kernel& kernel) {
    if (kernel.products > 0 || kernel.kind == KernelKind::pointwise) return false;
    if (sorts_[module(kernel)] != 0) return true;
    auto& chooses = chooses_[module(kernel)];
    if (chooses == 0) return false;
    const bool first = chooses == 1 && kernel.kind == KernelKind::sort;
    if (first) chooses = 2;
    return !first;
  }

 private:
  static constexpr ModuleId kWhole{0};
  [[nodiscard]] ModuleId module(const Kernel& kernel) const { return g_.module(kernel.node); }

  const Graph& g_;
  PerModule<char> sorts_, chooses_;  // 2: its one kernel was seen
};

bool works_on_rows(const Piece& piece) {
  return piece.kernel.products == 0 && piece.kernel.kind != KernelKind::attention;
}

void scale(std::uint64_t& amount, double factor) {
  amount = static_cast<std::uint64_t>(static_cast<double>(amount) * factor);
}
void scale(Access& access, double factor) {
  scale(access.bytes.value, factor);
  access.bytes_upper = access.bytes.value;
}

/// What copies the cache to join rows to it writes these rows and reads nothing of it.
void write_in_place(Piece& piece, const CacheValues& cache) {
  double least = 1;
  for (auto& write : piece.writes) {
    least = std::min(least, cache.new_share(write.value));
    scale(write, cache.new_share(write.value));
  }
  if (least == 1) return;
  for (auto& read : piece.reads)
    if (cache.has(read.value)) scale(read, 0);
  scale(piece.kernel.counts.joined, least), scale(piece.kernel.counts.moved, least);
}

/// Keys are latents with their places beside them, and values the same latents.
void read_latents_once(Piece& piece) {
  std::size_t largest = piece.reads.size();
  for (std::size_t i = 0; i < piece.reads.size(); ++i)
    if (piece.cached[i] != 0 &&
        (largest == piece.reads.size() || piece.reads[i].bytes > piece.reads[largest].bytes))
      largest = i;
  for (std::size_t i = 0; i < piece.reads.size(); ++i)
    if (piece.cached[i] != 0 && i != largest) scale(piece.reads[i], 0);
}

std::uint64_t elements_of(const Access& access) {
  const int width = bits(access.type);
  return width > 0 ? access.bytes.value * 8 / static_cast<unsigned>(width) : 0;
}

}  // namespace

void add_up(Kernel& kernel, std::span<const Access> reads, std::span<const Access> writes) {
  kernel.read = kernel.written = Bytes(0);
  for (const auto& read : reads) kernel.read += read.bytes;
  for (const auto& write : writes) kernel.written += write.bytes;
  kernel.read_upper = kernel.read.value, kernel.written_upper = kernel.written.value;
}

std::vector<Piece> pieces_of(const KernelSample& sample, std::span<const CacheTensor> tensors) {
  const CacheValues cache(*sample.graph, tensors);
  Routing routing(*sample.graph, *sample.kernels);
  const auto& kernels = *sample.kernels;
  std::vector<Piece> out;
  out.reserve(kernels.kernels().size());
  for (const Kernel& kernel : kernels.kernels()) {
    auto& piece = out.emplace_back();
    piece.kernel = kernel;
    if (routing.has(kernel)) piece.kernel.kind = KernelKind::control;
    std::ranges::copy(kernels.reads(kernel), std::back_inserter(piece.reads));
    std::ranges::copy(kernels.writes(kernel), std::back_inserter(piece.writes));
    std::ranges::copy(kernels.nodes(kernel), std::back_inserter(piece.nodes));
    for (const auto* accesses : {&piece.reads, &piece.writes})
      for (const auto& access : *accesses) piece.cached.push_back(cache.has(access.value) ? 1 : 0);
    if (!kernel.known()) continue;
    if (works_on_rows(piece)) write_in_place(piece, cache);
    if (cache.latent() && kernel.kind == KernelKind::attention) read_latents_once(piece);
    add_up(piece.kernel, piece.reads, piece.writes);
    if (!works_on_rows(piece)) continue;
    piece.kernel.elements = 0;
    for (const auto* accesses : {&piece.reads, &piece.writes})
      for (const auto& access : *accesses)
        piece.kernel.elements = std::max(piece.kernel.elements, elements_of(access));
  }
  return out;
}

}  // namespace alidade::serving
