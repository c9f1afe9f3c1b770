#pragma once
#include <string_view>
#include <utility>
#include <vector>

#include "call.hpp"

namespace alidade::stablehlo {

/// Where the dimensions of one tensor of a convolution lie.
struct Layout {
  std::int64_t first = -1, second = -1;  ///< batch and features; of a kernel, what it makes and what it takes
  Integers spatial;
};
struct ConvolutionNumbers {
  Layout input, kernel, output;
};
/// [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], or the same in words; rejected where it is neither.
[[nodiscard]] ConvolutionNumbers convolution_numbers(Call& call);

/// How the window of a convolution moves, one entry for each spatial dimension.
struct ConvolutionWindow {
  Integers strides, low, high, input_dilation, kernel_dilation;
  std::vector<Number> open;  ///< of both sides, where the program computes the padding: low and high are 0
};
[[nodiscard]] ConvolutionWindow convolution_window(Call& call, std::size_t rank);

}  // namespace alidade::stablehlo
