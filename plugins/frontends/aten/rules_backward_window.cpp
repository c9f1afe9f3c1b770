// Gradients of convolutions, pools, resampling and attention.
#include <algorithm>
#include <numeric>

#include "backward.hpp"
#include "contraction.hpp"
#include "saturate.hpp"
#include "spatial.hpp"

namespace alidade::aten {
namespace {

/// A convolution whose weight meets its input, and how far its last window is from the end of the input.
struct Passed {
  ValueId x, made, weight;  ///< input, gradient of the result
  ConvAttrs attrs;

  [[nodiscard]] std::int64_t rest(Operation& o, std::size_t d) const {
    const int dim = static_cast<int>(d) + 2;
    const auto in = o.type(x).dim(dim), out = o.type(made).dim(dim), taps = o.type(weight).dim(dim);
    if (!in || !out || !taps) return 0;
    return *in + attrs.pads_begin[d] + attrs.pads_end[d] - (*out - 1) * attrs.strides[d] -
           attrs.dilations[d] * (*taps - 1) - 1;
  }
};

Dim times(Dim dim, std::int64_t by) { return dim.is_known() ? Dim(dim.size() * by) : Dim(); }
Dim divided(Dim dim, std::int64_t by) { return dim.is_known() && by > 0 ? Dim(dim.size() / by) : Dim(); }

/// To the input the same weight, the other way round.
ValueId to_input(Operation& o, Steps& s, const Passed& c) {
  ConvAttrs a = c.attrs;
  a.output_padding.rank = a.strides.rank;
  for (std::size_t d = 0; d < static_cast<std::size_t>(a.strides.rank); ++d)
    a.output_padding.at[d] = c.rest(o, d);
  return s(Op::conv_transpose, {c.made, c.weight}, o.draft().type_id(c.x), a);
}

/// To the weight a convolution of the input by the gradient: images are its channels, strides its dilations,
/// and what the windows did not reach is cut off.
ValueId to_weight(Operation& o, Steps& s, const Passed& c) {
  const auto groups = c.attrs.groups;
  auto x = dims_of(o, c.x), g = dims_of(o, c.made), w = dims_of(o, c.weight), made = w;
  const Dim images = x[0], channels = x[1];
  x[0] = divided(channels, groups), x[1] = times(images, groups);
  std::swap(g[0], g[1]), std::swap(made[0], made[1]);
  ConvAttrs a = c.attrs;
  std::swap(a.strides, a.dilations);
  for (std::size_t d = 0; d < static_cast<std::size_t>(a.strides.rank); ++d) a.pads_end.at[d] -= c.rest(o, d);
  const ValueId product = o.step(Op::conv, {reshaped(o, s, c.x, x), reshaped(o, s, c.made, g)},
                                 type_of(o, c.weight, made), "weight_gradient");
  o.draft().builder.attrs(o.draft().last(), a);
  return reshaped(o, s, product, w);
}

/// Of a transposed one input and result change places.
void of_convolution(Operation& o, Op) {
  const ValueId grad = o.tensor("grad_output"), x = o.tensor("input"), weight = o.tensor("weight");
  const bool transposed = o.flag("transposed", false);
  if (o.rank(x) < 3 || o.rank(x) != o.rank(weight) || is_complex(o.type(x).dtype)) return unknown(o);
  Passed c{transposed ? grad : x, transposed ? x : grad, weight, convolution_attrs(o, weight)};
  c.attrs.output_padding = {};
  Steps s(o);
  MaskedResults results(o);
  if (results.wants(0))
    results.give(0,
                 transposed ? s(Op::conv, {grad, weight}, o.draft().type_id(x), c.attrs) : to_input(o, s, c));
  if (results.wants(1)) results.give(1, to_weight(o, s, c));
  if (results.wants(2)) results.give(2, reduced(o, s, Op::reduce_sum, grad, all_but(o, grad, 1)));
}

/// An operand of fewer heads, seen as often as queries share one.
ValueId for_every_head(Operation& o, Steps& s, ValueId x, ValueId query) {
  auto dims = dims_of(o, x);
  const auto heads = dims_of(o, query);
  if (dims.size() < 4 || heads.size() != dims.size() || dims[1] == heads[1]) return x;
  dims[1] = heads[1];
  return s(Op::expand, {x}, type_of(o, x, dims));
}

/// A kernel that keeps no scores makes them again: the values' gradient is attention of the keys to the
/// queries for the gradient, the queries' attention of the gradient to the values for the keys; the keys' is
/// the second one's scores by the queries. The scores themselves lie nowhere.
void of_attention(Operation& o, Op op) {
  const ValueId q = o.tensor("query"), g = incoming(o);
  Steps s(o);
  const ValueId k = for_every_head(o, s, o.tensor("key"), q), v = for_every_head(o, s, o.tensor("value"), q);
  auto scores = dims_of(o, q);
  if (scores.size() != 4 || !q.valid() || !k.valid()) return unknown(o);
  scores.back() = dims_of(o, k)[2];
  const auto heads = scores[1].is_known() ? scores[1].size() : 1;
  const AttentionAttrs a{heads, heads, o.flag("is_causal", false) ? 1 : 0, 0};
  const ValueId weights = s(Op::expand, {o.tensor("logsumexp")}, type_of(o, q, scores));
  o.give(0, s(op, {g, v, k}, o.draft().type_id(q), a));
  o.give(1, s(Op::matmul, {weights, q}, o.draft().type_id(o.tensor("key")), MatmulAttrs{1, 0}));
  o.give(2, s(op, {k, q, g}, o.draft().type_id(o.tensor("value")), a));
}

/// A quotient for each result, added to every tap of its window.
void of_average_pool(Operation& o, Op op) {
  const ValueId g = incoming(o);
  Elements e(o, o.draft().type_id(g));
  const ValueId share = e(op, {g, e.number("9")});
  auto dims = dims_of(o, g);
  for (const auto size : o.integers("kernel_size")) dims.emplace_back(size);
  add_to_zeros(o, {}, e.steps()(Op::expand, {share}, type_of(o, g, dims)));
}

/// Windows that adapt hold in + out - gcd(in, out) taps along a dimension.
void of_adaptive_pool(Operation& o, Op op) {
  const ValueId g = incoming(o);
  Elements e(o, o.draft().type_id(g));
  const ValueId share = e(op, {g, e.number("9")});
  auto taps = dims_of(o, g);
  const auto in = o.draft().types[o.result_type()].dims;
  for (std::size_t d = 0; d < taps.size() && d < in.size(); ++d) {
    const bool known = taps[d].is_known() && in[d].is_known() && taps[d].size() > 0;
    if (taps[d] != in[d])
      taps[d] = known ? Dim(in[d].size() + taps[d].size() - std::gcd(in[d].size(), taps[d].size())) : Dim();
  }
  add_to_zeros(o, {}, e.steps()(Op::expand, {share}, type_of(o, g, taps)));
}

/// A product and a sum for every tap; of the nearest neighbour a sum.
ValueId weighed(Operation& o, Steps& s, ValueId g, std::int64_t taps, int dimensions) {
  if (taps < 2) return g;
  std::int64_t window = 2;
  for (int d = 0; d < dimensions; ++d) window = aten::times(window, taps);
  return repeated(o, s, g, {window});
}

std::int64_t taps_of(std::string_view base) {
  if (base.contains("linear")) return 2;
  return base.contains("cubic") ? 4 : 1;
}
void of_resize(Operation& o, Op) {
  const ValueId g = incoming(o);
  Steps s(o);
  add_to_zeros(o, {}, weighed(o, s, g, taps_of(o.base()), std::max(o.rank(g) - 2, 0)));
}

/// Two taps for each sample along a dimension, as in the forward pass.
void of_boxes(Operation& o, Op) {
  const auto ratio = o.integer("sampling_ratio", 0);
  Steps s(o);
  add_to_zeros(o, o.tensor("rois"), weighed(o, s, incoming(o), aten::times(2, ratio > 0 ? ratio : 2), 2));
}

/// To the image as of any resampling; to the places what the image changes along each dimension.
void of_grid(Operation& o, Op op) {
  static constexpr std::int64_t kTaps[] = {2, 1, 4};
  const ValueId g = incoming(o), grid = o.tensor("grid");
  const int places = std::max(o.rank(g) - 2, 0);
  const auto taps = kTaps[std::clamp<std::int64_t>(o.integer("interpolation_mode", 0), 0, 2)];
  Steps s(o);
  MaskedResults results(o);
  const ValueId looked = weighed(o, s, g, taps, places);
  if (results.wants(0))
    results.give(0, added_to_zeros(o, s, grid, looked, o.draft().type_id(o.tensor("input"))));
  if (results.wants(1))
    results.give(1, s(op, {repeated(o, s, looked, {std::max(places, 1)})}, o.draft().type_id(grid),
                      axes_attrs(o, {1, o.rank(g)})));
}

constexpr Rule kRules[] = {
    {"convolution_backward", Op::conv, of_convolution},
    {"convolution_backward_overrideable", Op::conv, of_convolution},
    {"_scaled_dot_product_flash_attention_backward", Op::attention, of_attention},
    {"_scaled_dot_product_flash_attention_for_cpu_backward", Op::attention, of_attention},
    {"_scaled_dot_product_efficient_attention_backward", Op::attention, of_attention},
    {"_scaled_dot_product_cudnn_attention_backward", Op::attention, of_attention},
    {"_scaled_dot_product_fused_attention_overrideable_backward", Op::attention, of_attention},
    {"avg_pool2d_backward", Op::div, of_average_pool},
    {"avg_pool3d_backward", Op::div, of_average_pool},
    {"_adaptive_avg_pool2d_backward", Op::div, of_adaptive_pool},
    {"_adaptive_avg_pool3d_backward", Op::div, of_adaptive_pool},
    {"upsample_nearest1d_backward", Op::scatter, of_resize},
    {"upsample_nearest2d_backward", Op::scatter, of_resize},
    {"upsample_nearest3d_backward", Op::scatter, of_resize},
    {"_upsample_nearest_exact1d_backward", Op::scatter, of_resize},
    {"_upsample_nearest_exact2d_backward", Op::scatter, of_resize},
    {"_upsample_nearest_exact3d_backward", Op::scatter, of_resize},
    {"upsample_linear1d_backward", Op::scatter, of_resize},
    {"upsample_bilinear2d_backward", Op::scatter, of_resize},
    {"upsample_trilinear3d_backward", Op::scatter, of_resize},
    {"upsample_bicubic2d_backward", Op::scatter, of_resize},
    {"grid_sampler_2d_backward", Op::reduce_sum, of_grid},
    {"grid_sampler_3d_backward", Op::reduce_sum, of_grid},
    {"_grid_sampler_2d_cpu_fallback_backward", Op::reduce_sum, of_grid},
    {"torchvision._roi_align_backward", Op::scatter, of_boxes},
};

}  // namespace

std::span<const Rule> backward_window_rules() { return kRules; }

}  // namespace alidade::aten
