#pragma once
#include <span>
#include <string>
#include <vector>

#include "polynomial.hpp"
#include "samples.hpp"

namespace alidade::formula {

/// The bytes of every tensor in memory as sums of products, in the order of the samples.
using TensorSizes = std::vector<Polynomial>;

/// The greatest sum of tensors that are alive together, as far as no sum is certainly less than another
/// with symbols from 1 on:
/// "4096*batch*seq", "Max(8*batch*seq**2, 4096*batch*seq)". An error says why there is no such formula.
[[nodiscard]] Result<std::string> peak_text(const Samples& samples, const TensorSizes& sizes,
                                            const Generators& generators);

}  // namespace alidade::formula
