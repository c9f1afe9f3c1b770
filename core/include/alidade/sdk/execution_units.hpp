#pragma once
#include <cstdint>
#include <vector>

#include "alidade/results/fusion.hpp"
#include "alidade/sdk/dependencies.hpp"

namespace alidade {

/// A model as units that run in one go: its operators one by one, or the groups of a fusion plan, of every
/// region. A unit's number is above those of all that it waits for; the outermost region's come first. A unit
/// waits for another when an operator of it does, also where nothing is moved between the two.
class ExecutionUnits {
 public:
  ExecutionUnits(const Graph& graph, const Dependencies& order);
  ExecutionUnits(const Graph& graph, const Dependencies& order, const FusionPlan& plan);

  [[nodiscard]] const Dag& before() const { return before_; }
  [[nodiscard]] Dag after() const { return reversed(before_); }
  [[nodiscard]] Dag outermost_before() const;  ///< of the outermost region's units alone
  [[nodiscard]] std::size_t size() const { return first_.size(); }
  [[nodiscard]] std::size_t outermost() const { return outermost_; }
  [[nodiscard]] NodeId first(std::size_t unit) const { return first_[unit]; }
  [[nodiscard]] NodeId last(std::size_t unit) const { return last_[unit]; }
  /// The unit that a node is in; kNone for a constant.
  [[nodiscard]] std::uint32_t of(NodeId n) const { return of_[n]; }
  /// The unit of the outermost region that a node is or is part of.
  [[nodiscard]] std::uint32_t outer(NodeId n) const { return outer_[n]; }

 private:
  void place(const Graph& graph, const Dependencies& order, std::size_t units);
  void add_edges(const Dependencies& order, const FusionPlan& plan);

  PerNode<std::uint32_t> of_, outer_;
  std::vector<NodeId> first_, last_;
  std::size_t outermost_ = 0;
  Dag before_;
};

}  // namespace alidade
