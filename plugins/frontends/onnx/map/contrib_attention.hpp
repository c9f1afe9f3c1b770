#pragma once
#include <vector>

#include "contraction.hpp"

namespace alidade::onnx_file {

// com.microsoft: attention in one operator, with the keys and values of earlier steps and those handed on.

[[nodiscard]] Dim dim_of(const TensorType& t, std::size_t i);
[[nodiscard]] Dim last_dim(const TensorType& t);
[[nodiscard]] Dim sum(Call& call, Dim a, Dim b);
[[nodiscard]] Dim times(Call& call, Dim a, std::int64_t b);
[[nodiscard]] Dim over(Call& call, Dim a, std::int64_t b);
/// [batch, length, width], as long as the first operand.
[[nodiscard]] TypeId rows(Call& call, Dtype dtype, Dim width);
/// [batch, heads, length, width]
[[nodiscard]] TypeId cache_type(Call& call, Dtype dtype, Dim batch, Dim heads, Dim length, Dim width);
/// Heads lie side by side in each row.
[[nodiscard]] AttentionAttrs packed_heads(Call& call);
[[nodiscard]] bool heads_fit(Call& call, const AttentionAttrs& a);
/// Whether the past and what is handed on are one buffer of the greatest length.
[[nodiscard]] bool shares_buffer(Call& call);
/// How many keys there are from before: all that the past holds, or as many as a number says.
[[nodiscard]] Dim earlier(Call& call, std::size_t past, std::size_t length);
/// The attention itself makes the first output, and with it the keys and values that are handed on.
void emit_attention(Call& call, Text suffix, const AttentionAttrs& a, std::vector<ValueId> inputs);

void infer_multi_head(Call& call);
void map_multi_head(Call& call);
void infer_grouped_query(Call& call);
void map_grouped_query(Call& call);

}  // namespace alidade::onnx_file
