#include "alidade/infer/number.hpp"

#include <algorithm>

#include "alidade/base/units.hpp"

namespace alidade::infer {

bool Literal::all_numbers() const { return std::ranges::all_of(elements, &Number::is_number); }

std::vector<std::int64_t> Literal::integers() const {
  std::vector<std::int64_t> out;
  out.reserve(elements.size());
  for (const auto& e : elements)
    out.push_back(is_floating() ? static_cast<std::int64_t>(std::clamp(e.real, -9e18, 9e18)) : e.whole);
  return out;
}

std::optional<std::uint64_t> element_count(std::span<const std::int64_t> dims) {
  Count count = 1;
  bool zero = false;
  for (const auto d : dims) {
    if (d < 0) return std::nullopt;
    zero = zero || d == 0;
    count *= static_cast<std::uint64_t>(d);
  }
  return zero ? 0 : count.get();
}

}  // namespace alidade::infer
