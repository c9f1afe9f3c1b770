// Which unit waits for which, also where memory is updated in place.
#include <algorithm>
#include <tuple>

#include "alidade/sdk/dependencies.hpp"
#include "alidade/sdk/memory_model.hpp"
#include "in_place.hpp"

namespace alidade {
namespace {

class Order {
 public:
  Order(const Graph& graph, const MemoryModel& model)
      : g_(graph), m_(model), updated_(graph.value_count(), 0) {
    for (const NodeId n : g_.nodes())
      for (const ValueId v : g_.outputs(n))
        if (updates(n, v)) updated_[m_.root[v]] = 1;
    for (const NodeId n : g_.nodes()) add(n);
    add_updates();
  }
  Dag dag() {
    std::ranges::sort(edges_);
    edges_.erase(std::ranges::unique(edges_).begin(), edges_.end());
    Dag out;
    std::size_t at = 0;
    for (std::uint32_t unit = 0; unit < m_.outermost; ++unit) {
      for (; at < edges_.size() && edges_[at].first == unit; ++at) out.edges.push_back(edges_[at].second);
      out.edges_end.push_back(static_cast<std::uint32_t>(out.edges.size()));
    }
    return out;
  }

 private:
  [[nodiscard]] std::uint32_t outer(NodeId n) const { return m_.units[m_.unit_of[n]].outer; }
  [[nodiscard]] bool updates(NodeId n, ValueId made) const { return memory::is_update(g_, m_.root, n, made); }
  void add_edge(std::uint32_t earlier, std::uint32_t later) {
    if (earlier < later) edges_.emplace_back(later, earlier);
  }
  void add(NodeId n) {
    const auto by = outer(n);
    const auto read = [&](ValueId v) {
      if (!v.valid()) return;
      if (g_.producer(v).valid()) add_edge(outer(g_.producer(v)), by);
      touch(v, by, false);
    };
    for (const ValueId v : g_.inputs(n)) read(v);
    for (const RegionId r : g_.regions(n))
      for (const ValueId v : g_.results(r)) read(v);
    for (const ValueId v : g_.outputs(n)) touch(v, by, updates(n, v) || m_.root[v] == v);
  }
  void touch(ValueId v, std::uint32_t by, bool writes) {
    if (updated_[m_.root[v]] != 0) touches_.emplace_back(m_.root[v], by, writes ? 1 : 0);
  }
  /// Who reads a tensor comes after who updated it before, and before who does so after.
  void add_updates() {
    std::ranges::sort(touches_);
    std::vector<std::uint32_t> readers;
    std::uint32_t writer = 0;
    ValueId tensor;
    for (const auto& [root, unit, writes] : touches_) {
      if (root != tensor) tensor = root, writer = unit, readers.clear();
      add_edge(writer, unit);
      if (writes == 0) {
        readers.push_back(unit);
        continue;
      }
      for (const auto reader : readers) add_edge(reader, unit);
      readers.clear(), writer = unit;
    }
  }

  const Graph& g_;
  const MemoryModel& m_;
  PerValue<char> updated_;  // of a root
  std::vector<std::tuple<ValueId, std::uint32_t, int>> touches_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges_;  // later, earlier
};

}  // namespace

Dag memory_order(const Graph& graph, const MemoryModel& model) { return Order(graph, model).dag(); }

}  // namespace alidade
