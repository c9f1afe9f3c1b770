#pragma once
#include <algorithm>
#include <cmath>

namespace alidade::gpu {

/// The share of what is read that a cache still holds: all where it fits, nothing from 1.36 times on.
[[nodiscard]] inline double held(double bytes, double capacity) {
  constexpr double kFade = 0.3582;
  return std::clamp(1 + (1 - bytes / capacity) / kFade, 0.0, 1.0);
}

/// How long things take that go on at the same time: a little more than the longest, the less the greater
/// the exponent.
[[nodiscard]] inline double joined(double exponent, double a, double b, double c = 0) {
  const double longest = std::max({a, b, c});
  if (longest <= 0) return 0;
  const auto part = [&](double x) { return std::pow(x / longest, exponent); };
  return longest * std::pow(part(a) + part(b) + part(c), 1 / exponent);
}
[[nodiscard]] inline double together(double a, double b, double c = 0) {
  const double longest = std::max({a, b, c});
  if (longest <= 0) return 0;
  const auto fourth = [&](double x) { return (x / longest) * (x / longest) * (x / longest) * (x / longest); };
  return longest * std::sqrt(std::sqrt(fourth(a) + fourth(b) + fourth(c)));
}

}  // namespace alidade::gpu
