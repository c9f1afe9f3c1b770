#pragma once
#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "alidade/ir/graph.hpp"
#include "handed_on.hpp"

// What a group of operators moves, by brute force: every value is the list of the elements that it shows, a
// view is carried out on that list, and a group reads a set of elements. Nothing of the SDK's own account is
// used. For small graphs whose shapes are all known.
namespace alidade::samples {

class Replay {
 public:
  /// `elided`: concatenations whose parts are written where they belong: each shows its parts.
  explicit Replay(const Graph& graph, std::set<NodeId> elided = {})
      : g_(graph), shows_(graph.value_count()), elided_(std::move(elided)) {
    for (const NodeId n : graph.nodes()) find_inside(n);
    for (const NodeId n : graph.nodes())
      if (graph.op(n) != Op::constant && !varies(n)) folded_.insert(n);
    for (const ValueId v : graph.values())
      if (!graph.producer(v).valid()) shows_[v.index] = own(v);
    look_at(graph.body());
    for (const auto& elements : shows_) {
      auto& roots = roots_.emplace_back();
      for (const auto& element : elements) roots.insert(element.first);
    }
  }

  /// Bytes that the operators of one group move together: each element that they read and do not make once,
  /// and what they make where it is needed outside, or by nobody. Of all runs.
  [[nodiscard]] std::uint64_t bytes(const std::set<NodeId>& group) const {
    std::map<ValueId, std::set<std::int64_t>> read;
    std::map<ValueId, std::uint64_t> rows;
    for (const NodeId n : group) {
      for (const ValueId v : reads(n))
        for (const auto& [root, place] : shows_[v.index])
          if (!makes(group, root)) read[root].insert(place);
      for (const ValueId v : table(n))
        for (const auto& [root, elements] : picked(n, v))
          if (!makes(group, root)) rows[root] += elements;
    }
    std::uint64_t sum = 0;
    for (const auto& [root, places] : read) rows[root] += places.size();
    for (const auto& [root, elements] : rows) sum += stored(root, std::min(elements, all(root)));
    for (const NodeId n : group)
      for (const ValueId v : g_.outputs(n))
        if (makes(group, v) && is_needed(v, group)) sum += stored(v, all(v));
    return sum * runs(*group.begin());
  }
  /// Whether nothing that a run is given, or that is never the same, is before an operator or inside of it.
  [[nodiscard]] bool is_folded(NodeId n) const { return folded_.contains(n); }
  /// Whether an operator does nothing of its own.
  [[nodiscard]] bool is_view(NodeId n) const { return class_of(g_.op(n)) == OpClass::view; }
  [[nodiscard]] std::uint64_t size(ValueId v) const { return stored(v, all(v)); }
  [[nodiscard]] bool reads_of(NodeId n, ValueId root) const {
    const auto shows = [&](ValueId v) { return roots_[v.index].contains(root); };
    return std::ranges::any_of(reads(n), shows) || std::ranges::any_of(table(n), shows);
  }
  [[nodiscard]] bool owns(ValueId v) const {
    return !shows_[v.index].empty() && shows_[v.index][0].first == v;
  }

 private:
  // --- folding ---
  /// Every node with all that is in its regions, at any depth.
  void find_inside(NodeId n) {
    inside_[n].insert(n);
    for (NodeId at = g_.owner(g_.region_of(n)); at.valid(); at = g_.owner(g_.region_of(at)))
      inside_[at].insert(n);
  }
  /// Whether it or anything inside varies by itself, or reads from outside what varies.
  [[nodiscard]] bool varies(NodeId n) {
    if (const auto known = varies_.find(n); known != varies_.end()) return known->second;
    bool out = false;
    for (const NodeId m : inside_.at(n)) {
      out |= g_.op(m) == Op::random || g_.op(m) == Op::opaque || g_.op(m) == Op::dequantize;
      std::vector<ValueId> read;
      if (g_.op(m) != Op::shape_of) read.assign(g_.inputs(m).begin(), g_.inputs(m).end());
      for (const RegionId r : g_.regions(m))
        read.insert(read.end(), g_.results(r).begin(), g_.results(r).end());
      for (const ValueId v : read) out |= !belongs_inside(n, v) && varies(v);
    }
    return varies_[n] = out;
  }
  [[nodiscard]] bool varies(ValueId v) {
    if (g_.kind(v) == ValueKind::input) return true;
    if (g_.kind(v) == ValueKind::argument) return varies(owner_of(v));
    return g_.kind(v) == ValueKind::result && varies(g_.producer(v));
  }
  [[nodiscard]] bool belongs_inside(NodeId n, ValueId v) const {
    const NodeId by = g_.kind(v) == ValueKind::argument ? owner_of(v) : g_.producer(v);
    return by.valid() && inside_.at(n).contains(by) && (by != n || g_.kind(v) == ValueKind::argument);
  }
  [[nodiscard]] NodeId owner_of(ValueId argument) const {
    for (const NodeId n : g_.nodes())
      for (const RegionId r : g_.regions(n))
        if (std::ranges::find(g_.arguments(r), argument) != g_.arguments(r).end()) return n;
    return {};
  }

  using Element = std::pair<ValueId, std::int64_t>;
  using Elements = std::vector<Element>;

  [[nodiscard]] std::uint64_t all(ValueId v) const { return *g_.type(v).elements()->get(); }
  [[nodiscard]] std::uint64_t stored(ValueId v, std::uint64_t elements) const {
    return (elements * static_cast<std::uint64_t>(bits(g_.type(v).dtype)) + 7) / 8;
  }
  [[nodiscard]] std::vector<std::int64_t> sizes(ValueId v) const {
    std::vector<std::int64_t> out;
    for (const Dim d : g_.type(v).dims) out.push_back(d.size());
    return out;
  }
  [[nodiscard]] Elements own(ValueId v) const {
    Elements out;
    for (std::uint64_t i = 0; i < all(v); ++i) out.emplace_back(v, static_cast<std::int64_t>(i));
    return out;
  }

  // --- views ---
  void look_at(std::span<const NodeId> body) {
    for (const NodeId n : body) {
      std::int64_t past = 0;
      for (const ValueId v : g_.outputs(n)) shows_[v.index] = shown(n, v, past);
      for (const RegionId r : g_.regions(n)) look_at(g_.body(r));
    }
  }
  Elements shown(NodeId n, ValueId v, std::int64_t& past) const {
    Elements source = g_.inputs(n).empty() ? Elements{} : shows_[g_.inputs(n)[0].index];
    if (elided_.contains(n)) return joined(n, v);
    switch (g_.op(n)) {
      case Op::reshape:
      case Op::identity:
      case Op::dropout:
        return source;
      case Op::dequantize:
        return is_handed_on(g_, v) ? own(v) : source;
      case Op::sequence: {
        Elements out;
        for (const ValueId part : g_.inputs(n))
          out.insert(out.end(), shows_[part.index].begin(), shows_[part.index].end());
        return out;
      }
      case Op::slice: {
        const auto& a = g_.attrs<SliceAttrs>(n);
        const auto axis = static_cast<std::size_t>(g_.ints(a.axes)[0]);
        return walked(n, v, axis, g_.ints(a.starts)[0], g_.ints(a.steps)[0]);
      }
      case Op::split: {
        const auto axis = static_cast<std::size_t>(g_.ints(g_.attrs<AxesAttrs>(n).axes)[0]);
        past += sizes(v)[axis];
        return walked(n, v, axis, past - sizes(v)[axis], 1);
      }
      case Op::expand:
        return walked(n, v, sizes(v).size(), 0, 1);
      default:
        return own(v);
    }
  }
  /// Block after block of what stands before the axis, the parts one after the other.
  Elements joined(NodeId n, ValueId v) const {
    const auto axis = static_cast<std::size_t>(g_.ints(g_.attrs<AxesAttrs>(n).axes)[0]);
    std::size_t blocks = 1;
    for (std::size_t d = 0; d < axis; ++d) blocks *= static_cast<std::size_t>(sizes(v)[d]);
    Elements out;
    for (std::size_t block = 0; block < blocks; ++block)
      for (const ValueId part : g_.inputs(n)) {
        const auto& shown = shows_[part.index];
        const auto length = shown.size() / blocks;
        for (std::size_t i = 0; i < length; ++i) out.push_back(shown[block * length + i]);
      }
    return out;
  }
  /// Walks over the places of a result and looks each up in the source: moved along an axis, or repeated
  /// where the source has one element.
  Elements walked(NodeId n, ValueId v, std::size_t axis, std::int64_t start, std::int64_t step) const {
    const auto from = sizes(g_.inputs(n)[0]);
    auto to = sizes(v);
    if (to.size() < from.size()) to.insert(to.begin() + static_cast<std::ptrdiff_t>(axis), 1);  // dropped
    const std::size_t shift = to.size() - from.size();
    Elements out;
    for (std::uint64_t i = 0; i < all(v); ++i) {
      auto rest = static_cast<std::int64_t>(i), place = std::int64_t{0}, wide = std::int64_t{1};
      for (std::size_t d = to.size(); d-- > 0; rest /= to[d]) {
        if (d < shift) continue;
        const std::int64_t at = rest % to[d], size = from[d - shift];
        place += wide * (size == 1 ? 0 : d == axis ? start + at * step : at);
        wide *= size;
      }
      out.push_back(shows_[g_.inputs(n)[0].index][static_cast<std::size_t>(place)]);
    }
    return out;
  }

  // --- operators ---
  [[nodiscard]] bool picks(NodeId n) const { return g_.op(n) == Op::embedding || g_.op(n) == Op::gather; }
  /// The operands that an operator reads as they are.
  [[nodiscard]] std::vector<ValueId> reads(NodeId n) const {
    const auto cls = class_of(g_.op(n));
    if (cls == OpClass::view || cls == OpClass::control || g_.op(n) == Op::constant || is_folded(n) ||
        elided_.contains(n))
      return {};
    const auto inputs = g_.inputs(n);
    const bool lets_read = g_.op(n) == Op::dequantize && !is_handed_on(g_, g_.outputs(n)[0]);
    return {inputs.begin() + (picks(n) || lets_read ? 1 : 0), inputs.end()};
  }
  /// The operand of which it reads rows.
  [[nodiscard]] std::vector<ValueId> table(NodeId n) const {
    return picks(n) && !is_folded(n) ? std::vector<ValueId>{g_.inputs(n)[0]} : std::vector<ValueId>{};
  }
  /// How many elements of its table it can have read: which ones, only the data say. Of a table that shows
  /// several tensors, the first ones first.
  [[nodiscard]] std::map<ValueId, std::uint64_t> picked(NodeId n, ValueId table) const {
    const auto& shown = shows_[table.index];
    const std::set<Element> distinct(shown.begin(), shown.end());
    std::map<ValueId, std::uint64_t> out;
    auto left = all(g_.outputs(n)[0]);
    for (const auto& element : distinct)
      if (left > 0) ++out[element.first], --left;
    return out;
  }

  [[nodiscard]] bool makes(const std::set<NodeId>& group, ValueId root) const {
    const NodeId maker = g_.producer(root);
    return maker.valid() && group.contains(maker) && owns(root) && g_.op(maker) != Op::constant &&
           class_of(g_.op(maker)) != OpClass::control && !is_folded(maker);
  }
  [[nodiscard]] bool is_needed(ValueId v, const std::set<NodeId>& group) const {
    if (g_.op(g_.producer(v)) == Op::shape_of) return false;
    bool read = false;
    for (const NodeId n : g_.nodes()) {
      const bool by = reads_of(n, v);
      if (by && !group.contains(n)) return true;
      read |= by;
      if (class_of(g_.op(n)) == OpClass::control && in_any(g_.inputs(n), v)) return true;
      for (const RegionId r : g_.regions(n))
        if (in_any(g_.results(r), v)) return true;
    }
    return !read || in_any(g_.outputs(), v);
  }
  [[nodiscard]] bool in_any(std::span<const ValueId> values, ValueId root) const {
    return std::ranges::any_of(values, [&](ValueId v) { return roots_[v.index].contains(root); });
  }
  [[nodiscard]] std::uint64_t runs(NodeId n) const {
    std::uint64_t runs = 1;
    for (NodeId at = g_.owner(g_.region_of(n)); at.valid(); at = g_.owner(g_.region_of(at)))
      if (g_.op(at) == Op::loop) runs *= static_cast<std::uint64_t>(g_.attrs<LoopAttrs>(at).trips);
    return runs;
  }

  const Graph& g_;
  std::vector<Elements> shows_;
  std::vector<std::set<ValueId>> roots_;  // the tensors that a value shows something of
  std::map<NodeId, std::set<NodeId>> inside_;
  std::map<NodeId, bool> varies_;
  std::set<NodeId> folded_, elided_;
};

}  // namespace alidade::samples
