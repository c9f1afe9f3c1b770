#pragma once
#include <vector>

#include "alidade/sdk/lowering.hpp"

namespace alidade::lowering {

/// A tensor that is laid out anew before an operator can read it.
struct PaidTranspose {
  NodeId reader;
  ValueId value;
  std::uint64_t bytes = 0;  ///< at the width that the file states
  bool sized = true;
};

/// Which transposes are free, and which are paid that no operator of the model stands for. PyTorch shows a
/// tensor in another order and copies it where a reader cannot take that: a reshape, a product, a norm.
/// Inductor reads in any order. Channels last: an image lies so from the first convolution on; what makes
/// rows of it by splitting or joining channels and places pays.
struct LayoutPlan {
  PerNode<char> is_view;            ///< a transpose that moves nothing
  std::vector<PaidTranspose> paid;  ///< by the reader's id
};
[[nodiscard]] LayoutPlan layout_plan(const FusionInput& input, const Lowering& lowering);

}  // namespace alidade::lowering
