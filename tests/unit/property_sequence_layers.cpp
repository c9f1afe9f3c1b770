// Attention and recurrent layers, score by score and gate by gate.
#include "counting_number.hpp"
#include "property.hpp"

namespace alidade::properties {
namespace {

using counting::c;
using counting::Number;

struct Heads {
  std::int64_t batch, kv, heads, queries, keys, past, width, value_width;
  bool packed;

  [[nodiscard]] Shape tensor(std::int64_t count, std::int64_t length, std::int64_t each) const {
    return packed ? Shape{batch, length, count * each} : Shape{batch, count, length, each};
  }
};

Heads drawn_heads(Trial& t) {
  Heads h{};
  h.batch = t.dice.roll(1, 2), h.kv = t.dice.roll(1, 2), h.heads = h.kv * t.dice.roll(1, 3);
  h.queries = t.dice.roll(1, 5), h.keys = t.chance() ? h.queries : t.dice.roll(1, 5);
  h.past = t.chance() ? t.dice.roll(1, 3) : 0;
  h.width = t.dice.roll(1, 4), h.value_width = t.dice.roll(1, 4), h.packed = t.chance();
  return h;
}

/// The dot product of a query and a key, scaled and masked, its part in the softmax, its share of the value.
void score(Trial& t, const Heads& h, bool masked) {
  for (std::int64_t d = 0; d < h.width; ++d) ++t.macs;
  t.steps += counting::primitives([&] {
    Number s = c(0.35) * c(0.7);
    if (masked) s = s + c(-1);
    const Number top = max(s, c(0)), power = exp(s - top), total = power + c(1);
    (void)(power / total);
  });
  for (std::int64_t d = 0; d < h.value_width; ++d) ++t.macs;
}

void operands(Trial& t, const Heads& h, bool masked) {
  t.operand(h.tensor(h.heads, h.queries, h.width), t.real());
  const auto key = t.operand(h.tensor(h.kv, h.keys, h.width), t.real());
  if (h.width == h.value_width && t.chance())
    t.again(key);
  else
    t.operand(h.tensor(h.kv, h.keys, h.value_width), t.real());
  if (masked)
    t.operand({h.queries, h.past + h.keys}, t.chance() ? "bool" : t.real());
  else if (h.past > 0)
    t.absent();
  if (h.past == 0) return;
  t.operand({h.batch, h.kv, h.past, h.width}, t.real());
  t.operand({h.batch, h.kv, h.past, h.value_width}, t.real());
}

/// With causal attention a query sees what is cached, and of the given keys those up to its own place.
void attention(Trial& t) {
  const Heads h = drawn_heads(t);
  const bool masked = t.chance(), causal = t.chance();
  if (t.chance()) t.causal = CausalCount::seen;
  each_element({h.batch, h.heads, h.queries, h.past + h.keys}, [&](const Shape& at) {
    const bool hidden = causal && at[3] - h.past > at[2];
    if (!hidden || t.causal == CausalCount::dense) score(t, h, masked);
  });
  operands(t, h, masked);
  t.attribute("heads", h.heads), t.attribute("kv_heads", h.kv);
  t.attribute("causal", causal ? 1 : 0), t.attribute("packed_heads", h.packed ? 1 : 0);
  t.result(h.tensor(h.heads, h.queries, h.value_width), t.real());
  if (h.past == 0) return;
  t.result({h.batch, h.kv, h.past + h.keys, h.width}, t.real());
  t.result({h.batch, h.kv, h.past + h.keys, h.value_width}, t.real());
}
const Property kAttention{{Op::attention}, attention};

/// What one unit does in one step beside its products, whose accumulators begin at the biases.
void unit(Op op) {
  using namespace counting;
  const Number x = c(0.3), state = c(0.2);
  if (op == Op::rnn) (void)counting::tanh(x);
  if (op == Op::lstm) {
    const Number cell = sigmoid(x) * state + sigmoid(x) * counting::tanh(x);
    (void)(sigmoid(x) * counting::tanh(cell));
  }
  if (op == Op::gru) {
    const Number update = sigmoid(x), begin = sigmoid(x) * state;  // where the products of x add on to
    const Number fresh = counting::tanh(begin);
    (void)(update * state + (c(1) - update) * fresh);
  }
}

std::int64_t gates(Op op) { return op == Op::lstm ? 4 : op == Op::gru ? 3 : 1; }

void recurrent(Trial& t) {
  const auto steps = t.dice.roll(1, 4), batch = t.dice.roll(1, 3), in = t.dice.roll(1, 5),
             hidden = t.dice.roll(1, 5), directions = t.dice.roll(1, 2), layers = t.dice.roll(1, 3);
  const bool batch_first = t.chance();
  for (std::int64_t layer = 0; layer < layers; ++layer)
    each_element({steps, batch, directions, hidden}, [&](const Shape&) {
      for (std::int64_t gate = 0; gate < gates(t.op); ++gate) {
        for (std::int64_t i = 0; i < (layer == 0 ? in : directions * hidden); ++i) ++t.macs;
        for (std::int64_t i = 0; i < hidden; ++i) ++t.macs;
      }
      t.steps += counting::primitives([&] { unit(t.op); });
    });
  const Shape outer = batch_first ? Shape{batch, steps} : Shape{steps, batch};
  t.operand(join(outer, {in}), t.real());
  t.operand({directions, gates(t.op) * hidden, in}, t.real());
  t.operand({directions, gates(t.op) * hidden, hidden}, t.real());
  if (t.chance()) t.operand({directions, 2 * gates(t.op) * hidden}, t.real());
  t.attribute("hidden", hidden), t.attribute("directions", directions);
  t.attribute("layers", layers), t.attribute("batch_first", batch_first ? 1 : 0);
  t.result(join(outer, {directions * hidden}), t.real());
  if (t.chance()) t.result({layers * directions, batch, hidden}, t.real());
}
const Property kRecurrent{{Op::rnn, Op::lstm, Op::gru}, recurrent};

}  // namespace
}  // namespace alidade::properties
