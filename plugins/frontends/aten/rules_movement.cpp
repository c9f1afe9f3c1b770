// Data movement: other orders, joined tensors, gathered and scattered elements.
#include <algorithm>
#include <numeric>

#include "rules.hpp"

namespace alidade::aten {
namespace {

std::vector<std::int64_t> identity_order(int rank) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(rank));
  std::iota(order.begin(), order.end(), 0);
  return order;
}

/// movedim: the moved dimensions to their places, the others in their order around them.
std::vector<std::int64_t> moved(Operation& o, ValueId x) {
  const auto from = o.axes(x, "source"), to = o.axes(x, "destination");
  const auto rank = static_cast<std::size_t>(o.rank(x));
  std::vector<std::int64_t> order(rank, -1), rest;
  for (std::size_t i = 0; i < from.size() && i < to.size(); ++i)
    if (to[i] >= 0 && static_cast<std::size_t>(to[i]) < rank)
      order[static_cast<std::size_t>(to[i])] = from[i];
  for (const auto dim : identity_order(o.rank(x)))
    if (std::ranges::find(from, dim) == from.end()) rest.push_back(dim);
  auto next = rest.begin();
  for (auto& place : order)
    if (place < 0 && next != rest.end()) place = *next++;
  return order;
}

/// The permutation that an operator of the transposing family means.
std::vector<std::int64_t> order_of(Operation& o, ValueId x) {
  if (o.has("dims")) return o.axes(x, "dims");
  if (o.has("source")) return moved(o, x);
  auto order = identity_order(o.rank(x));
  const bool named = o.has("dim0") || o.has("axis0");
  const auto a = o.axis(x, named ? o.integer("dim0", o.integer("axis0", 0)) : -1),
             b = o.axis(x, named ? o.integer("dim1", o.integer("axis1", 0)) : -2);
  const auto rank = static_cast<std::int64_t>(order.size());
  if (o.base() == "numpy_T")
    std::ranges::reverse(order);
  else if (a >= 0 && b >= 0 && a < rank && b < rank)
    std::swap(order[static_cast<std::size_t>(a)], order[static_cast<std::size_t>(b)]);
  return order;
}

/// A weight that is permuted around is usually read by a matrix product, which takes it as it lies.
void transpose(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  const auto order = order_of(o, x);
  if (order.size() > 1 && order == last_two_swapped(o.rank(x)) && o.draft().is_weight(x) && o.results() == 1)
    return o.leave_transposed(x);
  if (std::ranges::is_sorted(order)) return void(o.emit(Op::identity, {x}));
  o.emit(op, {x}, PermAttrs{o.draft().builder.ints(order)});
}

AxesAttrs along(Operation& o, std::int64_t axis) {
  const std::int64_t axes[] = {axis};
  return {o.draft().builder.ints(axes), 0};
}

/// An empty row is joined to anything, and adds nothing.
void concat(Operation& o, Op op) {
  auto parts = o.tensors("tensors");
  const auto rank = o.draft().types[o.result_type()].rank();
  std::erase_if(parts, [&](ValueId v) { return rank > 1 && o.rank(v) == 1 && o.type(v).dim(0) == 0; });
  const ValueId first = parts.empty() ? ValueId() : parts[0];
  o.emit(op, parts, along(o, first.valid() ? o.axis(first, o.integer("dim", 0)) : 0));
}

/// stack: each part gets a dimension of 1, then they are joined along it.
void stack(Operation& o, Op op) {
  const auto made = o.draft().types[o.result_type()];
  const auto dim = o.integer("dim", 0), axis = dim < 0 ? dim + static_cast<std::int64_t>(made.rank()) : dim;
  std::vector<Dim> dims(made.dims.begin(), made.dims.end());
  if (axis >= 0 && static_cast<std::size_t>(axis) < dims.size())
    dims[static_cast<std::size_t>(axis)] = Dim(1);
  const auto parts = o.tensors("tensors");
  const auto type = o.draft().types.make(made.dtype, dims);
  std::vector<ValueId> raised;
  for (std::size_t i = 0; i < parts.size(); ++i)
    raised.push_back(o.step(Op::reshape, {parts[i]}, type, "part" + std::to_string(i)));
  o.emit(op, raised, along(o, axis));
}

/// gather(data, indices) along one dimension.
void gather(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  o.emit(op, {x, o.has("index") ? o.tensor("index") : o.tensor("indices")},
         along(o, o.axis(x, o.integer("dim", 0))));
}
void embedding(Operation& o, Op op) { o.emit(op, {o.tensor("weight"), o.tensor("indices")}, along(o, 0)); }

/// Bags of rows: offsets say where each begins, or rows of indices are bags themselves.
void embedding_bag(Operation& o, Op op) {
  std::vector<ValueId> inputs{o.tensor("weight"), o.tensor("indices")};
  if (const ValueId offsets = o.tensor("offsets"); offsets.valid()) inputs.push_back(offsets);
  o.emit(op, inputs, along(o, 0));
}

/// x[i, :, j]: the dimensions that have an index.
void index(Operation& o, Op op) {
  std::vector<ValueId> inputs{first_operand(o)};
  std::vector<std::int64_t> axes;
  const auto indices = o.tensors("indices");
  for (std::size_t i = 0; i < indices.size(); ++i)
    if (indices[i].valid()) inputs.push_back(indices[i]), axes.push_back(static_cast<std::int64_t>(i));
  o.emit(op, inputs, AxesAttrs{o.draft().builder.ints(axes), 0});
}

/// 0 overwrite, 1 add, 2 multiply, 3 minimum, 4 maximum.
std::int64_t reduction_of(Operation& o) {
  if (o.base().contains("add") || o.base().contains("accumulate") || o.flag("accumulate", false)) return 1;
  const auto word = o.word("reduce");
  if (word == "sum" || word == "add" || word == "mean") return 1;
  if (word == "prod" || word == "multiply") return 2;
  return word == "amin" ? 3 : word == "amax" ? 4 : 0;
}

/// scatter(data, indices, updates); a number in the place of updates is a constant.
void scatter(Operation& o, Op op) {
  const ValueId x = first_operand(o);
  std::vector<ValueId> indices = o.tensors(o.has("indices") ? "indices" : "index"), inputs{x};
  std::erase_if(indices, [](ValueId v) { return !v.valid(); });
  ValueId updates;
  for (const auto* name : {"src", "source", "values", "value", "tensor"})
    if (!updates.valid()) updates = o.operand(name);
  inputs.push_back(indices.empty() ? ValueId() : indices[0]);
  inputs.push_back(updates);
  if (indices.size() > 1) inputs.insert(inputs.end(), indices.begin() + 1, indices.end());
  o.emit(op, inputs, ScatterAttrs{o.axis(x, o.integer("dim", 0)), reduction_of(o)});
}

/// one_hot puts a one into zeros at each place that the tensor names; histc and bincount add one there.
void marks(Operation& o, Op op) {
  const ValueId places = first_operand(o);
  const bool adds = o.base() != "one_hot";
  const TypeId made = o.result_type();
  const Dtype dtype = o.draft().types[made].dtype;
  const ValueId zeros = o.step(Op::constant, std::span<const ValueId>{}, made, "zeros");
  o.emit(op, {zeros, places, o.draft().scalar(dtype, "1")},
         ScatterAttrs{adds ? 0 : o.rank(places), adds ? 1 : 0});
}

/// select_scatter and its like: a tensor with a part of it exchanged; the place stands in the file as a
/// number.
void place(Operation& o, Op op) {
  const ValueId x = first_operand(o), part = o.operand("src");
  const auto at = o.number("index").value_or(o.integer("start", o.integer("offset", 0)));
  o.emit(op,
         {x, o.has("mask") ? o.tensor("mask") : o.draft().scalar(Dtype::i64, std::to_string(at)),
          o.has("source") ? o.tensor("source") : part},
         ScatterAttrs{o.axis(x, o.integer("dim", 0)), 0});
}

constexpr Rule kRules[] = {
    {"permute", Op::transpose, transpose},
    {"permute_copy", Op::transpose, transpose},
    {"transpose", Op::transpose, transpose},
    {"transpose_copy", Op::transpose, transpose},
    {"t", Op::transpose, transpose},
    {"t_copy", Op::transpose, transpose},
    {"swapaxes", Op::transpose, transpose},
    {"swapdims", Op::transpose, transpose},
    {"movedim", Op::transpose, transpose},
    {"moveaxis", Op::transpose, transpose},
    {"adjoint", Op::transpose, transpose},
    {"numpy_T", Op::transpose, transpose},
    {"matrix_H", Op::transpose, transpose},
    {"mT", Op::transpose, transpose},
    {"mH", Op::transpose, transpose},
    {"cat", Op::concat, concat},
    {"concat", Op::concat, concat},
    {"concatenate", Op::concat, concat},
    {"stack", Op::concat, stack},
    {"pad", Op::pad, first_tensor},
    {"constant_pad_nd", Op::pad, first_tensor},
    {"reflection_pad1d", Op::pad, first_tensor},
    {"reflection_pad2d", Op::pad, first_tensor},
    {"reflection_pad3d", Op::pad, first_tensor},
    {"replication_pad1d", Op::pad, first_tensor},
    {"replication_pad2d", Op::pad, first_tensor},
    {"replication_pad3d", Op::pad, first_tensor},
    {"repeat", Op::tile, first_tensor},
    {"tile", Op::tile, first_tensor},
    {"repeat_interleave", Op::tile, every_tensor},
    {"roll", Op::rearrange, first_tensor},
    {"flip", Op::rearrange, first_tensor},
    {"fliplr", Op::rearrange, first_tensor},
    {"flipud", Op::rearrange, first_tensor},
    {"rot90", Op::rearrange, first_tensor},
    {"pixel_shuffle", Op::rearrange, first_tensor},
    {"pixel_unshuffle", Op::rearrange, first_tensor},
    {"channel_shuffle", Op::rearrange, first_tensor},
    {"native_channel_shuffle", Op::rearrange, first_tensor},
    {"im2col", Op::rearrange, first_tensor},
    {"col2im", Op::rearrange, first_tensor},
    {"unfold_copy", Op::rearrange, first_tensor},
    {"as_strided_copy", Op::rearrange, first_tensor},
    {"diag_embed", Op::rearrange, first_tensor},
    {"block_diag", Op::rearrange, every_tensor},
    {"fft_fftshift", Op::rearrange, first_tensor},
    {"fft_ifftshift", Op::rearrange, first_tensor},
    {"max_unpool2d", Op::rearrange, every_tensor},
    {"max_unpool3d", Op::rearrange, every_tensor},
    {"diagflat", Op::rearrange, first_tensor},
    {"diagonal_copy", Op::rearrange, first_tensor},
    {"gather", Op::gather, gather},
    {"index_select", Op::gather, gather},
    {"take_along_dim", Op::gather, gather},
    {"take", Op::gather, gather},
    {"index", Op::gather, index},
    {"_unsafe_index", Op::gather, index},
    {"_unsafe_masked_index", Op::gather, index},
    {"embedding", Op::embedding, embedding},
    {"embedding_bag", Op::embedding, embedding_bag},
    {"_embedding_bag", Op::embedding, embedding_bag},
    {"_embedding_bag_forward_only", Op::embedding, embedding_bag},
    {"scatter", Op::scatter, scatter},
    {"scatter_add", Op::scatter, scatter},
    {"scatter_reduce", Op::scatter, scatter},
    {"index_add", Op::scatter, scatter},
    {"index_copy", Op::scatter, scatter},
    {"index_fill", Op::scatter, scatter},
    {"index_put", Op::scatter, scatter},
    {"_unsafe_index_put", Op::scatter, scatter},
    {"index_reduce", Op::scatter, scatter},
    {"_unsafe_masked_index_put_accumulate", Op::scatter, scatter},
    {"put", Op::scatter, scatter},
    {"one_hot", Op::scatter, marks},
    {"histc", Op::scatter, marks},
    {"bincount", Op::scatter, marks},
    {"select_scatter", Op::scatter, place},
    {"slice_scatter", Op::scatter, place},
    {"diagonal_scatter", Op::scatter, place},
    {"as_strided_scatter", Op::scatter, place},
    {"masked_scatter", Op::scatter, place},
};

}  // namespace

std::span<const Rule> movement_rules() { return kRules; }

}  // namespace alidade::aten
