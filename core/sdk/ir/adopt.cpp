#include <algorithm>
#include <limits>
#include <string>

#include "alidade/ir/arrays.hpp"

namespace alidade {
namespace {

/// Checks the arrays of a graph from an unknown writer: every index, range and enumerator, in linear time and
/// without recursion. The first misfit is kept.
class Adoption {
 public:
  explicit Adoption(const GraphArrays& a) : a_(a) {}

  Result<void> check() {
    sizes(), strings(), types(), values(), regions(), nodes(), modules(), tables();
    if (problem_.empty()) order();
    if (problem_.empty()) return {};
    return fail(Fault::plugin, "the graph that was handed over is not well formed: " + problem_);
  }

 private:
  void demand(bool holds, std::string_view what) {
    if (!holds && problem_.empty()) problem_ = what;
  }
  template <class I>
  static bool optional(I id, std::size_t count) {
    return !id.valid() || id.index < count;
  }
  bool string(StringId s) const { return optional(s, a_.chars_end.size()); }
  static bool range(std::uint64_t first, std::uint64_t count, std::size_t size) {
    return first + count <= size;
  }
  bool list(IntList l) const { return range(l.first, l.count, a_.ints.size()); }

  void sizes() {
    GraphArrays::each(a_, [&](const auto& array) {
      demand(array.size() < std::numeric_limits<std::uint32_t>::max(), "an array is too long");
    });
    demand(a_.facts.size() == 3, "it must state name, format and producer");
    demand(!a_.regions.empty() && !a_.modules.empty(), "it has no body or no root module");
  }
  void strings() {
    std::uint32_t last = 0;
    for (const auto end : a_.chars_end) demand(end >= last, "its strings overlap"), last = end;
    demand(last == a_.chars.size(), "its strings do not fill their array");
    for (const auto s : a_.symbols) demand(s.valid() && string(s), "a symbol has no name");
    for (const auto s : a_.facts) demand(string(s), "a fact has no text");
  }
  void types() {
    for (const Dim d : a_.dims)
      demand(!d.is_symbolic() || d.symbol().index < a_.symbols.size(), "a dimension names no symbol");
    for (const auto& t : a_.types) {
      demand(t.dtype < kDtypeCount, "an element type is unknown");
      demand(range(t.dims_first, t.dims_count, a_.dims.size()), "a type has no dimensions");
    }
  }
  void values() {
    for (const auto& v : a_.values) {
      demand(string(v.name) && v.type.index < a_.types.size(), "a value has no name or type");
      demand(v.kind <= static_cast<std::uint32_t>(ValueKind::argument), "a value is of no kind");
      demand(optional(v.producer, a_.nodes.size()), "a value has no producer");
      demand(list(v.literal), "a constant has no numbers");
    }
    for (const auto v : a_.operands) demand(optional(v, a_.values.size()), "an operand is no value");
  }
  void regions() {
    demand(a_.node_order.size() == a_.nodes.size(), "not every node is in one region");
    for (std::size_t i = 0; i < a_.regions.size(); ++i) {
      const auto& r = a_.regions[i];
      demand(i == 0 ? !r.owner.valid() : r.owner.index < a_.nodes.size(), "a region has no owner");
      demand(range(r.nodes_first, r.nodes_count, a_.node_order.size()), "a region has no nodes");
      demand(range(r.args_first, r.args_count, a_.operands.size()), "a region has no arguments");
      demand(range(r.results_first, r.results_count, a_.operands.size()), "a region has no results");
      if (!problem_.empty()) return;
      for (std::uint32_t o = 0; o < r.args_count + r.results_count; ++o) {
        const auto at = o < r.args_count ? r.args_first + o : r.results_first + (o - r.args_count);
        demand(a_.operands[at].valid(), "an argument or result is no value");
      }
    }
  }
  void nodes() {
    if (!problem_.empty()) return;
    for (std::size_t i = 0; i < a_.nodes.size(); ++i) node(NodeId(i), a_.nodes[i]);
  }
  void node(NodeId id, const NodeRow& n) {
    demand(n.op < static_cast<std::uint32_t>(op_count()), "an operator is unknown");
    demand(string(n.name) && string(n.foreign), "a node has no name");
    demand(n.region.index < a_.regions.size() && n.module.index < a_.modules.size(),
           "a node is in no region or module");
    demand(optional(n.source, a_.sources.size()), "a node has no source line");
    demand(range(n.inputs_first, n.inputs_count, a_.operands.size()), "a node has no operands");
    demand(range(n.outputs_first, n.outputs_count, a_.values.size()), "a node has no results");
    demand(range(n.regions_first, n.regions_count, a_.regions.size()), "a node has no regions");
    if (!problem_.empty()) return;
    for (std::uint32_t o = 0; o < n.outputs_count; ++o) {
      const auto& v = a_.values[n.outputs_first + o];
      demand(v.producer == id && v.kind == static_cast<std::uint32_t>(ValueKind::result),
             "a result has another producer");
    }
    for (std::uint32_t r = 0; r < n.regions_count; ++r)
      demand(a_.regions[n.regions_first + r].owner == id, "a region has another owner");
    attrs(n);
  }
  void attrs(const NodeRow& n) {
    const auto family = family_of(static_cast<Op>(n.op));
    if (family == AttrFamily::none) return;
    std::apply([&](const auto&... rows) { (family_row(family, n, rows), ...); }, a_.attrs);
  }
  template <class A>
  void family_row(AttrFamily family, const NodeRow& n, const std::vector<A>& rows) {
    if (family != A::family) return;
    demand(n.attrs < rows.size(), "a node has no attributes");
    if (!problem_.empty()) return;
    A::fields([&](std::string_view, auto member) { field(rows[n.attrs].*member); });
  }
  void field(IntList l) { demand(list(l), "an attribute has no numbers"); }
  void field(StringId s) { demand(string(s), "an attribute has no text"); }
  void field(const Spatial& s) {
    demand(s.rank >= 0 && s.rank <= 3, "an attribute has more than three dimensions");
  }
  void field(std::int64_t) {}
  void field(double) {}

  void modules() {
    for (std::size_t i = 0; i < a_.modules.size(); ++i) {
      const auto& m = a_.modules[i];
      demand(string(m.name) && string(m.type), "a module has no name");
      demand(i == 0 ? !m.parent.valid() : m.parent.index < i, "a module comes before its parent");
    }
  }
  void tables() {
    for (const auto& s : a_.sources) demand(string(s.file), "a source has no file");
    for (const auto& n : a_.notes)
      demand(n.severity <= static_cast<std::uint32_t>(Severity::failure) && string(n.code) &&
                 string(n.text) && optional(n.node, a_.nodes.size()),
             "a note is void");
    for (const auto& a : a_.attachments) demand(string(a.name) && string(a.text), "an attachment is void");
    for (std::size_t i = 0; i < a_.stated.size(); ++i) {
      const auto& s = a_.stated[i];
      demand(s.node.index < a_.nodes.size() && string(s.by), "stated work has no node");
      demand(i == 0 || a_.stated[i - 1].node < s.node, "stated work is out of order");
      for (const auto figure : {s.macs, s.flops, s.input, s.output, s.weight})
        demand(figure >> 63 == 0, "stated work does not fit 63 bits");
    }
  }
  /// Every node stands once, in its own region, after the makers of its operands there; regions nest without
  /// a cycle.
  void order() {
    PerNode<std::uint32_t> place(a_.nodes.size(), Id<void>::kNone);
    for (std::size_t r = 0; r < a_.regions.size(); ++r) {
      const auto& region = a_.regions[r];
      demand(r == 0 || a_.nodes[region.owner.index].region.index < r,
             "a region comes before the one around it");
      for (std::uint32_t i = 0; i < region.nodes_count; ++i) {
        const NodeId n = a_.node_order[region.nodes_first + i];
        demand(
            n.index < a_.nodes.size() && place[n] == Id<void>::kNone && a_.nodes[n.index].region.index == r,
            "a node stands in two regions");
        if (!problem_.empty()) return;
        place[n] = i;
      }
    }
    for (std::size_t i = 0; i < a_.nodes.size() && problem_.empty(); ++i) operands_before(NodeId(i), place);
  }
  void operands_before(NodeId n, const PerNode<std::uint32_t>& place) {
    const auto& row = a_.nodes[n.index];
    demand(place[n] != Id<void>::kNone, "a node stands in no region");
    for (std::uint32_t i = 0; i < row.inputs_count; ++i) {
      const ValueId v = a_.operands[row.inputs_first + i];
      const NodeId maker = v.valid() ? a_.values[v.index].producer : NodeId();
      if (!maker.valid()) continue;
      const NodeId holder = holder_in(n, a_.nodes[maker.index].region);
      demand(holder.valid() && place[maker] < place[holder], "a node stands before the maker of its operand");
    }
  }

  /// The node of `region` that is, or holds, n. Owners stand in regions of lower number, so this ends.
  NodeId holder_in(NodeId n, RegionId region) const {
    while (n.valid() && a_.nodes[n.index].region != region)
      n = a_.regions[a_.nodes[n.index].region.index].owner;
    return n;
  }

  const GraphArrays& a_;
  std::string problem_;
};

}  // namespace

Result<Graph> Graph::adopt(std::unique_ptr<GraphArrays> arrays) {
  if (auto ok = Adoption(*arrays).check(); !ok) return std::unexpected(std::move(ok).error());
  return Graph(std::move(arrays));
}

}  // namespace alidade
