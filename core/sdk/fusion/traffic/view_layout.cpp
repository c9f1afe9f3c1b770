// Where the elements of views lie: slices, splits, expansions and transposes of a layout.
#include "view_layout.hpp"

#include <algorithm>
#include <ranges>

#include "sdk/infer/slice_range.hpp"

namespace alidade::fusion {
namespace {

std::optional<std::size_t> axis_of(std::span<const std::int64_t> axes, std::size_t i, std::size_t rank) {
  const auto own = static_cast<std::int64_t>(rank);
  auto axis = i < axes.size() ? axes[i] : static_cast<std::int64_t>(i);
  if (axis < 0) axis += own;
  return axis >= 0 && axis < own ? std::optional(static_cast<std::size_t>(axis)) : std::nullopt;
}

/// The layout under the sizes that the file states: one that picks a single place may drop its axis. Nothing
/// where the two do not agree.
std::optional<Layout> stated(Layout layout, std::span<const std::int64_t> sizes) {
  if (std::ranges::equal(layout.dims, sizes, {}, &Stretch::extent)) return layout;
  const auto several = [](std::int64_t size) { return size != 1; };
  auto own = layout.dims | std::views::transform(&Stretch::extent) | std::views::filter(several);
  if (!std::ranges::equal(own, sizes | std::views::filter(several))) return std::nullopt;
  return reshaped(layout, sizes);
}

}  // namespace

std::vector<std::int64_t> sizes_of(const Graph& graph, ValueId value) {
  std::vector<std::int64_t> out;
  for (const Dim d : graph.type(value).dims) out.push_back(d.size());
  return out;
}

std::optional<Layout> expanded(const Layout& source, std::span<const std::int64_t> sizes) {
  if (source.dims.size() > sizes.size()) return std::nullopt;
  Layout out{source.first, std::vector<Stretch>(sizes.size())};
  const auto shift = sizes.size() - source.dims.size();
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const Stretch own = i < shift ? Stretch{} : source.dims[i - shift];
    if (own.extent != sizes[i] && own.extent != 1) return std::nullopt;
    out.dims[i] = {sizes[i], own.extent == sizes[i] ? own.stride : 0};
  }
  return out;
}

std::optional<Layout> sliced(const Graph& graph, NodeId slice, ValueId out, Layout layout) {
  const auto& a = graph.attrs<SliceAttrs>(slice);
  const auto axes = graph.ints(a.axes), starts = graph.ints(a.starts), ends = graph.ints(a.ends),
             steps = graph.ints(a.steps);
  if (starts.empty() || ends.size() != starts.size()) return std::nullopt;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const auto axis = axis_of(axes, i, layout.dims.size());
    const std::int64_t step = i < steps.size() ? steps[i] : 1;
    if (!axis || step == 0) return std::nullopt;
    auto& dim = layout.dims[*axis];
    const auto range = infer::slice_range(dim.extent, starts[i], ends[i], step);
    layout.first += range.from * dim.stride;
    dim = {range.length, dim.stride * range.step};
  }
  return stated(std::move(layout), sizes_of(graph, out));
}

std::optional<Layout> split_off(const Graph& graph, NodeId split, ValueId out, Layout layout,
                                std::int64_t& past) {
  const auto axes = graph.ints(graph.attrs<AxesAttrs>(split).axes);
  const auto axis = axis_of(axes, 0, layout.dims.size());
  const auto sizes = sizes_of(graph, out);
  if (!axis || sizes.size() != layout.dims.size() || past < 0) return std::nullopt;
  auto& dim = layout.dims[*axis];
  if (sizes[*axis] > dim.extent - past) return past = -1, std::nullopt;
  layout.first += past * dim.stride;
  dim.extent = sizes[*axis], past += sizes[*axis];
  return stated(std::move(layout), sizes);
}

std::optional<Layout> transposed(const Graph& graph, NodeId transpose, const Layout& layout) {
  const auto perm = graph.ints(graph.attrs<PermAttrs>(transpose).perm);
  if (perm.size() != layout.dims.size()) return std::nullopt;
  Layout out{layout.first, {}};
  for (std::size_t i = 0; i < perm.size(); ++i) {
    const auto axis = axis_of(perm, i, perm.size());
    if (!axis) return std::nullopt;
    out.dims.push_back(layout.dims[*axis]);
  }
  return out;
}

}  // namespace alidade::fusion
