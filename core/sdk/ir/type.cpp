#include "alidade/ir/type.hpp"

#include <algorithm>

namespace alidade {

bool TensorType::is_static() const { return ranked && std::ranges::all_of(dims, &Dim::is_known); }

std::optional<std::int64_t> TensorType::dim(int i) const {
  const auto rank = static_cast<int>(dims.size());
  if (i < 0) i += rank;
  if (i < 0 || i >= rank || !dims[static_cast<std::size_t>(i)].is_known()) return std::nullopt;
  return dims[static_cast<std::size_t>(i)].size();
}

std::optional<Count> TensorType::elements() const {
  if (!is_static()) return std::nullopt;
  // A zero among the dimensions makes the product zero, however large the others are.
  if (std::ranges::any_of(dims, [](Dim d) { return d.size() == 0; })) return Count(0);
  Count product = 1;
  for (const Dim d : dims) product *= Count(static_cast<std::uint64_t>(d.size()));
  return product;
}

std::optional<Count> TensorType::size_bytes() const {
  const auto count = elements();
  return count ? stored_bytes(*count, dtype) : std::nullopt;
}

std::optional<Count> stored_bytes(Count elements, Dtype dtype) {
  const int width = bits(dtype);
  if (width == 0) return std::nullopt;
  if (width >= 8) return elements * Count(static_cast<std::uint64_t>(width / 8));
  const auto whole = elements.get();
  if (!whole) return elements;
  const auto each = static_cast<std::uint64_t>(width);  // eight elements fill as many bytes
  return Count(*whole / 8 * each + (*whole % 8 * each + 7) / 8);
}

}  // namespace alidade
