// What works along rows: norms, softmax, reductions, tables that are looked up, sorts.
#include <algorithm>

#include "problems.hpp"

namespace alidade::lowering {
namespace {

/// Rows along the dimensions [first, last): `inner` is what lies behind them.
std::optional<RowProblem> along(const TensorType& type, int first, int last, std::uint64_t passes) {
  const int rank = static_cast<int>(type.rank());
  const auto before = extent(type, 0, first), row = first < last ? extent(type, first, last) : 1,
             behind = last < rank ? extent(type, last, rank) : 1;
  if (!type.ranked || !row || !behind || (first > 0 && !before)) return std::nullopt;
  const Count rows = Count(first > 0 ? *before : 1) * Count(*behind);
  if (!rows.fits()) return std::nullopt;
  return RowProblem{*rows.get(), *row, *behind, passes};
}

/// Rows along some dimensions, all where none are named; others may lie between them.
std::optional<RowProblem> along_axes(const TensorType& type, std::span<const std::int64_t> axes,
                                     std::uint64_t passes) {
  const int rank = static_cast<int>(type.rank());
  if (axes.empty()) return along(type, 0, rank, passes);
  const auto [least, most] = std::ranges::minmax(axes);
  if (least < 0 || most >= rank) return std::nullopt;
  if (most - least + 1 == static_cast<std::int64_t>(axes.size()))
    return along(type, static_cast<int>(least), static_cast<int>(most) + 1, passes);
  Count row = 1;
  for (const auto axis : axes) {
    const auto size = type.dim(static_cast<int>(axis));
    if (!size) return std::nullopt;
    row *= Count(static_cast<std::uint64_t>(*size));
  }
  const auto all = type.elements();
  const auto behind = most + 1 < rank ? extent(type, static_cast<int>(most) + 1, rank) : 1;
  if (!all || !all->get() || !row.get() || !behind) return std::nullopt;
  return RowProblem{*row.get() == 0 ? 0 : *all->get() / *row.get(), *row.get(), *behind, passes};
}

std::optional<RowProblem> of_norm(const Graph& graph, NodeId n, const TensorType& x) {
  constexpr std::uint64_t kPasses = 2;  // one for the sums, one for the result
  const auto& a = graph.attrs<NormAttrs>(n);
  const int rank = static_cast<int>(x.rank());
  switch (graph.op(n)) {
    case Op::group_norm: {
      auto out = along(x, std::min(rank, 1), rank, kPasses);
      const auto groups = static_cast<std::uint64_t>(std::max<std::int64_t>(a.groups, 1));
      if (out) out->rows *= groups, out->columns /= groups;
      return out;
    }
    case Op::instance_norm:
      return along(x, std::min(rank, 2), rank, kPasses);
    case Op::batch_norm: {  // in training: over all but the channels
      auto out = along(x, std::min(rank, 1), std::min(rank, 2), kPasses);
      if (out) std::swap(out->rows, out->columns);
      return out;
    }
    case Op::local_response_norm:
      return along(x, std::min(rank, 1), std::min(rank, 2), 1);
    default:
      return along(x,
                   static_cast<int>(std::clamp<std::int64_t>(a.axis < 0 ? a.axis + rank : a.axis, 0, rank)),
                   rank, kPasses);
  }
}

/// As many rows as the indices pick, each what a place of the table's dimension holds.
std::optional<RowProblem> of_table(const Graph& graph, NodeId n, const TensorType& table) {
  const auto axes = graph.ints(graph.attrs<AxesAttrs>(n).axes);
  const int rank = static_cast<int>(table.rank());
  const auto axis = axes.empty() ? 0 : axes[0] < 0 ? axes[0] + rank : axes[0];
  if (axis < 0 || axis >= rank) return std::nullopt;
  const auto width = axis + 1 < rank ? extent(table, static_cast<int>(axis) + 1, rank) : 1;
  const auto made = graph.type(graph.outputs(n)[0]).elements();
  if (!width || !made || !made->get()) return std::nullopt;
  return RowProblem{*width == 0 ? 0 : *made->get() / *width, *width, 1, 1};
}

}  // namespace

std::optional<RowProblem> row_problem(const Graph& graph, NodeId n) {
  const auto inputs = graph.inputs(n);
  if (inputs.empty() || !inputs[0].valid()) return std::nullopt;
  const auto x = graph.type(inputs[0]);
  const Op op = graph.op(n);
  if (class_of(op) == OpClass::normalisation) return of_norm(graph, n, x);
  if (op == Op::gather || op == Op::embedding) return of_table(graph, n, x);
  if (class_of(op) == OpClass::pooling)
    return along(x, std::min<int>(2, static_cast<int>(x.rank())), static_cast<int>(x.rank()), 1);
  if (family_of(op) != AttrFamily::axes) return std::nullopt;
  return along_axes(x, graph.ints(graph.attrs<AxesAttrs>(n).axes), class_of(op) == OpClass::softmax ? 2 : 1);
}

}  // namespace alidade::lowering
