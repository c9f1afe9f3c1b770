#pragma once
#include <array>
#include <cstdint>

#include "product.hpp"

namespace alidade::gpu {

/// What a convolution finds: its result, or the gradient of its images or of its weights.
enum class Found : std::uint8_t { result, images, weights };

/// A convolution as it goes forward: images [images, groups taken, given] become [images, groups made,
/// result].
struct Convolution {
  Product product;  ///< that it is when its windows are written out
  Found found = Found::result;
  double images = 1, groups = 1, taken = 0, made = 0;
  std::array<double, 3> given{1, 1, 1}, result{1, 1, 1}, window{1, 1, 1}, steps{1, 1, 1};
  double rank = 2;
  bool dilated = false, channels_last = false;
  bool bfloats = false;  ///< of 16 bits, for which a library has fewer kernels
};
/// What it takes after its launch.
struct ConvolutionTime {
  double compute_s = 0, memory_s = 0, seconds = 0;
};
/// By MIOpen: the fastest of its ways.
[[nodiscard]] ConvolutionTime time_by_miopen(const Figures& gpu, const Convolution& convolution);

}  // namespace alidade::gpu
