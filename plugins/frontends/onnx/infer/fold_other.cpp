// ONNX's operators that make tensors, or join elements along axes.
#include "fold_call.hpp"

namespace alidade::onnx_file {
namespace {

Folded shape(const FoldCall& c) {
  const TensorType* type = c.type(0);
  return type ? one(infer::shape_of(*type, c.integer("start", 0), c.integer("end", INT64_MAX))) : Folded();
}
Folded size(const FoldCall& c) {
  const TensorType* type = c.type(0);
  return type ? one(infer::size_of(c.sizes(), *type)) : Folded();
}
Folded constant_of_shape(const FoldCall& c) {
  if (!c.in(0)) return {};
  Literal value{Dtype::f32, {}, {Number::of_real(0)}};
  if (const auto* a = c.attributes.find("value")) {
    Damage damage{a->tensor, {}, 0};
    auto stated = read_literal(decode_tensor(a->tensor, damage));
    if (!stated || stated->elements.size() != 1) return {};
    value = std::move(*stated);
  }
  return one(infer::constant_of_shape(*c.in(0), value.dtype, value.elements[0]));
}
Folded range(const FoldCall& c) {
  if (!c.in(0) || !c.in(1) || !c.in(2)) return {};
  return one(infer::range(c.sizes(), *c.in(0), *c.in(1), *c.in(2)));
}
Folded eye_like(const FoldCall& c) {
  const TensorType* like = c.type(0);
  if (!like || !like->is_static()) return {};
  std::vector<std::int64_t> dims;
  for (const Dim d : like->dims) dims.push_back(d.size());
  const Dtype dtype = c.states("dtype") ? dtype_of(c.integer("dtype", 0)) : like->dtype;
  return one(infer::eye(dims, dtype, c.integer("k", 0)));
}
Folded one_hot(const FoldCall& c) {
  const Literal* depth = c.in(1);
  if (!c.in(0) || !depth || !c.in(2) || depth->elements.size() != 1 || !depth->all_numbers()) return {};
  return one(infer::one_hot(*c.in(0), depth->integers()[0], *c.in(2), c.integer("axis", -1)));
}

template <infer::Reduction By>
Folded reduce(const FoldCall& c) {
  auto axes = list_of(c, 1, "axes");
  if (!c.in(0) || !axes.known) return {};
  if (axes.numbers && axes.numbers->empty()) axes.numbers.reset();
  if (!axes.numbers && c.integer("noop_with_empty_axes", 0) != 0) return one(*c.in(0));
  return one(infer::reduce(c.sizes(), *c.in(0), By, axes.axes(), c.integer("keepdims", 1) != 0));
}
template <infer::Value (*F)(infer::Sizes&, const Literal&, const infer::ArgOptions&)>
Folded arg(const FoldCall& c) {
  const infer::ArgOptions options{c.integer("axis", 0), c.integer("keepdims", 1) != 0,
                                  c.integer("select_last_index", 0) != 0};
  return c.in(0) ? one(F(c.sizes(), *c.in(0), options)) : Folded();
}
Folded cumulative_sum(const FoldCall& c) {
  const auto axis = c.scalar(1);
  if (!c.in(0) || !axis) return {};
  return one(infer::cumulative_sum(c.sizes(), *c.in(0), *axis, c.integer("exclusive", 0) != 0,
                                   c.integer("reverse", 0) != 0));
}
Folded topk(const FoldCall& c) {
  const auto k = c.scalar(1, c.states("k") ? std::optional(c.integer("k", 0)) : std::nullopt);
  if (!c.in(0) || !k) return {};
  auto best = infer::topk(*c.in(0), *k, c.integer("axis", -1), c.integer("largest", 1) != 0);
  return {std::move(best.values), std::move(best.indices)};
}
Folded unique(const FoldCall& c) {
  if (!c.in(0) || c.states("axis")) return {};
  auto made = infer::unique(*c.in(0), c.integer("sorted", 1) != 0);
  return {std::move(made.values), std::move(made.indices), std::move(made.inverse), std::move(made.counts)};
}

constexpr FoldRule kRules[] = {
    {"Shape", &shape},
    {"Size", &size},
    {"ConstantOfShape", &constant_of_shape},
    {"Range", &range},
    {"EyeLike", &eye_like},
    {"OneHot", &one_hot},
    {"ReduceSum", &reduce<infer::Reduction::sum>},
    {"ReduceProd", &reduce<infer::Reduction::product>},
    {"ReduceMin", &reduce<infer::Reduction::minimum>},
    {"ReduceMax", &reduce<infer::Reduction::maximum>},
    {"ReduceMean", &reduce<infer::Reduction::mean>},
    {"ArgMax", &arg<infer::argmax>},
    {"ArgMin", &arg<infer::argmin>},
    {"CumSum", &cumulative_sum},
    {"TopK", &topk},
    {"Unique", &unique},
};

}  // namespace

std::span<const FoldRule> other_folds() { return kRules; }

}  // namespace alidade::onnx_file
