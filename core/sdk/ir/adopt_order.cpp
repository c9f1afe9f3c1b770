#include <vector>

#include "adoption.hpp"

namespace alidade::adoption {
namespace {

constexpr std::uint32_t kNowhere = 0xffffffff;

/// Walks a graph as it would run, without recursion: a value can be seen while the region that made it is
/// open.
class Order {
 public:
  explicit Order(const GraphArrays& a)
      : a_(a), home_(a.values.size(), kNowhere), open_(a.regions.size(), 0), placed_(a.nodes.size(), 0) {}

  std::string misfit() {
    for (std::size_t v = 0; v < a_.values.size(); ++v)
      if (is_stored(a_.values[v])) home_[ValueId(v)] = 0;
    enter(RegionId(0));
    while (!walk_.empty() && misfits_.none()) step();
    misfits_.demand(nodes_ == a_.nodes.size(), "a node stands in no region");
    misfits_.demand(regions_ == a_.regions.size(), "a region is held by none of the nodes that run");
    for (const std::uint32_t home : home_.rows())
      misfits_.demand(home != kNowhere, "a value is made nowhere");
    return misfits_.take();
  }

 private:
  /// A region that is being walked: its next node, and the next region of that node.
  struct Visit {
    RegionId region;
    std::uint32_t node = 0, inner = 0;
  };

  static bool is_stored(const ValueRow& v) {
    const auto kind = static_cast<ValueKind>(v.kind);
    return kind == ValueKind::parameter || kind == ValueKind::buffer || kind == ValueKind::constant;
  }
  void enter(RegionId r) {
    const auto& row = a_.regions[r.index];
    misfits_.demand(walk_.size() <= kDeepestRegion,
                    "regions are nested deeper than " + std::to_string(kDeepestRegion));
    walk_.push_back({r});
    open_[r.index] = 1, ++regions_;
    const auto kind = r.index == 0 ? ValueKind::input : ValueKind::argument;
    for (std::uint32_t i = 0; i < row.args_count && misfits_.none(); ++i) {
      const ValueId v = a_.operands[row.args_first + i];
      misfits_.demand(v.valid(), "an argument is no value");
      misfits_.demand(v.valid() && a_.values[v.index].kind == static_cast<std::uint32_t>(kind),
                      "an argument of a region is of another kind");
      define(v, r);
    }
  }
  void define(ValueId v, RegionId r) {
    if (!misfits_.none()) return;
    misfits_.demand(home_[v] == kNowhere, "a value is made twice");
    home_[v] = r.index;
  }
  [[nodiscard]] bool is_seen(ValueId v) const { return home_[v] != kNowhere && open_[home_[v]] != 0; }

  void step() {
    auto& at = walk_.back();
    const auto& region = a_.regions[at.region.index];
    if (at.node == region.nodes_count) return leave(region);
    const NodeId n = a_.node_order[region.nodes_first + at.node];
    if (at.inner == 0) begin(n, at.region);
    if (!misfits_.none()) return;
    const auto& row = a_.nodes[n.index];
    if (at.inner < row.regions_count) return enter(RegionId(row.regions_first + at.inner++));
    for (std::uint32_t o = 0; o < row.outputs_count; ++o) define(ValueId(row.outputs_first + o), at.region);
    ++at.node, at.inner = 0;
  }
  void begin(NodeId n, RegionId r) {
    misfits_.demand(placed_[n] == 0 && a_.nodes[n.index].region == r, "a node stands in two regions");
    placed_[n] = 1, ++nodes_;
    const auto& row = a_.nodes[n.index];
    for (std::uint32_t i = 0; i < row.inputs_count && misfits_.none(); ++i) {
      const ValueId v = a_.operands[row.inputs_first + i];
      misfits_.demand(!v.valid() || is_seen(v),
                      "an operand is used before it is made, or where it is not seen");
    }
  }
  void leave(const RegionRow& region) {
    for (std::uint32_t i = 0; i < region.results_count && misfits_.none(); ++i) {
      const ValueId v = a_.operands[region.results_first + i];
      misfits_.demand(v.valid() && is_seen(v), "a result of a region is no value that it sees");
    }
    open_[walk_.back().region.index] = 0;
    walk_.pop_back();
  }

  const GraphArrays& a_;
  PerValue<std::uint32_t> home_;  // the region that made it
  std::vector<char> open_;        // by region
  PerNode<char> placed_;
  std::vector<Visit> walk_;
  std::size_t nodes_ = 0, regions_ = 0;
  Misfits misfits_;
};

}  // namespace

std::string misfit_of_order(const GraphArrays& arrays) { return Order(arrays).misfit(); }

}  // namespace alidade::adoption
