#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace alidade::fusion {

/// One dimension of a view of memory: so many places, each `stride` elements further than the one before.
struct Stretch {
  std::int64_t extent = 1, stride = 0;
  bool operator==(const Stretch&) const = default;
};

/// How a view's elements lie in the memory of its tensor, dimension by dimension.
struct Layout {
  std::int64_t first = 0;
  std::vector<Stretch> dims;
};
/// Row after row from the first element on.
[[nodiscard]] Layout row_major(std::span<const std::int64_t> sizes);
/// The same elements in the same order under other sizes; nothing where no strides say that.
[[nodiscard]] std::optional<Layout> reshaped(const Layout& layout, std::span<const std::int64_t> sizes);

/// The set of elements of a layout: each once, equal for equal sets that strides can say.
struct Box {
  std::int64_t first = 0;
  std::vector<Stretch> stretches;  ///< the widest stride first, none of one element, none that repeats
  bool operator==(const Box&) const = default;
  [[nodiscard]] std::uint64_t elements() const;
};
[[nodiscard]] Box box_of(const Layout& layout);

/// A number that lies between two; they are equal where it is known.
struct Between {
  std::uint64_t least = 0, most = 0;
};
/// How many elements lie in at least one of some boxes of one tensor. Exact unless they interleave in more
/// than a few thousand pieces.
[[nodiscard]] Between elements_in_any(std::vector<Box> boxes);

}  // namespace alidade::fusion
