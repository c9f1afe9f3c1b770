#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "alidade/ir/work.hpp"

// What the formulas share: one node as they see it, and what they give back.
namespace alidade::work_parts {

/// One node of a graph, its operands and results by position; an absent one has an unranked type.
class Operator {
 public:
  explicit Operator(const Graph& graph, NodeId node, CausalCount causal = CausalCount::dense)
      : graph(graph), node(node), causal(causal), op_(graph.op(node)) {}
  /// The node as if it were a `like`.
  Operator(const Graph& graph, NodeId node, Op like) : graph(graph), node(node), op_(like) {}
  [[nodiscard]] Op op() const { return op_; }
  [[nodiscard]] bool has(std::size_t input) const {
    const auto inputs = graph.inputs(node);
    return input < inputs.size() && inputs[input].valid();
  }
  [[nodiscard]] TensorType in(std::size_t i) const {
    return has(i) ? graph.type(graph.inputs(node)[i]) : TensorType{};
  }
  [[nodiscard]] TensorType out(std::size_t i = 0) const {
    const auto outputs = graph.outputs(node);
    return i < outputs.size() ? graph.type(outputs[i]) : TensorType{};
  }
  template <class A>
  [[nodiscard]] const A& attrs() const {
    static constexpr A kDefault{};
    return op_ == graph.op(node) ? graph.attrs<A>(node) : kDefault;
  }
  /// A failure that names the node: "node 'conv1' " + what.
  [[nodiscard]] std::unexpected<Error> wrong(std::string_view what) const;
  [[nodiscard]] std::unexpected<Error> too_large(std::string_view figure) const;  ///< "MAC count"

  const Graph& graph;
  NodeId node;
  CausalCount causal = CausalCount::dense;

 private:
  Op op_;
};

/// Multiply-accumulates, and the element work beside them.
struct Arithmetic {
  Count macs, flops;
};
/// Nothing where a shape is missing; an error where the operator makes no sense.
using Figure = Result<std::optional<Arithmetic>>;

/// The product of dimensions [first, last), last counted from the end when negative; nothing unless all are
/// known.
[[nodiscard]] std::optional<Count> product(const TensorType& type, int first, int last);
[[nodiscard]] inline Count as_count(std::int64_t size) { return Count(static_cast<std::uint64_t>(size)); }
[[nodiscard]] int ceil_log2(std::uint64_t n);  ///< 0 for 0 and 1

[[nodiscard]] Figure contraction(
    const Operator& o);  ///< work_contraction.cpp, work_attention.cpp, work_einsum.cpp
[[nodiscard]] Figure einsum(const Operator& o);
[[nodiscard]] Figure attention(const Operator& o);
[[nodiscard]] Figure recurrent(const Operator& o);
[[nodiscard]] Figure elementwise(const Operator& o);  ///< what the table's numbers say; work_element.cpp
[[nodiscard]] Figure normalisation(const Operator& o);
[[nodiscard]] Figure pooling(const Operator& o);  ///< work_window.cpp
[[nodiscard]] Figure resampling(const Operator& o);
[[nodiscard]] Figure selection(const Operator& o);  ///< work_sequence.cpp
[[nodiscard]] Figure spectral(const Operator& o);
[[nodiscard]] Figure factorisation(const Operator& o);  ///< work_factorisation.cpp
[[nodiscard]] Figure scatter(const Operator& o);

[[nodiscard]] bool all_positive(const Spatial& s);
/// Whether a result is as large as the windows make it, as far as the shapes are known; work_places.cpp
[[nodiscard]] Result<void> fitting_places(const Operator& o, const ConvAttrs& a);
[[nodiscard]] Result<void> fitting_places(const Operator& o, const PoolAttrs& a);

/// What fvcore counts for an einsum: numpy's own estimate, with its rounding to four digits.
[[nodiscard]] Result<std::uint64_t> fvcore_einsum(const Operator& o);

/// Bytes of the tensors whose size is known; complete: it is of all.
struct MovedPart {
  Count bytes;
  bool complete = true;
};
/// What one node moves.
struct Moved {
  MovedPart input, output, weight;
};
[[nodiscard]] Moved traffic(const Operator& o);
/// The most FLOPs that an opaque operator can be thought to do; nothing where a shape is missing or it does
/// not fit.
[[nodiscard]] std::optional<Count> opaque_bound(const Operator& o);

}  // namespace alidade::work_parts
