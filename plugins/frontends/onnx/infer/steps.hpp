#pragma once
#include "alidade/infer/shapes.hpp"

namespace alidade::onnx_file {

class Call;

// The types of an operator's outputs, one step per operator or per kind of them: each reads the file's
// attributes and operands and asks the SDK's shape functions.

void infer_nothing(Call& call);
void infer_same(Call& call);       ///< every output like the first operand
void infer_bool(Call& call);       ///< the first operand's shape, bool
void infer_broadcast(Call& call);  ///< of all operands
void infer_compare(Call& call);    ///< the same, bool
void infer_where(Call& call);
void infer_cast(Call& call);
void infer_cast_like(Call& call);
void infer_bit_cast(Call& call);
void infer_scalar_bool(Call& call);

void infer_reduce(Call& call);
void infer_arg(Call& call);
void infer_topk(Call& call);
void infer_unique(Call& call);
void infer_dft(Call& call);
void infer_stft(Call& call);
void infer_batch_norm(Call& call);
void infer_layer_norm(Call& call);
void infer_dropout(Call& call);
void infer_det(Call& call);

void infer_reshape(Call& call);
void infer_flatten(Call& call);
void infer_squeeze(Call& call);
void infer_unsqueeze(Call& call);
void infer_expand(Call& call);
void infer_tile(Call& call);
void infer_pad(Call& call);
void infer_center_crop_pad(Call& call);
void infer_depth_to_space(Call& call);
void infer_space_to_depth(Call& call);
void infer_shape(Call& call);
void infer_size(Call& call);
void infer_transpose(Call& call);
void infer_concat(Call& call);
void infer_split(Call& call);
void infer_slice(Call& call);
void infer_gather(Call& call);
void infer_gather_elements(Call& call);
void infer_gather_nd(Call& call);
void infer_compress(Call& call);
void infer_col2im(Call& call);
void infer_one_hot(Call& call);

void infer_conv(Call& call);
void infer_conv_transpose(Call& call);
void infer_qlinear_conv(Call& call);
void infer_conv_integer(Call& call);
void infer_causal_conv(Call& call);
void infer_pool(Call& call);
void infer_global_pool(Call& call);
void infer_max_unpool(Call& call);
void infer_roi_pool(Call& call);
void infer_roi_align(Call& call);
void infer_resize(Call& call);
void infer_grid_sample(Call& call);
void infer_channels_last(Call& call);  ///< a convolution of [N, spatial..., C]

void infer_gemm(Call& call);
void infer_matmul(Call& call);
void infer_matmul_integer(Call& call);
void infer_qlinear_matmul(Call& call);
void infer_einsum(Call& call);
void infer_recurrent(Call& call);
void infer_attention(Call& call);

void infer_quantize(Call& call);
void infer_dequantize(Call& call);
void infer_dynamic_quantize(Call& call);

void infer_constant_of_shape(Call& call);
void infer_eye(Call& call);
void infer_range(Call& call);
void infer_random(Call& call);
void infer_random_like(Call& call);
void infer_multinomial(Call& call);
void infer_window_function(Call& call);
void infer_mel_weights(Call& call);
void infer_nonzero(Call& call);
void infer_nms(Call& call);
void infer_cross_entropy(Call& call);
void infer_likelihood(Call& call);

void infer_sequence_construct(Call& call);
void infer_sequence_empty(Call& call);
void infer_sequence_at(Call& call);
void infer_sequence_insert(Call& call);
void infer_sequence_erase(Call& call);
void infer_sequence_length(Call& call);
void infer_split_to_sequence(Call& call);
void infer_concat_from_sequence(Call& call);
void infer_optional(Call& call);
void infer_optional_element(Call& call);

void infer_image(Call& call);
void infer_string_split(Call& call);
void infer_string_normalizer(Call& call);
void infer_string_bool(Call& call);
void infer_tfidf(Call& call);
void infer_label_encoder(Call& call);
void infer_array_features(Call& call);
void infer_category(Call& call);
void infer_floats(Call& call);  ///< the first operand's shape, f32
void infer_features(Call& call);
void infer_one_hot_encoder(Call& call);
void infer_classifier(Call& call);
void infer_regressor(Call& call);
void infer_tree_ensemble(Call& call);
void infer_dictionary(Call& call);

void infer_optimizer(Call& call);
void infer_gradient(Call& call);

/// Axes from an attribute (older operator sets) or an operand; nothing when neither is there.
struct StatedAxes {
  bool known = true;                              ///< false: they are computed, and not known
  std::optional<std::vector<std::int64_t>> list;  ///< none: not stated
};
[[nodiscard]] StatedAxes axes_of(Call& call, std::size_t operand);
/// The points of one window of a short-time transform: stated, or as many as its window or its signal has.
[[nodiscard]] infer::Number frame_length(Call& call);
/// A shape of this many unknown sizes.
[[nodiscard]] infer::Shape unknown_sizes(std::optional<std::size_t> rank);

}  // namespace alidade::onnx_file
