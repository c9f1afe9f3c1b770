// Products: dot_general with any dimension numbers becomes a product of matrices in a batch. Dimensions that
// do not lie as that needs are turned by views, which cost nothing: a kernel reads an operand in any order.
#include <algorithm>
#include <string>

#include "call.hpp"

namespace alidade::stablehlo {
namespace {

struct Side {
  Integers batch, inner, free;
};
struct Dot {
  Side left, right;
};

/// The lists of both sides, as pairs in pretty form, or as fields of an attribute.
Dot dot_numbers(Call& call) {
  Dot dot;
  const auto pair = [&](Names names, Integers& left, Integers& right) {
    const auto* a = call.attribute(names);
    if (a == nullptr) return;
    if (a->elements.size() != 2) return call.reject("needs two lists of dimensions, [1] x [0]");
    left = call.integers_of(a->elements[0]), right = call.integers_of(a->elements[1]);
  };
  pair({"batching_dims"}, dot.left.batch, dot.right.batch);
  pair({"contracting_dims"}, dot.left.inner, dot.right.inner);
  const auto* numbers = call.attribute({"dot_dimension_numbers"});
  const Fields& fields = numbers != nullptr ? numbers->fields : call.operation().attributes;
  const auto field = [&](std::string_view name, Integers& list) {
    if (const auto* a = find(fields, name)) list = call.integers_of(*a);
  };
  field("lhs_batching_dimensions", dot.left.batch), field("rhs_batching_dimensions", dot.right.batch);
  field("lhs_contracting_dimensions", dot.left.inner), field("rhs_contracting_dimensions", dot.right.inner);
  return dot;
}

bool contains(const Integers& list, std::int64_t d) { return std::ranges::find(list, d) != list.end(); }

bool complete(Call& call, Side& side, std::size_t operand) {
  Integers named = side.batch;
  named.insert(named.end(), side.inner.begin(), side.inner.end());
  const auto rank = call.rank(operand);
  if (!call.are_dimensions(named, rank)) return false;
  for (std::int64_t d = 0; d < static_cast<std::int64_t>(rank); ++d)
    if (!contains(named, d)) side.free.push_back(d);
  return true;
}

std::vector<Dim> sizes(const Shape& shape, const Integers& dims) {
  std::vector<Dim> out;
  for (const auto d : dims) out.push_back((*shape)[static_cast<std::size_t>(d)]);
  return out;
}

/// Sizes that are multiplied with each other have to agree.
bool agree(Call& call, const Integers& left, const Integers& right) {
  if (left.size() != right.size())
    return call.reject("pairs " + std::to_string(left.size()) + " dimensions with " +
                       std::to_string(right.size())),
           false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const Dim a = (*call.shape(0))[static_cast<std::size_t>(left[i])],
              b = (*call.shape(1))[static_cast<std::size_t>(right[i])];
    if (a.is_known() && b.is_known() && a.size() != b.size())
      return call.reject("pairs dimension " + std::to_string(left[i]) + " of " + std::to_string(a.size()) +
                         " with dimension " + std::to_string(right[i]) + " of " + std::to_string(b.size())),
             false;
  }
  return true;
}

Dim product(Call& call, const std::vector<Dim>& dims) {
  return infer::product(call.types().sizes, dims).as_dim();
}

bool in_order(const Integers& order) {
  for (std::size_t i = 0; i < order.size(); ++i)
    if (order[i] != static_cast<std::int64_t>(i)) return false;
  return true;
}

Integers joined(const Integers& a, const Integers& b, const Integers& c) {
  Integers all = a;
  all.insert(all.end(), b.begin(), b.end());
  all.insert(all.end(), c.begin(), c.end());
  return all;
}

/// One operand as a matrix in a batch, [batch..., rows, columns]; `swapped` where its columns lie before its
/// rows.
struct Matrix {
  ValueId id;
  bool swapped = false;
};

Matrix matrix(Call& call, std::size_t operand, const Side& side, bool inner_last) {
  const Shape shape = call.shape(operand);
  const Integers& rows = inner_last ? side.free : side.inner;
  const Integers& columns = inner_last ? side.inner : side.free;
  const bool plain = in_order(joined(side.batch, rows, columns));
  const bool swapped = !plain && in_order(joined(side.batch, columns, rows));
  auto dims = sizes(shape, side.batch);
  const Dim down = product(call, sizes(shape, swapped ? columns : rows)),
            across = product(call, sizes(shape, swapped ? rows : columns));
  dims.push_back(down), dims.push_back(across);
  const TypeId type = call.types().make(call.type(operand).dtype, dims);
  return {call.view(call.in(operand), call.held(operand).type, type, operand == 0 ? "left" : "right"),
          swapped};
}

bool is_weight(const Held& h) { return h.kind == ValueKind::parameter || h.kind == ValueKind::constant; }

void product_of(Call& call, Dot dot) {
  if (call.failed() || !call.shape(0) || !call.shape(1)) return call.opaque();
  if (!complete(call, dot.left, 0) || !complete(call, dot.right, 1)) return;
  if (!agree(call, dot.left.batch, dot.right.batch) || !agree(call, dot.left.inner, dot.right.inner)) return;
  auto dims = sizes(call.shape(0), dot.left.batch);
  auto whole = dims;
  for (const Dim d : sizes(call.shape(0), dot.left.free)) whole.push_back(d);
  for (const Dim d : sizes(call.shape(1), dot.right.free)) whole.push_back(d);
  call.settle(0, Shape(whole));
  // x [..., k] by a matrix without a batch needs no view.
  const bool rows = dot.left.batch.empty() && !dot.left.free.empty() && dot.right.free.size() == 1 &&
                    dot.right.inner.size() == 1 && in_order(joined(dot.left.free, dot.left.inner, {}));
  const Matrix right = matrix(call, 1, dot.right, false);
  const bool layer = is_weight(call.held(1)) && dot.left.batch.empty();
  const Op op = layer ? Op::linear : Op::matmul;
  if (rows && dot.left.inner.size() == 1) {
    call.emit(op, {call.in(0), right.id}, MatmulAttrs{0, right.swapped ? 1 : 0});
    return;
  }
  const Matrix left = matrix(call, 0, dot.left, true);
  const MatmulAttrs attrs{left.swapped ? 1 : 0, right.swapped ? 1 : 0};
  dims.push_back(product(call, sizes(call.shape(0), dot.left.free)));
  dims.push_back(product(call, sizes(call.shape(1), dot.right.free)));
  const TypeId made = call.types().make(call.result(0).dtype, dims);
  if (made == call.result_type(0)) return void(call.emit(op, {left.id, right.id}, attrs));
  const ValueId matrices = call.step(op, {left.id, right.id}, made, "product", attrs);
  call.emit(Op::reshape, {matrices});
}

void dot_general(Call& call) { product_of(call, dot_numbers(call)); }

/// dot: the last dimension of the left by the first of the right.
void dot(Call& call) {
  if (!call.shape(0) || !call.shape(1) || call.rank(0) == 0 || call.rank(1) == 0) return call.opaque();
  Dot dot;
  dot.left.inner = {static_cast<std::int64_t>(call.rank(0)) - 1};
  dot.right.inner = {0};
  product_of(call, dot);
}

void einsum(Call& call) {
  const auto equation = call.word({"einsum_config", "config"});
  const auto text = call.reading().builder.string(equation);
  call.emit(Op::einsum, call.ins(), EinsumAttrs{text});
}

/// Rows that come in groups, each by a matrix of its own: mode 1, [m, k] by [g, k, n].
void ragged_dot(Call& call) {
  if (call.rank(0) != 2 || call.rank(1) != 3) {
    call.reading().note_opaque(call.name());
    return call.opaque();
  }
  call.emit(Op::routed_matmul, {call.in(0), call.in(1), call.in(2)}, MatmulAttrs{});
}

constexpr Rule kRules[] = {
    {"stablehlo.dot_general", Op::matmul, 2, dot_general}, {"stablehlo.dot", Op::matmul, 2, dot},
    {"stablehlo.einsum", Op::einsum, 2, einsum},           {"stablehlo.unary_einsum", Op::einsum, 1, einsum},
    {"chlo.ragged_dot", Op::routed_matmul, 3, ragged_dot},
};

}  // namespace

std::span<const Rule> contraction_rules() { return kRules; }

}  // namespace alidade::stablehlo
