// ONNX's operators that work element by element.
#include "fold_call.hpp"

namespace alidade::onnx_file {
namespace {

template <infer::BinaryValue F>
Folded from_left(const FoldCall& c) {
  const auto all = c.all();
  return all ? one(infer::from_left(c.sizes(), F, *all)) : Folded();
}

Folded cast(const FoldCall& c) {
  const Dtype to = dtype_of(c.integer("to", 0));
  return c.in(0) ? one(infer::cast(c.sizes(), *c.in(0), to)) : Folded();
}
Folded cast_like(const FoldCall& c) {
  const TensorType* like = c.type(1);
  return c.in(0) && like ? one(infer::cast(c.sizes(), *c.in(0), like->dtype)) : Folded();
}
Folded mod(const FoldCall& c) {
  return c.integer("fmod", 0) != 0 ? binary<infer::remainder>(c) : binary<infer::modulo>(c);
}
Folded shift(const FoldCall& c) {
  return c.text("direction", "") == "LEFT" ? binary<infer::shift_left>(c) : binary<infer::shift_right>(c);
}
Folded is_inf(const FoldCall& c) {
  const bool both = c.integer("detect_negative", 1) != 0 && c.integer("detect_positive", 1) != 0;
  return both ? unary<infer::is_inf>(c) : Folded();
}
Folded where(const FoldCall& c) {
  if (!c.in(0) || !c.in(1) || !c.in(2)) return {};
  return one(infer::where(c.sizes(), *c.in(0), *c.in(1), *c.in(2)));
}
Folded clip(const FoldCall& c) {
  if (!c.in(0) || c.opset < 11) return {};
  infer::Value out = *c.in(0);
  if (c.has(1)) out = c.in(1) ? infer::maximum(c.sizes(), *out, *c.in(1)) : std::nullopt;
  if (c.has(2) && out) out = c.in(2) ? infer::minimum(c.sizes(), *out, *c.in(2)) : std::nullopt;
  return one(std::move(out));
}
Folded relu(const FoldCall& c) {
  if (!c.in(0)) return {};
  const Literal zero{c.in(0)->dtype, {}, {c.in(0)->is_floating() ? Number::of_real(0) : Number::of(0)}};
  return one(infer::maximum(c.sizes(), *c.in(0), zero));
}

constexpr FoldRule kRules[] = {
    {"Add", &binary<infer::add>},
    {"Sub", &binary<infer::subtract>},
    {"Mul", &binary<infer::multiply>},
    {"Div", &binary<infer::divide>},
    {"Mod", &mod},
    {"Pow", &binary<infer::power>},
    {"Min", &from_left<infer::minimum>},
    {"Max", &from_left<infer::maximum>},
    {"Sum", &from_left<infer::add>},
    {"Neg", &unary<infer::negative>},
    {"Abs", &unary<infer::absolute>},
    {"Sign", &unary<infer::sign>},
    {"Floor", &unary<infer::floor>},
    {"Ceil", &unary<infer::ceil>},
    {"Round", &unary<infer::round>},
    {"Sqrt", &unary<infer::sqrt>},
    {"Exp", &unary<infer::exp>},
    {"Log", &unary<infer::log>},
    {"Reciprocal", &unary<infer::reciprocal>},
    {"IsNaN", &unary<infer::is_nan>},
    {"IsInf", &is_inf},
    {"Clip", &clip},
    {"Relu", &relu},
    {"Cast", &cast},
    {"CastLike", &cast_like},
    {"Equal", &binary<infer::equal>},
    {"Less", &binary<infer::less>},
    {"LessOrEqual", &binary<infer::less_or_equal>},
    {"Greater", &binary<infer::greater>},
    {"GreaterOrEqual", &binary<infer::greater_or_equal>},
    {"And", &binary<infer::logical_and>},
    {"Or", &binary<infer::logical_or>},
    {"Xor", &binary<infer::logical_xor>},
    {"Not", &unary<infer::logical_not>},
    {"BitwiseAnd", &binary<infer::bitwise_and>},
    {"BitwiseOr", &binary<infer::bitwise_or>},
    {"BitwiseXor", &binary<infer::bitwise_xor>},
    {"BitwiseNot", &unary<infer::bitwise_not>},
    {"BitShift", &shift},
    {"Where", &where},
};

}  // namespace

std::span<const FoldRule> elementwise_folds() { return kRules; }

}  // namespace alidade::onnx_file
