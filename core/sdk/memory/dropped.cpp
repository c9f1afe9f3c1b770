// What operators make and drop before they return.
#include <algorithm>
#include <string_view>

#include "alidade/sdk/storage.hpp"
#include "alidade/sdk/workspace.hpp"

namespace alidade {
namespace {

/// PyTorch's max pool on a CPU always finds the places, 64 bits each, also for who does not ask.
std::uint64_t places_of_pool(const Graph& g, NodeId n) {
  const bool asked = g.outputs(n).size() != 1;
  const auto made =
      asked || torch_name(g.foreign(n)).empty() ? std::nullopt : g.type(g.outputs(n)[0]).elements();
  return made ? 8 * made->get().value_or(0) : 0;
}

std::uint64_t gates(Op op) { return op == Op::lstm ? 4 : op == Op::gru ? 3 : 1; }

bool is_torch_layer(std::string_view name) {
  return name == "lstm" || name == "gru" || name == "rnn_tanh" || name == "rnn_relu";
}

/// By PyTorch's layers on a CPU (aten/src/ATen/native/RNN.cpp), where the last one joins its steps: its own
/// last states are among those and are not stacked yet. An LSTM is one call of a library for each direction.
std::uint64_t states_of_recurrence(const Graph& g, NodeId n) {
  const auto& a = g.attrs<RecurrentAttrs>(n);
  const auto out = known_bytes(g, g.outputs(n)[0]);  // of all steps and both directions
  const std::uint64_t before = a.layers > 1 ? out : 0;
  const auto width = static_cast<std::uint64_t>(a.projection > 0 ? a.projection : a.hidden);
  if (!is_torch_layer(torch_name(g.foreign(n))) || out == 0 || width == 0 || a.layers < 1) return before;
  const auto both = a.directions > 1 ? out : 0;
  if (g.op(n) == Op::lstm && a.projection == 0) return before + both;
  const auto one_direction = out / static_cast<std::uint64_t>(a.directions);
  const auto all_gates = one_direction / width * static_cast<std::uint64_t>(a.hidden) * gates(g.op(n));
  const auto states = g.outputs(n).size() > 1 ? known_bytes(g, g.outputs(n)[1]) : 0;
  return before + all_gates + out + both - std::min(out, states / static_cast<std::uint64_t>(a.layers));
}

}  // namespace

std::uint64_t dropped_bytes(const Graph& g, NodeId n) {
  if (g.outputs(n).empty()) return 0;
  switch (g.op(n)) {
    case Op::max_pool:
      return places_of_pool(g, n);
    case Op::rnn:
    case Op::lstm:
    case Op::gru:
      return states_of_recurrence(g, n);
    default:
      return 0;
  }
}

}  // namespace alidade
