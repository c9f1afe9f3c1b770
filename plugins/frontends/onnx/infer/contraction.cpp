// What is multiplied, and what is stored in fewer bits.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "movement.hpp"
#include "steps.hpp"

namespace alidade::onnx_file {
namespace {

Result<Shape> product(Call& call, std::size_t left, std::size_t right, const MatmulAttrs& a = {}) {
  return infer::matmul(sizes(call), call.shape(left), call.shape(right), a);
}

Dim size_at(const Shape& shape, std::size_t i) { return shape && i < shape->size() ? (*shape)[i] : Dim(); }

}  // namespace

void infer_gemm(Call& call) {
  const MatmulAttrs a{call.integer("transA", 0), call.integer("transB", 0)};
  call.set_shape(0, call.dtype(0), product(call, 0, 1, a));
}
void infer_matmul(Call& call) { call.set_shape(0, call.dtype(0), product(call, 0, 1)); }
void infer_matmul_integer(Call& call) { call.set_shape(0, Dtype::i32, product(call, 0, 1)); }
void infer_qlinear_matmul(Call& call) { call.set_shape(0, call.dtype(7), product(call, 0, 3)); }

void infer_einsum(Call& call) {
  std::vector<Shape> operands;
  for (std::size_t i = 0; i < call.inputs(); ++i) operands.push_back(call.shape(i));
  call.set_shape(0, call.dtype(0), infer::einsum(sizes(call), call.word("equation", ""), operands));
}

namespace {

/// An initial state has a row for each direction and sequence, as wide as the layer.
Result<void> check_state(Call& call, std::size_t operand, std::string_view what, const Shape& needed) {
  if (!call.has(operand)) return {};
  const TypeId expected = call.types().make(call.dtype(operand), needed);
  if (!call.types().contradict(call.type_id(operand), expected)) return {};
  return fail(Fault::model, "its " + std::string(what) + " is " + call.types().text(call.type_id(operand)) +
                                ", and its other operands need " + call.types().text(expected));
}

}  // namespace

/// x [steps, batch, in], weights [directions, gates * hidden, in]; with layout 1 the batch comes first.
/// Results: every step's state, the last one, the last cell.
void infer_recurrent(Call& call) {
  const Shape x = call.shape(0), w = call.shape(1), r = call.shape(2);
  const bool batch_first = call.integer("layout", 0) != 0;
  Dim hidden = r && !r->empty() ? r->back() : Dim();
  if (call.has_attribute("hidden_size")) hidden = Dim(call.integer("hidden_size", 0));
  const Dim directions(call.word("direction", "forward") == "bidirectional" ? 2 : 1);
  const Dim steps = size_at(x, batch_first ? 1 : 0), batch = size_at(x, batch_first ? 0 : 1);
  const Shape all = batch_first ? std::vector{batch, steps, directions, hidden}
                                : std::vector{steps, directions, batch, hidden};
  const Shape last =
      batch_first ? std::vector{batch, directions, hidden} : std::vector{directions, batch, hidden};
  call.set_shape(0, call.dtype(0), all);
  for (std::size_t k = 1; k < call.outputs(); ++k) call.set_shape(k, call.dtype(0), last);
  for (const auto& [operand, what] : {std::pair(5, "initial state"), std::pair(6, "initial cell state")})
    if (auto fits = check_state(call, static_cast<std::size_t>(operand), what, last); !fits)
      return call.misfit(fits.error().what);
}

/// Q, K, V, mask?, past key?, past value? -> Y, present key, present value, scores
void infer_attention(Call& call) {
  const Shape q = call.shape(0), k = call.shape(1), v = call.shape(2);
  AttentionAttrs a;
  a.packed_heads = q && q->size() == 3;
  a.heads = call.integer("q_num_heads", 1), a.kv_heads = call.integer("kv_num_heads", a.heads);
  if (a.heads < 1 || a.kv_heads < 1) return;
  call.set_shape(0, call.dtype(0), infer::attention(sizes(call), q, v, a));
  if (!k || !v || k->size() != v->size() || k->size() < 3) return;
  const Number past = call.has(4) ? Number::of(size_at(call.shape(4), 2)) : Number::of(0);
  const auto present = [&](const Shape& given) -> Shape {  // [batch, heads, keys, width]
    const bool packed = given->size() == 3;
    const Number keys = sizes(call).add(past, Number::of((*given)[packed ? 1 : 2]));
    const Dim heads = packed ? Dim(a.kv_heads) : (*given)[1];
    const Dim width =
        packed ? sizes(call).exact_quotient(Number::of(given->back()), Number::of(a.kv_heads)).as_dim()
               : given->back();
    return std::vector{(*given)[0], heads, keys.as_dim(), width};
  };
  const Shape keys = present(k);
  call.set_shape(1, call.dtype(1), keys), call.set_shape(2, call.dtype(2), present(v));
  const Dim heads = a.packed_heads != 0 ? Dim(a.heads) : size_at(q, 1);
  const Dim queries = size_at(q, a.packed_heads != 0 ? 1 : 2);
  call.set_shape(3, call.dtype(0), std::vector{size_at(q, 0), heads, queries, (*keys)[2]});
}

/// The zero point has the type of what is quantised, or an attribute says it.
void infer_quantize(Call& call) {
  const auto stated = dtype_of(call.integer("output_dtype", 0));
  const Dtype dtype = call.has(2) ? call.dtype(2) : stated != Dtype::unknown ? stated : Dtype::u8;
  call.set_shape(0, dtype, call.shape(0));
}
void infer_dequantize(Call& call) {
  const auto stated = dtype_of(call.integer("output_dtype", 0));
  call.set_shape(0, stated != Dtype::unknown ? stated : call.dtype(1), call.shape(0));
}
void infer_dynamic_quantize(Call& call) {
  call.set_shape(0, Dtype::u8, call.shape(0));
  call.set_type(1, call.types().scalar(Dtype::f32)), call.set_type(2, call.types().scalar(Dtype::u8));
}

}  // namespace alidade::onnx_file
