// What a compiler of loops does: products and the like are calls of a library; everything else is loops,
// those that are cheap done inside of the loops that read them, the rest joined where they run over the same
// elements.
#include "loops.hpp"

#include <algorithm>

#include "alidade/sdk/storage.hpp"
#include "loop_kernels.hpp"

namespace alidade::fusion {
namespace {

constexpr auto kNone = Grouping::kNone;
constexpr std::size_t kRounds = 10;
constexpr std::uint32_t kFarthest = 256;  // steps between two kernels that join

/// Two kernels that touch one tensor.
struct Pair {
  std::uint32_t a = kNone, b = kNone;
  bool waits = false;  ///< the second reads what the first makes
  bool outer = false;  ///< they share their outer loops alone
  std::uint64_t bytes = 0;
};

class Loops {
 public:
  Loops(const FusionInput& s, const GroupLimits& limits) : s_(s), limits_(limits), flow_(s) {
    auto [kernels, of] = first_kernels(s, limits, flow_);
    kernels_ = std::move(kernels), of_ = std::move(of);
    for (std::uint32_t k = 0; k < kernels_.size(); ++k) parent_.push_back(k);
    seen_.resize(kernels_.size());
    list_touches();
  }

  Grouping all() {
    for (std::size_t round = 0; round < kRounds && join(); ++round) {
    }
    place_views();
    return grouping();
  }

 private:
  // --- loops over the same elements ---
  bool join() {
    bool any = false;
    for (const auto& pair : pairs()) {
      const auto a = now(pair.a), b = now(pair.b);
      if (a == b || !fits(a, b, pair.waits) || through_others(a, b) || through_others(b, a)) continue;
      merge(a, b), any = true;
    }
    return any;
  }
  [[nodiscard]] std::uint32_t now(std::uint32_t kernel) const {
    while (parent_[kernel] != kernel) kernel = parent_[kernel];
    return kernel;
  }
  [[nodiscard]] bool fits(std::uint32_t first, std::uint32_t second, bool waits) const {
    const auto &a = kernels_[first], &b = kernels_[second];
    if (a.call || b.call || a.region != b.region) return false;
    return (a.size + b.size).within(limits_) && (same_loops(a, b) || (waits && same_rows(a, b)));
  }
  /// Whether `b` waits for a third kernel that waits for `a`.
  [[nodiscard]] bool through_others(std::uint32_t a, std::uint32_t b) {
    const auto first = kernels_[a].steps.back();  // descending
    open_.assign(1, b), seen_[b] = ++search_;
    std::size_t looked_at = 0;
    while (!open_.empty()) {
      const auto kernel = open_.back();
      open_.pop_back();
      if (++looked_at > kFarthest) return true;  // too far to know: as if
      for (const auto step : kernels_[kernel].steps)
        for (const auto source : flow_.sources[step]) {
          const auto k = now(of_[source]);
          if (k == a && kernel != b) return true;
          if (k == a || kernels_[k].steps.front() < first || seen_[k] == search_) continue;
          seen_[k] = search_, open_.push_back(k);
        }
    }
    return false;
  }
  void merge(std::uint32_t first, std::uint32_t second) {
    auto &a = kernels_[first], &b = kernels_[second];
    std::vector<std::uint32_t> both(a.steps.size() + b.steps.size());
    std::ranges::merge(a.steps, b.steps, both.begin(), std::greater());
    if (a.steps.front() < b.steps.front()) a.sizes = b.sizes;
    if (a.rows == 0 && (b.rows != 0 || a.elements < b.elements))
      a.rows = b.rows, a.elements = b.elements, a.across = b.across;
    a.by_columns |= b.by_columns, a.permuted |= b.permuted;
    a.size += b.size;
    a.steps = std::move(both), b.steps.clear(), parent_[second] = first;
  }

  /// Kernels that touch one tensor, those that share all their loops and most bytes first.
  [[nodiscard]] std::vector<Pair> pairs() {
    std::vector<Pair> out;
    for (const ValueId v : s_.graph().values()) add_pairs(v, out);
    std::ranges::sort(out,
                      [](const Pair& a, const Pair& b) { return std::pair(a.a, a.b) < std::pair(b.a, b.b); });
    std::size_t kept = 0;
    for (const auto& pair : out)
      if (kept > 0 && out[kept - 1].a == pair.a && out[kept - 1].b == pair.b)
        out[kept - 1].bytes += pair.bytes, out[kept - 1].waits |= pair.waits;
      else
        out[kept++] = pair;
    out.resize(kept);
    for (auto& pair : out) pair.outer = !same_loops(kernels_[pair.a], kernels_[pair.b]);
    std::ranges::stable_sort(
        out, [](const Pair& a, const Pair& b) { return a.outer != b.outer ? b.outer : a.bytes > b.bytes; });
    return out;
  }
  /// The steps that make and read each tensor, or a part of one in another order, tensor after tensor.
  void list_touches() {
    const auto tensors = s_.graph().value_count();
    maker_.assign(tensors, kNone), touched_begin_.assign(tensors + 1, 0);
    each_touch([&](ValueId v, std::uint32_t, bool) { ++touched_begin_[v.index + 1]; });
    for (std::size_t v = 1; v < touched_begin_.size(); ++v) touched_begin_[v] += touched_begin_[v - 1];
    auto end = touched_begin_;
    touching_.resize(touched_begin_.back());
    each_touch([&](ValueId v, std::uint32_t step, bool makes) {
      touching_[end[v.index]++] = step;
      if (makes) maker_[v.index] = step;
    });
  }
  template <class Touch>
  void each_touch(Touch touch) const {
    for (std::uint32_t i = 0; i < flow_.size(); ++i) {
      if (flow_.is_view(i)) continue;
      for (const ValueId v : s_.graph().inputs(s_.node(i)))
        if (v.valid()) touch(same_order(v), i, false);
      for (const ValueId v : s_.graph().outputs(s_.node(i))) touch(v, i, true);
    }
  }
  /// The tensor whose elements this one has in the same order.
  [[nodiscard]] ValueId same_order(ValueId v) const {
    while (true) {
      const NodeId maker = s_.graph().producer(v);
      if (!maker.valid()) return v;
      const Op op = s_.graph().op(maker);
      if (op != Op::reshape && op != Op::identity && op != Op::dropout) return v;
      v = s_.graph().inputs(maker)[0];
    }
  }
  void add_pairs(ValueId tensor, std::vector<Pair>& out) {
    open_.clear();
    for (auto at = touched_begin_[tensor.index]; at < touched_begin_[tensor.index + 1]; ++at) {
      const auto kernel = now(of_[touching_[at]]);
      const bool again = !open_.empty() && open_.back() == kernel;
      if (!again && !kernels_[kernel].call) open_.push_back(kernel);
    }
    if (open_.size() < 2) return;
    const auto maker = maker_[tensor.index] == kNone ? kNone : now(of_[maker_[tensor.index]]);
    const auto bytes = known_bytes(s_.graph(), tensor);
    for (std::size_t i = 0; i < open_.size(); ++i)
      for (std::size_t j = i + 1; j < std::min(open_.size(), i + Flow::kMany); ++j) {
        auto a = open_[i], b = open_[j];
        if (a == b || far(a, b)) continue;
        const bool waits = maker == a || maker == b;
        if (maker == b || (!waits && kernels_[b].steps.front() < kernels_[a].steps.front())) std::swap(a, b);
        if (fits(a, b, waits)) out.push_back({a, b, waits, false, bytes});
      }
  }
  [[nodiscard]] bool far(std::uint32_t a, std::uint32_t b) const {
    const auto first = kernels_[a].steps.back(), second = kernels_[b].steps.back();
    return std::max(first, second) - std::min(first, second) > kFarthest;
  }

  // --- the result ---
  /// A view between two loops of a kernel belongs to it, and so does one that only a kernel reads; else it
  /// belongs to what it is a view of, where there is room, or is by itself.
  void place_views() {
    for (std::uint32_t i = flow_.size(); i-- > 0;)
      if (!flow_.is_view(i)) of_[i] = now(of_[i]);
    for (std::uint32_t i = flow_.size(); i-- > 0;) {
      if (!flow_.is_view(i)) continue;
      const auto after = s_.after().of(i);
      of_[i] = kernel_around(i);
      if (of_[i] == kNone && !after.empty() && all_in_one(after) && has_room(of_[after[0]]))
        of_[i] = of_[after[0]];
    }
    for (std::uint32_t i = 0; i < flow_.size(); ++i) {
      const auto before = s_.order().before().of(i);
      if (of_[i] == kNone && !before.empty() && all_in_one(before)) put(i, of_[before[0]]);
      if (of_[i] == kNone) kernels_.emplace_back(), put(i, static_cast<std::uint32_t>(kernels_.size()) - 1);
    }
  }
  [[nodiscard]] std::uint32_t kernel_around(std::uint32_t view) const {
    for (const auto source : flow_.sources[view])
      for (const auto reader : flow_.readers[view])
        if (of_[source] == of_[reader]) return of_[source];
    return kNone;
  }
  /// For the views before its loops: they are counted, but not held against a loop by itself.
  [[nodiscard]] bool has_room(std::uint32_t kernel) const {
    return kernel != kNone && kernels_[kernel].size.within(limits_);
  }
  [[nodiscard]] bool all_in_one(std::span<const std::uint32_t> steps) const {
    return std::ranges::all_of(steps, [&](auto step) { return of_[step] == of_[steps[0]]; });
  }
  void put(std::uint32_t view, std::uint32_t kernel) {
    const auto size = kernels_[kernel].size + GroupSize::of(s_, view);
    if (!size.within(limits_) && kernels_[kernel].size.ops > 0) return;
    of_[view] = kernel, kernels_[kernel].size = size;
  }
  [[nodiscard]] Grouping grouping() const {
    Grouping out(of_.size());
    out.by_sizes = true;
    std::vector<std::uint32_t> number(kernels_.size(), kNone);
    for (std::uint32_t i = 0; i < flow_.size(); ++i) {
      auto& id = number[of_[i]];
      if (id == kNone) id = static_cast<std::uint32_t>(out.stops.size()), out.stops.emplace_back();
      out.group[i] = id;
      const auto after = s_.after().of(i);
      out.stops[id] =
          after.empty() ? Grouping::Stop{} : Grouping::Stop{Boundary::no_rule, after[0], false, {}};
    }
    return out;
  }

  const FusionInput& s_;
  const GroupLimits& limits_;
  Flow flow_;
  std::vector<Kernel> kernels_;
  std::vector<std::uint32_t> of_;  ///< the kernel of every step, as made; now() is what it has become
  std::vector<std::uint32_t> parent_, open_, seen_;
  std::vector<std::uint32_t> maker_, touched_begin_;  // by tensor
  std::vector<std::uint32_t> touching_;               // steps, of all tensors
  std::uint32_t search_ = 0;
};

}  // namespace

Grouping loop_groups(const FusionInput& input, const GroupLimits& limits) {
  return Loops(input, limits).all();
}

}  // namespace alidade::fusion
