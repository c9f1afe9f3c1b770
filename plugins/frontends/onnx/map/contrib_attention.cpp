#include "contrib_attention.hpp"

#include <fmt/format.h>

#include <array>

#include "infer/literal.hpp"

namespace alidade::onnx_file {

Dim dim_of(const TensorType& t, std::size_t i) { return i < t.rank() ? t.dims[i] : Dim(); }
Dim last_dim(const TensorType& t) { return t.rank() > 0 ? t.dims.back() : Dim(); }
Dim sum(Call& call, Dim a, Dim b) { return call.types().sizes.add(Number::of(a), Number::of(b)).as_dim(); }
Dim over(Call& call, Dim a, std::int64_t b) {
  return call.types().sizes.exact_quotient(Number::of(a), Number::of(b)).as_dim();
}
Dim times(Call& call, Dim a, std::int64_t b) {
  return call.types().sizes.multiply(Number::of(a), Number::of(b)).as_dim();
}
TypeId rows(Call& call, Dtype dtype, Dim width) {
  const TensorType x = call.type(0);
  return x.rank() == 3 ? call.types().make(dtype, std::array{x.dims[0], x.dims[1], width})
                       : call.types().unranked(dtype);
}
TypeId cache_type(Call& call, Dtype dtype, Dim batch, Dim heads, Dim length, Dim width) {
  return call.types().make(dtype, std::array{batch, heads, length, width});
}
bool heads_fit(Call& call, const AttentionAttrs& a) {
  if (a.heads >= 1 && a.kv_heads >= 1) return true;
  call.reject(fmt::format("{} query heads and {} key heads; at least 1 is possible", a.heads, a.kv_heads));
  return false;
}
void emit_attention(Call& call, Text suffix, const AttentionAttrs& a, std::vector<ValueId> inputs) {
  while (!inputs.empty() && !inputs.back().valid()) inputs.pop_back();
  call.last(Op::attention, suffix, std::span<const ValueId>(inputs));
  for (std::size_t k = 1; k < call.outputs(); ++k) call.also(k);
  call.attrs(a);
}
AttentionAttrs packed_heads(Call& call) {
  AttentionAttrs a;
  a.heads = a.kv_heads = call.integer("num_heads", 1), a.causal = call.integer("unidirectional", 0),
  a.packed_heads = 1;
  return a;
}
bool shares_buffer(Call& call) { return call.integer("past_present_share_buffer", 0) != 0; }
Dim earlier(Call& call, std::size_t past, std::size_t length) {
  if (!call.has(past)) return Dim(0);
  if (!shares_buffer(call)) return dim_of(call.type(past), call.type(past).rank() - 2);
  const Literal* l = call.literal(length);
  return l && l->elements.size() == 1 ? l->elements[0].as_dim() : Dim();
}

namespace {

// --- Attention and QAttention: the projection, the split, the attention ---

struct Packed {
  std::size_t mask, other_mask, past, past_length;
  Dtype dtype;  ///< of the queries, keys and values
};
constexpr std::size_t kNone = ~std::size_t{0};
Packed floats(Call& call) { return {3, 5, 4, 6, call.type(0).dtype}; }
Packed integers(Call&) { return {5, kNone, 8, kNone, Dtype::f32}; }

/// How wide queries, keys and values are.
std::array<Dim, 3> widths(Call& call) {
  if (const auto stated = call.integers("qkv_hidden_sizes"); stated && stated->size() == 3)
    return {Dim((*stated)[0]), Dim((*stated)[1]), Dim((*stated)[2])};
  const Dim third = over(call, last_dim(call.type(1)), 3);
  return {third, third, third};
}
/// [2, batch, heads, length, width]: keys, then values.
TypeId stacked(Call& call, const Packed& p, Dim lead, Dim length) {
  const std::int64_t heads = std::max<std::int64_t>(call.integer("num_heads", 1), 1);
  const std::array dims{lead, dim_of(call.type(0), 0), Dim(heads), length,
                        over(call, widths(call)[1], heads)};
  return call.types().make(p.dtype, dims);
}
void infer_packed(Call& call, const Packed& p) {
  const TensorType x = call.type(0);
  if (x.rank() != 3) return;
  call.set_type(0, rows(call, p.dtype, widths(call)[2]));
  const bool shares = call.has(p.past) && shares_buffer(call);
  call.set_type(
      1, shares ? call.type_id(p.past)
                : stacked(call, p, Dim(2), sum(call, x.dims[1], earlier(call, p.past, p.past_length))));
}
void map_packed(Call& call, const Packed& p, std::initializer_list<ValueId> projection) {
  const AttentionAttrs a = packed_heads(call);
  if (!heads_fit(call, a)) return;
  const auto each = widths(call);
  const ValueId qkv = call.step(Op::linear, "qkv", projection, rows(call, p.dtype, last_dim(call.type(1))));
  const auto parts =
      call.steps(Op::split, "split", {qkv},
                 {rows(call, p.dtype, each[0]), rows(call, p.dtype, each[1]), rows(call, p.dtype, each[2])});
  call.attrs(AxesAttrs{call.list(std::array<std::int64_t, 1>{2}), 0});
  const std::size_t mask = call.has(p.mask) ? p.mask : p.other_mask;
  std::vector<ValueId> inputs{parts[0], parts[1], parts[2], call.in(mask)};
  if (call.has(p.past)) {
    const TypeId half = stacked(call, p, Dim(1), earlier(call, p.past, p.past_length));
    const auto past = call.steps(Op::split, "past", {call.in(p.past)}, {half, half});
    call.attrs(AxesAttrs{call.list(std::array<std::int64_t, 1>{0}), 0});
    inputs.insert(inputs.end(), past.begin(), past.end());
  }
  emit_attention(call, "attention", a, std::move(inputs));
}
/// input [B, L, C], weights [C, 3H], bias [3H], mask?, past?, addition?, length of the past?
void infer_packed_attention(Call& call) { infer_packed(call, floats(call)); }
void map_attention(Call& call) {
  if (call.has(2)) return map_packed(call, floats(call), {call.in(0), call.weight(1), call.weight(2)});
  map_packed(call, floats(call), {call.in(0), call.weight(1)});
}
/// input, weight, bias, input scale, weight scale, mask?, zeros?, past?: as the float one, on integers.
void infer_qattention(Call& call) { infer_packed(call, integers(call)); }
void map_qattention(Call& call) {
  map_packed(call, integers(call),
             {call.in(0), call.weight(1), call.weight(2), call.buffer(3), call.buffer(4)});
}

constexpr std::array kRules{
    Rule{"Attention", &map_attention, Op::attention, 2, &infer_packed_attention, "linear, split, attention"},
    Rule{"QAttention", &map_qattention, Op::attention, 5, &infer_qattention, "linear, split, attention"},
    Rule{"MultiHeadAttention", &map_multi_head, Op::attention, 1, &infer_multi_head,
         "attention; split and reshape before where operands are packed, reshape and transpose around it "
         "where "
         "keys and values are given by head"},
    Rule{"GroupQueryAttention", &map_grouped_query, Op::attention, 1, &infer_grouped_query,
         "attention; split and slice before where rows are packed or the cache is longer; with do_rotary "
         "rearrange, expand, mul, add"},
};

}  // namespace

std::span<const Rule> contrib_attention_rules() { return kRules; }

}  // namespace alidade::onnx_file
