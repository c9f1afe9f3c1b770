#pragma once
#include <limits>

#include "figures.hpp"

namespace alidade::gpu {

/// `groups` products of m x k by k x n.
struct Product {
  double groups = 1, m = 0, n = 0, k = 0;
  double left_element_bytes = 2, right_element_bytes = 2;
  double left_bytes = 0, right_bytes = 0, out_bytes = 0;  ///< in memory, each once
  bool routed = false;                                    ///< rows go to the experts that they chose
  bool called = false;                                    ///< by PyTorch, one operator after the other
  bool small_floats = false;                              ///< both sides are floats of 8 bits or fewer
  double flops_per_s = 0;                                 ///< that full tiles sustain
  /// What passes through the cache between two uses of the right operand: of a weight all that a model reads.
  double between_bytes = std::numeric_limits<double>::infinity();
};
/// Of matrices that lie in memory as they are multiplied.
[[nodiscard]] Product dense(double groups, double m, double n, double k, double element_bytes,
                            double flops_per_s);

/// The part of a result that one core makes at a time, and the parts that k is cut in.
struct Tiling {
  double rows = 0, columns = 0, splits = 1;
};
/// What a product takes after its launch.
struct ProductTime {
  Tiling tiling;
  double compute_s = 0;  ///< multiplying, until all results of the last wave are written
  double cache_s = 0;    ///< bringing tiles from the second level of the cache
  double memory_s = 0;
  double seconds = 0;  ///< of all that together
};
/// With the tiles that take least, as libraries choose them.
[[nodiscard]] ProductTime time_of(const Figures& gpu, const Product& product);

}  // namespace alidade::gpu
