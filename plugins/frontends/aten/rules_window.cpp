// Pooling and resampling.
#include <algorithm>

#include "rules.hpp"
#include "saturate.hpp"
#include "spatial.hpp"
#include "steps.hpp"

namespace alidade::aten {
namespace {

/// "max_pool2d_with_indices" works on two dimensions.
int window_rank(std::string_view base) {
  const auto digit = base.find_first_of("123");
  return digit == std::string_view::npos ? 2 : base[digit] - '0';
}

void pool(Operation& o, Op op) {
  const int rank = window_rank(o.base());
  PoolAttrs a;
  a.kernel = spatial(o.integers("kernel_size"), rank, 1);
  a.strides = o.integers("stride").empty() ? a.kernel : spatial(o.integers("stride"), rank, 1);
  a.pads_begin = a.pads_end = spatial(o.integers("padding"), rank, 0);
  a.dilations = spatial(o.integers("dilation"), rank, 1);
  a.ceil_mode = o.flag("ceil_mode", false) ? 1 : 0;
  o.emit(op, {first_operand(o)}, a);
}

/// Windows at random places, as many as results: every tap is compared once.
void fractional_pool(Operation& o, Op op) {
  const auto made = o.draft().types[o.result_type()];
  Dims taps(made.dims.begin(), made.dims.end());
  const auto places = taps.size();
  std::vector<std::int64_t> axes;
  for (const auto size : o.integers("kernel_size"))
    axes.push_back(static_cast<std::int64_t>(taps.size())), taps.emplace_back(size);
  if (axes.empty() || places == 0) return every_tensor(o, Op::opaque);
  Steps s(o);
  const ValueId x = first_operand(o);
  o.emit(op, {s(Op::expand, {x}, type_of(o, x, taps))}, axes_attrs(o, axes));
}

std::int64_t taps_of(std::string_view base) {
  if (base.contains("linear")) return 2;
  return base.contains("cubic") ? 4 : 1;
}
void resize(Operation& o, Op op) {
  o.emit(op, {first_operand(o)}, ResizeAttrs{taps_of(o.base()), o.base().ends_with("_aa") ? 1 : 0, {}});
}

/// interpolation_mode: 0 linear, 1 nearest, 2 cubic.
void grid_sample(Operation& o, Op op) {
  static constexpr std::int64_t kTaps[] = {2, 1, 4};
  const auto mode = std::clamp<std::int64_t>(o.integer("interpolation_mode", 0), 0, 2);
  o.emit(op, {o.tensor("input"), o.tensor("grid")}, ResizeAttrs{kTaps[mode], 0, {}});
}

/// Two taps for each sample along a dimension; a ratio of 0 means as many samples as fit, of which two are
/// usual.
void roi_align(Operation& o, Op op) {
  const auto ratio = o.integer("sampling_ratio", 0);
  o.emit(op, {o.tensor("input"), o.tensor("rois")}, ResizeAttrs{times(2, ratio > 0 ? ratio : 2), 0, {}});
}
void roi_pool(Operation& o, Op op) { o.emit(op, {o.tensor("input"), o.tensor("rois")}, ResizeAttrs{}); }

constexpr Rule kRules[] = {
    {"max_pool1d", Op::max_pool, pool},
    {"max_pool1d_with_indices", Op::max_pool, pool},
    {"max_pool2d", Op::max_pool, pool},
    {"max_pool2d_with_indices", Op::max_pool, pool},
    {"mkldnn_max_pool2d", Op::max_pool, pool},
    {"max_pool3d", Op::max_pool, pool},
    {"max_pool3d_with_indices", Op::max_pool, pool},
    {"fractional_max_pool2d", Op::reduce, fractional_pool},
    {"fractional_max_pool3d", Op::reduce, fractional_pool},
    {"avg_pool1d", Op::avg_pool, pool},
    {"avg_pool2d", Op::avg_pool, pool},
    {"avg_pool3d", Op::avg_pool, pool},
    {"adaptive_avg_pool1d", Op::adaptive_avg_pool, first_tensor},
    {"adaptive_avg_pool2d", Op::adaptive_avg_pool, first_tensor},
    {"adaptive_avg_pool3d", Op::adaptive_avg_pool, first_tensor},
    {"_adaptive_avg_pool2d", Op::adaptive_avg_pool, first_tensor},
    {"_adaptive_avg_pool3d", Op::adaptive_avg_pool, first_tensor},
    {"adaptive_max_pool1d", Op::adaptive_max_pool, first_tensor},
    {"adaptive_max_pool2d", Op::adaptive_max_pool, first_tensor},
    {"adaptive_max_pool3d", Op::adaptive_max_pool, first_tensor},
    {"upsample_nearest1d", Op::resize, resize},
    {"upsample_nearest2d", Op::resize, resize},
    {"upsample_nearest3d", Op::resize, resize},
    {"_upsample_nearest_exact1d", Op::resize, resize},
    {"_upsample_nearest_exact2d", Op::resize, resize},
    {"_upsample_nearest_exact3d", Op::resize, resize},
    {"upsample_linear1d", Op::resize, resize},
    {"upsample_bilinear2d", Op::resize, resize},
    {"_upsample_bilinear2d_aa", Op::resize, resize},
    {"upsample_trilinear3d", Op::resize, resize},
    {"upsample_bicubic2d", Op::resize, resize},
    {"_upsample_bicubic2d_aa", Op::resize, resize},
    {"grid_sampler", Op::grid_sample, grid_sample},
    {"grid_sampler_2d", Op::grid_sample, grid_sample},
    {"grid_sampler_3d", Op::grid_sample, grid_sample},
    {"torchvision.roi_align", Op::roi_align, roi_align},
    {"torchvision.ps_roi_align", Op::roi_align, roi_align},
    {"torchvision.roi_pool", Op::roi_align, roi_pool},
    {"torchvision.ps_roi_pool", Op::roi_align, roi_pool},
};

}  // namespace

std::span<const Rule> window_rules() { return kRules; }

}  // namespace alidade::aten
