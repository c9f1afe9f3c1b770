#pragma once
#include <cstdint>

#include "alidade/ir/graph.hpp"

namespace alidade {

/// Whether an operator gives its first operand on in the same memory: reshapes, slices, identities, and
/// dequantizations, which are done where their result is read.
[[nodiscard]] bool shares_storage(Op op);
/// The value in whose memory each value lies: views in that of their source, any other in its own.
[[nodiscard]] PerValue<ValueId> storage_roots(const Graph& graph);
/// Whether a value comes with the model: a parameter, buffer or constant.
[[nodiscard]] bool is_stored(ValueKind kind);
/// A value's size at stored width; 0 where it is not known or does not fit 63 bits.
[[nodiscard]] std::uint64_t known_bytes(const Graph& graph, ValueId value);

}  // namespace alidade
