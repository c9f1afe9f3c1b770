// query, key?, value?, bias?, mask?, addition?, past key?, past value?, length of the past?
//
// Operands lie in one of four ways: rows of all heads each; [batch, length, heads, 3, width] for queries,
// keys and values in one; rows of queries beside [batch, length, heads, 2, width] for keys and values; rows
// of queries beside keys and values by head, [batch, heads, length, width].
#include <algorithm>
#include <array>
#include <optional>

#include "contrib_attention.hpp"

namespace alidade::onnx_file {
namespace {

std::int64_t heads(Call& call) { return std::max<std::int64_t>(call.integer("num_heads", 1), 1); }

/// Batch, length and width per head of one of keys and values.
struct Extent {
  Dim batch, length, width;
};
std::optional<Extent> extent(Call& call, std::size_t operand) {
  const TensorType own = call.type(operand);
  for (const std::size_t packed : {0, 1})
    if (const TensorType t = call.type(packed); t.rank() == 5) return Extent{t.dims[0], t.dims[1], t.dims[4]};
  if (own.rank() == 4) return Extent{own.dims[0], own.dims[2], own.dims[3]};
  if (own.rank() == 3) return Extent{own.dims[0], own.dims[1], over(call, own.dims[2], heads(call))};
  return std::nullopt;
}
Dim row_width(Call& call, std::size_t operand, const Extent& e) {
  const TensorType own = call.type(operand);
  return own.rank() == 3 ? own.dims[2] : times(call, e.width, heads(call));
}
/// [batch, length, width] of queries, whatever they are packed with.
TypeId query_rows(Call& call, Dim width) {
  const TensorType q = call.type(0);
  return q.rank() == 3 || q.rank() == 5 ? call.types().make(q.dtype, std::array{q.dims[0], q.dims[1], width})
                                        : call.types().unranked(q.dtype);
}

/// Rows of each of the tensors that lie side by side in every head.
std::vector<ValueId> unpack(Call& call, std::size_t operand, Text suffix) {
  const TensorType t = call.type(operand);
  const bool three = operand == 0;
  const TypeId part =
      call.types().make(t.dtype, std::array{t.dims[0], t.dims[1], t.dims[2], Dim(1), t.dims[4]});
  const auto parts = three ? call.steps(Op::split, suffix, {call.in(operand)}, {part, part, part})
                           : call.steps(Op::split, suffix, {call.in(operand)}, {part, part});
  call.attrs(AxesAttrs{call.list(std::array<std::int64_t, 1>{3}), 0});
  const TypeId rows =
      call.types().make(t.dtype, std::array{t.dims[0], t.dims[1], times(call, t.dims[4], heads(call))});
  std::vector<ValueId> made;
  for (std::size_t i = 0; i < parts.size(); ++i)
    made.push_back(
        call.step(Op::reshape, std::string(suffix) + "_rows." + std::to_string(i), {parts[i]}, rows));
  return made;
}

/// What is added to the scores, or says which of them count.
ValueId mask(Call& call) { return call.in(call.has(5) ? 5 : 4); }

/// Keys and values by head: the queries are laid out in the same way, and the result as rows again.
void map_by_head(Call& call, AttentionAttrs a) {
  const TensorType q = call.type(0);
  const auto values = extent(call, 2);
  const auto make = [&](Dim b, Dim c, Dim d) {
    return call.types().make(q.dtype, std::array{q.dims[0], b, c, d});
  };
  const auto permuted = [&] { call.attrs(PermAttrs{call.list(std::array<std::int64_t, 4>{0, 2, 1, 3})}); };
  const Dim width = over(call, q.dims[2], a.heads), count(a.heads);
  const ValueId split = call.step(Op::reshape, "query", {call.in(0)}, make(q.dims[1], count, width));
  const ValueId by_head = call.step(Op::transpose, "query_by_head", {split}, make(count, q.dims[1], width));
  permuted();
  a.packed_heads = 0;
  std::vector<ValueId> operands{by_head, call.in(1), call.in(2)};
  if (const ValueId added = mask(call); added.valid()) operands.push_back(added);
  const ValueId made = call.step(Op::attention, "attention", std::span<const ValueId>(operands),
                                 make(count, q.dims[1], values->width));
  call.attrs(a);
  const ValueId rows = call.step(Op::transpose, "rows", {made}, make(q.dims[1], count, values->width));
  permuted();
  call.last(Op::reshape, "merged", {rows});
}

}  // namespace

void infer_multi_head(Call& call) {
  for (const std::size_t i : {1, 2})
    if (const auto given = extent(call, i)) {
      const bool shares = call.has(5 + i) && shares_buffer(call);
      const Dtype dtype = call.dtype(call.has(i) ? i : call.has(1) ? 1 : 0);
      call.set_type(i, shares ? call.type_id(5 + i)
                              : cache_type(call, dtype, given->batch, Dim(heads(call)),
                                           sum(call, given->length, earlier(call, 5 + i, 8)), given->width));
    }
  const auto values = extent(call, 2);
  call.set_type(0, query_rows(call, values ? row_width(call, 2, *values) : Dim()));
}

void map_multi_head(Call& call) {
  const AttentionAttrs a = packed_heads(call);
  if (!heads_fit(call, a)) return;
  const auto q = call.rank(0), k = call.rank(1), v = call.rank(2);
  std::vector<ValueId> parts;
  if (q == 5)
    parts = unpack(call, 0, "packed");
  else if (q == 3 && k == 5)
    parts = unpack(call, 1, "packed"), parts.insert(parts.begin(), call.in(0));
  else if (q == 3 && k == 4 && v == 4 && !call.has(6))
    return map_by_head(call, a);
  else if (q == 3 && k == 3 && v == 3)
    parts = {call.in(0), call.in(1), call.in(2)};
  else
    return map_opaque(call);
  parts.insert(parts.end(), {mask(call), call.in(6), call.in(7)});
  emit_attention(call, "", a, std::move(parts));
}

}  // namespace alidade::onnx_file
