#pragma once
#include <optional>
#include <span>

#include "alidade/sdk/fusion.hpp"
#include "alidade/sdk/kernel.hpp"

// The canonical problem of an operator: nothing where a size of it is not known.
namespace alidade::lowering {

/// Of linear, matmul, routed_matmul, and an einsum that multiplies: of its largest pair.
[[nodiscard]] std::optional<GemmProblem> product_problem(const FusionInput& input, NodeId n);
[[nodiscard]] std::optional<ConvProblem> convolution_problem(const Graph& graph, NodeId n);
[[nodiscard]] std::optional<ConvProblem> pooling_problem(const Graph& graph, NodeId n);
[[nodiscard]] std::optional<RecurrentProblem> recurrent_problem(const Graph& graph, NodeId n);
/// Of norms, softmax, reductions, of what picks rows, and of what sorts them.
[[nodiscard]] std::optional<RowProblem> row_problem(const Graph& graph, NodeId n);
[[nodiscard]] std::optional<AttentionProblem> attention_problem(const Graph& graph, NodeId n);
/// Of a product of queries and keys and one with the values, with all of the group that lies between.
[[nodiscard]] std::optional<AttentionProblem> attention_problem(const FusionInput& input,
                                                                std::span<const NodeId> group, NodeId scores,
                                                                NodeId values);

/// Whether a value comes with the model, or is made of nothing else when that is loaded.
[[nodiscard]] bool is_weight(const FusionInput& input, ValueId v);
/// The product of the dimensions [first, last); last counts from the end where it is not above 0.
[[nodiscard]] std::optional<std::uint64_t> extent(const TensorType& type, int first, int last);

}  // namespace alidade::lowering
