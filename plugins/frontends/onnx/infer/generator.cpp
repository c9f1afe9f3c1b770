// Tensors out of sizes and numbers, what the data select, and losses.
#include <algorithm>
#include <array>
#include <cmath>

#include "map/call.hpp"
#include "steps.hpp"

namespace alidade::onnx_file {
namespace {

Number scalar_of(Call& call, std::size_t operand) {
  const Literal* l = call.literal(operand);
  return l && l->elements.size() == 1 ? l->elements[0] : Number();
}
Dtype stated_dtype(Call& call, Text attribute, Dtype unless) {
  const Dtype dtype = dtype_of(call.integer(attribute, 0));
  return dtype == Dtype::unknown ? unless : dtype;
}
std::vector<Dim> as_dims(std::span<const Number> numbers) {
  std::vector<Dim> out;
  for (const auto& n : numbers) out.push_back(n.as_dim());
  return out;
}

}  // namespace

void infer_constant_of_shape(Call& call) {
  Dtype dtype = Dtype::f32;
  if (const auto* value = call.attributes().find("value")) {
    Damage damage{value->tensor, {}, 0};
    dtype = dtype_of(decode_tensor(value->tensor, damage).elem_type);
  }
  if (!call.literal(0)) call.depends_on_data();
  const auto sizes = call.numbers(0);
  call.set_shape(0, dtype, sizes ? Shape(as_dims(*sizes)) : Shape());
}

void infer_eye(Call& call) { call.set_shape(0, stated_dtype(call, "dtype", call.dtype(0)), call.shape(0)); }

/// (end - begin) / step places, rounded up.
void infer_range(Call& call) {
  const Number begin = scalar_of(call, 0), end = scalar_of(call, 1), step = scalar_of(call, 2);
  auto& sizes = call.types().sizes;
  Number count;
  if (is_floating(call.dtype(0))) {
    if (begin.is_number() && end.is_number() && step.is_number() && step.real != 0)
      count = Number::of(
          static_cast<std::int64_t>(std::clamp(std::ceil((end.real - begin.real) / step.real), 0.0, 9e18)));
  } else if (step.is_number() && step.whole < 0) {
    count =
        sizes.maximum(sizes.ceil_divide(sizes.subtract(begin, end), Number::of(-step.whole)), Number::of(0));
  } else {
    const Number way = sizes.subtract(end, begin);
    count = sizes.maximum(sizes.ceil_divide(way, step), Number::of(0));
  }
  if (count.is_unknown()) call.depends_on_data();
  call.set_shape(0, call.dtype(0), std::vector{count.as_dim()});
}

void infer_random(Call& call) {
  const auto shape = call.integers("shape");
  if (shape)
    call.set_shape(0, stated_dtype(call, "dtype", Dtype::f32),
                   std::vector<Dim>(shape->begin(), shape->end()));
}
void infer_random_like(Call& call) {
  call.set_shape(0, stated_dtype(call, "dtype", call.dtype(0)), call.shape(0));
}
void infer_multinomial(Call& call) {
  const Shape x = call.shape(0);
  const Dim batch = x && !x->empty() ? (*x)[0] : Dim();
  call.set_shape(0, stated_dtype(call, "dtype", Dtype::i32),
                 std::vector{batch, Dim(call.integer("sample_size", 1))});
}
void infer_window_function(Call& call) {
  const Number size = scalar_of(call, 0);
  if (size.is_unknown()) call.depends_on_data();
  call.set_shape(0, stated_dtype(call, "output_datatype", Dtype::f32), std::vector{size.as_dim()});
}
/// mel bins, points of the transform, ...
void infer_mel_weights(Call& call) {
  auto& sizes = call.types().sizes;
  const Number bins = sizes.add(sizes.floor_divide(scalar_of(call, 1), Number::of(2)), Number::of(1));
  if (bins.is_unknown() || scalar_of(call, 0).is_unknown()) call.depends_on_data();
  call.set_shape(0, stated_dtype(call, "output_datatype", Dtype::f32),
                 std::vector{bins.as_dim(), scalar_of(call, 0).as_dim()});
}

void infer_nonzero(Call& call) {
  const auto rank = call.rank(0);
  const Literal* known = call.literal(0);
  Dim count;
  if (known && known->all_numbers())
    count = Dim(std::ranges::count_if(
        known->elements, [&](const Number& n) { return known->is_floating() ? n.real != 0 : n.whole != 0; }));
  else
    call.depends_on_data();
  call.set_shape(0, Dtype::i64, std::vector{rank ? Dim(std::max<std::int64_t>(*rank, 1)) : Dim(), count});
}
void infer_nms(Call& call) {
  call.depends_on_data();
  call.set_shape(0, Dtype::i64, std::vector{Dim(), Dim(3)});
}

/// One loss for each label, or their mean or sum.
void infer_likelihood(Call& call) {
  const bool each = call.word("reduction", "mean") == "none";
  call.set_shape(0, call.dtype(0), each ? call.shape(1) : Shape(std::vector<Dim>()));
}
void infer_cross_entropy(Call& call) {
  infer_likelihood(call);
  call.set_type(1, call.type_id(0));
}

}  // namespace alidade::onnx_file
