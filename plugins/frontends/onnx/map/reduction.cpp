#include <algorithm>
#include <array>
#include <numeric>

#include "call.hpp"

namespace alidade::onnx_file {
namespace {

std::vector<std::int64_t> all_axes(std::int64_t from, std::optional<std::int64_t> rank) {
  std::vector<std::int64_t> axes(
      static_cast<std::size_t>(std::max<std::int64_t>(rank.value_or(from) - from, 0)));
  std::iota(axes.begin(), axes.end(), from);
  return axes;
}

/// Axes as an attribute (before operator set 13 or 18) or as an operand; none means all, or nothing at all to
/// do.
void map_reduce(Call& call) {
  const auto known = axes_of(call, 1);
  const auto& axes = known.list;
  const bool computed = call.has(1) && !call.stated(1);
  if (known.known && (!axes || axes->empty()) && call.integer("noop_with_empty_axes", 0) != 0)
    return void(call.emit(Op::identity, {call.in(0)}));
  auto reduced = call.axes(axes.value_or(std::vector<std::int64_t>{}), call.rank(0));
  std::ranges::sort(reduced);
  std::vector<ValueId> inputs{call.in(0)};
  if (computed) inputs.push_back(call.in(1));
  call.emit(call.rule().target, inputs);
  call.attrs(AxesAttrs{call.list(reduced), call.integer("keepdims", 1)});
}

void map_arg(Call& call) {
  const auto axis = call.axis(call.integer("axis", 0), call.rank(0));
  call.emit(Op::arg_reduce, {call.in(0)});
  call.attrs(AxesAttrs{call.list(std::array{axis}), call.integer("keepdims", 1)});
}

/// Before operator set 13 everything from the axis on is one row.
void map_softmax(Call& call) {
  const auto rank = call.rank(0);
  const bool flat = call.opset() < 13;
  const auto axis = call.axis(call.integer("axis", flat ? 1 : -1), rank);
  const auto axes = flat && rank && axis >= 0 ? all_axes(axis, rank) : std::vector<std::int64_t>{axis};
  call.emit(call.rule().target, {call.in(0)});
  call.attrs(AxesAttrs{call.list(axes), 0});
}

void map_cumulative(Call& call) {
  const auto stated = call.stated(1);
  std::vector<ValueId> inputs{call.in(0)};
  if (!stated) inputs.push_back(call.in(1));
  std::vector<std::int64_t> axes;
  if (stated && stated->size() == 1) axes = {call.axis((*stated)[0], call.rank(0))};
  call.emit(Op::cumulative, inputs);
  call.attrs(AxesAttrs{call.list(axes), 0});
}

/// The number of results is in their shape where the file states it.
void map_topk(Call& call) {
  const auto axis = call.axis(call.integer("axis", -1), call.rank(0));
  std::vector<ValueId> inputs{call.in(0)};
  if (call.has(1) && !call.stated(1)) inputs.push_back(call.in(1));
  call.emit(Op::topk, inputs);
  call.attrs(AxesAttrs{call.list(std::array{axis}), 0});
}

void map_hardmax(Call& call) {
  const auto axis = call.axis(call.integer("axis", call.opset() < 13 ? 1 : -1), call.rank(0));
  call.emit(Op::arg_reduce, {call.in(0)});
  call.attrs(AxesAttrs{call.list(std::array{axis}), 1});
}

/// Rows along an axis; without one, all elements in one row.
void map_unique(Call& call) {
  ValueId x = call.in(0);
  std::int64_t axis = 0;
  if (call.has_attribute("axis")) {
    axis = call.axis(call.integer("axis", 0), call.rank(0));
  } else if (call.rank(0) != 1) {
    const Shape shape = call.shape(0);
    const Dim all = shape ? infer::product(call.types().sizes, *shape).as_dim() : Dim();
    x = call.step(Op::reshape, "flat", {x}, call.types().make(call.dtype(0), std::array{all}));
  }
  call.emit(Op::sort, {x});
  call.attrs(AxesAttrs{call.list(std::array{axis}), 0});
}

constexpr Rule reduce(std::string_view op, Op target = Op::reduce) {
  return {op, &map_reduce, target, 1, &infer_reduce};
}

constexpr std::array kRules{
    reduce("ReduceSum", Op::reduce_sum),
    reduce("ReduceMean", Op::reduce_mean),
    reduce("ReduceMax"),
    reduce("ReduceMin"),
    reduce("ReduceProd"),
    reduce("ReduceL1"),
    reduce("ReduceL2"),
    reduce("ReduceLogSum"),
    reduce("ReduceLogSumExp"),
    reduce("ReduceSumSquare"),
    Rule{"ArgMax", &map_arg, Op::arg_reduce, 1, &infer_arg},
    Rule{"ArgMin", &map_arg, Op::arg_reduce, 1, &infer_arg},
    Rule{"Softmax", &map_softmax, Op::softmax, 1, &infer_same},
    Rule{"LogSoftmax", &map_softmax, Op::log_softmax, 1, &infer_same},
    Rule{"Hardmax", &map_hardmax, Op::arg_reduce, 1, &infer_same},
    Rule{"CumSum", &map_cumulative, Op::cumulative, 2, &infer_same},
    Rule{"CumProd", &map_cumulative, Op::cumulative, 2, &infer_same},
    Rule{"TopK", &map_topk, Op::topk, 1, &infer_topk},
    Rule{"Unique", &map_unique, Op::sort, 1, &infer_unique, "reshape to one row without an axis, sort"},
};

}  // namespace

std::span<const Rule> reduction_rules() { return kRules; }

}  // namespace alidade::onnx_file
