#include <fmt/format.h>

#include <array>

#include "contraction.hpp"

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

void map_fused_matmul(Call& call) {
  if (call.integer("transBatchA", 0) != 0 || call.integer("transBatchB", 0) != 0) return map_opaque(call);
  const bool linear = is_linear(call, 1);
  call.emit(linear ? Op::linear : Op::matmul, {call.in(0), linear ? call.weight(1) : call.in(1)});
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

// --- attention ---

void emit_attention(Call& call, Text suffix, const AttentionAttrs& a, std::vector<ValueId> inputs) {
  while (!inputs.empty() && !inputs.back().valid()) inputs.pop_back();
  if (suffix.empty())
    call.emit(Op::attention, inputs);
  else
    call.last(Op::attention, suffix, std::span<const ValueId>(inputs));
  call.attrs(a);
}
bool heads_fit(Call& call, const AttentionAttrs& a) {
  if (a.heads >= 1 && a.kv_heads >= 1) return true;
  call.reject(fmt::format("{} query heads and {} key heads; at least 1 is possible", a.heads, a.kv_heads));
  return false;
}

/// input [B, L, C], weights [C, 3H], bias [3H], mask?, past?, addition?: the projection, the split, the
/// attention.
void infer_packed_attention(Call& call) {
  const TensorType x = call.type(0), w = call.type(1);
  Dim hidden;
  if (const auto sizes = call.integers("qkv_hidden_sizes"); sizes && sizes->size() == 3)
    hidden = Dim((*sizes)[2]);
  else if (const Dim n = last_dim(w); n.is_known())
    hidden = Dim(n.size() / 3);
  if (x.ranked) call.set_type(0, with_last(call, call.type_id(0), hidden));
}
void map_attention(Call& call) {
  AttentionAttrs a;
  a.heads = a.kv_heads = call.integer("num_heads", 1), a.causal = call.integer("unidirectional", 0),
  a.packed_heads = 1;
  if (!heads_fit(call, a)) return;
  const TypeId all = with_last(call, call.type_id(0), last_dim(call.type(1)));
  std::vector<ValueId> inputs{call.in(0), call.weight(1)};
  if (call.has(2)) inputs.push_back(call.weight(2));
  const ValueId qkv = call.step(Op::linear, "qkv", inputs, all);
  const auto parts =
      call.steps(Op::split, "split", {qkv}, {call.out_type(0), call.out_type(0), call.out_type(0)});
  call.attrs(AxesAttrs{call.list(std::array<std::int64_t, 1>{2}), 0});
  emit_attention(call, "attention", a, {parts[0], parts[1], parts[2], call.has(3) ? call.in(3) : call.in(5)});
}

void infer_query(Call& call) {
  const TensorType q = call.type(0), v = call.type(2);
  if (q.ranked && q.rank() == 3)
    call.set_type(0, with_last(call, call.type_id(0), v.rank() == 3 ? last_dim(v) : last_dim(q)));
}
/// query, key?, value?, bias?, mask?, addition?, past key?, past value?
void map_multi_head(Call& call) {
  AttentionAttrs a;
  a.heads = a.kv_heads = call.integer("num_heads", 1), a.causal = call.integer("unidirectional", 0),
  a.packed_heads = 1;
  if (!heads_fit(call, a)) return;
  if (!call.has(1) || !call.has(2) || call.rank(1) != 3)
    return map_opaque(call);  // packed into one tensor, or transposed already
  std::vector<ValueId> inputs{call.in(0), call.in(1), call.in(2), call.has(5) ? call.in(5) : call.in(4),
                              call.in(6), call.in(7)};
  emit_attention(call, "", a, inputs);
}
/// query, key?, value?, past key?, past value?, lengths, total, cos?, sin?: grouped queries over the cache.
void map_grouped_query(Call& call) {
  AttentionAttrs a;
  a.heads = call.integer("num_heads", 1), a.kv_heads = call.integer("kv_num_heads", a.heads),
  a.packed_heads = 1, a.causal = 1;
  if (!heads_fit(call, a)) return;
  if (!call.has(1) || !call.has(2)) return map_opaque(call);
  const auto rotated = [&](std::size_t i, Text prefix) {
    if (call.integer("do_rotary", 0) == 0 || !call.has(7) || !call.has(8)) return call.in(i);
    const auto [cosine, sine] = rotate(call, prefix, call.in(i), call.in(7), call.in(8), call.type_id(i));
    return call.step(Op::add, std::string(prefix) + "add", {cosine, sine}, call.type_id(i));
  };
  const ValueId q = rotated(0, "query_"), k = rotated(1, "key_");
  emit_attention(call, "", a, {q, k, call.in(2), ValueId(), call.in(3), call.in(4)});
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
    Rule{"FusedMatMul", &map_fused_matmul, Op::matmul, 2, &infer_gemm, "linear or matmul"},
    Rule{"FusedGemm", &map_fused_gemm, Op::linear, 2, &infer_gemm, "linear or matmul, then the activation"},
    Rule{"GemmFastGelu", &map_gemm_fast_gelu, Op::linear, 2, &infer_matmul, "linear or matmul, gelu"},
    Rule{"FusedConv", &map_fused_convolution, Op::conv, 2, &infer_conv, "conv, add, then the activation"},
    Rule{"NhwcConv", &map_channels_last_convolution, Op::conv, 2, &infer_channels_last,
         "transpose, conv, transpose"},
    Rule{"NhwcFusedConv", &map_channels_last_convolution, Op::conv, 2, &infer_channels_last,
         "transpose, conv, transpose"},
    Rule{"Attention", &map_attention, Op::attention, 2, &infer_packed_attention, "linear, split, attention"},
    Rule{"MultiHeadAttention", &map_multi_head, Op::attention, 1, &infer_query},
    Rule{"GroupQueryAttention", &map_grouped_query, Op::attention, 1, &infer_same,
         "attention; with do_rotary rearrange, expand, mul, add before"},
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
