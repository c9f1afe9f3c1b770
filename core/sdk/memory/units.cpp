// The units of a memory model and their steps.
#include "units.hpp"

#include <algorithm>
#include <tuple>

#include "alidade/sdk/dependencies.hpp"
#include "alidade/sdk/execution_units.hpp"
#include "alidade/sdk/storage.hpp"
#include "alidade/sdk/training_step.hpp"
#include "alidade/sdk/workspace.hpp"

namespace alidade::memory {
namespace {

constexpr std::uint32_t kNone = StoredTensor::kNone;

/// Groups in their order, and each constant before the first group that reads it.
class GroupOrder {
 public:
  GroupOrder(const Graph& graph, const FusionPlan& plan)
      : g_(graph),
        units_(graph, Dependencies(graph), plan),
        first_reader_(graph.node_count(), kNone),
        regions_(region_count(graph)) {
    for (std::size_t r = regions_; r-- > 0;) {
      const auto body = g_.body(RegionId(r));
      for (std::size_t i = body.size(); i-- > 0;) read_by(body[i]);
    }
  }
  void number(MemoryModel& model) const {
    std::vector<std::uint32_t> number(units_.size(), kNone);
    for (const auto& [region, before, is_group, id] : places()) {
      const auto own = static_cast<std::uint32_t>(model.units.size());
      if (region == 0) ++model.outermost;
      model.units.push_back({is_group != 0 ? units_.last(id) : NodeId(id)});
      (is_group != 0 ? number[id] : model.unit_of[NodeId(id)]) = own;
    }
    for (const NodeId n : g_.nodes())
      if (units_.of(n) != kNone) model.unit_of[n] = number[units_.of(n)];
  }

 private:
  using Place = std::tuple<std::uint32_t, std::uint32_t, int, std::uint32_t>;
  /// By region, then by group; a constant comes before the group of the same number.
  [[nodiscard]] std::vector<Place> places() const {
    std::vector<Place> out;
    for (std::uint32_t u = 0; u < units_.size(); ++u)
      out.emplace_back(g_.region_of(units_.first(u)).index, u, 1, u);
    for (const NodeId n : g_.nodes())
      if (units_.of(n) == kNone) out.emplace_back(g_.region_of(n).index, first_reader_[n], 0, n.index);
    std::ranges::sort(out);
    return out;
  }
  void read_by(NodeId n) {
    const auto by = units_.of(n) == kNone ? first_reader_[n] : units_.of(n);
    for (const ValueId v : g_.inputs(n)) read(v, n, by);
    for (const RegionId r : g_.regions(n))
      for (const ValueId v : g_.results(r)) read(v, n, by);
  }
  void read(ValueId v, NodeId reader, std::uint32_t by) {
    const NodeId maker = v.valid() ? g_.producer(v) : NodeId();
    if (!maker.valid() || units_.of(maker) != kNone) return;
    for (; reader.valid() && g_.region_of(reader) != g_.region_of(maker); by = units_.of(reader)) {
      reader = g_.owner(g_.region_of(reader));
      if (!reader.valid()) return;  // the result of a region, read by the node that holds it
    }
    first_reader_[maker] = std::min(first_reader_[maker], by);
  }

  const Graph& g_;
  ExecutionUnits units_;
  PerNode<std::uint32_t> first_reader_;  // of constants
  std::size_t regions_;
};

/// In a training step the operators of the file run in one go.
void number_operators(const Graph& g, MemoryModel& model) {
  model.units.reserve(g.node_count());
  const bool whole = runs_whole_operators(g);
  const std::size_t regions = region_count(g);
  for (std::size_t r = 0; r < regions; ++r) {
    NodeId before;
    for (const NodeId n : g.body(RegionId(r))) {
      if (whole && before.valid() && is_same_operator(g, before, n))
        model.units.back().node = n;
      else
        model.units.push_back({n});
      model.unit_of[n] = static_cast<std::uint32_t>(model.units.size() - 1), before = n;
    }
    if (r == 0) model.outermost = static_cast<std::uint32_t>(model.units.size());
  }
}

/// Gives every unit its steps: one of its own, then those of its regions, one region after the other.
class Steps {
 public:
  Steps(const Graph& graph, MemoryModel& model)
      : g_(graph), m_(model), count_(region_count(graph), 0), length_(model.units.size(), 1) {
    for (std::size_t r = count_.size(); r-- > 0;) add_up(RegionId(r));
  }
  std::vector<std::uint32_t> place() {
    std::vector<std::uint32_t> begin(count_.size(), 0), end(count_.size(), 0), cursor(m_.units.size(), 0);
    std::uint32_t next = 0;
    for (std::uint32_t r = 0; r < count_.size(); ++r) {
      for (auto at = begin[r]; next < m_.units.size() && region_of(next) == r; ++next) {
        auto& unit = m_.units[next];
        if (r == 0) unit.outer = next, at = 0;
        unit.first = at, unit.last = at + length_[next] - 1;
        at += length_[next], cursor[next] = unit.first + 1;
      }
      end[r] = begin[r] + count_[r] - 1;
      enter(RegionId(r), begin, cursor);
    }
    return end;
  }

 private:
  [[nodiscard]] std::uint32_t region_of(std::uint32_t unit) const {
    return g_.region_of(m_.units[unit].node).index;
  }
  void add_up(RegionId r) {
    for (const NodeId n : g_.body(r)) {
      const auto unit = m_.unit_of[n];
      for (const RegionId inner : g_.regions(n))
        length_[unit] += count_[inner.index], count_[r.index] += count_[inner.index];
      if (m_.units[unit].node == n) ++count_[r.index];  // each unit at its last node
    }
  }
  /// Where the regions inside of one begin, and the outermost unit that their units are part of.
  void enter(RegionId r, std::vector<std::uint32_t>& begin, std::vector<std::uint32_t>& cursor) {
    for (const NodeId n : g_.body(r))
      for (const RegionId inner : g_.regions(n)) {
        const auto unit = m_.unit_of[n];
        begin[inner.index] = cursor[unit], cursor[unit] += count_[inner.index];
        for (const NodeId nested : g_.body(inner)) m_.units[m_.unit_of[nested]].outer = m_.units[unit].outer;
      }
  }

  const Graph& g_;
  MemoryModel& m_;
  std::vector<std::uint32_t> count_, length_;  // steps of each region; of each unit
};

}  // namespace

bool runs_whole_operators(const Graph& graph) { return !graph.attachment(TrainingStep::attachment).empty(); }

std::vector<std::uint32_t> number_units(const Graph& graph, WorkspaceRule workspace, const FusionPlan* groups,
                                        MemoryModel& model) {
  model.unit_of = PerNode<std::uint32_t>(graph.node_count(), kNone);
  if (groups)
    GroupOrder(graph, *groups).number(model);
  else
    number_operators(graph, model);
  for (const NodeId n : graph.nodes()) {
    auto& most = model.units[model.unit_of[n]].workspace;
    most = std::max(most, workspace_bytes(graph, n, workspace));
  }
  return Steps(graph, model).place();
}

}  // namespace alidade::memory
