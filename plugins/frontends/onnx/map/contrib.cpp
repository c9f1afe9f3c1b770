#include <fmt/format.h>

#include <array>

#include "contraction.hpp"
#include "infer/literal.hpp"

namespace alidade::onnx_file {
namespace {

// com.microsoft: operators that ONNX Runtime's own optimisers write. They have no schema here, so each says
// its types; fused ones come apart into what they fuse.

TypeId with_last(Call& call, TypeId type, Dim last) {
  const TensorType t = call.types()[type];
  if (!t.ranked || t.rank() == 0) return type;
  std::vector<Dim> dims(t.dims.begin(), t.dims.end());
  dims.back() = last;
  return call.types().make(t.dtype, dims);
}
Dim last_dim(const TensorType& t) { return t.ranked && t.rank() > 0 ? t.dims.back() : Dim(); }
Dim dim_of(const TensorType& t, std::size_t i) { return i < t.rank() ? t.dims[i] : Dim(); }

// --- activations ---

void map_bias_gelu(Call& call) {
  ValueId x = call.in(0);
  if (call.has(1)) x = call.step(Op::add, "add", {x, call.weight(1)}, call.out_type(0));
  call.last(Op::gelu, call.has(1) ? "gelu" : "", {x});
}
void map_bias_add(Call& call) {
  const ValueId biased = call.step(Op::add, "bias", {call.in(0), call.weight(1)}, call.out_type(0));
  call.last(Op::add, "add", {biased, call.in(2)});
}
void map_bias_softmax(Call& call) {
  const ValueId sum = call.step(Op::add, "add", {call.in(0), call.in(1)}, call.out_type(0));
  call.last(Op::softmax, "softmax", {sum});
  call.attrs(AxesAttrs{call.list(std::array{call.axis(call.integer("axis", -1), call.rank(0))}), 0});
}
void map_bias_dropout(Call& call) {
  ValueId sum = call.step(Op::add, "bias", {call.in(0), call.in(1)}, call.out_type(0));
  if (call.has(2)) sum = call.step(Op::add, "add", {sum, call.in(2)}, call.out_type(0));
  call.last(Op::dropout, "dropout", {sum});
}
void map_bias_split_gelu(Call& call) {
  const ValueId sum = call.step(Op::add, "add", {call.in(0), call.weight(1)}, call.type_id(0));
  const ValueId gate = call.step(Op::gelu, "gelu", {sum}, call.out_type(0));
  call.last(Op::mul, "mul", {gate, gate});
}
void infer_half_last(Call& call) {
  const Dim last = last_dim(call.type(0));
  call.set_type(0, with_last(call, call.type_id(0), last.is_known() ? Dim(last.size() / 2) : Dim()));
}

// --- normalisations ---

void norm_step(Call& call, Op op, Text suffix, std::initializer_list<ValueId> inputs) {
  call.last(op, suffix, inputs);
  NormAttrs a;
  a.axis = call.axis(call.integer("axis", -1), call.rank(0));
  call.attrs(a);
}
void map_simplified_norm(Call& call) { norm_step(call, Op::rms_norm, "", {call.in(0), call.weight(1)}); }
/// input, skip, gamma, beta?, bias? (simplified: input, skip, gamma, bias?); outputs y, mean?, inverse
/// deviation?, sum?
void map_skip_norm(Call& call) {
  const bool simple = call.rule().target == Op::rms_norm;
  const std::size_t bias = simple ? 3 : 4;
  const TypeId type = call.out_type(0);
  ValueId sum = call.step(Op::add, "add", {call.in(0), call.in(1)}, type);
  if (call.has(bias)) sum = call.step(Op::add, "bias", {sum, call.weight(bias)}, type);
  if (!simple && call.has(3))
    norm_step(call, Op::layer_norm, "layer_norm", {sum, call.weight(2), call.weight(3)});
  else
    norm_step(call, call.rule().target, name(call.rule().target), {sum, call.weight(2)});
  if (call.has_output(3)) call.last(Op::identity, "sum", {sum}, 3);
}
void infer_skip_norm(Call& call) {
  call.set_type(0, call.type_id(0)), call.set_type(3, call.type_id(0));
  const TypeId statistics = with_last(call, call.types().with_dtype(call.type_id(0), Dtype::f32), Dim(1));
  call.set_type(1, statistics), call.set_type(2, statistics);
}
void map_group_norm(Call& call) {
  const bool silu = call.integer("activation", 0) == 1;
  NormAttrs a;
  a.groups = std::max<std::int64_t>(call.integer("groups", 1), 1);
  const ValueId y =
      call.step(Op::group_norm, "group_norm", {call.in(0), call.weight(1), call.weight(2)}, call.out_type(0));
  call.attrs(a);
  call.last(silu ? Op::silu : Op::identity, silu ? "silu" : "output", {y});
}

// --- embeddings ---

void infer_embedding(Call& call) {
  const TensorType ids = call.type(0), words = call.type(2);
  const Dtype dtype = is_floating(words.dtype) ? words.dtype : call.type(8).dtype;
  std::vector<Dim> dims{dim_of(ids, 0), dim_of(ids, 1), last_dim(words)};
  call.set_type(0, call.types().make(dtype, dims));
  call.set_type(1, call.types().make(Dtype::i32, std::array{dim_of(ids, 0)}));
  call.set_type(2, call.types().make(dtype, dims));
}
/// ids, segments?, word, position, segment tables, gamma, beta, mask?, positions?; of quantised tables their
/// scales.
void map_embedding(Call& call) {
  const TypeId type = call.out_type(0);
  const auto rows = [&](Text suffix, std::size_t table, ValueId ids) {
    const ValueId v = call.step(Op::embedding, suffix, {call.weight(table), ids}, type);
    call.attrs(AxesAttrs{call.list(std::array<std::int64_t, 1>{0}), 0});
    return v;
  };
  ValueId sum = rows("word", 2, call.in(0));
  const bool positions = call.has(8) && is_integer(call.type(8).dtype);
  const ValueId places = rows("position", 3, positions ? call.in(8) : call.in(0));
  sum = call.step(Op::add, "add_position", {sum, places}, type);
  if (call.has(1) && call.has(4))
    sum = call.step(Op::add, "add_segment", {sum, rows("segment", 4, call.in(1))}, type);
  NormAttrs a;
  a.axis = 2;
  call.last(Op::layer_norm, "layer_norm", {sum, call.weight(5), call.weight(6)});
  call.attrs(a);
  if (call.has_output(1)) {
    call.last(Op::reduce_sum, "mask", {call.has(7) ? call.in(7) : call.in(0)}, 1);
    call.attrs(AxesAttrs{call.list(std::array<std::int64_t, 1>{1}), 0});
  }
  if (call.has_output(2)) call.last(Op::identity, "sum", {sum}, 2);
}

// --- products ---

constexpr std::array<Text, 2> kRotates{"transBatchA", "transBatchB"};

/// The batch of an operand may stand behind its first dimension: [rows, batch.., columns].
std::vector<std::int64_t> batch_first(std::size_t rank) {
  std::vector<std::int64_t> perm(rank);
  for (std::size_t d = 0; d + 2 < rank; ++d) perm[d] = static_cast<std::int64_t>(d) + 1;
  if (rank > 1) perm[rank - 1] = static_cast<std::int64_t>(rank) - 1;
  return perm;
}
Shape with_batch_first(Call& call, std::size_t i) {
  const Shape x = call.shape(i);
  if (!x || call.integer(kRotates[i], 0) == 0) return x;
  const auto rotated = infer::transpose(x, batch_first(x->size()));
  return rotated ? *rotated : Shape();
}
void infer_fused_matmul(Call& call) {
  const MatmulAttrs a{call.integer("transA", 0), call.integer("transB", 0)};
  call.set_shape(0, call.dtype(0),
                 infer::matmul(call.types().sizes, with_batch_first(call, 0), with_batch_first(call, 1), a));
}
void map_fused_matmul(Call& call) {
  const bool linear = is_linear(call, 1);
  std::array<ValueId, 2> operands{call.in(0), linear ? call.weight(1) : call.in(1)};
  for (const std::size_t i : {0, 1}) {
    if (call.integer(kRotates[i], 0) == 0 || !call.rank(i)) continue;
    operands[i] = call.step(Op::transpose, i == 0 ? "left" : "right", {operands[i]},
                            call.types().make(call.dtype(i), with_batch_first(call, i)));
    call.attrs(PermAttrs{call.list(batch_first(static_cast<std::size_t>(*call.rank(i))))});
  }
  call.last(linear ? Op::linear : Op::matmul, "", std::span<const ValueId>(operands));
  call.attrs(MatmulAttrs{call.integer("transA", 0), call.integer("transB", 0)});
}
Op activation(Text word) {
  if (word == "Relu") return Op::relu;
  if (word == "Sigmoid") return Op::sigmoid;
  if (word == "Tanh") return Op::tanh;
  if (word == "LeakyRelu") return Op::leaky_relu;
  if (word == "Gelu" || word == "FastGelu") return Op::gelu;
  return word.empty() ? Op::identity : Op::unary;
}
void map_fused_gemm(Call& call) {
  const bool linear = call.is_weight(1);
  const Op act = activation(call.word("activation", ""));
  std::vector<ValueId> inputs{call.in(0), linear ? call.weight(1) : call.in(1)};
  if (call.has(2)) inputs.push_back(linear ? call.weight(2) : call.in(2));
  const ValueId y = call.step(linear ? Op::linear : Op::matmul, "gemm", inputs, call.out_type(0));
  call.attrs(MatmulAttrs{call.integer("transA", 0), call.integer("transB", 0)});
  call.last(act, act == Op::identity ? "output" : name(act), {y});
}
void map_gemm_fast_gelu(Call& call) {
  const bool linear = is_linear(call, 1);
  std::vector<ValueId> inputs{call.in(0), linear ? call.weight(1) : call.in(1)};
  if (call.has(2)) inputs.push_back(call.weight(2));
  const ValueId y = call.step(linear ? Op::linear : Op::matmul, "gemm", inputs, call.out_type(0));
  call.last(Op::gelu, "gelu", {y});
}

/// x, positions, cosines, sines
void map_rotary(Call& call) {
  const auto [cosine, sine] = rotate(call, "", call.in(0), call.in(2), call.in(3), call.out_type(0));
  call.last(Op::add, "add", {cosine, sine});
}

constexpr Rule act(std::string_view op, Op target) { return {op, &map_plain, target, 1, &infer_same}; }
constexpr Rule opaque(std::string_view op) { return {op, &map_opaque}; }

constexpr std::array kRules{
    act("Gelu", Op::gelu),
    act("QuickGelu", Op::silu),
    act("Silu", Op::silu),
    act("Trilu", Op::copy),
    act("IsAllFinite", Op::unary),
    Rule{"FastGelu", &map_bias_gelu, Op::gelu, 1, &infer_same, "gelu, after add where there is a bias"},
    Rule{"BiasGelu", &map_bias_gelu, Op::gelu, 2, &infer_same, "add, gelu"},
    Rule{"BiasAdd", &map_bias_add, Op::add, 3, &infer_same, "add, add"},
    Rule{"BiasSoftmax", &map_bias_softmax, Op::softmax, 2, &infer_same, "add, softmax"},
    Rule{"BiasDropout", &map_bias_dropout, Op::dropout, 2, &infer_same, "add, dropout"},
    Rule{"BiasSplitGelu", &map_bias_split_gelu, Op::gelu, 2, &infer_half_last, "add, gelu, mul"},
    Rule{"SimplifiedLayerNormalization", &map_simplified_norm, Op::rms_norm, 2, &infer_same},
    Rule{"SkipLayerNormalization", &map_skip_norm, Op::layer_norm, 3, &infer_skip_norm, "add, layer_norm"},
    Rule{"SkipSimplifiedLayerNormalization", &map_skip_norm, Op::rms_norm, 3, &infer_skip_norm,
         "add, rms_norm"},
    Rule{"GroupNorm", &map_group_norm, Op::group_norm, 3, &infer_same, "group_norm, silu"},
    Rule{"EmbedLayerNormalization", &map_embedding, Op::embedding, 7, &infer_embedding,
         "embedding, add, layer_norm"},
    Rule{"QEmbedLayerNormalization", &map_embedding, Op::embedding, 7, &infer_embedding,
         "embedding, add, layer_norm"},
    Rule{"FusedMatMul", &map_fused_matmul, Op::matmul, 2, &infer_fused_matmul,
         "linear or matmul, after transpose where batches stand inside"},
    Rule{"FusedGemm", &map_fused_gemm, Op::linear, 2, &infer_gemm, "linear or matmul, then the activation"},
    Rule{"GemmFastGelu", &map_gemm_fast_gelu, Op::linear, 2, &infer_matmul, "linear or matmul, gelu"},
    Rule{"FusedConv", &map_fused_convolution, Op::conv, 2, &infer_conv, "conv, add, then the activation"},
    Rule{"NhwcConv", &map_channels_last_convolution, Op::conv, 2, &infer_channels_last,
         "transpose, conv, transpose"},
    Rule{"NhwcFusedConv", &map_channels_last_convolution, Op::conv, 2, &infer_channels_last,
         "transpose, conv, transpose"},
    Rule{"RotaryEmbedding", &map_rotary, Op::mul, 4, &infer_same, "rearrange, expand, mul, add"},
    opaque("PackedAttention"),
    opaque("PackedMultiHeadAttention"),
    opaque("DecoderMaskedMultiHeadAttention"),
    opaque("DecoderMaskedSelfAttention"),
    opaque("PagedAttention"),
    opaque("SparseAttention"),
    opaque("LongformerAttention"),
    opaque("GatedRelativePositionBias"),
    opaque("RelativePositionBias"),
    opaque("BeamSearch"),
    opaque("GreedySearch"),
    opaque("Sampling"),
    opaque("CDist"),
    opaque("Tokenizer"),
    opaque("Inverse"),
    opaque("Unique"),
};

}  // namespace

std::span<const Rule> contrib_rules() { return kRules; }

}  // namespace alidade::onnx_file
