#pragma once
#include "follow.hpp"

namespace alidade::infer {

/// Refuses operands that had a size in common where one of them has another size now and the other one still
/// the file's: a constant that was made for the old size, although the operator may take it. `free` says by
/// operand whether its sizes are those of an input that keeps them.
[[nodiscard]] Result<void> meets_no_old_size(const Changed& node, const std::vector<char>& free);

}  // namespace alidade::infer
