// What depends on the order of elements.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "numbers.hpp"
#include "places.hpp"

namespace alidade::infer {
namespace {

bool is_below(const Literal& x, std::size_t a, std::size_t b) {
  return x.is_floating() ? x.elements[a].real < x.elements[b].real
                         : x.elements[a].whole < x.elements[b].whole;
}
bool is_ordered(const Literal& x) {
  return x.all_numbers() &&
         std::ranges::none_of(x.elements, [](const Number& n) { return std::isnan(n.real); });
}

/// The places along one axis, best first.
std::vector<std::size_t> ranking(const Literal& x, std::size_t first, std::size_t step, std::size_t size,
                                 bool largest) {
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return largest ? is_below(x, first + b * step, first + a * step)
                   : is_below(x, first + a * step, first + b * step);
  });
  return order;
}

Value arg(const Literal& x, const ArgOptions& options, bool largest) {
  const auto at = axis_or_nothing(options.axis, x.dims.size());
  if (!at || x.dims[*at] == 0) return std::nullopt;
  const auto from = options.last ? reverse(x, Axes(&options.axis, 1)) : Value(x);
  auto best = from ? topk(*from, 1, options.axis, largest).indices : std::nullopt;
  if (!best) return std::nullopt;
  if (options.last)
    for (auto& e : best->elements) e = Number::of(x.dims[*at] - 1 - e.whole);
  return options.keepdims ? best : squeeze(*best, Axes(&options.axis, 1));
}

Value list(Dtype dtype, std::vector<Number> elements) {
  return Literal{dtype, {static_cast<std::int64_t>(elements.size())}, std::move(elements)};
}

}  // namespace

Value argmax(Sizes&, const Literal& x, const ArgOptions& options) { return arg(x, options, true); }
Value argmin(Sizes&, const Literal& x, const ArgOptions& options) { return arg(x, options, false); }

TopK topk(const Literal& x, std::int64_t k, std::int64_t axis, bool largest) {
  const auto at = axis_or_nothing(axis, x.dims.size());
  if (!at || k < 0 || k > x.dims[*at] || !is_ordered(x)) return {};
  Dims dims = x.dims;
  dims[*at] = k;
  Value values = blank(x.dtype, dims), indices = blank(Dtype::i64, dims);
  const Dims from = strides(x.dims), to = strides(dims);
  Dims lines = x.dims;
  lines[*at] = 1;
  const auto many = x.dims[*at] == 0 ? 0 : x.elements.size() / count(x.dims[*at]);
  each_place(lines, many, [&](Place place, std::size_t) {
    const auto first = count(dot(place, from));
    const auto order = ranking(x, first, count(from[*at]), count(x.dims[*at]), largest);
    for (std::size_t i = 0; i < count(k); ++i) {
      const auto n = count(dot(place, to) + static_cast<std::int64_t>(i) * to[*at]);
      values->elements[n] = x.elements[first + order[i] * count(from[*at])];
      indices->elements[n] = Number::of(static_cast<std::int64_t>(order[i]));
    }
  });
  return {std::move(values), std::move(indices)};
}

Unique unique(const Literal& x, bool sorted) {
  if (!is_ordered(x)) return {};
  std::vector<std::size_t> firsts;  // of each kind, in order of appearance
  std::vector<std::size_t> kind(x.elements.size());
  const auto order = ranking(x, 0, 1, x.elements.size(), false);
  for (std::size_t i = 0; i < order.size(); ++i)
    if (i == 0 || is_below(x, order[i - 1], order[i]))
      firsts.push_back(order[i]), kind[order[i]] = order[i];
    else
      kind[order[i]] = firsts.back();
  if (!sorted) std::ranges::sort(firsts);
  std::vector<Number> values, indices, inverse, counts;
  std::map<std::size_t, std::int64_t> at;
  for (const auto first : firsts) {
    at.emplace(first, static_cast<std::int64_t>(at.size()));
    values.push_back(x.elements[first]), indices.push_back(Number::of(static_cast<std::int64_t>(first)));
    counts.push_back(Number::of(std::ranges::count(kind, first)));
  }
  for (const auto first : kind) inverse.push_back(Number::of(at[first]));
  return {list(x.dtype, std::move(values)), list(Dtype::i64, std::move(indices)),
          list(Dtype::i64, std::move(inverse)), list(Dtype::i64, std::move(counts))};
}

}  // namespace alidade::infer
