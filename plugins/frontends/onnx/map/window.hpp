#pragma once
#include "call.hpp"

namespace alidade::onnx_file {

/// What convolutions and pools have in common, read from the attributes and checked.
struct Window {
  std::int64_t rank = 0;  ///< spatial dimensions
  Spatial kernel, strides, pads_begin, pads_end, dilations, output_padding;
  infer::Padding padding = infer::Padding::stated;
};
enum class Direction : std::uint8_t { forward, transposed };
/// `kernel`: the sizes as the weight says them, or empty where only the attribute does. auto_pad and
/// output_shape become pads where the input's sizes are known. Of rank 0 where nothing says how many
/// dimensions there are. Rejects sizes that make no sense.
std::optional<Window> read_window(Call& call, std::size_t input, std::span<const std::int64_t> kernel,
                                  Direction direction = Direction::forward);
PoolAttrs pool_attrs(const Window& w, std::int64_t ceil_mode);
/// Sizes of a weight's spatial dimensions; empty unless known.
std::vector<std::int64_t> spatial_sizes(const TensorType& weight);
ConvAttrs conv_attrs(const Window& w, std::int64_t groups);
/// The group attribute, at least 1.
std::int64_t read_groups(Call& call);

}  // namespace alidade::onnx_file
