// Functions of several elements: arithmetic, comparison, selection by a mask.
#include "rules.hpp"

namespace alidade::aten {
namespace {

/// add(x, y, alpha=2) scales y first.
void scaled(Operation& o, Op op) {
  const ValueId x = o.operand(std::size_t{0});
  ValueId y = o.operand(std::size_t{1});
  if (o.real("alpha").value_or(1) != 1 && y.valid())
    y = o.step(Op::mul, {y, o.operand("alpha")}, o.draft().type_id(y), "alpha");
  if (o.base().starts_with("rsub"))
    o.emit(op, {y, x});
  else
    o.emit(op, {x, y});
}

/// self + value * tensor1 * tensor2, or tensor1 / tensor2.
void product_added(Operation& o, Op op) {
  const auto type = o.result_type();
  ValueId term =
      o.step(op, {o.tensor("tensor1"), o.tensor("tensor2")}, type, op == Op::mul ? "product" : "quotient");
  if (o.real("value").value_or(1) != 1) term = o.step(Op::mul, {term, o.operand("value")}, type, "scaled");
  o.emit(Op::add, {o.tensor("self"), term});
}

/// self + weight * (end - self)
void lerp(Operation& o, Op op) {
  const auto type = o.result_type();
  const ValueId self = o.tensor("self");
  const ValueId way = o.step(Op::sub, {o.tensor("end"), self}, type, "difference");
  o.emit(op, {self, o.step(Op::mul, {way, o.operand("weight")}, type, "part")});
}

/// Half of the tensor times the sigmoid of the other half.
void glu(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  const auto axis = o.axis(x, o.integer("dim", -1));
  const TypeId half = o.result_type(), halves[] = {half, half};
  const ValueId operands[] = {x};
  const auto parts = o.steps(Op::split, operands, halves, "halves");
  const std::int64_t axes[] = {axis};
  o.draft().builder.attrs(o.draft().last(), AxesAttrs{o.draft().builder.ints(axes), 0});
  o.emit(op, {parts[0], o.step(Op::sigmoid, {parts[1]}, half, "sigmoid")});
}

/// where(condition, x, y); of a condition alone, the places where it holds.
void where(Operation& o, Op op) {
  if (o.arguments() < 3) return every_tensor(o, Op::nonzero);
  o.emit(op, {o.operand(std::size_t{0}), o.operand(std::size_t{1}), o.operand(std::size_t{2})});
}
void masked_fill(Operation& o, Op op) {
  o.emit(op, {o.tensor("mask"), o.operand("value"), o.tensor("self")});
}

constexpr Rule kRules[] = {
    {"add", Op::add, scaled},
    {"_add_relu", Op::add, scaled},
    {"__add__", Op::add, scaled},
    {"sub", Op::sub, scaled},
    {"subtract", Op::sub, scaled},
    {"rsub", Op::sub, scaled},
    {"mul", Op::mul, two_operands},
    {"multiply", Op::mul, two_operands},
    {"div", Op::div, two_operands},
    {"divide", Op::div, two_operands},
    {"true_divide", Op::div, two_operands},
    {"floor_divide", Op::div, two_operands},
    {"pow", Op::pow, two_operands},
    {"float_power", Op::pow, two_operands},
    {"minimum", Op::minimum, two_operands},
    {"fmin", Op::minimum, two_operands},
    {"maximum", Op::maximum, two_operands},
    {"fmax", Op::maximum, two_operands},
    {"remainder", Op::binary, two_operands},
    {"fmod", Op::binary, two_operands},
    {"atan2", Op::binary, two_operands},
    {"arctan2", Op::binary, two_operands},
    {"hypot", Op::binary, two_operands},
    {"copysign", Op::binary, two_operands},
    {"xlogy", Op::binary, two_operands},
    {"logaddexp", Op::binary, two_operands},
    {"heaviside", Op::binary, two_operands},
    {"complex", Op::binary, two_operands},
    {"polar", Op::binary, two_operands},
    {"gcd", Op::binary, two_operands},
    {"addcmul", Op::mul, product_added},
    {"addcdiv", Op::div, product_added},
    {"lerp", Op::add, lerp},
    {"glu", Op::mul, glu},
    {"eq", Op::compare, two_operands},
    {"ne", Op::compare, two_operands},
    {"not_equal", Op::compare, two_operands},
    {"lt", Op::compare, two_operands},
    {"less", Op::compare, two_operands},
    {"le", Op::compare, two_operands},
    {"less_equal", Op::compare, two_operands},
    {"gt", Op::compare, two_operands},
    {"greater", Op::compare, two_operands},
    {"ge", Op::compare, two_operands},
    {"greater_equal", Op::compare, two_operands},
    {"isclose", Op::compare, two_operands},
    {"logical_and", Op::logic, two_operands},
    {"logical_or", Op::logic, two_operands},
    {"logical_xor", Op::logic, two_operands},
    {"bitwise_and", Op::logic, two_operands},
    {"bitwise_or", Op::logic, two_operands},
    {"bitwise_xor", Op::logic, two_operands},
    {"bitwise_left_shift", Op::logic, two_operands},
    {"bitwise_right_shift", Op::logic, two_operands},
    {"__and__", Op::logic, two_operands},
    {"__or__", Op::logic, two_operands},
    {"__xor__", Op::logic, two_operands},
    {"__lshift__", Op::logic, two_operands},
    {"__rshift__", Op::logic, two_operands},
    {"where", Op::where, where},
    {"masked_fill", Op::where, masked_fill},
};

}  // namespace

std::span<const Rule> binary_rules() { return kRules; }

}  // namespace alidade::aten
