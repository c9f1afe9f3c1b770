#pragma once
#include "call.hpp"

namespace alidade::onnx_file {

/// What convolutions and pools have in common, read from the attributes and checked.
struct Window {
  std::int64_t rank = 0;  ///< spatial dimensions
  Spatial kernel, strides, pads_begin, pads_end, dilations, output_padding;
};
/// `kernel`: the sizes as the weight says them, or empty where only the attribute does. auto_pad is resolved
/// where the input's sizes are known. Rejects sizes that make no sense.
std::optional<Window> read_window(Call& call, std::size_t input, std::span<const std::int64_t> kernel,
                                  bool transposed);
/// Sizes of a weight's spatial dimensions; empty unless known.
std::vector<std::int64_t> spatial_sizes(const TensorType& weight);
/// Spatial dimensions the operator works on; 0 when nothing says.
std::int64_t spatial_rank(Call& call, std::size_t input, std::size_t weight);
ConvAttrs conv_attrs(const Window& w, std::int64_t groups);
/// The group attribute, at least 1.
std::int64_t read_groups(Call& call);

}  // namespace alidade::onnx_file
