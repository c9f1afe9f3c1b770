#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "host/placement/task.hpp"

namespace alidade::host {

/// What it would be worth if the first device ran one configuration that it refuses, over all models: each is
/// placed as well as can be on its two devices, without it and with it.
struct SupportGain {
  std::string op, reason;        ///< "aten::sort", and why it is refused
  std::uint32_t operators = 0;   ///< that are refused for it
  std::uint32_t models = 0;      ///< that have such
  std::uint32_t made_whole = 0;  ///< models that nothing else keeps from the first device
  Seconds gained;                ///< of one run of each model
};
/// The greatest gain first.
[[nodiscard]] std::vector<SupportGain> support_gains(std::span<const PricedTask> models);

}  // namespace alidade::host
