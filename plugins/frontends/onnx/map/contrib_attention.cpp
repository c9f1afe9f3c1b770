#include <fmt/format.h>

#include <array>

#include "contraction.hpp"
#include "infer/literal.hpp"

namespace alidade::onnx_file {
namespace {

// com.microsoft: attention in one operator, with the keys and values of earlier steps and those handed on.

using Types3 = std::array<TypeId, 3>;

infer::Sizes& sizes(Call& call) { return call.types().sizes; }
Dim dim_of(const TensorType& t, std::size_t i) { return i < t.rank() ? t.dims[i] : Dim(); }
Dim last_dim(const TensorType& t) { return t.rank() > 0 ? t.dims.back() : Dim(); }
Dim sum(Call& call, Dim a, Dim b) { return sizes(call).add(Number::of(a), Number::of(b)).as_dim(); }
Dim over(Call& call, Dim a, std::int64_t b) {
  return sizes(call).exact_quotient(Number::of(a), Number::of(b)).as_dim();
}
Dim times(Call& call, Dim a, std::int64_t b) {
  return sizes(call).multiply(Number::of(a), Number::of(b)).as_dim();
}
/// [batch, length, width], as long as the input.
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
/// The attention itself makes the first output, and with it the keys and values that are handed on.
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
bool shares_buffer(Call& call) { return call.integer("past_present_share_buffer", 0) != 0; }
/// How many keys there are from before: all that the past holds, or as many as a number says.
Dim earlier(Call& call, std::size_t past, std::size_t length) {
  if (!call.has(past)) return Dim(0);
  if (!shares_buffer(call)) return dim_of(call.type(past), call.type(past).rank() - 2);
  const Literal* l = call.literal(length);
  return l && l->elements.size() == 1 ? l->elements[0].as_dim() : Dim();
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

// --- MultiHeadAttention ---

/// query, key?, value?, bias?, mask?, addition?, past key?, past value?, length of the past?
void infer_multi_head(Call& call) {
  const TensorType q = call.type(0), k = call.type(1), v = call.type(2);
  if (q.rank() != 3) return;
  call.set_type(0, rows(call, q.dtype, v.rank() == 3 ? last_dim(v) : last_dim(q)));
  const std::int64_t heads = std::max<std::int64_t>(call.integer("num_heads", 1), 1);
  for (const std::size_t i : {1, 2}) {
    const TensorType given = call.type(i);
    if (k.rank() != 3 || given.rank() != 3) return;
    const bool shares = call.has(5 + i) && shares_buffer(call);
    call.set_type(i, shares ? call.type_id(5 + i)
                            : cache_type(call, given.dtype, given.dims[0], Dim(heads),
                                         sum(call, given.dims[1], earlier(call, 5 + i, 8)),
                                         over(call, given.dims[2], heads)));
  }
}
void map_multi_head(Call& call) {
  const AttentionAttrs a = packed_heads(call);
  if (!heads_fit(call, a)) return;
  if (!call.has(1) || !call.has(2) || call.rank(1) != 3)
    return map_opaque(call);  // packed into one tensor, or transposed already
  std::vector<ValueId> inputs{call.in(0), call.in(1), call.in(2), call.has(5) ? call.in(5) : call.in(4),
                              call.in(6), call.in(7)};
  emit_attention(call, "", a, std::move(inputs));
}

// --- GroupQueryAttention ---

/// query, key?, value?, past key?, past value?, lengths, total, cos?, sin?: grouped queries over the cache.
/// Without keys and values the queries' rows hold all three. The cache may be longer than what it holds: the
/// total says how many keys there are, the new ones among them.
class Grouped {
 public:
  explicit Grouped(Call& call) : call_(call), packed_(!call.has(1) && !call.has(2)) {
    a_.heads = call.integer("num_heads", 1), a_.kv_heads = call.integer("kv_num_heads", a_.heads),
    a_.packed_heads = 1, a_.causal = 1;
  }
  [[nodiscard]] const AttentionAttrs& attrs() const { return a_; }
  [[nodiscard]] bool is_packed() const { return packed_; }
  [[nodiscard]] Dim width() const {
    return packed_ ? over(call_, last_dim(call_.type(0)), a_.heads + 2 * a_.kv_heads)
                   : over(call_, last_dim(call_.type(1)), a_.kv_heads);
  }
  [[nodiscard]] TypeId row_type(std::int64_t heads) const {
    return rows(call_, call_.type(0).dtype, times(call_, width(), heads));
  }
  [[nodiscard]] Dim given() const { return dim_of(call_.type(packed_ ? 0 : 1), 1); }
  [[nodiscard]] Dim buffer() const { return call_.has(3) ? dim_of(call_.type(3), 2) : Dim(0); }
  [[nodiscard]] Number total() const {
    const Literal* l = call_.literal(6);
    if (l && l->elements.size() == 1) return l->elements[0];
    return call_.has(6) && call_.has(3) ? Number() : Number::of(sum(call_, buffer(), given()));
  }
  /// Keys from before that are seen.
  [[nodiscard]] Dim earlier() const {
    return call_.has(3) ? sizes(call_).subtract(total(), Number::of(given())).as_dim() : Dim(0);
  }
  [[nodiscard]] TypeId cached(Dtype dtype, Dim length) const {
    return cache_type(call_, dtype, dim_of(call_.type(0), 0), Dim(a_.kv_heads), length, width());
  }
  [[nodiscard]] TypeId present(std::size_t past) const {
    const Dtype dtype = call_.has(past) ? call_.type(past).dtype : call_.type(0).dtype;
    return cached(dtype, sizes(call_).maximum(Number::of(buffer()), total()).as_dim());
  }
  /// What attention reads of the cache: nothing, all of it, or its first rows.
  [[nodiscard]] ValueId past(std::size_t i, Text suffix) const {
    const Dim length = earlier();
    if (!call_.has(i) || length == Dim(0)) return {};
    if (!length.is_unknown() && length == dim_of(call_.type(i), 2)) return call_.in(i);
    return call_.step(Op::slice, suffix, {call_.in(i)}, cached(call_.type(i).dtype, length));
  }

 private:
  Call& call_;
  AttentionAttrs a_;
  bool packed_;
};

void infer_grouped_query(Call& call) {
  const Grouped g(call);
  if (g.attrs().heads < 1 || g.attrs().kv_heads < 1) return;
  call.set_type(0, g.is_packed() ? g.row_type(g.attrs().heads) : call.type_id(0));
  call.set_type(1, g.present(3)), call.set_type(2, g.present(4));
}
void map_grouped_query(Call& call) {
  const Grouped g(call);
  const AttentionAttrs a = g.attrs();
  if (!heads_fit(call, a)) return;
  std::vector<ValueId> parts{call.in(0), call.in(1), call.in(2)};
  Types3 types{call.type_id(0), call.type_id(1), call.type_id(2)};
  if (g.is_packed()) {
    types = {g.row_type(a.heads), g.row_type(a.kv_heads), g.row_type(a.kv_heads)};
    parts = call.steps(Op::split, "split", {call.in(0)}, {types[0], types[1], types[2]});
    call.attrs(AxesAttrs{call.list(std::array<std::int64_t, 1>{2}), 0});
  }
  const auto rotated = [&](std::size_t i, Text prefix) {
    if (call.integer("do_rotary", 0) == 0 || !call.has(7) || !call.has(8)) return parts[i];
    const auto [cosine, sine] = rotate(call, prefix, parts[i], call.in(7), call.in(8), types[i]);
    return call.step(Op::add, std::string(prefix) + "add", {cosine, sine}, types[i]);
  };
  const ValueId q = rotated(0, "query_"), k = rotated(1, "key_");
  emit_attention(call, "", a, {q, k, parts[2], ValueId(), g.past(3, "past_key"), g.past(4, "past_value")});
}

constexpr std::array kRules{
    Rule{"Attention", &map_attention, Op::attention, 2, &infer_packed_attention, "linear, split, attention"},
    Rule{"QAttention", &map_qattention, Op::attention, 5, &infer_qattention, "linear, split, attention"},
    Rule{"MultiHeadAttention", &map_multi_head, Op::attention, 1, &infer_multi_head},
    Rule{"GroupQueryAttention", &map_grouped_query, Op::attention, 1, &infer_grouped_query,
         "attention; split and slice before where rows are packed or the cache is longer; with do_rotary "
         "rearrange, expand, mul, add"},
};

}  // namespace

std::span<const Rule> contrib_attention_rules() { return kRules; }

}  // namespace alidade::onnx_file
