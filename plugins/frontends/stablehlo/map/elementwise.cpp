// Functions of one element or of several at the same place.
#include "call.hpp"

namespace alidade::stablehlo {
namespace {

/// The result has the shape of the operands; a number beside a tensor has none.
Shape common_shape(Call& call) {
  TypeId all;
  for (std::size_t i = 0; i < call.operands(); ++i) {
    const TypeId one = call.held(i).type;
    if (!one.valid() || !call.types()[one].ranked) continue;
    if (call.rank(i) == 0 && call.operands() > 1) continue;
    const TypeId plain = call.types().with_dtype(one, Dtype::unknown);
    if (all.valid() && call.types().contradict(all, plain)) {
      call.reject("has operands " + call.types().text(all) + " and " + call.types().text(plain) +
                      " of different shapes",
                  "operands of StableHLO have one shape; broadcast_in_dim makes them equal");
      return {};
    }
    all = all.valid() ? call.types().merged(all, plain) : plain;
  }
  return all.valid() ? call.types().shape(all) : Shape();
}

/// Operands that are repeated are read as they are, as long as one of them has the whole shape.
std::vector<ValueId> broadcasting_operands(Call& call) {
  bool whole = false;
  for (std::size_t i = 0; i < call.operands(); ++i)
    whole = whole || (call.held(i).repeated < 0 && call.rank(i) == call.result(0).rank());
  std::vector<ValueId> all;
  for (std::size_t i = 0; i < call.operands(); ++i) {
    all.push_back(whole ? call.unrepeated(i) : call.in(i));
    whole = true;
  }
  return all;
}

void elementwise(Call& call) {
  call.settle(0, common_shape(call));
  if (!call.failed()) call.emit(call.op(), std::span<const ValueId>(broadcasting_operands(call)));
}

/// A conversion to the type that there is already is no work.
void convert(Call& call) {
  call.settle(0, call.shape(0));
  const bool same = call.type(0).dtype == call.result(0).dtype;
  call.emit(same ? Op::identity : Op::cast, {call.in(0)});
}

/// clamp(low, x, high): the tensor comes first here.
void clamp(Call& call) {
  call.settle(0, call.shape(1));
  call.emit(Op::clip, {call.in(1), call.in(0), call.in(2)}, ClipAttrs{});
}

/// The parts of complex numbers are views of them.
void part(Call& call) {
  call.settle(0, call.shape(0));
  if (!is_complex(call.type(0).dtype)) return void(call.emit(Op::identity, {call.in(0)}));
  call.emit(Op::slice, {call.in(0)}, SliceAttrs{});
}

constexpr Rule kRules[] = {
    {"stablehlo.add", Op::add, 2, elementwise},
    {"stablehlo.subtract", Op::sub, 2, elementwise},
    {"stablehlo.multiply", Op::mul, 2, elementwise},
    {"stablehlo.divide", Op::div, 2, elementwise},
    {"stablehlo.power", Op::pow, 2, elementwise},
    {"stablehlo.maximum", Op::maximum, 2, elementwise},
    {"stablehlo.minimum", Op::minimum, 2, elementwise},
    {"stablehlo.remainder", Op::binary, 2, elementwise},
    {"stablehlo.atan2", Op::binary, 2, elementwise},
    {"stablehlo.complex", Op::binary, 2, elementwise},
    {"stablehlo.shift_left", Op::binary, 2, elementwise},
    {"stablehlo.shift_right_arithmetic", Op::binary, 2, elementwise},
    {"stablehlo.shift_right_logical", Op::binary, 2, elementwise},
    {"stablehlo.and", Op::logic, 2, elementwise},
    {"stablehlo.or", Op::logic, 2, elementwise},
    {"stablehlo.xor", Op::logic, 2, elementwise},
    {"stablehlo.not", Op::logic, 1, elementwise},
    {"stablehlo.compare", Op::compare, 2, elementwise},
    {"stablehlo.select", Op::where, 3, elementwise},
    {"stablehlo.clamp", Op::clip, 3, clamp},
    {"stablehlo.convert", Op::cast, 1, convert},
    {"stablehlo.reduce_precision", Op::cast, 1, elementwise},
    {"stablehlo.abs", Op::abs, 1, elementwise},
    {"stablehlo.negate", Op::neg, 1, elementwise},
    {"stablehlo.exponential", Op::exp, 1, elementwise},
    {"stablehlo.exponential_minus_one", Op::exp, 1, elementwise},
    {"stablehlo.log", Op::log, 1, elementwise},
    {"stablehlo.log_plus_one", Op::log, 1, elementwise},
    {"stablehlo.logistic", Op::sigmoid, 1, elementwise},
    {"stablehlo.tanh", Op::tanh, 1, elementwise},
    {"stablehlo.sqrt", Op::sqrt, 1, elementwise},
    {"stablehlo.rsqrt", Op::rsqrt, 1, elementwise},
    {"stablehlo.cbrt", Op::unary, 1, elementwise},
    {"stablehlo.sine", Op::trig, 1, elementwise},
    {"stablehlo.cosine", Op::trig, 1, elementwise},
    {"stablehlo.tan", Op::trig, 1, elementwise},
    {"stablehlo.floor", Op::round, 1, elementwise},
    {"stablehlo.ceil", Op::round, 1, elementwise},
    {"stablehlo.round_nearest_afz", Op::round, 1, elementwise},
    {"stablehlo.round_nearest_even", Op::round, 1, elementwise},
    {"stablehlo.sign", Op::unary, 1, elementwise},
    {"stablehlo.is_finite", Op::unary, 1, elementwise},
    {"stablehlo.popcnt", Op::unary, 1, elementwise},
    {"stablehlo.count_leading_zeros", Op::unary, 1, elementwise},
    {"stablehlo.real", Op::slice, 1, part},
    {"stablehlo.imag", Op::slice, 1, part},
    {"chlo.erf", Op::erf, 1, elementwise},
    {"chlo.erfc", Op::erf, 1, elementwise},
    {"chlo.erf_inv", Op::unary, 1, elementwise},
    {"chlo.lgamma", Op::unary, 1, elementwise},
    {"chlo.digamma", Op::unary, 1, elementwise},
    {"chlo.bessel_i1e", Op::unary, 1, elementwise},
    {"chlo.conj", Op::unary, 1, elementwise},
    {"chlo.is_inf", Op::unary, 1, elementwise},
    {"chlo.is_neg_inf", Op::unary, 1, elementwise},
    {"chlo.is_pos_inf", Op::unary, 1, elementwise},
    {"chlo.square", Op::unary, 1, elementwise},
    {"chlo.acos", Op::trig, 1, elementwise},
    {"chlo.acosh", Op::trig, 1, elementwise},
    {"chlo.asin", Op::trig, 1, elementwise},
    {"chlo.asinh", Op::trig, 1, elementwise},
    {"chlo.atan", Op::trig, 1, elementwise},
    {"chlo.atanh", Op::trig, 1, elementwise},
    {"chlo.sinh", Op::trig, 1, elementwise},
    {"chlo.cosh", Op::trig, 1, elementwise},
    {"chlo.tan", Op::trig, 1, elementwise},
    {"chlo.next_after", Op::binary, 2, elementwise},
    {"chlo.polygamma", Op::binary, 2, elementwise},
    {"chlo.zeta", Op::binary, 2, elementwise},
};

}  // namespace

std::span<const Rule> elementwise_rules() { return kRules; }

}  // namespace alidade::stablehlo
