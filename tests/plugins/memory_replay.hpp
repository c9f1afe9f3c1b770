#pragma once
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "alidade/ir/graph.hpp"
#include "handed_on.hpp"

namespace alidade::samples {

/// The memory of a small graph, told anew: every value is a list of elements of storages, every storage lives
/// from the step that makes it to the last step that reads any value in it. Steps are nodes, those of a
/// region after the node that holds it.
class MemoryReplay {
 public:
  explicit MemoryReplay(const Graph& graph) : g_(graph), values_(graph.value_count()) {
    for (const ValueId v : g_.inputs()) values_[v] = whole(v, make(v, RegionId(0), 0));
    for (const ValueId v : g_.values())
      if (!g_.producer(v).valid() && g_.kind(v) != ValueKind::input) values_[v] = whole(v, {});
    walk(RegionId(0));
    for (const NodeId n : g_.nodes()) reads(n);
    for (const ValueId v : g_.outputs()) keep(v, RegionId(0));
  }

  [[nodiscard]] std::vector<NodeId> steps() const { return order_; }
  [[nodiscard]] std::vector<std::uint64_t> live() const {
    std::vector<std::uint64_t> out(std::max<std::size_t>(order_.size(), 1), 0);
    for (const auto& s : storages_)
      for (std::size_t step = s.first; step <= std::max(s.first, s.last) && step < out.size(); ++step)
        out[step] += s.bytes;
    return out;
  }
  /// The least that the peak may be: of every choice of branches, and of loops that run or do not where the
  /// data decide, the steps that run.
  [[nodiscard]] std::uint64_t least_peak() const {
    std::vector<NodeId> open;
    for (const NodeId n : order_)
      if (g_.op(n) == Op::if_else || (g_.op(n) == Op::loop && g_.attrs<LoopAttrs>(n).trips < 0))
        open.push_back(n);
    const auto bytes = live();
    if (order_.empty()) return bytes[0];
    std::uint64_t least = ~std::uint64_t{0};
    for (std::uint64_t choice = 0; choice < std::uint64_t{1} << open.size(); ++choice) {
      std::set<RegionId> idle;
      for (std::size_t i = 0; i < open.size(); ++i)
        if (g_.op(open[i]) == Op::if_else)
          idle.insert(g_.regions(open[i])[(choice >> i & 1) == 0 ? 1 : 0]);
        else if ((choice >> i & 1) == 0)
          idle.insert(g_.regions(open[i])[0]);
      std::uint64_t peak = 0;
      for (std::size_t step = 0; step < order_.size(); ++step)
        if (runs(order_[step], idle)) peak = std::max(peak, bytes[step]);
      least = std::min(least, peak);
    }
    return least;
  }
  /// What is alive while one operator of the outermost region runs after others; a bit for each that has run.
  /// Only for graphs without regions.
  [[nodiscard]] std::uint64_t live_in(std::uint64_t ran, std::size_t now,
                                      const std::map<NodeId, std::size_t>& number) const {
    std::uint64_t sum = 0;
    const auto has = [&](NodeId n) { return (ran >> number.at(n) & 1) != 0; };
    for (const auto& s : storages_) {
      const bool own = s.maker.valid() && number.at(s.maker) == now;
      const bool there = s.maker.valid() ? has(s.maker) : ran == 0 || s.kept || !s.readers.empty();
      const bool needed =
          s.kept || ran == 0 || std::ranges::any_of(s.readers, [&](NodeId n) { return !has(n); });
      if (own || (there && needed)) sum += s.bytes;
    }
    return sum;
  }

 private:
  [[nodiscard]] bool runs(NodeId n, const std::set<RegionId>& idle) const {
    for (; n.valid(); n = g_.owner(g_.region_of(n)))
      if (idle.contains(g_.region_of(n))) return false;
    return true;
  }
  struct Storage {
    std::uint64_t bytes = 0;
    RegionId region;
    std::size_t first = 0, last = 0;
    NodeId maker;
    std::set<NodeId> readers;
    bool kept = false;
  };
  struct Value {
    std::set<std::size_t> storages;
    std::vector<long> elements;  // places in the storage, row after row; of no list
  };

  std::set<std::size_t> make(ValueId v, RegionId r, std::size_t step) {
    storages_.push_back({*g_.type(v).size_bytes()->get(), r, step, step, g_.producer(v), {}, false});
    return {storages_.size() - 1};
  }
  Value whole(ValueId v, std::set<std::size_t> storages) const {
    Value out{std::move(storages), {}};
    const auto count = g_.type(v).elements();
    for (std::uint64_t i = 0; count && i < count->get().value_or(0); ++i)
      out.elements.push_back(static_cast<long>(i));
    return out;
  }

  void walk(RegionId r) {
    for (const NodeId n : g_.body(r)) {
      first_[n] = order_.size(), order_.push_back(n);
      const auto made = storages_.size();
      for (const ValueId v : g_.outputs(n)) values_[v] = result(n, v);
      for (const RegionId inner : g_.regions(n)) {
        walk(inner);
        region_end_[inner] = order_.size() - 1;
      }
      last_[n] = order_.size() - 1;
      for (auto i = made; i < storages_.size(); ++i)
        if (storages_[i].first == first_[n]) storages_[i].last = last_[n];
    }
  }

  Value result(NodeId n, ValueId v) {
    const auto inputs = g_.inputs(n);
    const auto own = [&] { return whole(v, make(v, g_.region_of(n), first_[n])); };
    if (const auto name = g_.foreign(n); name.ends_with("_.default") || name.ends_with("_.Scalar"))
      return values_[inputs[0]];
    switch (g_.op(n)) {
      case Op::sequence: {
        Value list;
        for (const ValueId each : inputs) list.storages.merge(std::set(values_[each].storages));
        return list;
      }
      case Op::identity:
        return values_[inputs[0]];
      case Op::dequantize:
        return is_handed_on(g_, v) ? own() : values_[inputs[0]];
      case Op::reshape:
        return shown_as(values_[inputs[0]].elements, sizes(v)) ? values_[inputs[0]] : own();
      case Op::expand:
        return picked(v, inputs[0], [](std::vector<long> at) { return at; });
      case Op::slice:
        return picked(v, inputs[0], [&](std::vector<long> at) { return before_slice(n, v, std::move(at)); });
      case Op::split:
        return picked(v, inputs[0], [&](std::vector<long> at) {
          const auto axis = static_cast<std::size_t>(g_.ints(g_.attrs<AxesAttrs>(n).axes)[0]);
          for (const ValueId part : g_.outputs(n)) {
            if (part == v) break;
            at[axis] += sizes(part)[axis];
          }
          return at;
        });
      case Op::transpose: {
        if (g_.foreign(n).empty()) return own();
        return picked(v, inputs[0], [&](const std::vector<long>& at) {
          const auto perm = g_.ints(g_.attrs<PermAttrs>(n).perm);
          std::vector<long> out(at.size());
          for (std::size_t i = 0; i < at.size(); ++i) out[static_cast<std::size_t>(perm[i])] = at[i];
          return out;
        });
      }
      default:
        return class_of(g_.op(n)) == OpClass::elementwise && !inputs.empty() ? like(own(), inputs[0], v)
                                                                             : own();
    }
  }
  std::vector<long> before_slice(NodeId n, ValueId v, std::vector<long> at) const {
    const auto& a = g_.attrs<SliceAttrs>(n);
    const auto axis = static_cast<std::size_t>(g_.ints(a.axes)[0]);
    if (sizes(v).size() < sizes(g_.inputs(n)[0]).size())  // the axis was dropped
      at.insert(at.begin() + static_cast<std::ptrdiff_t>(axis), 0);
    at[axis] = g_.ints(a.starts)[0] + at[axis] * g_.ints(a.steps)[0];
    return at;
  }

  std::vector<long> sizes(ValueId v) const {
    std::vector<long> out;
    for (const Dim d : g_.type(v).dims) out.push_back(d.size());
    return out;
  }
  /// The elements of a view: where each of its places lies in the operand, aligned at the last dimension.
  template <class Where>
  Value picked(ValueId v, ValueId from, Where where) {
    Value out{values_[from].storages, {}};
    const auto to = sizes(v), of = sizes(from);
    for (std::size_t i = 0; i < whole(v, {}).elements.size(); ++i) {
      std::vector<long> at(to.size());
      auto rest = static_cast<long>(i);
      for (std::size_t d = to.size(); d-- > 0; rest /= to[d]) at[d] = rest % to[d];
      at = where(at);
      long place = 0;
      for (std::size_t d = 0; d < of.size(); ++d) {
        const long index = at[d + at.size() - of.size()];
        place = place * of[d] + (of[d] == 1 ? 0 : index);
      }
      out.elements.push_back(values_[from].elements[static_cast<std::size_t>(place)]);
    }
    return out;
  }
  /// How far apart neighbours along each dimension lie; of one place 0.
  static std::vector<long> strides(const std::vector<long>& elements, const std::vector<long>& sizes) {
    std::vector<long> stride(sizes.size(), 0);
    long step = 1;
    for (std::size_t d = sizes.size(); d-- > 0; step *= sizes[d])
      if (sizes[d] > 1) stride[d] = elements[static_cast<std::size_t>(step)] - elements[0];
    return stride;
  }
  static std::vector<long> places(long first, const std::vector<long>& stride,
                                  const std::vector<long>& sizes) {
    long count = 1;
    for (const long size : sizes) count *= size;
    std::vector<long> out;
    for (long i = 0; i < count; ++i) {
      long at = first, rest = i;
      for (std::size_t d = sizes.size(); d-- > 0; rest /= sizes[d]) at += rest % sizes[d] * stride[d];
      out.push_back(at);
    }
    return out;
  }
  /// Whether strides say where these elements lie.
  static bool shown_as(const std::vector<long>& elements, const std::vector<long>& sizes) {
    return places(elements[0], strides(elements, sizes), sizes) == elements;
  }
  /// An element-wise result: its dimensions in the order of its operand's strides, without gaps.
  Value like(Value made, ValueId source, ValueId v) const {
    const auto& from = values_[source].elements;
    const auto wide = sizes(v);
    if (sizes(source) != wide || from.empty() || !shown_as(from, wide)) return made;
    const auto old = strides(from, wide);
    std::vector<std::size_t> order;
    for (std::size_t d = 0; d < wide.size(); ++d) {
      if (wide[d] > 1 && old[d] <= 0) return made;
      if (wide[d] > 1) order.push_back(d);
    }
    std::ranges::stable_sort(order, std::ranges::greater(), [&](std::size_t d) { return old[d]; });
    std::vector<long> dense(wide.size(), 0);
    long next = 1;
    for (std::size_t i = order.size(); i-- > 0; next *= wide[order[i]]) dense[order[i]] = next;
    made.elements = places(0, dense, wide);
    return made;
  }

  void reads(NodeId n) {
    for (const ValueId v : g_.inputs(n)) read(v, n);
    for (const RegionId r : g_.regions(n))
      for (const ValueId v : g_.results(r)) keep(v, r);
  }
  void read(ValueId v, NodeId by) {
    for (const auto s : values_[v].storages) {
      NodeId reader = by;
      while (reader.valid() && g_.region_of(reader) != storages_[s].region)
        reader = g_.owner(g_.region_of(reader));
      if (!reader.valid()) continue;
      storages_[s].last = std::max(storages_[s].last, last_[reader]);
      storages_[s].readers.insert(reader);
    }
  }
  void keep(ValueId v, RegionId r) {
    const auto end = r == RegionId(0) ? (order_.empty() ? 0 : order_.size() - 1) : region_end_[r];
    for (const auto s : values_[v].storages)
      if (storages_[s].region == r)
        storages_[s].last = std::max(storages_[s].last, end), storages_[s].kept = true;
      else if (g_.owner(r).valid())
        read(v, g_.owner(r));
  }

  const Graph& g_;
  PerValue<Value> values_;
  std::vector<Storage> storages_;
  std::vector<NodeId> order_;
  std::map<NodeId, std::size_t> first_, last_;
  std::map<RegionId, std::size_t> region_end_;
};

}  // namespace alidade::samples
