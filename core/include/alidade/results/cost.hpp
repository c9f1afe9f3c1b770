#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/ir/work.hpp"
#include "alidade/results/result.hpp"

namespace alidade {

/// Sums of work over a set of nodes, every run of them; `counted` follows the profile's convention.
struct CostSum {
  std::uint64_t ops = 0;     ///< operators that run and are not free (views, constants and control nodes are)
  std::uint64_t opaque = 0;  ///< operators nobody knows
  std::uint64_t unknown = 0;                     ///< operators whose shapes are not known
  std::uint64_t counted = 0, counted_upper = 0;  ///< equal unless opaque operators are among them
  Macs macs;
  Flops flops;
  Params params;      ///< trainable elements, a shared tensor once, in the module that uses it first
  Bytes param_bytes;  ///< the same at stored width
  Bytes input, output, weight;
  [[nodiscard]] Bytes traffic() const { return input + output + weight; }
};

/// One node of the profile: `work` is of one run, `counted` of all runs.
struct NodeCost {
  Work work;
  std::uint64_t counted = 0, counted_upper = 0;
  std::uint64_t runs = 1;  ///< trips of the loops around it; 0 in a branch that is not the counted one
};

/// One line of a breakdown: some operators and their part of the whole.
struct CostShare {
  std::string_view label;  ///< "Conv2D", ">100", "compute-bound"
  std::uint64_t ops = 0, counted = 0, flops = 0, traffic = 0;
  double ops_share = 0, counted_share = 0;  ///< 0..1, never NaN
};

/// What most of a model's FLOPs are, and what that means for the choice of hardware.
struct Character {
  std::string_view name;    ///< "convolution-heavy", "transformer-heavy", "mixed"
  std::string_view advice;  ///< one sentence; empty for a mixed model
};

/// The cost of every operator, module and the whole model under one convention.
struct CostProfile {
  static constexpr ResultKey key{"cost", 1};
  Convention convention = Convention::flops;
  double compute_bound_above = 10;  ///< FLOPs per byte
  PerNode<NodeCost> nodes;
  PerModule<CostSum> modules;  ///< inclusive: a parent is the exact sum of its children and its own operators
  CostSum total;
  std::array<Counted, kConventions.size()> by_convention{};  ///< the whole model under each, in their order
  Params active;          ///< those that one token meets: of a bank of experts, as many as it is routed to
  Params buffers;         ///< stored, not trained (elements)
  Bytes weight_bytes;     ///< everything stored: parameters, buffers and constants, once each
  Bytes peak_activation;  ///< highest sum of live activations in file order, views sharing their source
  std::vector<Diagnostic> warnings;

  [[nodiscard]] bool compute_bound(const Work& work) const;
  /// By the operators' labels, the greatest count first.
  [[nodiscard]] std::vector<CostShare> distribution(const Graph& graph) const;
  /// By FLOPs per byte: >100, 50-100, 10-50, <10.
  [[nodiscard]] std::array<CostShare, 4> bands(const Graph& graph) const;
  /// Compute-bound, then memory-bound, by the profile's threshold.
  [[nodiscard]] std::array<CostShare, 2> bounds(const Graph& graph) const;
  /// Convolutions above 70 % of the FLOPs, or products and attention above 50 %.
  [[nodiscard]] Character character(const Graph& graph) const;
  /// Opaque operators by foreign name, the most frequent first; `counted` is the upper bound.
  [[nodiscard]] std::vector<CostShare> opaque(const Graph& graph) const;
  /// Tells its members into an object that the caller has opened.
  void tell(const Graph& graph, Teller& teller) const;
};

/// Tells the whole model's count under each convention: "by_convention": {"flops": {"counted": ...}, ...}.
void tell_conventions(const CostProfile& profile, Teller& teller);

}  // namespace alidade
