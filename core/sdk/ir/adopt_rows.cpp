#include <array>
#include <vector>

#include "adoption.hpp"

namespace alidade::adoption {
namespace {

/// Every row by itself, in linear time: what several rows may name at once is charged to each of them.
class Rows {
 public:
  explicit Rows(const GraphArrays& a) : a_(a), paths_(a.modules.size(), 0) {}

  std::string misfit() {
    sizes();
    strings();
    types();
    values();
    modules();
    regions();
    nodes();
    tables();
    totals();
    return misfits_.take();
  }

 private:
  void demand(bool holds, std::string_view what) { misfits_.demand(holds, what); }
  template <class I>
  static bool optional(I id, std::size_t count) {
    return !id.valid() || id.index < count;
  }
  /// Charges the text to whoever names it.
  bool string(StringId s) {
    if (!s.valid()) return true;
    if (s.index >= a_.chars_end.size()) return false;
    text_ += length(s);
    return true;
  }
  [[nodiscard]] std::uint32_t length(StringId s) const {
    return a_.chars_end[s.index] - (s.index == 0 ? 0 : a_.chars_end[s.index - 1]);
  }
  static bool range(std::uint64_t first, std::uint64_t count, std::size_t size) {
    return first + count <= size;
  }
  bool operands(std::uint32_t first, std::uint32_t count) {
    operands_ += count;
    return range(first, count, a_.operands.size());
  }
  bool list(IntList l) {
    ints_ += l.count;
    return range(l.first, l.count, a_.ints.size());
  }

  void sizes() {
    GraphArrays::each(a_, [&](const auto& array) {
      demand(array.size() < std::numeric_limits<std::uint32_t>::max(), "an array is too long");
    });
    demand(a_.facts.size() == 3, "it must state name, format and producer");
    demand(!a_.regions.empty() && !a_.modules.empty(), "it has no body or no root module");
    demand(a_.node_order.size() == a_.nodes.size(), "not every node is in one region");
  }
  void strings() {
    std::uint32_t last = 0;
    for (const auto end : a_.chars_end) demand(end >= last, "its strings overlap"), last = end;
    demand(last == a_.chars.size(), "its strings do not fill their array");
    if (!misfits_.none()) return;
    for (const auto s : a_.symbols) demand(s.valid() && string(s) && length(s) > 0, "a symbol has no name");
    for (const auto s : a_.facts) demand(string(s), "a fact has no text");
  }
  void types() {
    for (const Dim d : a_.dims)
      demand(!d.is_symbolic() || (d.symbol().index < a_.symbols.size() && Dim::symbol(d.symbol()) == d),
             "a dimension names no symbol");
    for (const auto& t : a_.types) {
      demand(t.dtype < kDtypeCount, "an element type is unknown");
      demand(t.ranked <= 1 && (t.ranked == 1 || t.dims_count == 0), "a type without rank has dimensions");
      demand(range(t.dims_first, t.dims_count, a_.dims.size()), "a type has no dimensions");
      demand(t.dims_count <= kHighestRank,
             "a tensor has more than " + std::to_string(kHighestRank) + " dimensions");
      dims_ += t.dims_count;
    }
  }
  void values() {
    if (!misfits_.none()) return;
    for (std::uint32_t i = 0; i < a_.values.size(); ++i) {
      const auto& v = a_.values[i];
      demand(string(v.name) && v.type.index < a_.types.size(), "a value has no name or type");
      demand(v.kind <= static_cast<std::uint32_t>(ValueKind::argument), "a value is of no kind");
      demand(v.producer.valid() == (v.kind == static_cast<std::uint32_t>(ValueKind::result)) && made(v, i),
             "a value has no producer");
      demand(v.literal_known <= 1 && list(v.literal), "a constant has no numbers");
    }
    for (const auto v : a_.operands) demand(optional(v, a_.values.size()), "an operand is no value");
  }
  [[nodiscard]] bool made(const ValueRow& v, std::uint32_t at) const {
    if (!v.producer.valid()) return true;
    if (v.producer.index >= a_.nodes.size()) return false;
    const auto& n = a_.nodes[v.producer.index];
    return at >= n.outputs_first && at - n.outputs_first < n.outputs_count;
  }
  /// With the length of each path: "layer1.0.conv1".
  void modules() {
    if (!misfits_.none()) return;
    for (std::size_t i = 0; i < a_.modules.size(); ++i) {
      const auto& m = a_.modules[i];
      demand(string(m.name) && string(m.type), "a module has no name");
      demand(i == 0 ? !m.parent.valid() : m.parent.index < i, "a module comes before its parent");
      if (!misfits_.none()) return;
      if (i > 0) paths_[i] = paths_[m.parent.index] + 1 + (m.name.valid() ? length(m.name) : 0);
      text_ += paths_[i];
      demand(text_ <= kMostText, "its texts are too long together");
    }
  }
  void regions() {
    if (!misfits_.none()) return;
    for (std::uint32_t i = 0; i < a_.regions.size(); ++i) {
      const auto& r = a_.regions[i];
      demand(range(r.nodes_first, r.nodes_count, a_.node_order.size()), "a region has no nodes");
      demand(operands(r.args_first, r.args_count), "a region has no arguments");
      demand(operands(r.results_first, r.results_count), "a region has no results");
      demand(i == 0 ? !r.owner.valid() : held(r, i), "a region has no owner before it");
    }
    for (const NodeId n : a_.node_order)
      demand(n.index < a_.nodes.size(), "a region has a node that is none");
  }
  [[nodiscard]] bool held(const RegionRow& r, std::uint32_t at) const {
    if (r.owner.index >= a_.nodes.size()) return false;
    const auto& n = a_.nodes[r.owner.index];
    return n.region.index < at && at >= n.regions_first && at - n.regions_first < n.regions_count;
  }

  void nodes() {
    if (!misfits_.none()) return;
    for (std::size_t i = 0; i < a_.nodes.size() && misfits_.none(); ++i) node(NodeId(i), a_.nodes[i]);
  }
  void node(NodeId id, const NodeRow& n) {
    demand(n.op < static_cast<std::uint32_t>(op_count()), "an operator is unknown");
    demand(string(n.name) && string(n.foreign), "a node has no name");
    demand(n.region.index < a_.regions.size() && n.module.index < a_.modules.size(),
           "a node is in no region or module");
    demand(optional(n.source, a_.sources.size()), "a node has no source line");
    demand(operands(n.inputs_first, n.inputs_count), "a node has no operands");
    demand(range(n.outputs_first, n.outputs_count, a_.values.size()), "a node has no results");
    demand(range(n.regions_first, n.regions_count, a_.regions.size()), "a node has no regions");
    if (!misfits_.none()) return;
    text_ += paths_[n.module.index];
    for (std::uint32_t o = 0; o < n.outputs_count && misfits_.none(); ++o)
      demand(a_.values[n.outputs_first + o].producer == id, "a result has another producer");
    for (std::uint32_t r = 0; r < n.regions_count && misfits_.none(); ++r)
      demand(a_.regions[n.regions_first + r].owner == id, "a region has another owner");
    demand(n.regions_count == 0 || may_hold_regions(static_cast<Op>(n.op)),
           "an operator holds regions that cannot");
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
    if (!misfits_.none()) return;
    auto& used = used_[static_cast<std::size_t>(family)];
    used.resize(rows.size());
    demand(!used[n.attrs], "two nodes have the same attributes");
    used[n.attrs] = true;
    A::fields([&](std::string_view, auto member) { field(rows[n.attrs].*member); });
  }
  void field(IntList l) { demand(list(l), "an attribute has no numbers"); }
  void field(StringId s) { demand(string(s), "an attribute has no text"); }
  void field(const Spatial& s) {
    demand(s.rank >= 0 && s.rank <= 3, "an attribute has more than three dimensions");
  }
  void field(std::int64_t) {}
  void field(double) {}

  void tables() {
    if (!misfits_.none()) return;
    for (const auto& s : a_.sources)
      demand(string(s.file) && s.line <= static_cast<std::uint32_t>(std::numeric_limits<int>::max()),
             "a source has no file or line");
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
  /// No part of an array is named so often that walking over all that names it takes more than linear time.
  void totals() {
    demand(operands_ <= a_.operands.size(), "nodes or regions share their operands");
    demand(dims_ <= a_.dims.size(), "types share their dimensions");
    demand(ints_ <= a_.ints.size() + kSharedInts * (a_.nodes.size() + a_.values.size()),
           "attributes share too many numbers");
    demand(text_ <= kMostText, "its texts are too long together");
  }

  static constexpr std::uint64_t kSharedInts = 8;
  const GraphArrays& a_;
  std::vector<std::uint64_t> paths_;                                                         // by module
  std::array<std::vector<bool>, std::tuple_size_v<decltype(GraphArrays::attrs)> + 1> used_;  // by AttrFamily
  std::uint64_t text_ = 0, operands_ = 0, dims_ = 0, ints_ = 0;
  Misfits misfits_;
};

}  // namespace

std::string misfit_of_rows(const GraphArrays& arrays) { return Rows(arrays).misfit(); }

}  // namespace alidade::adoption
