#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "alidade/ir/work.hpp"
#include "alidade/sdk/result.hpp"

namespace alidade {

/// Sums of work over a set of nodes; `counted` follows the profile's convention.
struct CostSum {
  std::uint64_t ops = 0;      ///< operators that do or move something; constants and control nodes are not
  std::uint64_t opaque = 0;   ///< operators nobody knows
  std::uint64_t unknown = 0;  ///< operators whose shapes are not known
  std::uint64_t counted = 0, counted_upper = 0;  ///< equal unless opaque operators are among them
  Macs macs;
  Flops flops;
  Params params;          ///< trainable elements, a shared tensor once
  Bytes param_bytes;      ///< the same at stored width
  Bytes input, output, weight;
  [[nodiscard]] Bytes traffic() const { return input + output + weight; }
};

/// One node of the profile: its work times how often it runs.
struct NodeCost {
  Work work;
  std::uint64_t counted = 0, counted_upper = 0;
  std::uint64_t runs = 1;  ///< trips of the loops around it; 0 in a branch that is not the counted one
};

/// The cost of every operator, module and the whole model under one convention.
struct CostProfile {
  static constexpr ResultKey key{"cost", 1};
  Convention convention = Convention::flops;
  double compute_bound_above = 10;  ///< FLOPs per byte
  PerNode<NodeCost> nodes;
  PerModule<CostSum> modules;  ///< inclusive: a parent is the exact sum of its children and its own operators
  CostSum total;
  Params buffers;              ///< stored, not trained (elements)
  Bytes weight_bytes;          ///< everything stored: parameters, buffers and constants, once each
  Bytes peak_activation;       ///< highest sum of live activations in file order, views sharing their source
  std::vector<Diagnostic> warnings;

  [[nodiscard]] bool compute_bound(const Work& work) const;
  void tell(const Graph& graph, Teller& teller) const;
};

}  // namespace alidade
