#pragma once
#include <vector>

#include "alidade/ir/graph.hpp"
#include "polynomial.hpp"

namespace alidade::formula {

/// The sizes that an operator's figures are made of: bounds of its tensors' elements, and of their
/// dimensions.
struct Extent {
  std::vector<Monomial> tensors, dims;
  void add(const Extent& other);
};

/// How far the products may go that a basis holds.
enum class Reach : std::uint8_t {
  tensors,         ///< those of one tensor's sizes, as in bytes and element work
  tensor_and_dim,  ///< and one size more, as in products of matrices
  two_tensors,     ///< those of two tensors
};

class Extents {
 public:
  Extents(const Graph& graph, Generators& generators);
  /// With what its regions hold.
  [[nodiscard]] Extent of(NodeId n) const;
  [[nodiscard]] Extent of(ValueId v) const;

 private:
  void add_table(NodeId n, Extent& out) const;

  const Graph& g_;
  Generators& generators_;
  std::vector<Extent> of_type_;
};

/// The greatest products, none of which divides another, sorted.
[[nodiscard]] std::vector<Monomial> greatest(const Extent& extent, Reach reach);
/// All that divide one of these, the simple ones first; none where there are more than `most`.
[[nodiscard]] std::vector<Monomial> divisors(const std::vector<Monomial>& greatest, std::size_t most);

}  // namespace alidade::formula
