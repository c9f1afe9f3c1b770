// Windows that slide, and resampling.
#include "map/window.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "movement.hpp"
#include "steps.hpp"

namespace alidade::onnx_file {
namespace {

/// Convolution of `x` with the weight at an operand; nothing once something was rejected.
Result<Shape> convolved(Call& call, const Shape& x, std::size_t weight, Direction direction) {
  const auto groups = read_groups(call);
  const Shape w = call.shape(weight);
  const auto window = read_window(call, 0, spatial_sizes(call.type(weight)), direction);
  if (!window) return Shape();
  const auto attrs = conv_attrs(*window, groups);
  return direction == Direction::forward ? infer::conv(sizes(call), x, w, attrs, window->padding)
                                         : infer::conv_transpose(sizes(call), x, w, attrs, window->padding);
}

std::vector<Dim> spatial(const Shape& x) {
  return x && x->size() > 2 ? std::vector<Dim>(x->begin() + 2, x->end()) : std::vector<Dim>();
}

}  // namespace

void infer_conv(Call& call) { settle(call, convolved(call, call.shape(0), 1, Direction::forward)); }
void infer_qlinear_conv(Call& call) {
  call.set_shape(0, call.dtype(7), convolved(call, call.shape(0), 3, Direction::forward));
}
void infer_conv_integer(Call& call) {
  call.set_shape(0, Dtype::i32, convolved(call, call.shape(0), 1, Direction::forward));
}
/// A stated output_shape holds for inputs of any size.
void infer_conv_transpose(Call& call) {
  auto made = convolved(call, call.shape(0), 1, Direction::transposed);
  const auto stated = call.integers("output_shape");
  for (std::size_t i = 0; made && *made && stated && i < stated->size() && i + 2 < (*made)->size(); ++i)
    (**made)[(*made)->size() - 1 - i] = Dim((*stated)[stated->size() - 1 - i]);
  settle(call, made);
}

void infer_channels_last(Call& call) {
  Shape x = call.shape(0);
  if (!x || x->size() < 3) return;
  std::rotate(x->begin() + 1, x->end() - 1, x->end());
  auto made = convolved(call, x, 1, Direction::forward);
  if (made && *made) std::rotate((*made)->begin() + 1, (*made)->begin() + 2, (*made)->end());
  settle(call, made);
}

/// x [B, C, L], weight [C, 1, K] -> as long as x, and the last K - 1 columns as the next state.
void infer_causal_conv(Call& call) {
  call.set_type(0, call.type_id(0));
  const Shape x = call.shape(0), w = call.shape(1);
  if (!x || x->size() != 3 || !w || w->empty()) return;
  const Number kept = sizes(call).subtract(Number::of(w->back()), Number::of(1));
  call.set_shape(1, call.dtype(0), std::vector{(*x)[0], (*x)[1], kept.as_dim()});
}

void infer_pool(Call& call) {
  const auto window = call.has_attribute("kernel_shape") ? read_window(call, 0, {}) : std::nullopt;
  if (!window) return;
  if (const auto rank = call.rank(0); rank && *rank != window->rank + 2)
    return call.reject(
        fmt::format("a window over {} dimensions meets an operand of {}", window->rank, *rank));
  const auto made = infer::pool(sizes(call), call.shape(0), pool_attrs(*window, call.integer("ceil_mode", 0)),
                                window->padding);
  settle(call, made);
  call.set_shape(1, Dtype::i64, made);
}

void infer_global_pool(Call& call) {
  const Shape x = call.shape(0);
  settle(call, infer::adaptive_pool(x, std::vector<Dim>(spatial(x).size(), Dim(1))));
}

/// The inverse of a pool: its stated shape, or what the windows came from.
void infer_max_unpool(Call& call) {
  const Shape x = call.shape(0);
  if (const auto stated = call.has(2) ? call.numbers(2) : std::nullopt) {
    std::vector<Dim> out;
    for (const auto& n : *stated) out.push_back(n.as_dim());
    if (std::ranges::any_of(out, &Dim::is_unknown)) call.depends_on_data();
    return settle(call, Shape(out));
  }
  const auto window = call.has_attribute("kernel_shape") ? read_window(call, 0, {}) : std::nullopt;
  if (!window || !x || x->size() != static_cast<std::size_t>(window->rank) + 2) return;
  std::vector<Dim> weight{(*x)[1], Dim(1)};
  for (std::int64_t d = 0; d < window->rank; ++d)
    weight.emplace_back(window->kernel[static_cast<std::size_t>(d)]);
  auto made = infer::conv_transpose(sizes(call), x, weight, conv_attrs(*window, 1));
  if (made && *made) (**made)[1] = (*x)[1];
  settle(call, made);
}

void infer_roi_pool(Call& call) {
  const Shape x = call.shape(0), rois = call.shape(1);
  const auto pooled = call.integers("pooled_shape");
  if (!x || x->size() < 2 || !rois || rois->empty() || !pooled || pooled->size() != 2) return;
  settle(call, std::vector{(*rois)[0], (*x)[1], Dim((*pooled)[0]), Dim((*pooled)[1])});
}
void infer_roi_align(Call& call) {
  const Shape x = call.shape(0), rois = call.shape(1);
  const Dim count = rois && !rois->empty() ? (*rois)[0] : Dim();
  settle(call, std::vector{count, x && x->size() > 1 ? (*x)[1] : Dim(), Dim(call.integer("output_height", 1)),
                           Dim(call.integer("output_width", 1))});
}

namespace {

/// Which dimensions scales or sizes speak of: all, or those that `axes` names.
std::optional<std::vector<std::size_t>> resized(Call& call, std::size_t rank) {
  std::vector<std::size_t> out;
  const auto axes = call.integers("axes");
  for (std::size_t i = 0; i < (axes ? axes->size() : rank); ++i) {
    const auto at = infer::axis_of(axes ? (*axes)[i] : static_cast<std::int64_t>(i), rank);
    if (!at) return std::nullopt;
    out.push_back(*at);
  }
  return out;
}

/// One size times its factor, as runtimes work it out: in single precision. A symbol only times a whole
/// number or a whole part.
Dim scaled(Call& call, Dim size, const Number& factor) {
  if (!factor.is_number() || !std::isfinite(factor.real) || factor.real <= 0) return {};
  if (size.is_known()) {
    const float made = std::floor(static_cast<float>(size.size()) * static_cast<float>(factor.real));
    return made < 9e18F ? Dim(static_cast<std::int64_t>(made)) : Dim();
  }
  const double up = factor.real, down = 1 / factor.real;
  if (up == std::floor(up) && up < 1e6)
    return sizes(call).multiply(Number::of(size), Number::of(static_cast<std::int64_t>(up))).as_dim();
  if (down == std::floor(down) && down < 1e6)
    return sizes(call).floor_divide(Number::of(size), Number::of(static_cast<std::int64_t>(down))).as_dim();
  return {};
}

/// One factor for all axes: the least or the largest that the sizes ask for.
void keep_ratio(const std::vector<Dim>& x, const std::vector<std::size_t>& axes, bool larger,
                std::vector<Dim>& out) {
  std::optional<float> factor;
  for (const auto at : axes) {
    if (!x[at].is_known() || !out[at].is_known() || x[at].size() == 0) {
      for (const auto a : axes) out[a] = Dim();
      return;
    }
    const float one = static_cast<float>(out[at].size()) / static_cast<float>(x[at].size());
    factor = !factor ? one : larger ? std::max(*factor, one) : std::min(*factor, one);
  }
  for (const auto at : axes)
    out[at] = Dim(static_cast<std::int64_t>(std::round(*factor * static_cast<float>(x[at].size()))));
}

}  // namespace

/// Upsample has scales as an attribute (7) or an operand (9); Resize scales (10), then roi, scales, sizes
/// (11).
void infer_resize(Call& call) {
  const Shape x = call.shape(0);
  if (!x) return settle(call, Shape());
  const auto axes = resized(call, x->size());
  if (!axes) return;
  std::vector<Dim> out = *x;
  std::vector<Number> factors;
  for (const double s : call.reals("scales")) factors.push_back(Number::of_real(s));
  const std::size_t operand = call.opset() < 11 ? 1 : 2;
  const Literal* scales = call.literal(operand);
  const bool by_sizes = call.opset() >= 11 && call.has(3);
  auto targets = by_sizes ? call.numbers(3) : std::nullopt;
  if (targets && !axes->empty() && axes->front() == 0) exchange_batch(call, *targets);
  if (factors.empty() && scales && !by_sizes) factors = scales->elements;
  for (std::size_t i = 0; i < axes->size(); ++i) {
    Dim& d = out[(*axes)[i]];
    d = by_sizes ? (targets && i < targets->size() ? (*targets)[i].as_dim() : Dim())
                 : (i < factors.size() ? scaled(call, d, factors[i]) : Dim());
  }
  const Text policy = call.word("keep_aspect_ratio_policy", "stretch");
  if (by_sizes && policy != "stretch") keep_ratio(*x, *axes, policy == "not_smaller", out);
  if (by_sizes ? !call.literal(3) : factors.empty()) call.depends_on_data();
  settle(call, Shape(out));
}

/// x [N, C, spatial...], grid [N, spatial..., n]
void infer_grid_sample(Call& call) {
  const Shape x = call.shape(0), grid = call.shape(1);
  if (!x || x->size() < 3 || !grid || grid->size() != x->size()) return;
  std::vector<Dim> out{(*x)[0], (*x)[1]};
  out.insert(out.end(), grid->begin() + 1, grid->end() - 1);
  settle(call, Shape(out));
}

}  // namespace alidade::onnx_file
