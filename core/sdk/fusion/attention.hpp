#pragma once
#include <cstdint>
#include <vector>

#include "alidade/sdk/fusion.hpp"

namespace alidade::fusion {

/// Attention as it is written out: a product of queries and keys, what makes weights of it, the product with
/// the values, and all that lies between.
struct WrittenAttention {
  std::vector<std::uint32_t> steps;         ///< ascending; the first and the last are the products
  std::uint32_t outside = Grouping::kNone;  ///< reads something in between: then it cannot run as one
};

/// Every one in a graph, by its last step, in any spelling: scores reach the softmax, and the weights the
/// values, through element-wise operators, views, transposes, paddings and appended columns; a softmax may be
/// one operator, or exponentials by their sums. Each operator is looked at once, so it takes linear time.
[[nodiscard]] std::vector<WrittenAttention> written_attention(const FusionInput& input);

}  // namespace alidade::fusion
