#include <fmt/format.h>

#include <array>

#include "contraction.hpp"
#include "infer/literal.hpp"

namespace alidade::onnx_file {
namespace {

// com.microsoft: what ONNX Runtime's quantiser writes beside products and functions of one element.

TypeId widened(Call& call, const TensorType& lead, Dim last, Dtype dtype) {
  std::vector<Dim> dims(lead.dims.begin(), lead.dims.end());
  dims.push_back(last);
  return call.types().make(dtype, dims);
}

/// A [.., K] times B, transposed where the attributes say so.
void infer_product(Call& call, std::size_t right, Dtype dtype) {
  const MatmulAttrs a{call.integer("transA", 0), call.integer("transB", 0)};
  call.set_shape(0, dtype, infer::matmul(call.types().sizes, call.shape(0), call.shape(right), a));
}
void map_gemm(Call& call, std::size_t right, std::size_t bias, std::initializer_list<std::size_t> scales) {
  const MatmulAttrs a{call.integer("transA", 0), call.integer("transB", 0)};
  const bool linear = is_linear(call, right);
  std::vector<ValueId> inputs{call.in(0), linear ? call.weight(right) : call.in(right),
                              call.has(bias) ? call.weight(bias) : ValueId()};
  for (const std::size_t i : scales)
    if (call.has(i)) inputs.push_back(call.buffer(i));
  call.emit(linear ? Op::linear : Op::matmul, inputs);
  call.attrs(a);
}
/// a, scale, zero, b, scale, zero, bias?, y scale?, y zero?: floats come out where there is no y scale.
void infer_qgemm(Call& call) { infer_product(call, 3, call.has(7) ? call.type(0).dtype : Dtype::f32); }
void map_qgemm(Call& call) { map_gemm(call, 3, 6, {1, 2, 4, 5, 7, 8}); }
/// a, b, c?, a scale?, b scale?, y scale?
void infer_gemm_float8(Call& call) { infer_product(call, 1, dtype_of(call.integer("dtype", 1))); }
void map_gemm_float8(Call& call) { map_gemm(call, 1, 2, {3, 4, 5}); }

/// condition, x, scale, zero, y, scale, zero, then the result's own.
void infer_qwhere(Call& call) {
  auto& sizes = call.types().sizes;
  const auto values = infer::broadcast(sizes, call.shape(1), call.shape(4));
  call.set_shape(0, call.dtype(1), values ? infer::broadcast(sizes, call.shape(0), *values) : values);
}
void map_qwhere(Call& call) { call.emit(Op::where, {call.in(0), call.in(1), call.in(4)}); }

/// x, scale, zero, y scale, y zero; axes are an attribute.
void infer_qmean(Call& call) {
  const auto axes = call.integers("axes");
  call.set_shape(0, call.dtype(0),
                 infer::reduce(call.shape(0), axes ? std::optional<infer::Axes>(*axes) : std::nullopt,
                               call.integer("keepdims", 1) != 0));
}
void map_qmean(Call& call) {
  const auto axes = call.axes(call.integers("axes").value_or(std::vector<std::int64_t>{}), call.rank(0));
  call.emit(Op::reduce_mean, {call.in(0)});
  call.attrs(AxesAttrs{call.list(axes), call.integer("keepdims", 1)});
}

void map_qpool(Call& call) {
  call.integer("channels_last", 0) != 0 ? map_opaque(call) : map_average_pool(call);
}
void infer_qpool(Call& call) {
  if (call.integer("channels_last", 0) == 0) infer_pool(call);
}

/// x, w [directions, in, 4 x hidden], r [directions, hidden, 4 x hidden], bias?, lengths?, states??,
/// peepholes?, then the weights' scales and zero points.
void infer_dynamic_lstm(Call& call) {
  const TensorType x = call.type(0), r = call.type(2);
  if (x.rank() != 3 || r.rank() != 3) return;
  call.set_type(0, call.types().make(Dtype::f32, std::array{x.dims[0], r.dims[0], x.dims[1], r.dims[1]}));
  const TypeId state = call.types().make(Dtype::f32, std::array{r.dims[0], x.dims[1], r.dims[1]});
  call.set_type(1, state), call.set_type(2, state);
}
void map_dynamic_lstm(Call& call) {
  RecurrentAttrs a;
  a.hidden = call.integer("hidden_size", call.type(2).dim(1).value_or(0));
  a.directions = call.word("direction", "forward") == "bidirectional" ? 2 : 1;
  if (a.hidden < 0) return call.reject(fmt::format("hidden_size is {}; sizes are not negative", a.hidden));
  std::vector<ValueId> inputs;
  for (std::size_t i = 0; i < call.inputs(); ++i)
    inputs.push_back((i >= 1 && i <= 3) || i == 7 ? call.weight(i) : i > 7 ? call.buffer(i) : call.in(i));
  call.emit(Op::lstm, inputs);
  call.attrs(a);
}

constexpr std::int64_t kMostPacked = std::int64_t{1} << 62;

/// The row of a table whose bytes hold several elements each, in full.
Dim row(Call& call) {
  const TensorType data = call.type(0);
  const Dim last = data.dims.back();
  const bool packed = data.dtype == Dtype::u8 && call.integer("bits", 4) == 4;
  return packed && last.is_known() && last.size() < kMostPacked ? Dim(last.size() * 2) : last;
}
/// table, indices, scales, zero points?: rows of few bits, each block with a scale.
bool is_plain_lookup(Call& call) {
  return call.type(0).rank() == 2 && call.type(1).ranked && call.type(2).rank() == 2 &&
         call.integer("gather_axis", 0) == 0;
}
void infer_block_gather(Call& call) {
  if (is_plain_lookup(call)) call.set_type(0, widened(call, call.type(1), row(call), call.type(2).dtype));
}
void map_block_gather(Call& call) {
  if (!is_plain_lookup(call)) return map_opaque(call);
  const std::array dims{call.type(0).dims[0], row(call)};
  const Dtype dtype =
      call.type(0).dtype == Dtype::u8 && dims[1] != call.type(0).dims[1] ? Dtype::u4 : call.type(0).dtype;
  const ValueId table = call.weight(0), indices = call.in(1);
  call.value(0).type = call.types().make(dtype, dims);
  call.reading().stored.type(table, call.value(0).type);
  std::vector<ValueId> scales{table, indices};
  for (const std::size_t i : {2, 3})
    if (call.type(i).rank() == 2)
      scales.push_back(call.step(Op::embedding, i == 2 ? "scales" : "zero_points", {call.buffer(i), indices},
                                 widened(call, call.type(1), call.type(i).dims.back(), call.type(i).dtype)));
  call.emit(Op::embedding, scales);
  call.attrs(AxesAttrs{call.list(std::array<std::int64_t, 1>{0}), 0});
}

constexpr std::array kRules{
    Rule{"QuantizeLinear", &map_quantize, Op::quantize, 2, &infer_quantize},
    Rule{"DequantizeLinear", &map_dequantize, Op::dequantize, 2, &infer_dequantize},
    Rule{"QGemm", &map_qgemm, Op::linear, 6, &infer_qgemm, "linear or matmul"},
    Rule{"GemmFloat8", &map_gemm_float8, Op::linear, 2, &infer_gemm_float8, "linear or matmul"},
    Rule{"QLinearWhere", &map_qwhere, Op::where, 7, &infer_qwhere},
    Rule{"QLinearReduceMean", &map_qmean, Op::reduce_mean, 1, &infer_qmean},
    Rule{"QLinearAveragePool", &map_qpool, Op::avg_pool, 1, &infer_qpool},
    Rule{"DynamicQuantizeLSTM", &map_dynamic_lstm, Op::lstm, 3, &infer_dynamic_lstm},
    Rule{"GatherBlockQuantized", &map_block_gather, Op::embedding, 3, &infer_block_gather},
};

}  // namespace

std::span<const Rule> contrib_integer_rules() { return kRules; }

}  // namespace alidade::onnx_file
