#pragma once
#include <optional>
#include <string>
#include <vector>

#include "alidade/ir/graph.hpp"

namespace alidade {

/// What a graph that holds forward and backward says of itself: frontends attach it, analyses read it.
struct TrainingStep {
  static constexpr std::string_view attachment = "training";
  std::string loss, optimizer;  ///< as the capture names them, or empty
  /// Of each output of the graph the parameter that it is the gradient of; empty: the loss, or what the model
  /// gives out besides.
  std::vector<std::string> gradient_of;

  [[nodiscard]] std::string text() const;
};

/// Nothing where the graph is no training step.
[[nodiscard]] std::optional<TrainingStep> training_step(const Graph& graph);

}  // namespace alidade
