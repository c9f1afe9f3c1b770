// Convolutions, matrix products, attention and recurrent layers.
#include <algorithm>

#include "contraction.hpp"
#include "rules.hpp"
#include "spatial.hpp"

namespace alidade::aten {
namespace {

/// Adds the batch dimension that an unbatched input lacks, around `emit`.
ValueId batched(Operation& o, ValueId x, ValueId weight) {
  if (o.rank(x) + 1 != o.rank(weight)) return x;
  std::vector<Dim> dims{Dim(1)};
  dims.insert(dims.end(), o.type(x).dims.begin(), o.type(x).dims.end());
  return o.step(Op::reshape, {x}, o.weave().types.make(o.type(x).dtype, dims), "batched");
}

void convolution(Operation& o, Op op) {
  const ValueId x = subject(o), weight = o.tensor("weight"), bias = o.tensor("bias");
  const auto kind = o.flag("transposed", op == Op::conv_transpose) ? Op::conv_transpose : Op::conv;
  const auto attrs = convolution_attrs(o, weight);
  const ValueId input = batched(o, x, weight);
  if (input == x) return void(o.emit(kind, {x, weight, bias}, attrs));
  std::vector<Dim> dims{Dim(1)};
  const auto made = o.weave().types[o.result_type()];
  dims.insert(dims.end(), made.dims.begin(), made.dims.end());
  const ValueId whole = o.step(kind, {input, weight, bias}, o.weave().types.make(made.dtype, dims), "conv");
  o.weave().builder.attrs(o.weave().last(), attrs);
  o.emit(Op::reshape, {whole});
}

/// torchvision's deformable convolution: the same products, at places that a tensor names.
void deformable(Operation& o, Op op) {
  const ValueId weight = o.tensor("weight");
  ConvAttrs a;
  a.strides = spatial({o.integer("stride_h", 1), o.integer("stride_w", 1)}, 2, 1);
  a.pads_begin = a.pads_end = spatial({o.integer("pad_h", 0), o.integer("pad_w", 0)}, 2, 0);
  a.dilations = spatial(
      {o.integer("dilation_h", o.integer("dil_h", 1)), o.integer("dilation_w", o.integer("dil_w", 1))}, 2, 1);
  a.groups = o.integer("groups", o.integer("n_weight_grps", 1));
  o.emit(op, {subject(o), weight, o.tensor("bias"), o.tensor("offset"), o.tensor("mask")}, a);
}

void linear(Operation& o, Op op) {
  o.emit(op, {subject(o), o.tensor("weight"), o.tensor("bias")}, MatmulAttrs{0, 1});
}

/// A product whose right side is a weight turned around is what nn.Linear becomes: the weight is read as it
/// lies.
void product(Operation& o, ValueId a, std::string_view right, ValueId addend) {
  const auto [b, turned] = o.weight(right);
  const bool layer =
      turned || (addend.valid() && b.valid() && o.weave().is_weight(b) && o.weave().is_weight(addend));
  const Op op = layer ? Op::linear : Op::matmul;
  const MatmulAttrs attrs{0, turned ? 1 : 0};
  if (addend.valid())
    o.emit(op, {a, b, addend}, attrs);
  else
    o.emit(op, {a, b}, attrs);
}
void matrix_product(Operation& o, Op) {
  product(o, subject(o),
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
  const ValueId rows = subject(o);
  const auto [bank, transposed] = o.weight(o.has("mat2") ? "mat2" : "weight");
  if (o.rank(rows) != 2 || o.rank(bank) != 3) {
    o.weave().note_opaque(o.foreign());
    return every_tensor(o, Op::opaque);
  }
  o.emit(op, {rows, bank, o.tensor("offs")}, MatmulAttrs{0, transposed ? 1 : 0});
}

void einsum(Operation& o, Op op) {
  o.emit(op, o.tensors("tensors"), EinsumAttrs{o.weave().builder.string(o.word("equation"))});
}

void bilinear(Operation& o, Op op) {
  const int batch = o.rank(o.tensor("input1")) - 1;
  const std::string lead =
      std::string("abcdefgh").substr(0, static_cast<std::size_t>(std::clamp(batch, 0, 8)));
  const auto equation = lead + "i,oij," + lead + "j->" + lead + "o";
  o.emit(op, {o.tensor("input1"), o.tensor("weight"), o.tensor("input2")},
         EinsumAttrs{o.weave().builder.string(equation)});
}

/// tensordot: letters for what is kept of both sides, and the same letters where both are summed.
void tensordot(Operation& o, Op op) {
  const ValueId a = o.tensor("self"), b = o.tensor("other");
  const auto left = o.axes(a, "dims_self"), right = o.axes(b, "dims_other");
  std::string first, second, kept;
  char letter = 'a';
  for (int i = 0; i < o.rank(a) && letter <= 'z'; ++i, ++letter) {
    first += letter;
    if (std::ranges::find(left, i) == left.end()) kept += letter;
  }
  for (int i = 0; i < o.rank(b) && letter <= 'z'; ++i) {
    const auto summed = std::ranges::find(right, i);
    const auto at = summed == right.end() ? left.size() : static_cast<std::size_t>(summed - right.begin());
    const bool pairs = at < left.size() && left[at] >= 0 && static_cast<std::size_t>(left[at]) < first.size();
    second += pairs ? first[static_cast<std::size_t>(left[at])] : letter;
    if (!pairs) kept += letter++;
  }
  o.emit(op, {a, b}, EinsumAttrs{o.weave().builder.string(first + "," + second + "->" + kept)});
}

void attention(Operation& o, Op op) {
  const ValueId q = o.tensor("query"), k = o.tensor("key"), v = o.tensor("value");
  const ValueId mask = o.has("attn_mask") ? o.tensor("attn_mask") : o.tensor("attn_bias");
  AttentionAttrs a;
  const bool bare = q.valid() && o.rank(q) < 4;  // no dimension of heads: one head, packed or not
  if (q.valid() && k.valid() && !bare)
    a.heads = o.type(q).dim(-3).value_or(1), a.kv_heads = o.type(k).dim(-3).value_or(1);
  a.packed_heads = bare ? 1 : 0, a.causal = o.flag("is_causal", false) ? 1 : 0;
  if (mask.valid())
    o.emit(op, {q, k, v, mask}, a);
  else
    o.emit(op, {q, k, v}, a);
}

constexpr Rule kRules[] = {
    {"conv1d", Op::conv, convolution},
    {"conv2d", Op::conv, convolution},
    {"conv3d", Op::conv, convolution},
    {"convolution", Op::conv, convolution},
    {"_convolution", Op::conv, convolution},
    {"_convolution_mode", Op::conv, convolution},
    {"convolution_overrideable", Op::conv, convolution},
    {"cudnn_convolution", Op::conv, convolution},
    {"mkldnn_convolution", Op::conv, convolution},
    {"conv_transpose1d", Op::conv_transpose, convolution},
    {"conv_transpose2d", Op::conv_transpose, convolution},
    {"conv_transpose3d", Op::conv_transpose, convolution},
    {"torchvision.deform_conv2d", Op::conv, deformable},
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
    {"einsum", Op::einsum, einsum},
    {"bilinear", Op::einsum, bilinear},
    {"tensordot", Op::einsum, tensordot},
    {"scaled_dot_product_attention", Op::attention, attention},
    {"_scaled_dot_product_attention_math", Op::attention, attention},
    {"_scaled_dot_product_flash_attention", Op::attention, attention},
    {"_scaled_dot_product_flash_attention_for_cpu", Op::attention, attention},
    {"_scaled_dot_product_efficient_attention", Op::attention, attention},
    {"_scaled_dot_product_cudnn_attention", Op::attention, attention},
    {"_scaled_dot_product_fused_attention_overrideable", Op::attention, attention},
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
