// Pools and resampling: so many taps of the input for every output element.
#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "alidade/ir/work_table.hpp"
#include "operator.hpp"

namespace alidade::work_parts {
namespace {

Figure windowed(const Operator& o) {
  const auto& a = o.attrs<PoolAttrs>();
  const auto& kernel = a.kernel;
  Count window = 1;
  for (std::size_t i = 0; i < static_cast<std::size_t>(kernel.rank); ++i) {
    if (kernel[i] < 1)
      return o.wrong("has a window of " + std::to_string(kernel[i]) + ", and at least 1 is possible");
    window *= as_count(kernel[i]);
  }
  if (!all_positive(a.strides)) return o.wrong("has a stride below 1");
  if (!all_positive(a.dilations)) return o.wrong("has a dilation below 1");
  if (auto fits = fitting_places(o, a); !fits) return std::unexpected(std::move(fits).error());
  const auto made = o.out().elements();
  if (!made) return std::nullopt;
  return Arithmetic{0, *made * (window + as_count(work_table::rule(o.op()).per_output))};
}

/// Windows of an adaptive pool overlap unless out divides in; along a dimension they hold in + out - gcd
/// taps, along one that is not pooled as many as it is long.
Figure adaptive(const Operator& o) {
  const auto x = o.in(0), y = o.out();
  const auto made = y.elements();
  if (!made || !x.is_static() || x.rank() != y.rank()) return std::nullopt;
  Count taps = 1;
  for (std::size_t d = 0; d < x.rank(); ++d) {
    const auto in = x.dims[d].size(), out = y.dims[d].size();
    taps *= out == 0 ? Count(0) : as_count(in) + as_count(out - std::gcd(in, out));
  }
  if (made->get() == 0) return Arithmetic{};
  return Arithmetic{0, taps + *made * as_count(work_table::rule(o.op()).per_output)};
}

}  // namespace

Figure pooling(const Operator& o) {
  return o.op() == Op::max_pool || o.op() == Op::avg_pool ? windowed(o) : adaptive(o);
}

namespace {

/// Taps of an antialiased filter along the dimensions that shrink, as many as it spans: those of the plain
/// filter times what the dimension shrinks by. Nothing where a size is not known.
std::optional<std::vector<Count>> stretched_taps(const Operator& o, const ResizeAttrs& a) {
  const auto x = o.in(0), y = o.out();
  std::vector<Count> taps;
  if (const auto stated = o.graph.ints(a.axis_taps); stated.size() == y.rank()) {
    for (const auto along : stated)
      if (along > a.taps) taps.push_back(as_count(along));
    return taps;
  }
  if (!x.is_static() || x.rank() != y.rank()) return std::nullopt;
  for (std::size_t d = 0; d < x.rank(); ++d) {
    const auto in = x.dims[d].size(), out = y.dims[d].size();
    if (out == 0 || out >= in) continue;
    const auto rest = (static_cast<__int128>(a.taps) * (in % out) + out - 1) / out;
    taps.push_back(as_count(a.taps) * as_count(in / out) + as_count(static_cast<std::int64_t>(rest)));
  }
  return taps;
}

}  // namespace

Figure resampling(const Operator& o) {
  const auto& a = o.attrs<ResizeAttrs>();
  if (a.taps < 1) return o.wrong("reads " + std::to_string(a.taps) + " taps, and at least 1 is possible");
  const auto made = o.out().elements();
  if (!made) return std::nullopt;
  if (a.taps == 1) return Arithmetic{};
  const std::size_t rank = o.out().rank();
  std::size_t plain = o.op() == Op::roi_align ? 2 : rank > 2 ? rank - 2 : rank;
  Count window = 2;
  if (a.antialias != 0) {
    const auto taps = stretched_taps(o, a);
    if (!taps) return std::nullopt;
    for (const auto along : *taps) window *= along;
    plain -= std::min(plain, taps->size());  // whichever dimensions are spatial, those that shrink are
  }
  for (; plain > 0; --plain) window *= as_count(a.taps);
  return Arithmetic{0, *made * window};
}

}  // namespace alidade::work_parts
