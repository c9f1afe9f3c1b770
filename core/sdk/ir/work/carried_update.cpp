#include "carried_update.hpp"

#include <algorithm>

#include "alidade/ir/arrays.hpp"

namespace alidade::work_parts {
namespace {

constexpr std::size_t kMostCarried = 1024;  // values that a loop carries
constexpr int kMostUpdates = 16;            // of one tensor in one trip

class Chain {
 public:
  Chain(const Graph& graph, NodeId scatter)
      : g_(graph), scatter_(scatter), region_(graph.region_of(scatter)) {}

  [[nodiscard]] bool is_carried() const {
    const NodeId loop = g_.owner(region_);
    if (!loop.valid() || g_.op(loop) != Op::loop || g_.results(region_).size() > kMostCarried) return false;
    return begins_with_argument() && ends_in_result();
  }

 private:
  [[nodiscard]] bool is_link(NodeId n) const {
    return n.valid() && g_.op(n) == Op::scatter && g_.region_of(n) == region_ && g_.inputs(n).size() > 2;
  }
  /// Whether an operator is the last to read the tensor that it updates.
  [[nodiscard]] bool reads_last(NodeId n) const {
    const ValueId v = g_.inputs(n)[0];
    return v.valid() && g_.users(v).back() == n && !is_result(v) && !is_given_back_later(v, n);
  }
  /// Whether a region inside of an operator that comes later gives a value back; where there are too many to
  /// know, as if.
  [[nodiscard]] bool is_given_back_later(ValueId v, NodeId n) const {
    std::size_t looks = 0;
    for (std::uint32_t r = region_.index + 1; r < g_.arrays().regions.size(); ++r) {
      const auto results = g_.results(RegionId(r));
      if ((looks += results.size() + 1) > kMostCarried) return true;
      if (std::ranges::find(results, v) == results.end()) continue;
      NodeId around = g_.owner(RegionId(r));
      while (around.valid() && g_.region_of(around) != region_) around = g_.owner(g_.region_of(around));
      if (around > n) return true;
    }
    return false;
  }
  [[nodiscard]] bool is_result(ValueId v) const {
    return std::ranges::find(g_.results(region_), v) != g_.results(region_).end();
  }
  [[nodiscard]] bool begins_with_argument() const {
    NodeId n = scatter_;
    for (int i = 0; i < kMostUpdates && is_link(n) && reads_last(n); ++i) {
      const ValueId v = g_.inputs(n)[0];
      const auto arguments = g_.arguments(region_);
      if (std::ranges::find(arguments, v) != arguments.end()) return true;
      n = g_.producer(v);
    }
    return false;
  }
  [[nodiscard]] bool ends_in_result() const {
    NodeId n = scatter_;
    for (int i = 0; i < kMostUpdates; ++i) {
      const ValueId v = g_.outputs(n)[0];
      if (is_result(v)) return g_.users(v).empty();
      if (g_.users(v).empty()) return false;
      n = g_.users(v).back();
      if (!is_link(n) || g_.inputs(n)[0] != v) return false;
    }
    return false;
  }

  const Graph& g_;
  NodeId scatter_;
  RegionId region_;
};

}  // namespace

bool updates_carried(const Graph& graph, NodeId scatter) {
  return graph.inputs(scatter).size() > 2 && !graph.outputs(scatter).empty() &&
         Chain(graph, scatter).is_carried();
}

ValueId updated_argument(const Graph& graph, ValueId result) {
  const NodeId last = graph.producer(result);
  if (!last.valid() || graph.op(last) != Op::scatter || !updates_carried(graph, last)) return {};
  while (graph.producer(result).valid()) result = graph.inputs(graph.producer(result))[0];
  return result;
}

}  // namespace alidade::work_parts
