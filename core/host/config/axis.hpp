#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "keys.hpp"

namespace alidade::host {

/// One [[axis]]: what a sweep varies, and the values that it takes in turn.
struct AxisUse {
  Located<std::string>
      key;  ///< "batch", "bind.seq", "on", "precision", "backend", "layout", "figure.dram_gbps"
  std::vector<Located<std::string>>
      values;  ///< numbers as digits; a precision by the name that we have for it
  Place place;

  [[nodiscard]] bool binds() const { return key.value.starts_with(kBind); }
  [[nodiscard]] std::string symbol() const { return key.value.substr(kBind.size()); }
  /// Whether it changes a number of the devices: "dram_gbps", or of a table "peak_tflops.bf16".
  [[nodiscard]] bool is_figure() const { return key.value.starts_with(kFigure); }
  [[nodiscard]] std::string figure() const { return key.value.substr(kFigure.size()); }
  /// Whether it changes the sizes of the models, and not what they run on.
  [[nodiscard]] bool is_of_sizes() const { return binds() || key.value == "batch"; }

  static constexpr std::string_view kBind = "bind.", kFigure = "figure.";
};
template <>
const std::vector<Key<AxisUse>>& keys<AxisUse>();

/// A finite number as people write it: 1, 0.5, 1e12.
[[nodiscard]] std::optional<double> read_figure(std::string_view written);

/// The axes of a pipeline, in order, as far as they can be understood.
[[nodiscard]] std::vector<AxisUse> axes_in(const ConfigNode& pipeline);
/// "batch=1,2,4", as --axis takes it; nothing after a mistake.
[[nodiscard]] std::optional<AxisUse> read_axis(const std::string& flag, std::vector<Mistake>& mistakes);
/// What no sweep could do: an axis that there is not, one that is there twice, a value that is none of its
/// kind.
void check_axes(std::span<const AxisUse> axes, std::vector<Mistake>& mistakes);

}  // namespace alidade::host
