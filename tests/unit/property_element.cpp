// Functions of elements: each element of the result worked out by the definition, with numbers that count.
#include "counting_number.hpp"
#include "property.hpp"

namespace alidade::properties {
namespace {

using namespace counting;

/// The definition of a function of one element; of one with cases, the longest.
const std::map<Op, Number (*)(Number)> kDefinitions{
    {Op::relu, [](Number x) { return max(x, c(0)); }},
    {Op::leaky_relu, [](Number x) { return less(x, c(0)) ? x * c(0.01) : x * c(1); }},
    {Op::clip, [](Number x) { return min(max(x, c(0)), c(6)); }},
    {Op::gelu, [](Number x) { return x * c(0.5) * (c(1) + erf(x * c(0.7071))); }},
    {Op::silu, [](Number x) { return x * sigmoid(x); }},
    {Op::sigmoid, sigmoid},
    {Op::tanh, counting::tanh},
    {Op::hardswish, [](Number x) { return x * hardsigmoid(x); }},
    {Op::hardsigmoid, hardsigmoid},
    {Op::elu, [](Number x) { return less(x, c(0)) ? c(1.5) * (exp(x) - c(1)) : x; }},
    {Op::mish, [](Number x) { return x * counting::tanh(softplus(x)); }},
    {Op::softplus, softplus},
    {Op::erf, [](Number x) { return erf(x); }},
    {Op::exp, [](Number x) { return exp(x); }},
    {Op::log, [](Number x) { return log(x); }},
    {Op::sqrt, [](Number x) { return sqrt(x); }},
    {Op::rsqrt, [](Number x) { return rsqrt(x); }},
    {Op::reciprocal, [](Number x) { return c(1) / x; }},
    {Op::trig, [](Number x) { return sin(x); }},
    {Op::neg, [](Number x) { return -x; }},
    {Op::abs, [](Number x) { return abs(x); }},
    {Op::round, [](Number x) { return round(x); }},
    {Op::unary, [](Number x) { return sin(x); }},
};

void of_one(Trial& t) {
  const Shape x = t.shape(0, 4);
  t.operand(x, t.real());
  each_element(x, [&](const Shape&) { t.steps += primitives([&] { kDefinitions.at(t.op)(c(-0.3)); }); });
  if (t.op == Op::clip && t.chance()) t.attribute("low", -1);
  t.result(x, t.real());
}
const Property kOfOne{
    {Op::relu,        Op::leaky_relu, Op::clip, Op::gelu,     Op::silu, Op::sigmoid, Op::tanh, Op::hardswish,
     Op::hardsigmoid, Op::elu,        Op::mish, Op::softplus, Op::erf,  Op::exp,     Op::log,  Op::sqrt,
     Op::rsqrt,       Op::reciprocal, Op::trig, Op::neg,      Op::abs,  Op::round,   Op::unary},
    of_one};

Number combined(Op op, Number a, Number b) {
  switch (op) {
    case Op::add:
      return a + b;
    case Op::sub:
      return a - b;
    case Op::mul:
      return a * b;
    case Op::div:
      return a / b;
    case Op::pow:
    case Op::binary:
      return pow(a, b);
    case Op::minimum:
      return min(a, b);
    case Op::maximum:
      return max(a, b);
    default:  // compare, logic
      return c(less(a, b) ? 1 : 0);
  }
}

/// A shape that broadcasts to this one: dimensions of size 1, leading ones left out.
Shape narrower(Trial& t, Shape shape) {
  for (auto& size : shape)
    if (t.chance(4)) size = 1;
  while (!shape.empty() && t.chance(5)) shape.erase(shape.begin());
  return shape;
}

/// So many operands that broadcast to y, one of them of its shape; at times one of them twice.
int broadcast(Trial& t, const Shape& y, int least, int most, const std::string& dtype) {
  const std::string first = t.operand(y, dtype);
  const int count = static_cast<int>(t.dice.roll(least, most));
  for (int i = 1; i < count; ++i)
    if (t.chance(5))
      t.again(first);
    else
      t.operand(narrower(t, y), dtype);
  return count;
}

void of_two(Trial& t) {
  const bool many = t.op == Op::minimum || t.op == Op::maximum, logic = t.op == Op::logic;
  const Shape y = t.shape(0, 4);
  const int operands = broadcast(t, y, 2, many ? 5 : 2, logic ? "bool" : t.real());
  each_element(y, [&](const Shape&) {
    t.steps += primitives([&] {
      Number all = c(0.5);
      for (int i = 1; i < operands; ++i) all = combined(t.op, all, c(0.25));
    });
  });
  t.result(y, logic || t.op == Op::compare ? "bool" : t.real());
}
const Property kOfTwo{{Op::add, Op::sub, Op::mul, Op::div, Op::pow, Op::minimum, Op::maximum, Op::binary,
                       Op::compare, Op::logic},
                      of_two};

void where(Trial& t) {
  const Shape y = t.shape(0, 4);
  t.operand(narrower(t, y), "bool");
  broadcast(t, y, 2, 2, t.real());
  each_element(y, [&](const Shape&) { t.steps += primitives([] { select(true, c(1), c(2)); }); });
  t.result(y, t.real());
}
const Property kWhere{{Op::where}, where};

std::string stored(Trial& t) {
  static const std::vector<std::string> kStored{"i4", "u4", "i8", "u8", "i2", "i16", "f8e5m2", "f4e2m1"};
  return kStored[static_cast<std::size_t>(t.dice.roll(0, std::ssize(kStored) - 1))];
}

/// One scale for all, one for each element of the axis, or one for each block along it.
void scales(Trial& t, const Shape& x) {
  Shape shape;
  const auto axis = t.dice.roll(-1, std::ssize(x) - 1);
  if (axis >= 0) shape = {x[static_cast<std::size_t>(axis)]}, t.attribute("axis", axis);
  if (axis >= 0 && t.chance())
    shape = x, shape[static_cast<std::size_t>(axis)] = 1,
    t.attribute("block", x[static_cast<std::size_t>(axis)]);
  t.operand(shape, t.real());
  if (t.chance()) t.operand(shape, "u8");
}

void quantize(Trial& t) {
  const Shape x = t.shape(1, 3, 5);
  t.operand(x, t.real());
  scales(t, x);
  each_element(
      x, [&](const Shape&) { t.steps += primitives([] { min(round(c(0.3) / c(0.1)) + c(128), c(255)); }); });
  t.result(x, stored(t));
}
const Property kQuantize{{Op::quantize}, quantize};

/// Its values leave the graph: all is read, and all is written.
void dequantize(Trial& t) {
  const Shape x = t.shape(1, 3, 5);
  t.operand(x, stored(t));
  scales(t, x);
  each_element(x, [&](const Shape&) { t.steps += primitives([] { (c(3) - c(128)) * c(0.1); }); });
  t.result(x, t.real());
}
const Property kDequantize{{Op::dequantize}, dequantize};

}  // namespace
}  // namespace alidade::properties
