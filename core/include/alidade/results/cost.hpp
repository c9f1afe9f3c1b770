#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/ir/trips.hpp"
#include "alidade/ir/work.hpp"
#include "alidade/results/result.hpp"

namespace alidade {

/// Sums of work over a set of nodes, every run of them; `counted` follows the profile's convention. A figure
/// is the least that it may be, the one that ends in _upper the most: they are equal where all is known. Of
/// the branches of an `If` on a condition that is not known, the one that does less gives the least of each
/// figure, the one that does more the most. Operators of which something is not known are those of all
/// branches.
struct CostSum {
  std::uint64_t ops = 0;     ///< operators that run and are not free (views, constants and control nodes are)
  std::uint64_t opaque = 0;  ///< unknown operators
  std::uint64_t unknown = 0;  ///< operators whose shapes are not known
  std::uint64_t unsized = 0;  ///< operators that move tensors whose size in bytes is not known
  std::uint64_t counted = 0;
  Upper counted_upper;
  Macs macs;
  Flops flops;
  Upper ops_upper, macs_upper, flops_upper;
  Params params;      ///< trainable elements, a shared tensor once, in the module that uses it first
  Bytes param_bytes;  ///< the same at stored width
  Upper params_upper, param_bytes_upper;  ///< no bound where an operator holds weights that are no tensors
  Bytes input, output, weight, traffic;   ///< moved, and all together: of branches more than their least sum
  Upper input_upper, output_upper, weight_upper, traffic_upper;
  [[nodiscard]] bool exact() const;  ///< every figure is

  void add(const CostSum& other);  ///< one after the other
  void add_params(const CostSum& other);
  void either(const CostSum& other);  ///< this or the other
  void repeat(const Trips& trips);    ///< over and over
};

/// One node of the profile: `work` is of one run, `counted` of all runs.
struct NodeCost {
  Work work;
  Counted once;  ///< of one run, under the profile's convention
  std::uint64_t counted = 0;
  Upper counted_upper;
  std::uint64_t runs = 1;    ///< trips of the loops around it, the least; 1 for those that may not run at all
  Upper runs_upper = 1;      ///< the most
  bool conditional = false;  ///< it may not run: it is in a branch or a loop that only the data decide
  bool cheaper = false;  ///< in a branch that does less than another, which is the one that a schedule has
  bool folded = false;   ///< works on what is stored alone: a runtime does it once, when it loads the model

  /// All of its work is known, and how often it runs where its branch does.
  [[nodiscard]] bool certain() const { return work.known() && runs_upper == runs; }
  /// The most of all runs.
  [[nodiscard]] Upper macs_upper() const { return work.macs_upper() * runs_upper; }
  [[nodiscard]] Upper flops_upper() const { return work.flops_upper * runs_upper; }
  [[nodiscard]] Upper traffic_upper() const { return work.traffic_upper() * runs_upper; }
  [[nodiscard]] Upper input_upper() const { return work.input_upper * runs_upper; }
  [[nodiscard]] Upper output_upper() const { return work.output_upper * runs_upper; }
  [[nodiscard]] Upper weight_upper() const { return work.weight_upper * runs_upper; }
  /// Runs in the schedule of the costliest branches.
  [[nodiscard]] std::uint64_t scheduled_runs() const { return cheaper ? 0 : runs; }
};

/// One run of an operator as a sum; nothing for what is free or never runs.
[[nodiscard]] CostSum sum_of_one_run(const Graph& graph, NodeId node, const NodeCost& cost);

/// One line of a breakdown: some operators and their part of the whole. As in a CostSum, figures are the
/// least that they may be, those that end in _upper the most.
struct CostShare {
  std::string_view label;  ///< "Conv2D", ">100", "compute-bound"
  std::uint64_t ops = 0, counted = 0, flops = 0, traffic = 0;
  Upper ops_upper, counted_upper, flops_upper, traffic_upper;
  double ops_share = 0, ops_share_upper = 0, counted_share = 0, counted_share_upper = 0;  ///< 0..1, never NaN

  void add(const CostShare& other);  ///< the figures, as in a CostSum
  void either(const CostShare& other);
  void repeat(const Trips& trips);
};
/// One run of an operator as a line; nothing for what is free or never runs.
[[nodiscard]] CostShare share_of_one_run(const Graph& graph, NodeId node, const NodeCost& cost);

/// What most of a model's FLOPs are, and what that means for the choice of hardware.
struct Character {
  std::string_view name;    ///< "convolution-heavy", "transformer-heavy", "recurrence-heavy", "mixed"
  std::string_view advice;  ///< one sentence; empty for a mixed model
};

/// The part of a profile that runtimes do once, when they load the model (see folded_at_load).
struct FoldedWork {
  CostSum work;
  std::uint64_t views = 0;  ///< operators without work of their own
  Bytes kept;               ///< of results that the rest of the model reads, in memory of their own
  Upper kept_upper;
};

/// The cost of every operator, module and the whole model under one convention.
struct CostProfile {
  static constexpr ResultKey key{"cost", 1};
  Convention convention = Convention::flops;
  double compute_bound_above = 10;  ///< FLOPs per byte
  PerNode<NodeCost> nodes;
  PerModule<CostSum> modules;  ///< inclusive: a parent is the sum of its children and its own operators
  CostSum total;
  std::array<Counted, kConventions.size()> by_convention{};  ///< the whole model under each, in their order
  Params active;   ///< those that one token meets: of a bank of experts, as many as it is routed to
  Params buffers;  ///< stored, not trained (elements)
  Upper active_upper, buffers_upper;
  Bytes weight_bytes;     ///< everything stored: parameters, buffers and constants, once each
  Bytes peak_activation;  ///< highest sum of live activations in file order, views sharing their source
  Upper weight_bytes_upper, peak_activation_upper;  ///< equal, or no bound where a tensor's size is not known
  FoldedWork folded;                                ///< is in all other figures as well: the file has it
  std::vector<Diagnostic> warnings;

  [[nodiscard]] bool compute_bound(const Work& work) const;
  /// By the operators' labels, the greatest count first.
  [[nodiscard]] std::vector<CostShare> distribution(const Graph& graph) const;
  /// By FLOPs per byte: >100, 50-100, 10-50, <10, and "unknown" where there are such operators.
  [[nodiscard]] std::vector<CostShare> bands(const Graph& graph) const;
  /// Compute-bound, then memory-bound, by the profile's threshold, and "unknown" where there are such.
  [[nodiscard]] std::vector<CostShare> bounds(const Graph& graph) const;
  /// Convolutions above 70 % of the FLOPs; products above 50 %, with attention among them or without;
  /// recurrences above 50 %; tables that are looked up above 50 % of what is stored.
  [[nodiscard]] Character character(const Graph& graph) const;
  /// Opaque operators by foreign name, the most frequent first.
  [[nodiscard]] std::vector<CostShare> opaque(const Graph& graph) const;
  /// Writes its members into an object that the caller has opened.
  void write(const Graph& graph, ObjectWriter& writer) const;
};

/// Writes the whole model's count under each convention: "by_convention": {"flops": {"counted": ...}, ...}.
void write_conventions(const CostProfile& profile, ObjectWriter& writer);
/// Writes what is folded: "folded": {"ops": ..., "views": ..., "kept_bytes": ...}.
void write_folded(const CostProfile& profile, ObjectWriter& writer);

}  // namespace alidade
