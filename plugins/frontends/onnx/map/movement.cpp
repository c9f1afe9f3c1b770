#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "call.hpp"

namespace alidade::onnx_file {
namespace {

/// The first operand, and of the others those that the file computes: what it states is in the result's
/// shape.
std::vector<ValueId> data_and_computed(Call& call) {
  std::vector<ValueId> inputs{call.in(0)};
  for (std::size_t i = 1; i < call.inputs(); ++i)
    if (call.has(i) && !call.is_stored(i)) inputs.push_back(call.in(i));
  return inputs;
}
void map_view(Call& call) {
  call.emit(call.rule().target, data_and_computed(call));
  if (call.has_output(0)) call.out(0).from_weight = call.is_weight(0);
}
/// A target with a -1 stays an operand: what it makes of another size depends on where the -1 is.
void map_reshape(Call& call) {
  auto inputs = data_and_computed(call);
  const auto target = call.stated(1);
  const bool is_open = target && std::ranges::find(*target, -1) != target->end();
  if (is_open && call.integer("allowzero", 0) == 0) inputs.push_back(call.in(1));
  call.emit(Op::reshape, inputs);
  if (call.has_output(0)) call.out(0).from_weight = call.is_weight(0);
}
/// From axis 0 on everything is one row, whatever the first size: flat, then a 1 in front.
void map_flatten(Call& call) {
  const Shape x = call.shape(0);
  const auto axis = call.integer("axis", 1);
  if (!x || x->size() < 2 || (axis != 0 && axis != -*call.rank(0))) return map_view(call);
  const std::array all{infer::product(call.types().sizes, *x).as_dim()};
  const ValueId flat = call.step(Op::reshape, "flat", {call.in(0)}, call.types().make(call.dtype(0), all));
  call.last(Op::reshape, "", {flat});
  if (call.has_output(0)) call.out(0).from_weight = call.is_weight(0);
}
void map_first(Call& call) { call.emit(call.rule().target, {call.in(0)}); }

/// Axes, attribute or operand, must be of the result (Unsqueeze) or of the operand (Squeeze).
void map_squeeze(Call& call) {
  auto axes = call.integers("axes");
  if (!axes) axes = call.stated(1);
  const bool adds = call.op() == "Unsqueeze";
  if (axes && call.rank(0)) {
    const auto rank = *call.rank(0) + (adds ? static_cast<std::int64_t>(axes->size()) : 0);
    (void)call.axes(*axes, rank);
  }
  map_view(call);
}

void map_transpose(Call& call) {
  auto perm = call.integers("perm");
  const auto rank = call.rank(0);
  if (!perm && rank) {
    perm.emplace();
    for (auto i = *rank; i-- > 0;) perm->push_back(i);
  }
  std::vector<std::int64_t> sorted = perm.value_or(std::vector<std::int64_t>{});
  std::ranges::sort(sorted);
  bool ok = !rank || !perm || static_cast<std::int64_t>(perm->size()) == *rank;
  for (std::size_t i = 0; i < sorted.size(); ++i) ok = ok && sorted[i] == static_cast<std::int64_t>(i);
  if (!ok)
    return call.reject(fmt::format("perm [{}] is not a permutation of {} dimensions", fmt::join(*perm, ","),
                                   rank.value_or(static_cast<std::int64_t>(perm->size()))));
  call.emit(Op::transpose, {call.in(0)});
  if (perm) call.attrs(PermAttrs{call.list(*perm)});
  if (call.has_output(0)) call.out(0).from_weight = call.is_weight(0);
}

void map_concat(Call& call) {
  std::optional<std::int64_t> rank;
  for (std::size_t i = 0; i < call.inputs() && !rank; ++i) rank = call.rank(i);
  const auto axis = call.axis(call.integer("axis", call.opset() < 4 ? 1 : 0), rank);
  call.emit(Op::concat, call.ins());
  call.attrs(AxesAttrs{call.list(std::array{axis}), 0});
}

void map_split(Call& call) {
  const auto axis = call.axis(call.integer("axis", 0), call.rank(0));
  call.emit(Op::split, data_and_computed(call));
  call.attrs(AxesAttrs{call.list(std::array{axis}), 0});
}

/// Attributes up to operator set 9, operands since.
std::optional<std::vector<std::int64_t>> slice_list(Call& call, Text attribute, std::size_t operand) {
  return call.opset() < 10 ? call.integers(attribute) : call.stated(operand);
}
void map_slice(Call& call) {
  const auto starts = slice_list(call, "starts", 1), ends = slice_list(call, "ends", 2);
  auto axes = slice_list(call, "axes", 3);
  const auto steps = call.opset() < 10 ? std::nullopt : call.stated(4);
  if (!axes && starts && !call.has(3)) {
    axes.emplace();
    for (std::size_t i = 0; i < starts->size(); ++i) axes->push_back(static_cast<std::int64_t>(i));
  }
  if (starts && ends && starts->size() != ends->size())
    return call.reject(fmt::format("starts has {} entries and ends has {}", starts->size(), ends->size()));
  for (const auto step : steps.value_or(std::vector<std::int64_t>{}))
    if (step == 0) return call.reject("a step is 0");
  if (axes) axes = call.axes(*axes, call.rank(0));
  call.emit(Op::slice, data_and_computed(call));
  const auto list = [&](const auto& numbers) { return numbers ? call.list(*numbers) : IntList{}; };
  call.attrs(SliceAttrs{list(axes), list(starts), list(ends), list(steps)});
}

/// Rows of a stored matrix of floats are an embedding.
void map_gather(Call& call) {
  const auto axis = call.axis(call.integer("axis", 0), call.rank(0));
  const bool table = axis == 0 && call.is_weight(0) && call.rank(0) == 2 && is_floating(call.type(0).dtype);
  call.emit(table ? Op::embedding : Op::gather, {table ? call.weight(0) : call.in(0), call.in(1)});
  call.attrs(AxesAttrs{call.list(std::array{axis}), 0});
}
void map_gather_elements(Call& call) {
  const auto axis = call.axis(call.integer("axis", 0), call.rank(0));
  call.emit(Op::gather, call.ins());
  call.attrs(AxesAttrs{call.list(std::array{axis}), 0});
}
void map_gather_nd(Call& call) { call.emit(Op::gather, call.ins()); }
void map_compress(Call& call) {
  std::vector<std::int64_t> axes;
  if (call.has_attribute("axis")) axes = {call.axis(call.integer("axis", 0), call.rank(0))};
  call.emit(Op::gather, call.ins());
  call.attrs(AxesAttrs{call.list(axes), 0});
}

std::int64_t reduction(Text word) {
  return word == "add" ? 1 : word == "mul" ? 2 : word == "min" ? 3 : word == "max" ? 4 : 0;
}
void map_scatter(Call& call) {
  ScatterAttrs a;
  a.axis = call.axis(call.integer("axis", 0), call.rank(0));
  a.reduction = reduction(call.word("reduction", "none"));
  call.emit(Op::scatter, call.ins());
  call.attrs(a);
}
/// Cache, update, places: in the order that scatter has them.
void map_tensor_scatter(Call& call) {
  ScatterAttrs a;
  a.axis = call.axis(call.integer("axis", -2), call.rank(0));
  const ValueId places = call.has(2) ? call.in(2) : call.constant("places", call.types().scalar(Dtype::i64));
  call.emit(Op::scatter, {call.in(0), places, call.in(1)});
  call.attrs(a);
}
/// Columns are added up where they overlap.
void map_col2im(Call& call) {
  ScatterAttrs a;
  a.reduction = 1;
  const ValueId target = call.step(Op::constant, "zeros", std::span<const ValueId>{}, call.out_type(0));
  call.last(Op::scatter, "scatter",
            {target, call.constant("places", call.types().scalar(Dtype::i64)), call.in(0)});
  call.attrs(a);
}
void map_one_hot(Call& call) {
  ScatterAttrs a;
  if (call.has_output(0) && call.types()[call.out_type(0)].ranked)
    a.axis =
        call.axis(call.integer("axis", -1), static_cast<std::int64_t>(call.types()[call.out_type(0)].rank()));
  const ValueId target = call.step(Op::constant, "off", std::span<const ValueId>{}, call.out_type(0));
  call.last(Op::scatter, "scatter", {target, call.in(0), call.buffer(2)});
  call.attrs(a);
}

constexpr Rule view(std::string_view op, Op target, std::size_t least, Step infer) {
  return {op, &map_view, target, least, infer};
}

constexpr std::array kRules{
    Rule{"Reshape", &map_reshape, Op::reshape, 1, &infer_reshape},
    Rule{"Flatten", &map_flatten, Op::reshape, 1, &infer_flatten},
    view("BitCast", Op::reshape, 1, &infer_bit_cast),
    view("Identity", Op::identity, 1, &infer_same),
    view("Expand", Op::expand, 2, &infer_expand),
    view("Tile", Op::tile, 2, &infer_tile),
    view("Pad", Op::pad, 1, &infer_pad),
    view("Trilu", Op::copy, 1, &infer_same),
    view("CenterCropPad", Op::copy, 2, &infer_center_crop_pad),
    view("DepthToSpace", Op::rearrange, 1, &infer_depth_to_space),
    view("SpaceToDepth", Op::rearrange, 1, &infer_space_to_depth),
    view("ReverseSequence", Op::rearrange, 2, &infer_same),
    Rule{"Squeeze", &map_squeeze, Op::reshape, 1, &infer_squeeze},
    Rule{"Unsqueeze", &map_squeeze, Op::reshape, 1, &infer_unsqueeze},
    Rule{"Dropout", &map_first, Op::dropout, 1, &infer_dropout},
    Rule{"Shape", &map_first, Op::shape_of, 1, &infer_shape},
    Rule{"Size", &map_first, Op::shape_of, 1, &infer_size},
    Rule{"Transpose", &map_transpose, Op::transpose, 1, &infer_transpose},
    Rule{"Concat", &map_concat, Op::concat, 1, &infer_concat},
    Rule{"Split", &map_split, Op::split, 1, &infer_split},
    Rule{"Slice", &map_slice, Op::slice, 1, &infer_slice},
    Rule{"Gather", &map_gather, Op::gather, 2, &infer_gather,
         "embedding for rows of a stored matrix, else gather"},
    Rule{"GatherElements", &map_gather_elements, Op::gather, 2, &infer_gather_elements},
    Rule{"GatherND", &map_gather_nd, Op::gather, 2, &infer_gather_nd},
    Rule{"Compress", &map_compress, Op::gather, 2, &infer_compress},
    Rule{"Scatter", &map_scatter, Op::scatter, 3, &infer_same},
    Rule{"ScatterElements", &map_scatter, Op::scatter, 3, &infer_same},
    Rule{"ScatterND", &map_scatter, Op::scatter, 3, &infer_same},
    Rule{"TensorScatter", &map_tensor_scatter, Op::scatter, 2, &infer_same},
    Rule{"Col2Im", &map_col2im, Op::scatter, 3, &infer_col2im, "constant, scatter"},
    Rule{"OneHot", &map_one_hot, Op::scatter, 3, &infer_one_hot, "constant, scatter"},
};

}  // namespace

std::span<const Rule> movement_rules() { return kRules; }

}  // namespace alidade::onnx_file
