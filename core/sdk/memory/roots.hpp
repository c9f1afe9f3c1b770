#pragma once
#include <cstdint>

#include "alidade/ir/graph.hpp"

namespace alidade::memory {

struct Storages {
  PerValue<ValueId> root;         ///< the value in whose memory each lies
  PerNode<std::uint64_t> copied;  ///< bytes of operands that a node of PyTorch lays out anew, and drops
  PerValue<char> strided;         ///< its elements do not lie row after row
};
/// See `storage_roots`.
[[nodiscard]] Storages storages_of(const Graph& graph, bool functional);

}  // namespace alidade::memory
