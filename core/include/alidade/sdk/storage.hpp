#pragma once
#include <cstdint>
#include <string_view>

#include "alidade/ir/graph.hpp"

namespace alidade {

/// Whether an operator gives its first operand on in the same memory: reshapes, slices, identities, and
/// dequantizations, which are done where their result is read.
[[nodiscard]] bool shares_storage(Op op);
/// The same of one node: a dequantization whose values are written does not.
[[nodiscard]] bool shares_storage(const Graph& graph, NodeId node);
/// Whether a dequantization writes its values, as no operator that reads them could make them for itself: the
/// model, or a region, gives them back, or a region is given them, as they are or behind views. Looks at so
/// many views and so many results of a region as docs/limits.md says.
[[nodiscard]] bool writes_values(const Graph& graph, NodeId dequantize);
/// The value in whose memory each value lies. Views lie in that of their source, transposes of PyTorch among
/// them; a reshape of what no strides say in that order (expanded, transposed) in its own, as does any other
/// value. What a file updates in place (PyTorch's `relu_`, `index_copy_`) stays where it is, as does what a
/// loop carries and updates. A list lies in memory of its own, which has no bytes.
/// `functional`: as compilers see it, who make a new tensor of an update of what the graph itself makes.
[[nodiscard]] PerValue<ValueId> storage_roots(const Graph& graph, bool functional = false);
/// "add" of PyTorch's "aten.add.Tensor" and "aten::add"; empty for operators of anybody else.
[[nodiscard]] std::string_view torch_name(std::string_view foreign);
/// The same of what changes an operand, "add_"; empty for others.
[[nodiscard]] std::string_view in_place_name(std::string_view foreign);
/// Whether two nodes are steps that one operator of the file was taken apart into: "add_/alpha" and "add_".
[[nodiscard]] bool is_same_operator(const Graph& graph, NodeId a, NodeId b);
/// The operand in whose place a node puts its first result, as the file says; invalid where it says nothing,
/// and of a view.
[[nodiscard]] ValueId updated_operand(const Graph& graph, NodeId node);
/// Whether a node copies its first operand over its last, which it does not read.
[[nodiscard]] bool copies_over(const Graph& graph, NodeId node);
/// Whether a value comes with the model: a parameter, buffer or constant.
[[nodiscard]] bool is_stored(ValueKind kind);
/// A value's size at stored width; 0 where it is not known or does not fit 63 bits.
[[nodiscard]] std::uint64_t known_bytes(const Graph& graph, ValueId value);

}  // namespace alidade
