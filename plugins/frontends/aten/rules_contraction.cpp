// Matrix products, attention and recurrent layers.
#include <algorithm>

#include "contraction.hpp"
#include "fused_layer.hpp"
#include "rules.hpp"

namespace alidade::aten {
namespace {

void linear(Operation& o, Op op) {
  o.emit(op, {first_operand(o), o.tensor("weight"), o.tensor("bias")}, MatmulAttrs{0, 1});
}

/// A product whose right side is a weight permuted around is what nn.Linear becomes: the weight is read as it
/// lies.
void product(Operation& o, ValueId a, std::string_view right, ValueId addend) {
  const auto [b, permuted] = o.weight(right);
  const bool layer =
      permuted || (addend.valid() && b.valid() && o.draft().is_weight(b) && o.draft().is_weight(addend));
  const Op op = layer ? Op::linear : Op::matmul;
  const MatmulAttrs attrs{0, permuted ? 1 : 0};
  if (addend.valid())
    o.emit(op, {a, b, addend}, attrs);
  else
    o.emit(op, {a, b}, attrs);
}
void matrix_product(Operation& o, Op) {
  product(o, first_operand(o),
          o.has("mat2")    ? "mat2"
          : o.has("other") ? "other"
          : o.has("vec")   ? "vec"
                           : "tensor",
          {});
}
void product_and_sum(Operation& o, Op) {
  const bool batch = o.has("batch1"), vector = o.has("vec");
  product(o,
          o.tensor(batch    ? "batch1"
                   : vector ? "mat"
                            : "mat1"),
          batch    ? "batch2"
          : vector ? "vec"
                   : "mat2",
          o.tensor(o.has("self") ? "self" : "input"));
}

/// Experts: rows [S,K], sorted by expert, times the weight [G,K,N] of their own one; `offs` says where each
/// expert's rows end.
void grouped_product(Operation& o, Op op) {
  const ValueId rows = first_operand(o);
  const auto [bank, transposed] = o.weight(o.has("mat2") ? "mat2" : "weight");
  if (o.rank(rows) != 2 || o.rank(bank) != 3) {
    o.draft().note_opaque(o.foreign());
    return every_tensor(o, Op::opaque);
  }
  o.emit(op, {rows, bank, o.tensor("offs")}, MatmulAttrs{0, transposed ? 1 : 0});
}

void attention(Operation& o, Op op) {
  const ValueId q = o.tensor("query"), k = o.tensor("key"), v = o.tensor("value");
  const ValueId mask = o.has("attn_mask") ? o.tensor("attn_mask") : o.tensor("attn_bias");
  AttentionAttrs a;
  const bool bare = q.valid() && o.rank(q) < 4;  // no dimension of heads: one head, packed or not
  if (q.valid() && k.valid() && !bare) {
    const auto made = o.draft().types[o.result_type()];  // one query head may meet the keys of several
    a.heads = std::max(o.type(q).dim(-3).value_or(1), made.dim(-3).value_or(1));
    a.kv_heads = o.type(k).dim(-3).value_or(1);
  }
  a.packed_heads = bare ? 1 : 0, a.causal = o.flag("is_causal", false) ? 1 : 0;
  if (mask.valid())
    o.emit(op, {q, k, v, mask}, a);
  else
    o.emit(op, {q, k, v}, a);
}

constexpr Rule kRules[] = {
    {"linear", Op::linear, linear},
    {"mkldnn_linear", Op::linear, linear},
    {"mm", Op::matmul, matrix_product},
    {"bmm", Op::matmul, matrix_product},
    {"matmul", Op::matmul, matrix_product},
    {"linalg_matmul", Op::matmul, matrix_product},
    {"mv", Op::matmul, matrix_product},
    {"dot", Op::matmul, matrix_product},
    {"vdot", Op::matmul, matrix_product},
    {"_int_mm", Op::matmul, matrix_product},
    {"_scaled_mm", Op::matmul, matrix_product},
    {"addmm", Op::matmul, product_and_sum},
    {"_addmm_activation", Op::matmul, product_and_sum},
    {"baddbmm", Op::matmul, product_and_sum},
    {"addmv", Op::matmul, product_and_sum},
    {"_grouped_mm", Op::routed_matmul, grouped_product},
    {"transformers.grouped_mm_fallback", Op::routed_matmul, grouped_product},
    {"scaled_dot_product_attention", Op::attention, attention},
    {"_scaled_dot_product_attention_math", Op::attention, attention},
    {"_scaled_dot_product_flash_attention", Op::attention, attention},
    {"_scaled_dot_product_flash_attention_for_cpu", Op::attention, attention},
    {"_scaled_dot_product_efficient_attention", Op::attention, attention},
    {"_scaled_dot_product_cudnn_attention", Op::attention, attention},
    {"_scaled_dot_product_fused_attention_overrideable", Op::attention, attention},
    {"_transformer_encoder_layer_fwd", Op::attention, encoder_layer},
    {"_native_multi_head_attention", Op::attention, self_attention},
    {"lstm", Op::lstm, recurrent},
    {"quantized_lstm", Op::lstm, recurrent},
    {"quantized_gru", Op::gru, recurrent},
    {"gru", Op::gru, recurrent},
    {"rnn_tanh", Op::rnn, recurrent},
    {"rnn_relu", Op::rnn, recurrent},
    {"lstm_cell", Op::lstm, recurrent_cell},
    {"gru_cell", Op::gru, recurrent_cell},
    {"rnn_tanh_cell", Op::rnn, recurrent_cell},
    {"rnn_relu_cell", Op::rnn, recurrent_cell},
};

}  // namespace

std::span<const Rule> contraction_rules() { return kRules; }

}  // namespace alidade::aten
