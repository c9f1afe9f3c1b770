#pragma once
#include <algorithm>
#include <cstdint>

namespace alidade::infer {

/// The places of one axis that a slice takes: `from`, and `length` of them by `step`.
struct SliceRange {
  std::int64_t from = 0, length = 0, step = 1;
};

/// As ONNX has it: a bound below zero counts from the end; backwards, a start before the first element is the
/// first.
inline SliceRange slice_range(std::int64_t size, std::int64_t start, std::int64_t end, std::int64_t step) {
  if (size == 0) return {};
  const bool back = step < 0;
  const auto place = [&](std::int64_t n, std::int64_t low, std::int64_t high) {
    return std::clamp(n < 0 ? std::max(n, -size - 1) + size : n, low, high);
  };
  const std::int64_t from = place(start, 0, back ? size - 1 : size),
                     to = place(end, back ? -1 : 0, back ? size - 1 : size);
  const std::int64_t way = back ? from - to : to - from;
  const __int128 stride = back ? -static_cast<__int128>(step) : step;
  const auto length = way <= 0 ? 0 : static_cast<std::int64_t>((way + stride - 1) / stride);
  return {from, length, length > 1 ? step : 1};
}

}  // namespace alidade::infer
