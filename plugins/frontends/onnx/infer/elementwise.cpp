// Element by element, and reductions: the first operand's sizes decide.
#include <algorithm>
#include <array>

#include "map/call.hpp"
#include "steps.hpp"

namespace alidade::onnx_file {
namespace {

Result<Shape> broadcast_all(Call& call) {
  Shape made;
  bool first = true;
  for (std::size_t i = 0; i < call.inputs(); ++i) {
    if (!call.has(i)) continue;
    auto next =
        first ? Result<Shape>(call.shape(i)) : infer::broadcast(call.types().sizes, made, call.shape(i));
    if (!next) return next;
    made = std::move(*next), first = false;
  }
  return made;
}

Dtype first_known_dtype(Call& call) {
  for (std::size_t i = 0; i < call.inputs(); ++i)
    if (call.dtype(i) != Dtype::unknown) return call.dtype(i);
  return Dtype::unknown;
}

}  // namespace

Shape unknown_sizes(std::optional<std::size_t> rank) {
  return rank ? Shape(std::vector<Dim>(*rank)) : Shape();
}

StatedAxes axes_of(Call& call, std::size_t operand) {
  if (auto axes = call.integers("axes")) return {true, std::move(axes)};
  if (!call.has(operand)) return {};
  const Literal* l = call.literal(operand);
  if (!l || !l->all_numbers()) return {false, std::nullopt};
  return {true, l->integers()};
}

void infer_nothing(Call&) {}
void infer_same(Call& call) {
  if (call.has(0) && call.has_output(0)) call.out(0).sequence = call.value(0).sequence;
  for (std::size_t k = 0; k < call.outputs(); ++k) call.set_type(k, call.type_id(0));
}
void infer_bool(Call& call) { call.set_shape(0, Dtype::boolean, call.shape(0)); }
void infer_scalar_bool(Call& call) { call.set_type(0, call.types().scalar(Dtype::boolean)); }
void infer_floats(Call& call) { call.set_shape(0, Dtype::f32, call.shape(0)); }

void infer_broadcast(Call& call) {
  if (call.inputs() == 2 && call.type_id(0) == call.type_id(1)) return call.set_type(0, call.type_id(0));
  call.set_shape(0, first_known_dtype(call), broadcast_all(call));
}
void infer_compare(Call& call) { call.set_shape(0, Dtype::boolean, broadcast_all(call)); }
void infer_where(Call& call) {
  call.set_shape(0, call.dtype(1) != Dtype::unknown ? call.dtype(1) : call.dtype(2), broadcast_all(call));
}

void infer_cast(Call& call) { call.set_shape(0, dtype_of(call.integer("to", 0)), call.shape(0)); }
void infer_cast_like(Call& call) { call.set_shape(0, call.dtype(1), call.shape(0)); }
/// The same bits: the last size changes with the width of the elements.
void infer_bit_cast(Call& call) {
  const Dtype to = dtype_of(call.integer("to", 0));
  call.set_shape(0, to, bits(to) == bits(call.dtype(0)) ? call.shape(0) : Shape());
}

void infer_reduce(Call& call) {
  const bool keep = call.integer("keepdims", 1) != 0;
  const auto axes = axes_of(call, 1);
  const bool none = axes.known && (!axes.list || axes.list->empty());
  if (none && call.integer("noop_with_empty_axes", 0) != 0) return call.set_type(0, call.type_id(0));
  const Shape x = call.shape(0);
  if (!axes.known) {
    call.depends_on_data();
    return call.set_shape(0, call.dtype(0),
                          unknown_sizes(keep && x ? std::optional(x->size()) : std::nullopt));
  }
  const auto list = none ? std::nullopt : std::optional<infer::Axes>(*axes.list);
  if (none && !keep) return call.set_type(0, call.types().scalar(call.dtype(0)));
  call.set_shape(0, call.dtype(0), infer::reduce(x, list, keep));
}

void infer_arg(Call& call) {
  const std::array axis{call.integer("axis", 0)};
  call.set_shape(0, Dtype::i64, infer::reduce(call.shape(0), axis, call.integer("keepdims", 1) != 0));
}

void infer_topk(Call& call) {
  Number k;
  if (call.opset() < 10)
    k = Number::of(call.integer("k", 0));
  else if (const Literal* l = call.literal(1); l && l->elements.size() == 1)
    k = l->elements[0];
  else
    call.depends_on_data();
  const auto shape = infer::with_size(call.shape(0), call.integer("axis", -1), k.as_dim());
  call.set_shape(0, call.dtype(0), shape);
  call.set_shape(1, Dtype::i64, shape);
}

/// Values, first places, places of the inverse, counts.
void infer_unique(Call& call) {
  const Shape x = call.shape(0);
  const bool along = call.has_attribute("axis");
  call.depends_on_data();
  call.set_shape(0, call.dtype(0),
                 along ? infer::with_size(x, call.integer("axis", 0), Dim()) : unknown_sizes(1));
  call.set_shape(1, Dtype::i64, unknown_sizes(1));
  call.set_shape(3, Dtype::i64, unknown_sizes(1));
  if (!x) return call.set_shape(2, Dtype::i64, unknown_sizes(1));
  const auto axis = along ? infer::axis_of(call.integer("axis", 0), x->size()) : Result<std::size_t>(0);
  if (!axis) return;
  const Dim all = along ? (*x)[*axis] : infer::product(call.types().sizes, *x).as_dim();
  call.set_shape(2, Dtype::i64, std::vector{all});
}

namespace {

Dim one_sided(Call& call, Dim points) {
  auto& sizes = call.types().sizes;
  return sizes.add(sizes.floor_divide(Number::of(points), Number::of(2)), Number::of(1)).as_dim();
}

Number scalar_of(Call& call, std::size_t operand, Number unless) {
  if (!call.has(operand)) return unless;
  const Literal* l = call.literal(operand);
  return l && l->elements.size() == 1 ? l->elements[0] : Number();
}

}  // namespace

/// [.., points, .., 1 or 2]: complex numbers are pairs along the last dimension.
void infer_dft(Call& call) {
  const Shape x = call.shape(0);
  if (!x || x->empty()) return;
  const Number axis =
      call.opset() < 20 ? Number::of(call.integer("axis", 1)) : scalar_of(call, 2, Number::of(-2));
  if (!axis.is_number()) return call.set_shape(0, call.dtype(0), unknown_sizes(x->size()));
  const auto at = infer::axis_of(axis.whole, x->size());
  if (!at) return call.set_shape(0, call.dtype(0), std::unexpected(at.error()));
  const bool onesided = call.integer("onesided", 0) != 0, inverse = call.integer("inverse", 0) != 0;
  Shape out = x;
  Dim points = scalar_of(call, 1, Number::of((*x)[*at])).as_dim();
  if (call.has(1) && points.is_unknown()) call.depends_on_data();
  if (onesided && inverse && !call.has(1)) {
    auto& sizes = call.types().sizes;
    points = sizes.multiply(sizes.subtract(Number::of(points), Number::of(1)), Number::of(2)).as_dim();
  }
  (*out)[*at] = onesided && !inverse ? one_sided(call, points) : points;
  out->back() = Dim(onesided && inverse ? 1 : 2);
  call.set_shape(0, call.dtype(0), out);
}

Number frame_length(Call& call) {
  if (call.has(3)) return scalar_of(call, 3, {});
  const Shape x = call.shape(0), window = call.shape(2);
  if (call.has(2)) return window && window->size() == 1 ? Number::of((*window)[0]) : Number();
  return x && x->size() > 1 ? Number::of((*x)[1]) : Number();
}

/// signal [batch, length, 1 or 2], step, window?, frame length? -> [batch, frames, bins, 2]
void infer_stft(Call& call) {
  const Shape x = call.shape(0);
  if (!x || x->size() < 2) return;
  auto& sizes = call.types().sizes;
  const Number frame = frame_length(call), step = scalar_of(call, 1, {});
  if (frame.is_unknown() || step.is_unknown()) call.depends_on_data();
  const Number frames =
      sizes.add(sizes.floor_divide(sizes.subtract(Number::of((*x)[1]), frame), step), Number::of(1));
  const Dim bins = call.integer("onesided", 1) != 0 ? one_sided(call, frame.as_dim()) : frame.as_dim();
  call.set_shape(0, call.dtype(0), std::vector{(*x)[0], frames.as_dim(), bins, Dim(2)});
}

/// y, and of training the running statistics.
void infer_batch_norm(Call& call) {
  call.set_type(0, call.type_id(0));
  for (std::size_t k = 1; k < call.outputs(); ++k) call.set_type(k, call.type_id(k == 1 || k == 3 ? 3 : 4));
}

/// y, mean and inverse deviation of every row.
void infer_layer_norm(Call& call) {
  call.set_type(0, call.type_id(0));
  const Shape x = call.shape(0);
  if (!x || call.outputs() < 2) return;
  const auto at = infer::axis_of(call.integer("axis", -1), x->size());
  if (!at) return;
  Shape rows = x;
  std::fill(rows->begin() + static_cast<std::ptrdiff_t>(*at), rows->end(), Dim(1));
  const Dtype dtype = dtype_of(call.integer("stash_type", 1));
  call.set_shape(1, dtype, rows), call.set_shape(2, dtype, rows);
}

void infer_dropout(Call& call) {
  call.set_type(0, call.type_id(0));
  call.set_shape(1, call.opset() < 10 ? call.dtype(0) : Dtype::boolean, call.shape(0));
}

void infer_det(Call& call) {
  const Shape x = call.shape(0);
  if (x && x->size() >= 2) call.set_shape(0, call.dtype(0), std::vector<Dim>(x->begin(), x->end() - 2));
}

}  // namespace alidade::onnx_file
