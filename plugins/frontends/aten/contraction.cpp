#include "contraction.hpp"

#include <algorithm>

#include "rules.hpp"
#include "saturate.hpp"
#include "spatial.hpp"

namespace alidade::aten {
namespace {

/// The padding of conv2d.padding: "valid", or "same", which puts the odd element at the end.
void word_padding(Operation& o, ValueId weight, ConvAttrs& a) {
  if (o.word("padding") != "same") return;
  for (std::int64_t i = 0; i < a.strides.rank; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const auto kernel = o.type(weight).dim(static_cast<int>(i) + 2).value_or(1);
    const auto total = times(a.dilations.at[at], kernel - 1);
    a.pads_begin.at[at] = total / 2, a.pads_end.at[at] = total - total / 2;
  }
}

}  // namespace

ConvAttrs convolution_attrs(Operation& o, ValueId weight) {
  const int rank = std::clamp(o.rank(weight) - 2, 1, 3);
  ConvAttrs a;
  a.strides = spatial(o.integers("stride"), rank, 1), a.dilations = spatial(o.integers("dilation"), rank, 1);
  a.pads_begin = a.pads_end =
      spatial(o.word("padding").empty() ? o.integers("padding") : std::vector<std::int64_t>{}, rank, 0);
  if (o.flag("transposed", o.base().starts_with("conv_transpose")))
    a.output_padding = spatial(o.integers("output_padding"), rank, 0);
  a.groups = o.integer("groups", 1);
  word_padding(o, weight, a);
  return a;
}

/// lstm(input, hx[], params[], ...), gru(input, hx, params[], ...), and their forms over packed sequences.
void recurrent(Operation& o, Op op) {
  const auto params = o.tensors("params"), states = o.tensors("hx");
  RecurrentAttrs a;
  a.directions = o.flag("bidirectional", false) ? 2 : 1, a.layers = o.integer("num_layers", 1),
  a.batch_first = o.flag("batch_first", false) ? 1 : 0;
  if (params.size() > 1)
    a.hidden = o.type(params[0]).dim(0).value_or(0) / (op == Op::lstm ? 4 : op == Op::gru ? 3 : 1);
  if (params.size() > 1 && op == Op::lstm)
    if (const auto state = o.type(params[1]).dim(1); state && *state != a.hidden) a.projection = *state;
  std::vector<ValueId> inputs{first_operand(o)};
  inputs.insert(inputs.end(), params.begin(), params.end());
  inputs.insert(inputs.end(), states.begin(), states.end());
  o.emit(op, inputs, a);
}

/// lstm_cell(input, hx, w_ih, w_hh, b_ih, b_hh): one step.
void recurrent_cell(Operation& o, Op op) {
  const ValueId hidden = o.tensor("w_hh");
  std::vector<ValueId> inputs{first_operand(o), o.tensor("w_ih"), hidden};
  for (const auto* bias : {"b_ih", "b_hh"})
    if (o.has(bias)) inputs.push_back(o.tensor(bias));
  for (const ValueId state : o.tensors("hx")) inputs.push_back(state);
  RecurrentAttrs a;
  a.hidden = hidden.valid() ? o.type(hidden).dim(-1).value_or(0) : 0;
  o.emit(op, inputs, a);
}

}  // namespace alidade::aten
