// Whether the shapes that a model states are those that its windows make: a count from shapes that contradict
// each other would be a number about no model at all.
#include <algorithm>
#include <limits>
#include <string>

#include "operator.hpp"

namespace alidade::work_parts {
namespace {

using Wide = __int128;  // no sum or product of two attributes wraps

/// One dimension that a window moves along.
struct Slide {
  std::int64_t in, window, stride, dilation, begin, end, more;
  [[nodiscard]] Wide reach() const { return Wide(dilation) * (window - 1) + 1; }
};

std::int64_t entry(const Spatial& s, std::size_t d, std::int64_t unless_stated) {
  return d < static_cast<std::size_t>(s.rank) ? s[d] : unless_stated;
}

/// "a window of 3 makes 6 of 8"
std::string made_by(const Slide& s, Wide places) {
  const std::string window = "a window of " + std::to_string(s.window), of = std::to_string(s.in);
  if (places < 1) return window + " does not fit into " + of + " and its padding";
  if (places > std::numeric_limits<std::int64_t>::max())
    return window + " makes more of " + of + " than 63 bits hold";
  return window + " makes " + std::to_string(static_cast<std::int64_t>(places)) + " of " + of;
}

std::unexpected<Error> misfit(const Operator& o, std::size_t d, std::int64_t made, const Slide& s,
                              Wide places) {
  return o.wrong("has a result of " + std::to_string(made) + " along dimension " + std::to_string(d + 2) +
                 ", and " + made_by(s, places));
}

/// With room left for a part of a stride, ceil_mode makes one place more.
Result<void> forward(const Operator& o, std::size_t d, std::int64_t made, const Slide& s, bool ceil) {
  const Wide room = Wide(s.in) + s.begin + s.end - s.reach();
  const Wide least = room < 0 ? 0 : room / s.stride + 1;
  const Wide most = ceil && (room < 0 || room % s.stride != 0) ? least + 1 : least;
  if (made >= least && made <= most) return {};
  return misfit(o, d, made, s, least);
}

Result<void> backward(const Operator& o, std::size_t d, std::int64_t made, const Slide& s) {
  const Wide expected = Wide(s.in - 1) * s.stride + s.reach() - s.begin - s.end + s.more;
  if (made == expected || s.in == 0) return {};
  return misfit(o, d, made, s, expected);
}

}  // namespace

bool all_positive(const Spatial& s) {
  return std::ranges::all_of(s.at.begin(), s.at.begin() + std::clamp<std::int64_t>(s.rank, 0, 3),
                             [](std::int64_t x) { return x > 0; });
}

Result<void> fitting_places(const Operator& o, const ConvAttrs& a) {
  const auto x = o.in(0), w = o.in(1), y = o.out();
  if (!x.ranked || x.rank() != w.rank() || x.rank() != y.rank()) return {};
  for (std::size_t d = 0; d + 2 < x.rank(); ++d) {
    const int at = static_cast<int>(d) + 2;
    const auto in = x.dim(at), window = w.dim(at), made = y.dim(at);
    if (!in || !window || !made) continue;
    const Slide s{*in,
                  *window,
                  entry(a.strides, d, 1),
                  entry(a.dilations, d, 1),
                  entry(a.pads_begin, d, 0),
                  entry(a.pads_end, d, 0),
                  entry(a.output_padding, d, 0)};
    auto fits = o.op() == Op::conv_transpose ? backward(o, d, *made, s) : forward(o, d, *made, s, false);
    if (!fits) return fits;
  }
  return {};
}

Result<void> fitting_places(const Operator& o, const PoolAttrs& a) {
  const auto x = o.in(0), y = o.out();
  const auto spatial = static_cast<std::size_t>(a.kernel.rank);
  if (!x.ranked || x.rank() != y.rank() || x.rank() < spatial) return {};
  const std::size_t outer = x.rank() - spatial;
  for (std::size_t d = 0; d < spatial; ++d) {
    const int at = static_cast<int>(outer + d);
    const auto in = x.dim(at), made = y.dim(at);
    if (!in || !made) continue;
    const Slide s{*in,
                  a.kernel[d],
                  entry(a.strides, d, 1),
                  entry(a.dilations, d, 1),
                  entry(a.pads_begin, d, 0),
                  entry(a.pads_end, d, 0),
                  0};
    if (auto fits = forward(o, outer + d - 2, *made, s, a.ceil_mode != 0); !fits) return fits;
  }
  return {};
}

}  // namespace alidade::work_parts
