#include <fmt/format.h>

#include <array>

#include "alidade/base/text.hpp"
#include "contraction.hpp"

namespace alidade::onnx_file {
namespace {

/// A: optional, transposed; B: a weight makes it a linear layer; C: the bias, or a summand.
void map_gemm(Call& call) {
  const MatmulAttrs a{call.integer("transA", 0), call.integer("transB", 0)};
  const bool linear = call.is_weight(1);
  std::vector<ValueId> inputs{call.in(0), linear ? call.weight(1) : call.in(1)};
  if (call.has(2)) inputs.push_back(linear ? call.weight(2) : call.in(2));
  call.emit(linear ? Op::linear : Op::matmul, inputs);
  call.attrs(a);
}

void map_matmul(Call& call) {
  const bool linear = is_linear(call, 1);
  call.emit(linear ? Op::linear : Op::matmul, {call.in(0), linear ? call.weight(1) : call.in(1)});
}

void map_einsum(Call& call) {
  const Text equation = call.word("equation", "");
  if (equation.empty()) return call.reject("equation is missing");
  call.emit(Op::einsum, call.ins());
  std::string compact;
  for (const char c : equation)
    if (c != ' ') compact += c;
  call.attrs(EinsumAttrs{call.reading().builder.string(compact)});
}

/// X, W [directions, gates*hidden, in], R [directions, gates*hidden, hidden], B, sequence lengths, initial
/// states, P.
void map_recurrent(Call& call) {
  RecurrentAttrs a;
  a.hidden = call.integer("hidden_size", call.type(2).dim(2).value_or(0));
  a.directions = call.word("direction", "forward") == "bidirectional" ? 2 : 1;
  a.batch_first = call.integer("layout", 0);
  if (a.hidden < 0) return call.reject(fmt::format("hidden_size is {}; sizes are not negative", a.hidden));
  std::vector<ValueId> inputs;
  for (std::size_t i = 0; i < call.inputs(); ++i)
    inputs.push_back((i >= 1 && i <= 3) || i == 7 ? call.weight(i) : call.in(i));
  call.emit(call.rule().target, inputs);
  call.attrs(a);
}

/// Q, K, V as [B, L, heads*D] with the head counts as attributes, or as [B, heads, L, D].
void map_attention(Call& call) {
  const bool packed = call.rank(0) == 3;
  AttentionAttrs a;
  a.packed_heads = packed, a.causal = call.integer("is_causal", 0);
  const auto queries = call.type(0).dim(1), keys = call.type(1).dim(1);
  a.heads = packed ? call.integer("q_num_heads", 1) : queries.value_or(keys.value_or(1));
  a.kv_heads = packed ? call.integer("kv_num_heads", a.heads) : queries ? keys.value_or(a.heads) : a.heads;
  if (a.heads < 1 || a.kv_heads < 1)
    return call.reject(
        fmt::format("{} query heads and {} key heads; at least 1 is possible", a.heads, a.kv_heads));
  auto inputs = call.ins();
  if (inputs.size() > 6) inputs.resize(6);  // the lengths of unpadded rows only hide work
  while (!inputs.empty() && !inputs.back().valid()) inputs.pop_back();
  call.emit(Op::attention, inputs);
  call.attrs(a);
}

constexpr std::array kRules{
    Rule{"Gemm", &map_gemm, Op::linear, 2, &infer_gemm, "linear; matmul unless B is stored"},
    Rule{"MatMul", &map_matmul, Op::linear, 2, &infer_matmul,
         "linear when the right operand is a stored matrix, else matmul"},
    Rule{"Einsum", &map_einsum, Op::einsum, 1, &infer_einsum},
    Rule{"RNN", &map_recurrent, Op::rnn, 3, &infer_recurrent},
    Rule{"LSTM", &map_recurrent, Op::lstm, 3, &infer_recurrent},
    Rule{"GRU", &map_recurrent, Op::gru, 3, &infer_recurrent},
    Rule{"Attention", &map_attention, Op::attention, 3, &infer_attention},
    Rule{"LinearAttention", &map_body, Op::opaque, 3},
};

constexpr std::array kPreviewRules{Rule{"FlexAttention", &map_body, Op::opaque, 3}};

}  // namespace

bool is_linear(Call& call, std::size_t weight) { return call.is_weight(weight) && call.rank(weight) == 2; }

std::pair<ValueId, ValueId> rotate(Call& call, Text prefix, ValueId x, ValueId cosine, ValueId sine,
                                   TypeId type) {
  const auto step = [&](Op op, Text suffix, std::initializer_list<ValueId> inputs) {
    return call.step(op, std::string(prefix) + std::string(suffix), inputs, type);
  };
  const ValueId turned = step(Op::rearrange, "rotate", {x});
  const ValueId first = step(Op::mul, "cos", {x, step(Op::expand, "cosine", {cosine})});
  return {first, step(Op::mul, "sin", {turned, step(Op::expand, "sine", {sine})})};
}

std::span<const Rule> contraction_rules() { return kRules; }
std::span<const Rule> preview_rules() { return kPreviewRules; }

}  // namespace alidade::onnx_file
