// Windows and spectra.
#include <algorithm>
#include <array>

#include "named.hpp"

namespace alidade::infer {
namespace {

/// Columns [N, C * block, places] of an image [N, C, ...]: how many places another image has is not known.
void follow_columns(Changed& n) {
  if (!has_operand(n) || n.results[0]->size() < 2) return;
  Shape made = follow_places(n, n.results[0]);
  const std::size_t batch = n.results[0]->size() - 2;
  for (std::size_t d = batch + 1; d < n.in()->size(); ++d)
    if ((*n.before[0])[d] != (*n.in())[d]) made->back() = Dim();
  n.results[0] = std::move(made);
}

/// The spectrum's rows follow, and the frames of another length are not known: how far apart they lie is not
/// in the graph.
void follow_frames(Changed& n) {
  if (!has_operand(n) || n.in()->empty() || n.results[0]->size() != n.in()->size() + 1) return;
  Dims made = *n.results[0];
  std::copy(n.in()->begin(), n.in()->end() - 1, made.begin());
  if (n.in()->back() != n.before[0]->back()) *(made.end() - 2) = Dim();
  n.results[0] = std::move(made);
}

/// A signal [N, length, width] cut into windows [N, frames, points, width]: as above.
void follow_cut(Changed& n) {
  if (!has_operand(n) || n.in()->size() != 3 || n.results[0]->size() != 4) return;
  Dims made = *n.results[0];
  made[0] = n.in()->front(), made[3] = n.in()->back();
  if ((*n.in())[1] != (*n.before[0])[1]) made[1] = Dim();
  n.results[0] = std::move(made);
}

/// Frames and bins change places.
void follow_spectrum(Changed& n) {
  if (!n.results[0] || !n.in() || n.in()->size() < 2) return;
  Dims made = *n.in();
  std::swap(made[made.size() - 1], made[made.size() - 2]);
  if (n.results[0]->size() == made.size() + 1) made.push_back(n.results[0]->back());
  n.results[0] = std::move(made);
}

/// Windows at random places [N, C, places..., window...]: how many there are of another size is not known.
void follow_random_windows(Changed& n) {
  const auto digit = base_name(n).find_first_of("23");
  if (digit == std::string_view::npos || !n.results[0] || !n.before[0] || !n.in()) return;
  const auto windows = static_cast<std::size_t>(base_name(n)[digit] - '0');
  const std::size_t outer = n.in()->size() - std::min(windows, n.in()->size());
  for (std::size_t d = 0; d < std::min(n.in()->size(), n.results[0]->size()); ++d)
    if ((*n.before[0])[d] != (*n.in())[d]) (*n.results[0])[d] = d < outer ? (*n.in())[d] : Dim();
}

constexpr std::array kRules{
    NamedRule{Op::rearrange, "im2col", &follow_columns},
    NamedRule{Op::expand, "stft", &follow_frames},
    NamedRule{Op::expand, "STFT", &follow_cut},
    NamedRule{Op::expand, "fractional_max_pool2d", &follow_random_windows},
    NamedRule{Op::expand, "fractional_max_pool3d", &follow_random_windows},
    NamedRule{Op::reshape, "stft", &follow_spectrum},
};

}  // namespace

void follow_points(Changed& n) {
  const auto& a = n.attrs<SliceAttrs>();
  const auto axes = n.graph.ints(a.axes), points = n.graph.ints(a.ends);
  if (!n.in() || axes.size() != points.size()) return;
  Shape made = n.in();
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (auto exchanged = with_size(made, axes[i], Dim(points[i]))) made = std::move(*exchanged);
  n.results[0] = std::move(made);
}

std::span<const NamedRule> signal_rules() { return kRules; }

}  // namespace alidade::infer
