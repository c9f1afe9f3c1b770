#pragma once
#include <cstdint>
#include <vector>

#include "alidade/ir/graph.hpp"

namespace alidade::memory {

/// The calls of modules in the outermost region: operators one after the other that a module holds, and the
/// calls inside of them.
class Calls {
 public:
  explicit Calls(const Graph& graph);
  /// The last operator of the outermost call that holds a node and not the one that made what it reads (none:
  /// an input); the node itself where there is no such call.
  [[nodiscard]] NodeId end_of(NodeId reader, NodeId maker) const;

 private:
  struct Call {
    ModuleId module;
    std::uint32_t first = 0, last = 0, around = 0;  // places in the body; the call around, itself at the top
  };
  void enter(const Graph& graph, NodeId n, std::uint32_t place);

  std::span<const NodeId> body_;
  std::vector<Call> calls_;
  PerNode<std::uint32_t> place_, call_;  // innermost
  std::vector<std::uint32_t> open_;
};

}  // namespace alidade::memory
