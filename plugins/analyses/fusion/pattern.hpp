#pragma once
#include "grouping.hpp"

namespace alidade::fusion {

/// What compilers do: a contraction with its epilogue, attention however it is written, clusters of
/// element-wise operators, norms and reductions; views free. Only the last operator of a group is read
/// outside. Operators between a fork and the place where all its arms meet join the same group or none.
[[nodiscard]] Grouping pattern_groups(const GroupingInput& input, const Limits& limits);

}  // namespace alidade::fusion
