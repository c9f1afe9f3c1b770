#include "parts.hpp"

#include <algorithm>

#include "alidade/sdk/dependencies.hpp"
#include "alidade/sdk/storage.hpp"
#include "view_layout.hpp"

namespace alidade::fusion {
namespace {

std::optional<std::uint64_t> known_elements(const Graph& g, ValueId v) {
  const auto elements = g.type(v).elements();
  return elements ? elements->get() : std::nullopt;
}
std::uint64_t hash_of(ValueId root, const Box& box) {
  std::uint64_t hash = root.index;
  const auto mix = [&](std::int64_t n) {
    hash = (hash ^ static_cast<std::uint64_t>(n)) * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 32;
  };
  mix(box.first);
  for (const auto& s : box.stretches) mix(s.extent), mix(s.stride);
  return hash;
}

}  // namespace

Parts::Parts(const Graph& graph, const PerNode<char>& elided)
    : g_(graph),
      begin_(graph.value_count(), 0),
      count_(graph.value_count(), 0),
      layout_(graph.value_count(), kLost) {
  pieces_.reserve(graph.value_count()), parts_.reserve(graph.value_count());
  for (const ValueId v : graph.values())
    if (!graph.producer(v).valid()) add_root(v);
  const std::size_t regions = region_count(graph);
  for (std::size_t r = 0; r < regions; ++r)  // outer regions first, so that a source is known
    for (const NodeId n : graph.body(RegionId(r))) {
      const auto inputs = graph.inputs(n);
      if (elided[n] != 0)
        add_list(n, graph.outputs(n)[0]);
      else if (shares_storage(graph, n) && !inputs.empty() && inputs[0].valid())
        add_view(n);
      else
        for (const ValueId v : graph.outputs(n)) add_root(v);
    }
}

PartId Parts::add_some(ValueId root, std::uint64_t elements) {
  parts_.push_back({root, elements, 0, Part::Kind::some});
  return static_cast<PartId>(parts_.size() - 1);
}

std::uint64_t Parts::bytes(ValueId root, std::uint64_t elements) const {
  const auto bytes = stored_bytes(elements, g_.type(root).dtype);
  return bytes ? bytes->get().value_or(0) : 0;
}

std::uint64_t Parts::elements_in(ValueId root, std::uint64_t bytes) const {
  const int width = bits(g_.type(root).dtype);
  return width == 0 ? 0 : static_cast<std::uint64_t>(static_cast<unsigned __int128>(bytes) * 8 / width);
}

void Parts::add_root(ValueId v) {
  const auto elements = known_elements(g_, v);
  parts_.push_back({v, elements.value_or(kUnknown), 0, Part::Kind::whole});
  set(v, static_cast<PartId>(parts_.size() - 1), std::nullopt);
  if (elements) layout_[v] = kRows;
}

void Parts::add_view(NodeId n) {
  const ValueId source = g_.inputs(n)[0];
  std::int64_t past = 0;  // of a split: what the results before have
  for (const ValueId out : g_.outputs(n)) {
    const bool known = known_elements(g_, out).value_or(0) > 0 && known_elements(g_, source).value_or(0) > 0;
    const auto layout = known ? layout_of(source) : std::nullopt;
    switch (g_.op(n)) {
      case Op::sequence:
        add_list(n, out);
        break;
      case Op::slice:
        add_cut(source, out, layout ? sliced(g_, n, out, *layout) : std::nullopt);
        break;
      case Op::split:
        if (!layout && known_elements(g_, out) != 0) past = -1;
        add_cut(source, out, layout ? split_off(g_, n, out, *layout, past) : std::nullopt);
        break;
      case Op::expand:
        add_expanded(source, out, layout ? expanded(*layout, sizes_of(g_, out)) : std::nullopt);
        break;
      default:
        add_reshaped(source, out);
    }
  }
}

/// All that is in a list, or so much of it as one that is taken from it has. Operands of another element type
/// than the first are positions and lengths.
void Parts::add_list(NodeId n, ValueId out) {
  const auto inputs = g_.inputs(n);
  const Dtype dtype = g_.type(inputs[0]).dtype;
  const auto is_position = [&](ValueId v) {
    return dtype != Dtype::unknown && is_integer(g_.type(v).dtype) && g_.type(v).dtype != dtype;
  };
  const NodeId maker = g_.producer(inputs[0]);
  const bool from_list = maker.valid() && g_.op(maker) == Op::sequence;
  if (from_list && inputs.size() == 2 && inputs[1].valid() && is_position(inputs[1]))
    return add_cut(inputs[0], out, std::nullopt);
  std::vector<PartId> pieces;
  for (const ValueId v : inputs)
    if (v.valid() && !is_position(v)) pieces.insert(pieces.end(), of(v).begin(), of(v).end());
  std::ranges::sort(pieces);
  const auto repeated = std::ranges::unique(pieces);
  const bool again = !repeated.empty();
  pieces.erase(repeated.begin(), pieces.end());
  if (again && pieces.size() == 1 && parts_[pieces[0]].elements == kUnknown)  // as what is expanded
    return set(out, add_some(parts_[pieces[0]].root, 0), std::nullopt);
  pieces.resize(std::min(pieces.size(), kListed));  // or lists of lists would have no end
  begin_[out] = static_cast<std::uint32_t>(pieces_.size());
  count_[out] = static_cast<std::uint32_t>(pieces.size());
  pieces_.insert(pieces_.end(), pieces.begin(), pieces.end());
}

void Parts::add_reshaped(ValueId source, ValueId out) {
  const auto elements = known_elements(g_, out);
  learn(source, elements);
  const bool same = elements && *elements > 0 && elements == known_elements(g_, source);
  if (same && layout_[source] == kRows) {
    add_like(source, out, std::nullopt);
    layout_[out] = kRows;
    return;
  }
  const auto layout = same ? layout_of(source) : std::nullopt;
  add_like(source, out, layout ? reshaped(*layout, sizes_of(g_, out)) : std::nullopt);
}

/// A tensor of unknown size is as large as what shows all of it in another shape.
void Parts::learn(ValueId source, std::optional<std::uint64_t> elements) {
  if (!elements || count_[source] != 1) return;
  auto& part = parts_[of(source)[0]];
  if (part.kind == Part::Kind::whole && part.elements == kUnknown) part.elements = *elements;
}

/// The same elements, perhaps in another order or repeated.
void Parts::add_like(ValueId source, ValueId out, std::optional<Layout> layout) {
  begin_[out] = begin_[source], count_[out] = count_[source];
  keep_layout(out, std::move(layout));
}

/// What is repeated no longer says how large it is.
void Parts::add_expanded(ValueId source, ValueId out, std::optional<Layout> layout) {
  const bool unknown = count_[source] == 1 && parts_[of(source)[0]].elements == kUnknown;
  if (unknown) return set(out, add_some(parts_[of(source)[0]].root, 0), std::nullopt);
  add_like(source, out, std::move(layout));
}

/// Fewer elements, perhaps: those of the layout; without one, as many as the result has.
void Parts::add_cut(ValueId source, ValueId out, std::optional<Layout> layout) {
  if (count_[source] != 1) return add_like(source, out, std::nullopt);
  const Part part = parts_[of(source)[0]];
  if (layout) {
    const PartId cut = part_of(part.root, *layout);
    return set(out, cut, std::move(layout));
  }
  const auto elements = known_elements(g_, out).value_or(part.elements);
  if (elements >= part.elements) return add_like(source, out, std::nullopt);
  set(out, add_some(part.root, elements), std::nullopt);
}

void Parts::set(ValueId out, PartId part, std::optional<Layout> layout) {
  begin_[out] = static_cast<std::uint32_t>(pieces_.size()), count_[out] = 1;
  pieces_.push_back(part);
  keep_layout(out, std::move(layout));
}

void Parts::keep_layout(ValueId out, std::optional<Layout> layout) {
  if (!layout) return;
  layout_[out] = static_cast<std::uint32_t>(layouts_.size());
  layouts_.push_back(std::move(*layout));
}

std::optional<Layout> Parts::layout_of(ValueId v) const {
  if (layout_[v] == kLost) return std::nullopt;
  return layout_[v] == kRows ? row_major(sizes_of(g_, v)) : layouts_[layout_[v]];
}

PartId Parts::part_of(ValueId root, const Layout& layout) {
  Box box = box_of(layout);
  const auto elements = box.elements();
  if (elements == this->elements(root)) return of(root)[0];
  const auto hash = hash_of(root, box);
  const auto [begin, end] = known_.equal_range(hash);
  for (auto at = begin; at != end; ++at)
    if (parts_[at->second].root == root && boxes_[parts_[at->second].box] == box) return at->second;
  parts_.push_back({root, elements, static_cast<std::uint32_t>(boxes_.size()), Part::Kind::box});
  boxes_.push_back(std::move(box));
  return known_.emplace(hash, static_cast<PartId>(parts_.size() - 1))->second;
}

}  // namespace alidade::fusion
