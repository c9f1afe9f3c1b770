#include "loop_nests.hpp"

#include <algorithm>

namespace alidade::fusion {
namespace {

constexpr std::uint64_t kSymbol =
    0x9e3779b97f4a7c15;  // an odd number for each symbol: products meet only by chance
constexpr std::uint64_t kUnknown = 0xd1b54a32d192ed03;  // likewise, for each dimension that is not known
constexpr std::uint32_t kWindow = 9;                    // elements that a pool or a resize reads for one

Execution of_movement(Op op) {
  if (op == Op::transpose) return Execution::view;
  return op == Op::scatter ? Execution::call : op == Op::concat ? Execution::stored : Execution::loop;
}

Execution execution_of(const Graph& graph, NodeId n) {
  const Op op = graph.op(n);
  switch (class_of(op)) {
    case OpClass::view:
      return Execution::view;
    case OpClass::elementwise:
    case OpClass::softmax:
    case OpClass::normalisation:
    case OpClass::quantisation:
    case OpClass::generator:
      return Execution::loop;
    case OpClass::reduction:
      return op == Op::cumulative ? Execution::call : Execution::stored;
    case OpClass::pooling:
    case OpClass::resampling:
      return op == Op::roi_align || op == Op::grid_sample ? Execution::call : Execution::stored;
    case OpClass::movement:
      return op == Op::concat && graph.type(graph.outputs(n)[0]).rank() >= kMapRank ? Execution::call
                                                                                    : of_movement(op);
    default:
      return Execution::call;
  }
}

/// A number for a dimension, the same for the same size.
std::uint64_t number_of(Dim dim, ValueId value, std::size_t axis) {
  if (dim.is_known()) return static_cast<std::uint64_t>(dim.size());
  if (dim.is_symbolic()) return kSymbol * (2 * dim.symbol().index + 1);
  return kUnknown * (2 * (std::uint64_t{value.index} * 64 + axis) + 1);
}

std::vector<std::uint64_t> sizes_of(const Graph& graph, ValueId value) {
  const auto type = graph.type(value);
  if (!type.ranked) return {number_of(Dim(), value, 0)};
  std::vector<std::uint64_t> out(type.rank());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = number_of(type.dims[i], value, i);
  return out;
}
std::uint64_t product(std::span<const std::uint64_t> sizes) {
  std::uint64_t out = 1;
  for (const auto size : sizes) out *= size;
  return out;
}

/// Rows of a norm, softmax or reduction of a tensor of these sizes.
std::uint64_t rows_of_axes(std::span<const std::uint64_t> sizes, std::span<const std::int64_t> axes) {
  std::uint64_t rows = 1;
  for (std::size_t i = 0; i < sizes.size(); ++i)
    if (!axes.empty() && std::ranges::find(axes, static_cast<std::int64_t>(i)) == axes.end())
      rows *= sizes[i];
  return rows;
}
std::uint64_t rows_of_norm(Op op, const NormAttrs& norm, std::span<const std::uint64_t> sizes) {
  const auto first = sizes.empty() ? 1 : sizes[0], channels = sizes.size() > 1 ? sizes[1] : 1;
  if (op == Op::group_norm) return first * static_cast<std::uint64_t>(norm.groups);
  if (op == Op::instance_norm) return first * channels;
  if (op == Op::batch_norm) return channels;
  const auto axis = std::min(static_cast<std::size_t>(std::max<std::int64_t>(norm.axis, 0)), sizes.size());
  return product(sizes.first(axis));
}

/// Whether a pool has one window, which is everything.
bool is_global(const Graph& graph, NodeId n) {
  if (graph.op(n) != Op::adaptive_avg_pool && graph.op(n) != Op::adaptive_max_pool) return false;
  const auto& type = graph.type(graph.outputs(n)[0]);
  for (std::size_t i = 2; i < type.rank(); ++i)
    if (type.dims[i] != Dim(1)) return false;
  return type.rank() > 2;
}

/// 0 where it reduces nothing.
std::uint64_t rows_of(const Graph& graph, NodeId n, std::span<const std::uint64_t> sizes) {
  const Op op = graph.op(n);
  if (is_global(graph, n)) return product(sizes.first(std::min<std::size_t>(2, sizes.size())));
  switch (class_of(op)) {
    case OpClass::softmax:
    case OpClass::reduction:
      return rows_of_axes(sizes, graph.ints(graph.attrs<AxesAttrs>(n).axes));
    case OpClass::normalisation:
      return op == Op::batch_norm && graph.attrs<NormAttrs>(n).training == 0
                 ? 0
                 : rows_of_norm(op, graph.attrs<NormAttrs>(n), sizes);
    default:
      return 0;
  }
}

bool is_heavy(Op op) {
  switch (op) {
    case Op::exp:
    case Op::log:
    case Op::sigmoid:
    case Op::tanh:
    case Op::silu:
    case Op::mish:
    case Op::softplus:
    case Op::elu:
    case Op::softmax:
    case Op::log_softmax:
      return true;
    default:
      return false;
  }
}

/// Whether rows lie across memory: not along the last dimensions. Maps of a convolution have their channels
/// last.
bool is_across(const Graph& graph, NodeId n, std::size_t rank) {
  if (is_global(graph, n) || class_of(graph.op(n)) == OpClass::normalisation) return is_global(graph, n);
  const auto axes = graph.ints(graph.attrs<AxesAttrs>(n).axes);
  const auto along = [&](std::size_t axis) {
    return std::ranges::find(axes, static_cast<std::int64_t>(axis)) != axes.end();
  };
  if (rank >= 4 && axes.size() == 1) return !along(1) && !along(rank - 1);
  if (rank >= 4 && axes.size() == rank - 2 && !along(0) && !along(1)) return true;
  for (std::size_t i = 0; i < axes.size() && i < rank; ++i)
    if (!along(rank - 1 - i)) return true;
  return false;
}

std::uint32_t uses_of(Op op, bool reduces) {
  switch (op) {
    case Op::silu:
    case Op::gelu:
    case Op::hardswish:
    case Op::mish:
      return 2;
    default:
      return reduces && (class_of(op) == OpClass::softmax || class_of(op) == OpClass::normalisation) ? 2 : 1;
  }
}
/// Operands, and of a norm each row's mean and scale.
std::uint32_t reads_of(Op op, std::size_t inputs, bool reduces) {
  return static_cast<std::uint32_t>(inputs) + (reduces && class_of(op) == OpClass::normalisation ? 2 : 0);
}
bool has_elements(const Graph& graph, ValueId value, std::uint64_t count) {
  const auto type = graph.type(value);
  if (!type.ranked) return false;
  std::uint64_t elements = 1;
  for (std::size_t i = 0; i < type.rank(); ++i) elements *= number_of(type.dims[i], value, i);
  return elements == count;
}
bool reads_columns(const Graph& graph, NodeId n, std::uint64_t columns) {
  if (graph.op(n) == Op::embedding || graph.op(n) == Op::gather) return true;
  return columns > 1 && std::ranges::any_of(graph.inputs(n), [&](ValueId v) {
           return v.valid() && has_elements(graph, v, columns);
         });
}

/// Whether an operand is a transpose, behind other views.
bool reads_permuted(const Graph& graph, NodeId n) {
  for (ValueId v : graph.inputs(n))
    while (v.valid()) {
      const NodeId maker = graph.producer(v);
      if (!maker.valid()) break;
      if (graph.op(maker) == Op::transpose) return true;
      if (class_of(graph.op(maker)) != OpClass::view || graph.inputs(maker).empty()) break;
      v = graph.inputs(maker)[0];
    }
  return false;
}

bool is_windowed(Op op) { return class_of(op) == OpClass::pooling || class_of(op) == OpClass::resampling; }

}  // namespace

LoopNest loop_nest_of(const Graph& graph, NodeId n) {
  const Op op = graph.op(n);
  const auto inputs = graph.inputs(n);
  LoopNest nest{.execution = execution_of(graph, n), .heavy = is_heavy(op), .sizes = {}};
  if (nest.execution == Execution::view || nest.execution == Execution::call) return nest;
  nest.sizes = sizes_of(graph, graph.outputs(n)[0]);
  const bool global = is_global(graph, n);
  const bool reduces = global || class_of(op) == OpClass::reduction || class_of(op) == OpClass::softmax ||
                       class_of(op) == OpClass::normalisation;
  const bool other = reduces && !inputs.empty() && inputs[0].valid();
  const auto operand = other ? sizes_of(graph, inputs[0]) : std::vector<std::uint64_t>();
  const auto& read = other ? operand : nest.sizes;
  nest.elements = product(read), nest.rows = rows_of(graph, n, read);
  nest.across = nest.rows != 0 && is_across(graph, n, read.size());
  nest.windows = !global && is_windowed(op);
  nest.reads = nest.windows ? kWindow : reads_of(op, inputs.size(), nest.rows != 0);
  nest.uses = uses_of(op, nest.rows != 0);
  nest.by_columns = nest.sizes.size() > 1 && reads_columns(graph, n, nest.sizes.back());
  const bool permuted = reads_permuted(graph, n),
             matrix = std::ranges::count(nest.sizes, 1) + 2 >= std::ssize(nest.sizes);
  nest.permuted = permuted && !matrix, nest.by_columns |= permuted && matrix;
  while (!nest.sizes.empty() && nest.sizes.back() == 1) nest.sizes.pop_back();
  return nest;
}

}  // namespace alidade::fusion
