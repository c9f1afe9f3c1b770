#pragma once
#include <span>
#include <vector>

#include "sdk/serving/serving.hpp"

namespace alidade::serving {

/// One kernel with what it reads and writes, and which of that is the cache.
struct Piece {
  Kernel kernel;
  std::vector<Access> reads, writes;
  std::vector<NodeId> nodes;
  std::vector<char> cached;  ///< of the reads, then of the writes
};

/// The kernels of a sample, where new rows of the cache are written in place: what joins them to the rows
/// before moves the new ones alone, and attention over latents reads them once.
[[nodiscard]] std::vector<Piece> pieces_of(const KernelSample& sample, std::span<const CacheTensor> cache);

/// Sets what a kernel reads and writes in all, from its accesses.
void add_up(Kernel& kernel, std::span<const Access> reads, std::span<const Access> writes);

}  // namespace alidade::serving
