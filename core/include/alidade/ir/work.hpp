#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "alidade/base/error.hpp"
#include "alidade/base/units.hpp"
#include "alidade/ir/graph.hpp"

namespace alidade {

/// How work is counted. flops: 2 per multiply-accumulate plus element work; macs: multiply-accumulates alone;
/// fvcore, torch and xla: what fvcore.nn.FlopCountAnalysis, torch.utils.flop_counter and XLA's cost analysis
/// count, to the integer.
enum class Convention : std::uint8_t { flops, macs, fvcore, torch, xla };
inline constexpr std::array kConventions{Convention::flops, Convention::macs, Convention::fvcore,
                                         Convention::torch, Convention::xla};
[[nodiscard]] std::string_view name(Convention c);
[[nodiscard]] std::optional<Convention> convention_named(std::string_view name);

/// Of MACs and FLOPs. exact: they are; bounded: an opaque operator, at most flops_upper; unbounded: an opaque
/// operator with work that its tensors do not show; unknown: a shape is missing, and what depends on it is 0.
enum class Certainty : std::uint8_t { exact, bounded, unbounded, unknown };

/// What one operator does once: the cost table's row. Every formula is written out in docs/counting.md.
struct Work {
  Macs macs;          ///< of contractions; 0 for everything else
  Flops flops;        ///< convention `flops`: 2 * macs + element work
  Upper flops_upper;  ///< equals flops where those are exact
  Bytes input;        ///< activations and indices read, each operand once, at stored width
  Bytes output;       ///< written; 0 for views
  Bytes weight;       ///< parameters, buffers and constants read
  Upper input_upper, output_upper, weight_upper;  ///< equal, or no bound where a tensor's size is not known
  Dtype dtype = Dtype::unknown;                   ///< of the arithmetic
  OpClass op_class = OpClass::opaque;
  Certainty certainty = Certainty::unknown;

  [[nodiscard]] bool bytes_known() const { return traffic_upper().bounded(); }
  [[nodiscard]] bool known() const { return certainty == Certainty::exact && bytes_known(); }
  [[nodiscard]] Upper macs_upper() const;  ///< half of flops_upper, and of what multiplies nothing 0
  [[nodiscard]] Upper traffic_upper() const { return input_upper + output_upper + weight_upper; }
  [[nodiscard]] Bytes traffic() const { return input + output + weight; }
  /// FLOPs per byte of traffic; nothing without traffic.
  [[nodiscard]] std::optional<double> intensity() const;
};

/// How causal attention is counted: every query with every key, or only with those that it may see.
enum class CausalCount : std::uint8_t { dense, seen };

/// The work of one node, of one trip for the bodies of loops (a control node itself does none). An error when
/// the attributes make no sense or a figure does not fit 63 bits; it names the node.
[[nodiscard]] Result<Work> work(const Graph& graph, NodeId node, CausalCount causal = CausalCount::dense);

/// Why nothing bounds the work of an opaque operator: "it holds weights of its own"; empty where its tensors
/// do.
[[nodiscard]] std::string_view unbounded_because(const Graph& graph, NodeId node);

/// Whether an opaque operator holds weights that are no operands of it: what it stores is not known.
[[nodiscard]] bool hides_weights(const Graph& graph, NodeId node);

/// The work as if the node were a `like`, with that operator's default attributes.
[[nodiscard]] Result<Work> work_as(const Graph& graph, NodeId node, Op like);

/// What a convention counts: a number, or an interval where not all is known.
struct Counted {
  std::uint64_t low = 0;
  Upper high;
  constexpr bool operator==(const Counted&) const = default;
};

/// What the conventions count in one graph. fvcore traces a model, and a trace holds only what an output
/// needs.
class Counter {
 public:
  explicit Counter(const Graph& graph);
  /// One node whose work is known, one run of it; 0 where that tool is blind.
  [[nodiscard]] Result<Counted> count(NodeId node, const Work& work, Convention convention) const;
  /// Whether an output of the model needs what the node computes.
  [[nodiscard]] bool needed(NodeId node) const { return needed_[node] != 0; }

 private:
  const Graph& graph_;
  PerNode<char> needed_;
};

/// Whether operators of this kind do nothing of their own: views, constants and control nodes.
[[nodiscard]] bool is_free(Op op);

}  // namespace alidade
