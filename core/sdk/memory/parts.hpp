#pragma once
#include <cstdint>
#include <span>
#include <unordered_map>

#include "alidade/ir/graph.hpp"

namespace alidade::memory {

/// The first unit that writes a part of a tensor, by the tensor's index.
using FirstWriters = std::unordered_map<std::uint32_t, std::uint32_t>;

/// Makes the parts of concatenations that nobody does lie in the results: `root` is the value in whose memory
/// each lies, `concats` are in an order that they could run in.
FirstWriters join_parts(const Graph& graph, std::span<const NodeId> concats,
                        const PerNode<std::uint32_t>& unit_of, PerValue<ValueId>& root);

}  // namespace alidade::memory
