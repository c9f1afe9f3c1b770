#include <array>
#include <cmath>
#include <numeric>

#include "contraction.hpp"
#include "window.hpp"

namespace alidade::onnx_file {
namespace {

/// Whether a convolution's weights came out of a BatchNorm that the exporter folded into it.
bool is_folded(Call& call) {
  if (call.metadata("pkg.onnxscript.rewriter.rule_name").contains("FuseBatchNormIntoConv")) return true;
  return call.is_weight(1) && call.is_weight(2) && call.value(1).name.starts_with("onnx::Conv_") &&
         call.value(2).name.starts_with("onnx::Conv_");
}
/// The exporter puts such a convolution where the BatchNorm was; its weight still says where the convolution
/// is.
void note_folding(Call& call) {
  if (!is_folded(call)) return;
  if (call.is_stored(1)) call.place_beside(call.value(1).name);
  ++call.reading().tallies.folded_norms;
  call.reading().tallies.folded_params += call.type(2).dim(0).value_or(0);
}

void map_conv(Call& call) {
  const auto groups = read_groups(call);
  const auto window =
      read_window(call, 0, spatial_sizes(call.type(1)),
                  call.rule().target == Op::conv_transpose ? Direction::transposed : Direction::forward);
  if (!window) return;
  note_folding(call);
  std::vector<ValueId> inputs{call.in(0), call.weight(1)};
  if (call.has(2)) inputs.push_back(call.weight(2));
  call.emit(call.rule().target, inputs);
  call.attrs(conv_attrs(*window, groups));
}

/// Offsets and mask come after weight and bias: what they add (interpolation) is not counted.
void map_deform_conv(Call& call) {
  const auto groups = read_groups(call);
  const auto window = read_window(call, 0, spatial_sizes(call.type(1)));
  if (!window) return;
  std::vector<ValueId> inputs{call.in(0), call.weight(1), call.has(3) ? call.weight(3) : ValueId(),
                              call.in(2)};
  if (call.has(4)) inputs.push_back(call.in(4));
  call.emit(Op::conv, inputs);
  call.attrs(conv_attrs(*window, groups));
}

/// Depthwise over one dimension with a carried state: a convolution with one group per channel.
void map_causal_conv(Call& call) {
  const auto kernel = spatial_sizes(call.type(1));
  if (kernel.size() != 1 || !call.type(1).dim(0)) return map_opaque(call);
  ConvAttrs a;
  for (auto* s : {&a.strides, &a.pads_begin, &a.pads_end, &a.dilations, &a.output_padding}) s->rank = 1;
  a.strides.at[0] = a.dilations.at[0] = 1, a.pads_begin.at[0] = kernel[0] - 1,
  a.groups = *call.type(1).dim(0);
  const bool activated = call.word("activation", "none") != "none";
  std::vector<ValueId> inputs{call.in(0), call.weight(1)};
  if (call.has(2)) inputs.push_back(call.weight(2));
  const ValueId y = call.step(Op::conv, "conv", inputs, call.out_type(0));
  call.attrs(a);
  call.last(activated ? Op::silu : Op::identity, activated ? "silu" : "output", {y});
  if (call.has_output(1)) call.last(Op::slice, "state", {call.in(0)}, 1);
}

void map_pool(Call& call) {
  if (!call.has_attribute("kernel_shape")) return call.reject("kernel_shape is missing");
  const auto window = read_window(call, 0, {});
  if (!window) return;
  call.emit(call.rule().target, {call.in(0)});
  call.attrs(pool_attrs(*window, call.integer("ceil_mode", 0)));
}

/// Channels last: transposed, convolved, transposed back, so that the operands mean what they mean
/// everywhere.
TypeId channels_first(Call& call, TypeId nhwc) {
  const TensorType t = call.types()[nhwc];
  if (!t.ranked || t.rank() < 3) return nhwc;
  std::vector<Dim> dims{t.dims[0], t.dims[t.rank() - 1]};
  dims.insert(dims.end(), t.dims.begin() + 1, t.dims.end() - 1);
  return call.types().make(t.dtype, dims);
}
std::vector<std::int64_t> to_first(std::size_t rank) {
  std::vector<std::int64_t> perm{0, static_cast<std::int64_t>(rank) - 1};
  for (std::size_t i = 1; i + 1 < rank; ++i) perm.push_back(static_cast<std::int64_t>(i));
  return perm;
}
std::vector<std::int64_t> to_last(std::size_t rank) {
  std::vector<std::int64_t> perm{0};
  for (std::size_t i = 2; i < rank; ++i) perm.push_back(static_cast<std::int64_t>(i));
  perm.push_back(1);
  return perm;
}
void map_nhwc_conv(Call& call) {
  const auto groups = read_groups(call);
  const auto window = read_window(call, 0, spatial_sizes(call.type(1)));
  if (!window || call.type(0).rank() < 3) return map_opaque(call);
  const auto rank = call.type(0).rank();
  const ValueId x = call.step(Op::transpose, "to_nchw", {call.in(0)}, channels_first(call, call.type_id(0)));
  call.attrs(PermAttrs{call.list(to_first(rank))});
  std::vector<ValueId> inputs{x, call.weight(1)};
  if (call.has(2)) inputs.push_back(call.weight(2));
  const ValueId y = call.step(Op::conv, "conv", inputs, channels_first(call, call.out_type(0)));
  call.attrs(conv_attrs(*window, groups));
  call.last(Op::transpose, "to_nhwc", {y});
  call.attrs(PermAttrs{call.list(to_last(rank))});
}

Op activation(Text name) {
  if (name == "Relu") return Op::relu;
  if (name == "Sigmoid") return Op::sigmoid;
  if (name == "Tanh") return Op::tanh;
  if (name == "LeakyRelu") return Op::leaky_relu;
  if (name == "HardSigmoid") return Op::hardsigmoid;
  if (name == "Clip") return Op::clip;
  return name.empty() ? Op::identity : Op::unary;
}
/// Convolution, then the sum with Z, then the activation: each a node.
void map_fused_conv(Call& call) {
  const auto groups = read_groups(call);
  const auto window = read_window(call, 0, spatial_sizes(call.type(1)));
  if (!window) return;
  const Op act = activation(call.word("activation", ""));
  std::vector<ValueId> inputs{call.in(0), call.weight(1)};
  if (call.has(2)) inputs.push_back(call.weight(2));
  ValueId y = call.step(Op::conv, "conv", inputs, call.out_type(0));
  call.attrs(conv_attrs(*window, groups));
  if (call.has(3)) y = call.step(Op::add, "add", {y, call.in(3)}, call.out_type(0));
  call.last(act, act == Op::identity ? "output" : name(act), {y});
  const auto bounds = call.reals("activation_params");
  if (act == Op::clip && bounds.size() == 2) call.attrs(ClipAttrs{bounds[0], bounds[1]});
}

void map_taps(Call& call, std::int64_t taps, std::vector<ValueId> inputs) {
  call.emit(call.rule().target, inputs);
  call.attrs(ResizeAttrs{taps, 0, {}});
}
std::int64_t taps_of(Text mode) {
  return mode == "linear" || mode == "bilinear" ? 2 : mode == "cubic" || mode == "bicubic" ? 4 : 1;
}

/// Taps of every dimension of an antialiased filter, where the file states the scales: below 1 they stretch
/// it. Scales are of 32 bits, and 2 / 0.1 is 20.
IntList stretched_taps(Call& call, std::int64_t taps) {
  constexpr double kRounding = 1e-5;
  const Literal* scales = call.has(3) ? nullptr : call.literal(2);
  const auto rank = call.rank(0);
  if (!scales || !rank) return {};
  std::vector<std::int64_t> every(static_cast<std::size_t>(*rank)), out(every.size(), taps);
  std::iota(every.begin(), every.end(), std::int64_t{0});
  const auto axes = call.integers("axes").value_or(every);
  for (std::size_t i = 0; i < axes.size() && i < scales->elements.size(); ++i) {
    const auto& scale = scales->elements[i];
    if (!scale.is_number() || !(scale.real > 0)) return {};
    const auto axis = call.axis(axes[i], rank);
    const double stretched = static_cast<double>(taps) / std::min(scale.real, 1.0);
    out.at(static_cast<std::size_t>(axis)) =
        static_cast<std::int64_t>(std::ceil(stretched * (1 - kRounding)));
  }
  return call.list(out);
}

/// roi, scales and sizes are in the result's shape where the file states them.
void map_resize(Call& call) {
  std::vector<ValueId> inputs{call.in(0)};
  for (std::size_t i = 1; i < call.inputs(); ++i)
    if (call.has(i) && !call.is_stored(i)) inputs.push_back(call.in(i));
  const auto taps = taps_of(call.word("mode", "nearest"));
  const bool stretches = taps > 1 && call.integer("antialias", 0) != 0;
  map_taps(call, taps, inputs);
  if (stretches) call.attrs(ResizeAttrs{taps, 1, stretched_taps(call, taps)});
}
void map_grid_sample(Call& call) {
  map_taps(call, taps_of(call.word("mode", call.opset() < 20 ? "bilinear" : "linear")), call.ins());
}
void map_roi_align(Call& call) {
  map_taps(call, 2 * std::max<std::int64_t>(call.integer("sampling_ratio", 0), 1), call.ins());
}
void map_roi_pool(Call& call) { map_taps(call, 1, call.ins()); }

constexpr std::array kRules{
    Rule{"Conv", &map_conv, Op::conv, 2, &infer_conv},
    Rule{"ConvTranspose", &map_conv, Op::conv_transpose, 2, &infer_conv_transpose},
    Rule{"DeformConv", &map_deform_conv, Op::conv, 3, &infer_conv},
    Rule{"CausalConvWithState", &map_causal_conv, Op::conv, 2, &infer_causal_conv, "conv, silu, slice"},
    Rule{"MaxPool", &map_pool, Op::max_pool, 1, &infer_pool},
    Rule{"AveragePool", &map_pool, Op::avg_pool, 1, &infer_pool},
    Rule{"LpPool", &map_pool, Op::avg_pool, 1, &infer_pool},
    Rule{"GlobalAveragePool", &map_plain, Op::adaptive_avg_pool, 1, &infer_global_pool},
    Rule{"GlobalMaxPool", &map_plain, Op::adaptive_max_pool, 1, &infer_global_pool},
    Rule{"GlobalLpPool", &map_plain, Op::adaptive_avg_pool, 1, &infer_global_pool},
    Rule{"MaxUnpool", &map_plain, Op::rearrange, 2, &infer_max_unpool},
    Rule{"MaxRoiPool", &map_roi_pool, Op::roi_align, 2, &infer_roi_pool},
    Rule{"RoiAlign", &map_roi_align, Op::roi_align, 3, &infer_roi_align},
    Rule{"Resize", &map_resize, Op::resize, 1, &infer_resize},
    Rule{"Upsample", &map_resize, Op::resize, 1, &infer_resize},
    Rule{"GridSample", &map_grid_sample, Op::grid_sample, 2, &infer_grid_sample},
};

}  // namespace

std::span<const Rule> window_rules() { return kRules; }
void map_fused_convolution(Call& call) { map_fused_conv(call); }
void map_average_pool(Call& call) { map_pool(call); }
void map_channels_last_convolution(Call& call) { map_nhwc_conv(call); }

}  // namespace alidade::onnx_file
