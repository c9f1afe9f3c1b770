#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "alidade/ir/graph.hpp"
#include "boxes.hpp"

namespace alidade::fusion {

/// The sizes of a type whose elements are known.
[[nodiscard]] std::vector<std::int64_t> sizes_of(const Graph& graph, ValueId value);
/// A layout repeated to larger sizes; nothing where they do not broadcast.
[[nodiscard]] std::optional<Layout> expanded(const Layout& source, std::span<const std::int64_t> sizes);
/// What a slice takes of its operand's layout; nothing where the attributes do not say.
[[nodiscard]] std::optional<Layout> sliced(const Graph& graph, NodeId slice, ValueId out, Layout layout);
/// What a split's result takes, after `past` places along the axis, which is moved on; -1 once that is lost.
[[nodiscard]] std::optional<Layout> split_off(const Graph& graph, NodeId split, ValueId out, Layout layout,
                                              std::int64_t& past);
/// The same elements with their dimensions in the order of a transpose.
[[nodiscard]] std::optional<Layout> transposed(const Graph& graph, NodeId transpose, const Layout& layout);

}  // namespace alidade::fusion
