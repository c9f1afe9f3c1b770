#pragma once
#include <cstdint>
#include <vector>

#include "alidade/results/cost.hpp"
#include "alidade/results/fusion.hpp"
#include "alidade/sdk/dag.hpp"

namespace alidade::memory {

/// A tensor that lies in memory: who makes it and who reads it.
struct Tensor {
  static constexpr std::uint32_t kInput = 0xffffffff;
  ValueId value;
  std::uint64_t bytes = 0;
  std::uint32_t maker = kInput;        ///< unit
  std::vector<std::uint32_t> readers;  ///< units, each once, ascending
  bool kept = false;                   ///< to the end: an output of the model
  bool read_inside = false;            ///< by the unit that makes it
};

/// What runs in one go: an operator of the outermost region, or a fused group.
struct Unit {
  NodeId node;  ///< the last of it
  std::uint64_t inside = 0, workspace = 0;
  std::vector<std::uint32_t> makes, reads;  ///< tensors
};

/// A model as units and the tensors between them.
struct Units {
  std::vector<Unit> units;
  std::vector<Tensor> tensors;
  Dag before;
};

struct UnitOptions {
  bool groups = false;    ///< fused groups in place of operators: what stays inside of one takes no memory
  bool inputs = true;     ///< the model's inputs take memory until they are last read
  bool in_place = false;  ///< an element-wise operator writes over an operand that nobody reads after it
};
[[nodiscard]] Result<Units> units_of(const Graph& graph, const CostProfile& cost, const FusionPlan& plan,
                                     const UnitOptions& options);

}  // namespace alidade::memory
