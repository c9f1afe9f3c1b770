// Functions of one element, casts, and what does nothing to the elements.
#include "rules.hpp"

namespace alidade::aten {
namespace {

/// clamp, hardtanh, relu6: bounds that are numbers are attributes, bounds that are tensors operands.
void clip(Operation& o, Op op) {
  ClipAttrs a;
  if (o.base().starts_with("relu6")) a = {0, 6};
  if (o.base().starts_with("hardtanh")) a = {-1, 1};
  for (const auto* low : {"min", "min_val"}) a.low = o.real(low).value_or(a.low);
  for (const auto* high : {"max", "max_val"}) a.high = o.real(high).value_or(a.high);
  o.emit(op, o.every_tensor(), a);
}

/// A conversion to the type that the tensor has already is no work.
void cast(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  const bool same = o.type(x).dtype == o.draft().types[o.result_type()].dtype;
  o.emit(same ? Op::identity : op, {x});
}

/// A copy of what lies transposed is what the transposition already paid for.
void copy(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  const Op maker = o.draft().maker(x);
  const bool scattered = maker == Op::expand || maker == Op::slice || maker == Op::split;
  const bool free = o.base() == "contiguous" ? !scattered : maker == Op::transpose;
  o.emit(free ? Op::identity : op, {x});
}

/// What `copy_` writes over comes last; `copy` makes a new tensor.
void copy_into(Operation& o, Op op) {
  std::vector<ValueId> inputs{o.operand("src")};
  if (o.base() == "copy_") inputs.push_back(o.tensor("self"));
  o.emit(op, inputs);
}

/// In training a random mask, a product, and the factor that keeps the mean; in inference nothing.
void dropout(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  if (!o.flag("train", false) || o.results() > 2) return void(o.emit(op, {x}));
  const TypeId type = o.draft().type_id(x);
  const ValueId mask = o.step(Op::random, {x}, type, "mask");
  const ValueId kept = o.step(Op::mul, {x, mask}, type, "kept");
  o.emit(Op::mul, {kept, o.operand("p")});
}

constexpr Rule kRules[] = {
    {"relu", Op::relu, first_tensor},
    {"leaky_relu", Op::leaky_relu, first_tensor},
    {"rrelu", Op::leaky_relu, first_tensor},
    {"prelu", Op::leaky_relu, every_tensor},
    {"_prelu_kernel", Op::leaky_relu, every_tensor},
    {"relu6", Op::clip, clip},
    {"hardtanh", Op::clip, clip},
    {"clamp", Op::clip, clip},
    {"clamp_min", Op::clip, clip},
    {"clamp_max", Op::clip, clip},
    {"clip", Op::clip, clip},
    {"gelu", Op::gelu, first_tensor},
    {"silu", Op::silu, first_tensor},
    {"sigmoid", Op::sigmoid, first_tensor},
    {"special_expit", Op::sigmoid, first_tensor},
    {"tanh", Op::tanh, first_tensor},
    {"hardswish", Op::hardswish, first_tensor},
    {"hardsigmoid", Op::hardsigmoid, first_tensor},
    {"elu", Op::elu, first_tensor},
    {"celu", Op::elu, first_tensor},
    {"selu", Op::elu, first_tensor},
    {"mish", Op::mish, first_tensor},
    {"softplus", Op::softplus, first_tensor},
    {"log_sigmoid", Op::softplus, first_tensor},
    {"log_sigmoid_forward", Op::softplus, first_tensor},
    {"erf", Op::erf, first_tensor},
    {"erfc", Op::erf, first_tensor},
    {"special_erf", Op::erf, first_tensor},
    {"exp", Op::exp, first_tensor},
    {"exp2", Op::exp, first_tensor},
    {"expm1", Op::exp, first_tensor},
    {"log", Op::log, first_tensor},
    {"log2", Op::log, first_tensor},
    {"log10", Op::log, first_tensor},
    {"log1p", Op::log, first_tensor},
    {"sqrt", Op::sqrt, first_tensor},
    {"rsqrt", Op::rsqrt, first_tensor},
    {"reciprocal", Op::reciprocal, first_tensor},
    {"sin", Op::trig, first_tensor},
    {"cos", Op::trig, first_tensor},
    {"tan", Op::trig, first_tensor},
    {"asin", Op::trig, first_tensor},
    {"acos", Op::trig, first_tensor},
    {"atan", Op::trig, first_tensor},
    {"arctan", Op::trig, first_tensor},
    {"sinh", Op::trig, first_tensor},
    {"cosh", Op::trig, first_tensor},
    {"asinh", Op::trig, first_tensor},
    {"acosh", Op::trig, first_tensor},
    {"atanh", Op::trig, first_tensor},
    {"sinc", Op::trig, first_tensor},
    {"neg", Op::neg, first_tensor},
    {"negative", Op::neg, first_tensor},
    {"abs", Op::abs, first_tensor},
    {"absolute", Op::abs, first_tensor},
    {"floor", Op::round, first_tensor},
    {"ceil", Op::round, first_tensor},
    {"round", Op::round, first_tensor},
    {"trunc", Op::round, first_tensor},
    {"fix", Op::round, first_tensor},
    {"frac", Op::round, first_tensor},
    {"sign", Op::unary, first_tensor},
    {"sgn", Op::unary, first_tensor},
    {"isreal", Op::unary, first_tensor},
    {"conj_physical", Op::unary, first_tensor},
    {"square", Op::unary, first_tensor},
    {"angle", Op::unary, first_tensor},
    {"isnan", Op::unary, first_tensor},
    {"isinf", Op::unary, first_tensor},
    {"isfinite", Op::unary, first_tensor},
    {"isposinf", Op::unary, first_tensor},
    {"isneginf", Op::unary, first_tensor},
    {"signbit", Op::unary, first_tensor},
    {"nan_to_num", Op::unary, first_tensor},
    {"logit", Op::unary, first_tensor},
    {"threshold", Op::unary, first_tensor},
    {"hardshrink", Op::unary, first_tensor},
    {"softshrink", Op::unary, first_tensor},
    {"lgamma", Op::unary, first_tensor},
    {"digamma", Op::unary, first_tensor},
    {"erfinv", Op::unary, first_tensor},
    {"special_i0", Op::unary, first_tensor},
    {"i0", Op::unary, first_tensor},
    {"deg2rad", Op::unary, first_tensor},
    {"rad2deg", Op::unary, first_tensor},
    {"tril", Op::unary, first_tensor},
    {"triu", Op::unary, first_tensor},
    {"logical_not", Op::logic, first_tensor},
    {"bitwise_not", Op::logic, first_tensor},
    {"to", Op::cast, cast},
    {"_to_copy", Op::cast, cast},
    {"type_as", Op::cast, cast},
    {"convert_element_type", Op::cast, cast},
    {"_autocast_to_reduced_precision", Op::cast, cast},
    {"_autocast_to_full_precision", Op::cast, cast},
    {"clone", Op::copy, copy},
    {"contiguous", Op::copy, copy},
    {"copy", Op::copy, copy_into},
    {"dropout", Op::dropout, dropout},
    {"native_dropout", Op::dropout, dropout},
    {"alpha_dropout", Op::dropout, dropout},
    {"feature_dropout", Op::dropout, dropout},
    {"feature_alpha_dropout", Op::dropout, dropout},
    {"detach", Op::identity, first_tensor},
    {"chalf", Op::cast, cast},
    {"alias_copy", Op::identity, first_tensor},
    {"alias", Op::identity, first_tensor},
    {"lift", Op::identity, first_tensor},
    {"lift_fresh", Op::identity, first_tensor},
    {"lift_fresh_copy", Op::identity, first_tensor},
    {"positive", Op::identity, first_tensor},
    {"conj", Op::identity, first_tensor},
    {"_conj", Op::identity, first_tensor},
    {"resolve_conj", Op::identity, first_tensor},
    {"resolve_neg", Op::identity, first_tensor},
    {"requires_grad", Op::identity, first_tensor},
    {"_to_dense", Op::identity, first_tensor},
    {"to_dense", Op::identity, first_tensor},
    {"view_as_real", Op::identity, first_tensor},
    {"view_as_complex", Op::identity, first_tensor},
};

}  // namespace

std::span<const Rule> unary_rules() { return kRules; }

}  // namespace alidade::aten
