#include "loop_kernels.hpp"

#include <algorithm>

#include "sdk/fusion/traffic/reads.hpp"

namespace alidade::fusion {
namespace {

constexpr auto kNone = Grouping::kNone;
constexpr std::uint32_t kMostReads = 4;       // of a loop that is done again in each of its readers
constexpr std::uint32_t kMostReadsOnce = 12;  // of one that is done in its only reader

/// Whether one begins with the other.
bool leads(std::span<const std::uint64_t> part, std::span<const std::uint64_t> whole) {
  return !part.empty() && part.size() < whole.size() && whole.size() < kMapRank &&
         std::ranges::equal(part, whole.first(part.size()));
}

/// Decides which loops are done inside of the loops that read them.
class Inlining {
 public:
  Inlining(const FusionInput& s, const GroupLimits& limits, Flow& flow)
      : s_(s), limits_(limits), flow_(flow), out_{{}, std::vector(flow.size(), kNone)} {}

  LoopKernels all() {
    const auto inside = inlined();
    for (std::uint32_t i = flow_.size(); i-- > 0;) {
      if (flow_.is_view(i)) continue;
      const auto host = inside[i] ? host_of(i) : kNone;
      if (host != kNone)
        out_.of[i] = host, absorb(out_.kernels[host], flow_.nests[i]);
      else
        out_.of[i] = static_cast<std::uint32_t>(out_.kernels.size()), out_.kernels.push_back(kernel_of(i));
      out_.kernels[out_.of[i]].steps.push_back(i), out_.kernels[out_.of[i]].size += size_of(i);
    }
    for (std::uint32_t i = 0; i < flow_.size(); ++i)
      if (s_.op(i) == Op::concat && flow_.is_call(i)) join_maker(i);
    return std::move(out_);
  }

 private:
  /// With the views before it, which a kernel that reads through them has to hold.
  [[nodiscard]] GroupSize size_of(std::uint32_t i) const {
    return GroupSize{flow_.views[i], 0, 0} + GroupSize::of(s_, i);
  }
  /// The reader's kernel that ends first; none where the step would make it too large, or belongs to the sums
  /// of a norm that are a kernel before the reader's.
  [[nodiscard]] std::uint32_t host_of(std::uint32_t i) const {
    auto host = out_.of[flow_.readers[i][0]];
    for (const auto r : flow_.readers[i]) {
      if (sums_apart(r)) return kNone;
      if (out_.kernels[out_.of[r]].steps.front() < out_.kernels[host].steps.front()) host = out_.of[r];
    }
    return (out_.kernels[host].size + size_of(i)).within(limits_) ? host : kNone;
  }
  /// Whether a norm is done inside of loops over something else: rows that are padded, a mean of all rows.
  /// Then its sums are made before.
  [[nodiscard]] bool sums_apart(std::uint32_t norm) const {
    const auto &own = flow_.nests[norm], &host = flow_.nests[out_.kernels[out_.of[norm]].steps.front()];
    return own.rows != 0 && (host.elements != own.elements || (host.rows != 0 && host.rows != own.rows));
  }
  /// A map of channels is written by the kernels that make its parts: it belongs to the last of them. Where
  /// nothing else reads the parts, a convolution wants another layout than they are written in, and a kernel
  /// changes it.
  void join_maker(std::uint32_t concat) {
    const auto makers = flow_.sources[concat];
    const auto only_here = [&](auto m) { return !flow_.is_call(m) && flow_.readers[m].size() == 1; };
    if (makers.empty() || flow_.is_call(makers.back())) return;
    if (std::ranges::all_of(makers, only_here) || !follows_convolution(makers.back())) return;
    auto& taker = out_.kernels[out_.of[makers.back()]];
    const auto size = taker.size + size_of(concat);
    if (!size.within(limits_)) return;
    out_.kernels[out_.of[concat]].steps.clear();
    out_.of[concat] = out_.of[makers.back()], taker.size = size;
    taker.steps.insert(std::ranges::lower_bound(taker.steps, concat, std::greater()), concat);
  }
  [[nodiscard]] bool follows_convolution(std::uint32_t step) const {
    while (!flow_.is_call(step) && !flow_.sources[step].empty()) step = flow_.sources[step].front();
    return s_.op(step) == Op::conv;
  }
  [[nodiscard]] Kernel kernel_of(std::uint32_t i) const {
    const auto& nest = flow_.nests[i];
    return {{},
            nest.elements,
            nest.rows,
            nest.sizes,
            s_.graph().region_of(s_.node(i)),
            {},
            nest.execution == Execution::call,
            nest.across,
            nest.permuted,
            nest.by_columns && nest.execution == Execution::loop};
  }
  static void absorb(Kernel& kernel, const LoopNest& nest) {
    kernel.by_columns |= nest.by_columns, kernel.permuted |= nest.permuted;
    if (kernel.rows == 0 && nest.rows != 0 && kernel.elements == nest.elements)
      kernel.rows = nest.rows, kernel.elements = nest.elements, kernel.across = nest.across;
  }
  /// Whether each step is done inside of those that read it, which take over what it reads.
  [[nodiscard]] std::vector<char> inlined() {
    std::vector<char> inside(flow_.size(), 0);
    for (std::uint32_t i = 0; i < flow_.size(); ++i) {
      auto& nest = flow_.nests[i];
      for (const auto maker : flow_.sources[i]) {
        if (inside[maker] == 0) continue;
        const auto& inner = flow_.nests[maker];
        nest.reads += inner.reads - 1, nest.by_columns |= inner.by_columns, nest.permuted |= inner.permuted;
      }
      inside[i] = nest.execution == Execution::loop && may_be_inside(i);
    }
    return inside;
  }
  [[nodiscard]] bool may_be_inside(std::uint32_t i) const {
    const auto readers = flow_.readers[i];
    const auto reads = flow_.nests[i].reads;
    if (readers.empty() || readers.size() > Flow::kMany || leaves(i)) return false;
    std::uint32_t uses = 0;
    for (const auto r : readers) {
      if (flow_.is_call(r)) return false;
      if (flow_.nests[r].windows && reads > 1) return false;
      if (flow_.nests[r].rows != 0 && flow_.nests[i].permuted) return false;
      uses += flow_.nests[r].uses;
    }
    const bool repeated =
        flow_.nests[readers[0]].elements != flow_.nests[i].elements;  // for each element of a larger tensor
    if (uses == 1) return reads <= kMostReadsOnce && !(flow_.nests[i].heavy && repeated);
    return !flow_.nests[i].heavy && reads <= kMostReads;
  }
  [[nodiscard]] bool leaves(std::uint32_t i) const {
    return std::ranges::any_of(s_.graph().outputs(s_.node(i)),
                               [&](ValueId v) { return s_.reads().leaves(v); });
  }

  const FusionInput& s_;
  const GroupLimits& limits_;
  Flow& flow_;
  LoopKernels out_;
};

}  // namespace

bool same_loops(const Kernel& a, const Kernel& b) {
  if (a.rows == 0)
    return a.elements == b.elements && (b.rows == 0 || (a.by_columns && !a.permuted && !b.across));
  return b.rows == a.rows && a.elements == b.elements;
}
bool same_rows(const Kernel& a, const Kernel& b) {
  if (a.rows == 0 && b.rows == 0) return leads(a.sizes, b.sizes);
  if (a.rows == 0) return b.rows > 1 && a.elements == b.rows;
  if (a.rows <= 1) return false;
  return b.rows == 0 ? (b.elements == a.elements && !a.across) || b.elements == a.rows : b.rows == a.rows;
}

LoopKernels first_kernels(const FusionInput& input, const GroupLimits& limits, Flow& flow) {
  return Inlining(input, limits, flow).all();
}

}  // namespace alidade::fusion
