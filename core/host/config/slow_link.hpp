#pragma once
#include <optional>
#include <string>

#include "alidade/base/text.hpp"
#include "config.hpp"

namespace alidade::host {

/// The mistake of a link over which next to nothing goes; `key` is as a message names it.
[[nodiscard]] inline std::optional<Mistake> slow_link(const std::string& key, double gbps,
                                                      const Place& place) {
  constexpr double kLeast = 1e-6;  // a kilobyte a second
  if (gbps >= kLeast) return std::nullopt;
  return Mistake{
      place,
      key + ": expected a number of at least " + text::number(kLeast) + ", found " + text::number(gbps),
      "what goes over it, in GB/s"};
}

}  // namespace alidade::host
