#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "alidade/ir/graph.hpp"
#include "alidade/sdk/precision.hpp"
#include "host/query/expression.hpp"

namespace alidade::host {

/// One operator's configuration as rules see it: its kind, element types, ranks, whether its shapes are
/// numbers, its attributes by name (of one for each dimension the largest, of a list how many), and the
/// precision that the device is asked about.
class OperatorScope final : public query::FieldScope {
 public:
  OperatorScope(const Graph& graph, NodeId node, Precision precision)
      : graph_(graph), node_(node), precision_(precision) {}
  [[nodiscard]] query::Value field(std::string_view name) const override;
  [[nodiscard]] bool knows(std::string_view name) const override;
  [[nodiscard]] std::vector<std::string> names() const override;

 private:
  const Graph& graph_;
  NodeId node_;
  Precision precision_;
};

/// All that a rule can ask of an operator, as bytes: one rule holds for all operators of one configuration.
[[nodiscard]] std::string configuration_of(const Graph& graph, NodeId node);

/// The names alone, to check an expression before there is an operator.
class OperatorNames final : public query::FieldScope {
 public:
  [[nodiscard]] query::Value field(std::string_view) const override { return {}; }
  [[nodiscard]] bool knows(std::string_view name) const override;
  [[nodiscard]] std::vector<std::string> names() const override;
};

}  // namespace alidade::host
