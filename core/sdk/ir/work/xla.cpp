// What XLA's HloCostAnalysis counts: two for each multiplication with its sum, one for each other result of
// an operator; exp, log, roots, powers, tanh and the like are apart. docs/counting.md says how that was
// measured.
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "operator.hpp"
#include "xla.hpp"

namespace alidade::work_parts {
namespace {

/// What one result of an operator takes; those that are no single operator of HLO as JAX writes them out.
struct Each {
  std::string_view name;
  int flops;
};
constexpr std::array kEach{
    Each{"stablehlo.logistic", 3},
    Each{"stablehlo.atan2", 0},
    Each{"stablehlo.cbrt", 0},
    Each{"stablehlo.clamp", 1},
    Each{"stablehlo.bitcast_convert", 1},
    Each{"stablehlo.convert", 1},
    Each{"stablehlo.reduce_precision", 1},
    Each{"stablehlo.real", 1},
    Each{"stablehlo.imag", 1},
    Each{"chlo.erf", 0},
    Each{"chlo.tan", 0},
    Each{"chlo.square", 1},
    Each{"chlo.erfc", 62},
    Each{"chlo.erf_inv", 37},
    Each{"chlo.lgamma", 53},
    Each{"chlo.digamma", 73},
    Each{"chlo.sinh", 10},
    Each{"chlo.cosh", 3},
    Each{"chlo.asin", 5},
    Each{"chlo.acos", 3},
    Each{"chlo.atan", 0},
    Each{"chlo.asinh", 11},
    Each{"chlo.acosh", 7},
    Each{"chlo.atanh", 6},
    Each{"chlo.next_after", 24},
};

/// Of operators of one element or a few at the same place, by the sum of their definition.
int per_element(const Operator& o) {
  const auto known = std::ranges::find(kEach, o.graph.foreign(o.node), &Each::name);
  if (known != kEach.end()) return known->flops;
  switch (o.op()) {
    case Op::exp:
    case Op::log:
    case Op::sqrt:
    case Op::rsqrt:
    case Op::trig:
    case Op::erf:
    case Op::pow:
    case Op::tanh:
      return 0;
    case Op::mish:
      return 2;
    case Op::sigmoid:
    case Op::elu:
      return 3;
    case Op::gelu:
    case Op::silu:
    case Op::hardsigmoid:
      return 4;
    case Op::hardswish:
      return 5;
    case Op::leaky_relu:
    case Op::clip:
      return 2;
    default:
      return 1;
  }
}

std::optional<Count> times(int each, const std::optional<Count>& elements) {
  if (each == 0) return Count(0);
  return elements ? std::optional(as_count(each) * *elements) : std::nullopt;
}

/// Every element but the first of each result is one step; a search for a place is nine, as JAX writes it.
std::optional<Count> reduced(const Operator& o) {
  constexpr int kSearch = 9;
  const auto read = o.in(0).elements(), made = o.out().elements();
  if (!read || !made || !read->get() || !made->get()) return std::nullopt;
  const auto steps = *read->get() > *made->get() ? *read->get() - *made->get() : 0;
  if (o.op() == Op::arg_reduce) return as_count(kSearch) * Count(steps);
  return o.op() == Op::reduce_mean ? Count(steps) + *made : Count(steps);
}

/// One step less than a window has taps, padding taps included, and a quotient where the table has one.
std::optional<Count> pooled(const Operator& o, const Work& w) {
  const auto made = o.out().elements();
  const auto number = made ? made->get() : std::nullopt;
  if (!number) return std::nullopt;
  return Count(w.flops.value - std::min(w.flops.value, *number));
}

/// The length of the one dimension worked along; 0 where it is not known.
std::int64_t row_length(const Operator& o) {
  const auto axes = o.graph.ints(o.attrs<AxesAttrs>().axes);
  return axes.size() == 1 ? o.in(0).dim(static_cast<int>(axes[0])).value_or(0) : 0;
}

/// A running sum is a window over all that came before, at every place.
std::optional<Count> running(const Operator& o) {
  const auto elements = o.in(0).elements();
  const auto along = row_length(o);
  if (!elements || along < 1) return elements && elements->get() == 0 ? elements : std::nullopt;
  return *elements * as_count(along - 1);
}

/// Rows are ordered as if all of the tensor were one.
std::optional<Count> sorted(const Operator& o) {
  const auto elements = o.in(0).elements();
  const auto number = elements ? elements->get() : std::nullopt;
  if (!number) return std::nullopt;
  return *elements * as_count(ceil_log2(*number));
}

/// Eight for each element and each halving of a length; of two lengths their halvings are multiplied, which
/// is a fault.
std::optional<Count> transformed(const Operator& o) {
  const auto x = o.in(0), y = o.out();
  const auto elements = x.elements();
  if (!elements) return std::nullopt;
  Count all = Count(8) * *elements;
  for (const auto axis : o.graph.ints(o.attrs<AxesAttrs>().axes)) {
    const auto read = x.dim(static_cast<int>(axis)), made = y.dim(static_cast<int>(axis));
    if (!read || !made) return std::nullopt;
    const auto length = static_cast<std::uint64_t>(std::max<std::int64_t>({*read, *made, 1}));
    all *= as_count(std::bit_width(length) - 1);
  }
  return all;
}

/// Places of the smaller side for each of the larger one that lie inside: of a tap those that read no
/// padding. begin + stride * i + dilation * t is in [0, size) for i < places, t < taps.
std::optional<Count> inside(std::int64_t places, std::int64_t taps, std::int64_t stride,
                            std::int64_t dilation, __int128 begin, std::int64_t size) {
  constexpr std::int64_t kMost = std::int64_t{1} << 20;
  if (taps > places) std::swap(taps, places), std::swap(stride, dilation);
  if (taps > kMost || stride < 1 || dilation < 1) return std::nullopt;
  Count all;
  for (std::int64_t t = 0; t < taps; ++t) {
    const __int128 at = begin + static_cast<__int128>(dilation) * t;
    const __int128 first = at >= 0 ? 0 : (-at + stride - 1) / stride;
    const __int128 end = at >= size ? 0 : (size - at + stride - 1) / stride;
    const auto last = std::min<__int128>(end, places);
    if (last > first) all += as_count(static_cast<std::int64_t>(last - first));
  }
  return all;
}

/// Taps that read padding, or what dilation put between elements, are not multiplied.
std::optional<Count> convolved(const Operator& o) {
  const bool transposed = o.op() == Op::conv_transpose;
  const auto x = o.in(0), w = o.in(1), y = o.out();
  if (!x.is_static() || !w.is_static() || !y.is_static() || x.rank() < 3 || x.rank() > 5) return std::nullopt;
  if (w.rank() != x.rank() || y.rank() != x.rank()) return std::nullopt;
  const auto& a = o.attrs<ConvAttrs>();
  Count all = Count(2) * as_count(x.dims[0].size()) * as_count(w.dims[0].size()) * as_count(w.dims[1].size());
  for (std::size_t i = 0; i + 2 < x.rank(); ++i) {
    const auto stride = a.strides.rank > 0 ? a.strides[i] : 1;
    const auto dilation = a.dilations.rank > 0 ? a.dilations[i] : 1;
    const __int128 begin = a.pads_begin.rank > 0 ? -static_cast<__int128>(a.pads_begin[i]) : 0;
    const auto &from = (transposed ? x : y).dims[i + 2], &into = (transposed ? y : x).dims[i + 2];
    const auto pairs = inside(from.size(), w.dims[i + 2].size(), stride, dilation, begin, into.size());
    if (!pairs) return std::nullopt;
    all *= *pairs;
  }
  return all;
}

std::optional<Count> contracted(const Operator& o, const Work& w) {
  std::optional<Count> products;
  if (o.op() == Op::conv || o.op() == Op::conv_transpose) products = convolved(o);
  if (!products) products = Count(2) * Count(w.macs.value);
  const bool adds =
      (o.op() == Op::conv || o.op() == Op::conv_transpose || o.op() == Op::linear || o.op() == Op::matmul) &&
      o.has(2);
  const auto made = o.out().elements();
  if (adds && made) *products += *made;
  return products;
}

/// Of a row of n: n - 1 comparisons, n differences, n - 1 sums, n quotients.
std::optional<Count> softmax(const Operator& o) {
  const auto elements = o.in(0).elements();
  const auto number = elements ? elements->get() : std::nullopt;
  const auto along = row_length(o);
  if (!number || *number == 0) return number ? elements : std::nullopt;
  if (along < 1 || *number > UINT64_MAX / 8) return std::nullopt;
  return Count(4 * *number - 2 * (*number / static_cast<std::uint64_t>(along)));
}

}  // namespace

std::optional<Count> xla_count(const Operator& o, const Work& w) {
  switch (class_of(o.op())) {
    case OpClass::contraction:
      return contracted(o, w);
    case OpClass::softmax:
      return softmax(o);
    case OpClass::elementwise:
      return times(per_element(o), o.out().elements());
    case OpClass::reduction:
      return o.op() == Op::cumulative ? running(o) : reduced(o);
    case OpClass::pooling:
      return pooled(o, w);
    case OpClass::spectral:
      return transformed(o);
    default:
      break;
  }
  const auto foreign = o.graph.foreign(o.node);
  if (o.op() == Op::sort) return sorted(o);
  if (o.op() == Op::cast || std::ranges::find(kEach, foreign, &Each::name) != kEach.end())
    return times(per_element(o), o.out().elements());
  const bool of_stablehlo = foreign.starts_with("stablehlo.") || foreign.starts_with("chlo.");
  const bool apart = class_of(o.op()) == OpClass::generator || class_of(o.op()) == OpClass::selection ||
                     (of_stablehlo && class_of(o.op()) != OpClass::movement);
  return apart ? Count(0) : Count(w.flops.value);
}

}  // namespace alidade::work_parts
