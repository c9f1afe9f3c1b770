#pragma once
#include "grouping.hpp"

namespace alidade::fusion {

/// What compilers do: a contraction with its epilogue, attention however it is written, clusters of
/// element-wise operators, norms and reductions; views free. Only the last operator of a group is read
/// outside. Operators between a fork and the place where all its arms meet join together or not at all.
[[nodiscard]] Grouping pattern_groups(const Subject& subject, const Limits& limits);

}  // namespace alidade::fusion
