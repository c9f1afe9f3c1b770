#pragma once
#include <cstdint>
#include <vector>

namespace alidade::fusion {

/// The most bytes of these operands that fit into so much room together: exact up to six, of more the largest
/// that still fits again and again. More room never holds less.
[[nodiscard]] std::uint64_t most_held(std::vector<std::uint64_t> operands, std::uint64_t room);

}  // namespace alidade::fusion
