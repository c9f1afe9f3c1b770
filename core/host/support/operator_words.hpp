#pragma once
#include <span>
#include <string>
#include <string_view>

#include "alidade/ir/graph.hpp"

namespace alidade::host {

/// What a user may call an operator of a graph: "aten::sort", "sort", what its file calls it, with the domain
/// or the overload or without ("ai.onnx::Conv", "Conv"), and the name of its node, of the file or of reports.
class OperatorWords {
 public:
  explicit OperatorWords(const Graph& graph);
  [[nodiscard]] bool names(std::string_view word, NodeId node) const;
  /// The same of the operator or of one in its regions.
  [[nodiscard]] bool names_in(std::string_view word, NodeId node) const;
  /// The operators that one of several words names.
  [[nodiscard]] PerNode<char> named(std::span<const std::string> words) const;

 private:
  const Graph& graph_;
  PerNode<std::string> layers_;
};

}  // namespace alidade::host
