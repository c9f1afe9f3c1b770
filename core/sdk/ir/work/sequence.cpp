// Sorting, selecting and Fourier transforms: work along rows.
#include <algorithm>
#include <string>

#include "alidade/ir/work_table.hpp"
#include "operator.hpp"

namespace alidade::work_parts {
namespace {

/// The dimension that the operator works along, the last unless it says otherwise.
Result<int> axis_of(const Operator& o) {
  const auto axes = o.graph.ints(o.attrs<AxesAttrs>().axes);
  if (axes.empty()) return -1;
  const auto rank = std::max<std::int64_t>(static_cast<std::int64_t>(o.in(0).rank()), 1);
  if (o.in(0).ranked && (axes[0] < -rank || axes[0] >= rank))
    return o.wrong("works along axis " + std::to_string(axes[0]) + " of a tensor of rank " +
                   std::to_string(rank));
  return static_cast<int>(axes[0]);
}

/// Elements times comparisons for each: those of a merge sort of the row, or of a heap of k.
Figure ordering(const Operator& o) {
  const auto axis = axis_of(o);
  if (!axis) return std::unexpected(axis.error());
  const auto elements = o.in(0).elements();
  const auto row = o.op() == Op::topk ? o.out() : o.in(0);
  const auto n = row.ranked && row.rank() == 0 ? std::optional<std::int64_t>(1) : row.dim(*axis);
  if (!elements || !n) return std::nullopt;
  if (const auto all = o.in(0).dim(*axis); all && *n > *all)
    return o.wrong("picks " + std::to_string(*n) + " of " + std::to_string(*all));
  const int least = o.op() == Op::topk ? 1 : 0;
  return Arithmetic{0, *elements * as_count(std::max(least, ceil_log2(static_cast<std::uint64_t>(*n))))};
}

/// Boxes, scores [..., n]: every pair of a row is compared once.
Figure suppression(const Operator& o) {
  const auto scores = o.in(1);
  const auto n = scores.dim(-1);
  const auto rows = product(scores, 0, -1);
  if (!n || !rows) return std::nullopt;
  const auto before = std::max<std::int64_t>(*n - 1, 0);
  const Count pairs = *n % 2 == 0 ? as_count(*n / 2) * as_count(before) : as_count(*n) * as_count(before / 2);
  return Arithmetic{0, *rows * pairs * as_count(work_table::kFlopsPerOverlap)};
}

/// The places between and around n sorted numbers are n + 1.
Figure searching(const Operator& o) {
  const auto n = o.in(0).dim(-1);
  const auto made = o.out().elements();
  if (!n || !made) return std::nullopt;
  return Arithmetic{0, *made * as_count(ceil_log2(static_cast<std::uint64_t>(*n) + 1))};
}

/// Points of one transform, how many there are, and whether one side is real; one-sided spectra count as
/// their signal.
struct Transforms {
  Count points = 1, rows = 1;
  bool real = false;
};

/// Complex numbers are elements of a complex type, or pairs along a last dimension of their own.
std::optional<Transforms> transforms(const TensorType& x, const TensorType& y,
                                     std::span<const std::int64_t> axes) {
  if (!x.is_static() || !y.is_static() || x.rank() != y.rank()) return std::nullopt;
  const bool typed = is_complex(x.dtype) || is_complex(y.dtype);
  const std::size_t rank = x.rank() - (typed || x.rank() == 0 ? 0 : 1);
  Transforms t;
  t.real = typed ? !(is_complex(x.dtype) && is_complex(y.dtype)) : x.dim(-1) == 1 || y.dim(-1) == 1;
  for (std::size_t d = 0; d < rank; ++d) {
    const auto size = std::max(x.dims[d].size(), y.dims[d].size());
    const bool along = axes.empty() || std::ranges::find(axes, static_cast<std::int64_t>(d)) != axes.end();
    (along ? t.points : t.rows) *= as_count(size);
  }
  return t;
}

}  // namespace

Figure selection(const Operator& o) {
  switch (o.op()) {
    case Op::sort:
    case Op::topk:
      return ordering(o);
    case Op::nms:
      return suppression(o);
    case Op::search:
      return searching(o);
    default:
      return elementwise(o);
  }
}

Figure spectral(const Operator& o) {
  const auto t = transforms(o.in(0), o.out(), o.graph.ints(o.attrs<AxesAttrs>().axes));
  if (!t) return std::nullopt;
  const Count whole = Count(5) * t->points * as_count(ceil_log2(t->points.get().value_or(0))) * t->rows;
  const auto flops = whole.get();
  if (!flops || !t->points.fits()) return o.too_large("FLOP count");
  return Arithmetic{0, t->real ? *flops / 2 + *flops % 2 : *flops};
}

}  // namespace alidade::work_parts
