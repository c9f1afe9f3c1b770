// The kernels of a graph as functions of its sizes: samples on a grid, and the polynomials through them.
#include <algorithm>
#include <map>
#include <utility>

#include "../lowering/builder.hpp"
#include "alidade/base/text.hpp"
#include "division.hpp"
#include "figures.hpp"
#include "pieces.hpp"

namespace alidade {
namespace {

using serving::Piece;

std::vector<double> distinct(const std::vector<KernelSample>& samples, std::uint64_t KernelSample::* size) {
  std::vector<double> out;
  for (const auto& sample : samples)
    if (const auto value = static_cast<double>(sample.*size); std::ranges::find(out, value) == out.end())
      out.push_back(value);
  return out;
}

/// Of every point the part that it has in the value at x: the polynomial through all of them.
std::vector<double> lagrange(const std::vector<double>& points, double x) {
  std::vector<double> out(points.size(), 1);
  for (std::size_t i = 0; i < points.size(); ++i)
    for (std::size_t j = 0; j < points.size(); ++j)
      if (j != i) out[i] *= (x - points[j]) / (points[i] - points[j]);
  return out;
}

/// What two kernels have to share beside their figures: kinds, numbers and flags.
std::vector<double> character(const Piece& piece) {
  const auto& k = piece.kernel;
  std::vector<double> out{static_cast<double>(k.kind),     static_cast<double>(k.arithmetic),
                          static_cast<double>(k.sums),     static_cast<double>(k.cast),
                          static_cast<double>(k.products), static_cast<double>(k.problem.index()),
                          static_cast<double>(k.runs),     static_cast<double>(k.conditional)};
  if (const auto* p = std::get_if<GemmProblem>(&k.problem))
    out.insert(out.end(),
               {static_cast<double>(p->experts), static_cast<double>(p->weight),
                static_cast<double>(p->transposed_left), static_cast<double>(p->transposed_right)});
  if (const auto* p = std::get_if<AttentionProblem>(&k.problem))
    out.insert(out.end(), {static_cast<double>(p->heads), static_cast<double>(p->kv_heads),
                           static_cast<double>(p->width), static_cast<double>(p->value_width),
                           static_cast<double>(p->causal), static_cast<double>(p->masked)});
  for (const auto* accesses : {&piece.reads, &piece.writes}) {
    out.push_back(-1);
    for (const auto& access : *accesses)
      out.insert(out.end(), {static_cast<double>(access.type), static_cast<double>(access.weight)});
  }
  out.insert(out.end(), piece.cached.begin(), piece.cached.end());
  return out;
}

std::vector<double> figures_of(const Piece& piece) {
  std::vector<double> out;
  serving::append_figures(piece.kernel, out);
  for (const auto* accesses : {&piece.reads, &piece.writes})
    for (const auto& access : *accesses) out.push_back(static_cast<double>(access.bytes.value));
  return out;
}

Error changes(const KernelSample& a, const KernelSample& b) {
  return {Fault::model,
          "the kernels of " + text::quoted(text::printable(a.graph->name())) + " are others at batch " +
              std::to_string(b.batch) + ", length " + std::to_string(b.length) + " than at batch " +
              std::to_string(a.batch) + ", length " + std::to_string(a.length),
          {},
          "estimate it at each size by itself: alidade estimate MODEL --bind ..."};
}

}  // namespace

class KernelFitter {
 public:
  KernelFitter(std::vector<KernelSample> samples, std::span<const CacheTensor> cache) {
    for (const auto& sample : samples) pieces_.push_back(serving::pieces_of(sample, cache));
    out_.batches_ = distinct(samples, &KernelSample::batch);
    out_.lengths_ = distinct(samples, &KernelSample::length);
    out_.samples_ = std::move(samples);
  }

  Result<KernelFunctions> fit() {
    for (std::size_t s = 1; s < pieces_.size(); ++s)
      if (!alike(pieces_[0], pieces_[s])) return std::unexpected(changes(out_.samples_[0], out_.samples_[s]));
    for (std::size_t k = 0; k < pieces_[0].size(); ++k)
      entry_of_.push_back(pieces_[0][k].kernel.kind == KernelKind::control ? KernelGraph::kNone : add(k));
    for (auto& entry : out_.entries_)
      for (auto& read : entry.reads)
        if (read.kernel != KernelGraph::kNone) read.kernel = entry_of_[read.kernel];
    out_.find_shape();
    return std::move(out_);
  }

 private:
  static bool alike(const std::vector<Piece>& a, const std::vector<Piece>& b) {
    return std::ranges::equal(a, b,
                              [](const Piece& x, const Piece& y) { return character(x) == character(y); });
  }
  /// The entry that the kernel became, or that it is one more run of.
  std::uint32_t add(std::size_t k) {
    auto figures = std::vector<double>();
    for (const auto& sample : pieces_) {
      const auto own = figures_of(sample[k]);
      figures.insert(figures.end(), own.begin(), own.end());
    }
    auto& first = pieces_[0][k];
    auto key = std::pair(character(first), figures);
    const auto runs = first.kernel.runs;
    if (const auto [known, is_new] = place_.try_emplace(std::move(key), out_.entries_.size()); !is_new) {
      out_.entries_[known->second].kernel.runs += runs;
      return static_cast<std::uint32_t>(known->second);
    }
    KernelFunctions::Entry entry{first.kernel,           std::move(first.reads),  std::move(first.writes),
                                 std::move(first.nodes), std::move(first.cached), std::move(figures)};
    const auto* gemm = std::get_if<GemmProblem>(&entry.kernel.problem);
    if (gemm && gemm->experts > 0) entry.chosen = gemm->m / tokens();
    out_.entries_.push_back(std::move(entry));
    return static_cast<std::uint32_t>(out_.entries_.size() - 1);
  }
  /// That the first sample works on: of decode one a sequence, of prefill as many as its ids have.
  [[nodiscard]] std::uint64_t tokens() const {
    const auto& graph = *out_.samples_[0].graph;
    for (const ValueId v : graph.inputs())
      if (const auto type = graph.type(v); type.rank() == 2 && is_integer(type.dtype))
        return type.elements() ? type.elements()->get().value_or(1) : 1;
    return std::max<std::uint64_t>(out_.samples_[0].batch, 1);
  }

  std::vector<std::vector<Piece>> pieces_;  // by sample
  std::vector<std::uint32_t> entry_of_;     // by kernel of the first sample
  std::map<std::pair<std::vector<double>, std::vector<double>>, std::size_t> place_;
  KernelFunctions out_;
};

Result<KernelFunctions> KernelFunctions::fitted(std::vector<KernelSample> samples,
                                                std::span<const CacheTensor> cache) {
  return KernelFitter(std::move(samples), cache).fit();
}

/// The width that layers pass on is what the product that makes most columns, the head, reads.
void KernelFunctions::find_shape() {
  std::uint64_t columns = 0;
  for (const auto& entry : entries_) {
    if (const auto* a = std::get_if<AttentionProblem>(&entry.kernel.problem))
      heads_ = std::max(heads_, a->heads), kv_heads_ = std::max(kv_heads_, a->kv_heads),
      width_ = std::max(width_, a->width), value_width_ = std::max(value_width_, a->value_width),
      layers_ += entry.kernel.runs;
    const auto* p = std::get_if<GemmProblem>(&entry.kernel.problem);
    if (!p || !p->weight) continue;
    experts_ = std::max(experts_, p->experts);
    if (p->experts == 0 && p->n > columns) columns = p->n, hidden_ = p->k;
  }
}

/// By themselves, or behind the queries in one product.
std::uint64_t KernelFunctions::key_columns(std::uint64_t columns) const {
  if (kv_heads_ == heads_) return 0;
  const auto keys = kv_heads_ * width_, values = kv_heads_ * value_width_;
  if (columns == keys || columns == values) return columns;
  return columns == heads_ * width_ + keys + values ? keys + values : 0;
}

double KernelFunctions::keys_share(std::uint64_t devices) const {
  if (kv_heads_ == 0) return 1;
  return static_cast<double>(std::max<std::uint64_t>(kv_heads_ / devices, 1)) /
         static_cast<double>(kv_heads_);
}

/// Of every sample, in their order, which is that of the grid.
std::vector<double> KernelFunctions::weights_of(double batch, double length) const {
  const auto b = lagrange(batches_, batch), l = lagrange(lengths_, length);
  std::vector<double> out;
  for (const auto& sample : samples_) {
    const auto at = [](const std::vector<double>& points, std::uint64_t size) {
      return static_cast<std::size_t>(std::ranges::find(points, static_cast<double>(size)) - points.begin());
    };
    out.push_back(b[at(batches_, sample.batch)] * l[at(lengths_, sample.length)]);
  }
  return out;
}

KernelGraph KernelFunctions::at(const StepSizes& sizes, const Division& division) const {
  const auto weights = weights_of(sizes.batch, sizes.length);
  const serving::Divider divider(*this, division);
  std::vector<Entry> made;
  made.reserve(entries_.size());
  for (const auto& entry : entries_) {
    Entry one{entry.kernel, entry.reads, entry.writes, {}, {}, {}, entry.chosen};
    const std::size_t count = entry.figures.size() / weights.size();
    std::size_t i = 0;
    const auto set = [&](auto& figure) {
      double value = 0;
      for (std::size_t s = 0; s < weights.size(); ++s) value += weights[s] * entry.figures[s * count + i];
      serving::set_whole(figure, value), ++i;
    };
    serving::each_figure(one.kernel, set);
    for (auto* accesses : {&one.reads, &one.writes})
      for (auto& access : *accesses) set(access.bytes.value), access.bytes_upper = access.bytes.value;
    serving::meet_experts(one.kernel, one.reads, one.chosen);
    serving::keep_cache_in(sizes.cache, entry.cached, one.reads, one.writes);
    divider.divide(one.kernel, entry.cached, one.reads, one.writes);
    serving::add_up(one.kernel, one.reads, one.writes);
    one.kernel.matrix_upper = one.kernel.matrix.value, one.kernel.vector_upper = one.kernel.vector.value;
    made.push_back(std::move(one));
  }
  std::vector<KernelParts> parts;
  for (std::size_t i = 0; i < made.size(); ++i)
    parts.push_back({made[i].kernel, made[i].reads, made[i].writes, entries_[i].nodes});
  return KernelGraphBuilder::assembled(sample(), parts);
}

}  // namespace alidade
