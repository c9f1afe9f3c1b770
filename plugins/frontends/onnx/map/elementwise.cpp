#include <array>
#include <cmath>
#include <limits>

#include "call.hpp"

namespace alidade::onnx_file {
namespace {

constexpr Rule unary(std::string_view op, Op target) { return {op, &map_plain, target, 1, &infer_same}; }
constexpr Rule binary(std::string_view op, Op target) {
  return {op, &map_plain, target, 2, &infer_broadcast};
}
constexpr Rule compare(std::string_view op) { return {op, &map_plain, Op::compare, 2, &infer_compare}; }

/// Bounds are attributes up to operator set 10 and operands since.
void map_clip(Call& call) {
  ClipAttrs a;
  constexpr double kEnd = std::numeric_limits<float>::max();
  std::vector<ValueId> inputs{call.in(0)};
  const auto bound = [&](std::size_t operand, Text attribute, double fallback, double& out) {
    double x = call.opset() < 11 ? call.real(attribute, fallback) : fallback;
    if (const auto stated = call.stated_real(operand))
      x = *stated;
    else if (call.has(operand))
      inputs.resize(operand), inputs.push_back(call.in(operand));
    if (std::abs(x) < kEnd) out = x;
  };
  bound(1, "min", -kEnd, a.low);
  bound(2, "max", kEnd, a.high);
  call.emit(Op::clip, inputs);
  call.attrs(a);
}

/// Sum of one to many: a chain of additions, so that each is counted.
ValueId chain(Call& call, Op op) {
  ValueId sum = call.in(0);
  for (std::size_t i = 1; i + 1 < call.inputs(); ++i)
    sum = call.step(op, std::string(name(op)) + std::to_string(i), {sum, call.in(i)}, call.out_type(0));
  return sum;
}
void map_sum(Call& call) {
  if (call.inputs() == 1) return void(call.emit(Op::identity, {call.in(0)}));
  const ValueId sum = chain(call, call.rule().target);
  call.emit(call.rule().target, {sum, call.in(call.inputs() - 1)});
}
void map_mean(Call& call) {
  if (call.inputs() == 1) return void(call.emit(Op::identity, {call.in(0)}));
  ValueId sum = chain(call, Op::add);
  sum = call.step(Op::add, "add", {sum, call.in(call.inputs() - 1)}, call.out_type(0));
  call.emit(Op::mul, {sum, call.constant("factor", call.types().scalar(call.type(0).dtype))});
}
void map_extremum(Call& call) {
  call.emit(call.inputs() == 1 ? Op::identity : call.rule().target, call.ins());
}

void map_cast(Call& call) {
  call.emit(Op::cast, {call.in(0)});
  if (call.has_output(0)) call.out(0).from_weight = call.is_weight(0);
}
/// a * sigmoid(alpha a) * b
void map_swiglu(Call& call) {
  const ValueId gate = call.step(Op::silu, "silu", {call.in(0)}, call.out_type(0));
  call.last(Op::mul, "mul", {gate, call.in(1)});
}

constexpr std::array kRules{
    unary("Relu", Op::relu),
    unary("LeakyRelu", Op::leaky_relu),
    Rule{"PRelu", &map_plain, Op::leaky_relu, 2, &infer_same},
    unary("ThresholdedRelu", Op::relu),
    unary("Elu", Op::elu),
    unary("Celu", Op::elu),
    unary("Selu", Op::elu),
    unary("Gelu", Op::gelu),
    unary("Swish", Op::silu),
    unary("Sigmoid", Op::sigmoid),
    unary("HardSigmoid", Op::hardsigmoid),
    unary("HardSwish", Op::hardswish),
    unary("Mish", Op::mish),
    unary("Softplus", Op::softplus),
    unary("Softsign", Op::unary),
    unary("Shrink", Op::unary),
    unary("Sign", Op::unary),
    unary("Tanh", Op::tanh),
    unary("Erf", Op::erf),
    unary("Exp", Op::exp),
    unary("Log", Op::log),
    unary("Sqrt", Op::sqrt),
    unary("Reciprocal", Op::reciprocal),
    unary("Neg", Op::neg),
    unary("Abs", Op::abs),
    unary("Ceil", Op::round),
    unary("Floor", Op::round),
    unary("Round", Op::round),
    unary("Sin", Op::trig),
    unary("Cos", Op::trig),
    unary("Tan", Op::trig),
    unary("Asin", Op::trig),
    unary("Acos", Op::trig),
    unary("Atan", Op::trig),
    unary("Sinh", Op::trig),
    unary("Cosh", Op::trig),
    unary("Asinh", Op::trig),
    unary("Acosh", Op::trig),
    unary("Atanh", Op::trig),
    unary("Not", Op::logic),
    unary("BitwiseNot", Op::logic),
    binary("Add", Op::add),
    binary("Sub", Op::sub),
    binary("Mul", Op::mul),
    binary("Div", Op::div),
    binary("Pow", Op::pow),
    binary("Mod", Op::binary),
    binary("BitShift", Op::binary),
    binary("BitwiseAnd", Op::logic),
    binary("BitwiseOr", Op::logic),
    binary("BitwiseXor", Op::logic),
    binary("And", Op::logic),
    binary("Or", Op::logic),
    binary("Xor", Op::logic),
    compare("Equal"),
    compare("Greater"),
    compare("GreaterOrEqual"),
    compare("Less"),
    compare("LessOrEqual"),
    Rule{"IsNaN", &map_plain, Op::unary, 1, &infer_bool},
    Rule{"IsInf", &map_plain, Op::unary, 1, &infer_bool},
    Rule{"Clip", &map_clip, Op::clip, 1, &infer_same},
    Rule{"Where", &map_plain, Op::where, 3, &infer_where},
    Rule{"Sum", &map_sum, Op::add, 1, &infer_broadcast, "add, one for each operand after the first"},
    Rule{"Mean", &map_mean, Op::add, 1, &infer_broadcast,
         "add, one for each operand after the first, then mul"},
    Rule{"Min", &map_extremum, Op::minimum, 1, &infer_broadcast},
    Rule{"Max", &map_extremum, Op::maximum, 1, &infer_broadcast},
    Rule{"Cast", &map_cast, Op::cast, 1, &infer_cast},
    Rule{"CastLike", &map_cast, Op::cast, 2, &infer_cast_like},
    Rule{"SwiGLU", &map_swiglu, Op::silu, 2, &infer_same, "silu, mul"},
};

}  // namespace

std::span<const Rule> elementwise_rules() { return kRules; }

}  // namespace alidade::onnx_file
