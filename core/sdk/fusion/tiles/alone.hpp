#pragma once
#include "alidade/sdk/fusion.hpp"

namespace alidade::fusion {

/// What an operator moves by itself, in one run, where the chip holds so many bytes: of a product or a
/// convolution least_of_product(), of any other what the cost table says.
[[nodiscard]] std::uint64_t moved_alone(const FusionInput& input, std::uint32_t step,
                                        std::uint64_t capacity_bytes);

}  // namespace alidade::fusion
