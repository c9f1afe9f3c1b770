#pragma once
#include <optional>
#include <string_view>

#include "facts.hpp"

namespace alidade::gpu {

/// What a kernel takes after its launch.
struct Price {
  std::string_view formula;  ///< by which it was found, as docs/hardware_models.md names it
  double compute_s = 0, memory_s = 0, seconds = 0;
  std::optional<Tiling> tiling;
};
[[nodiscard]] Price price(const Figures& gpu, const Facts& facts);

/// The factors between which a time lies in four of five cases, by formula and size of the time.
struct Width {
  double low = 1, high = 1;
};
/// What is known of a device, and of such kernels.
struct Trust {
  bool calibrated = true, scored = true;
  double spread = 1;  ///< how much more than others it departs from the formulas
};
[[nodiscard]] Width width_of(const Price& price, const Trust& trust);

}  // namespace alidade::gpu
