// Modules that can be segments, and which units belong to them.
#include <algorithm>
#include <map>
#include <numeric>

#include "alidade/base/text.hpp"
#include "checkpoint.hpp"

namespace alidade::training {
namespace {

/// The block that each module is or lies in; kNone: none.
PerModule<std::uint32_t> block_of(const Graph& graph, const Blocks& blocks) {
  PerModule<std::uint32_t> out(graph.module_count(), kNone);
  for (std::uint32_t b = 0; b < blocks.size(); ++b) out[blocks[b]] = b;
  for (std::size_t m = 1; m < graph.module_count(); ++m)
    if (out[ModuleId(m)] == kNone) out[ModuleId(m)] = out[graph.parent(ModuleId(m))];
  return out;
}

/// Without blocks inside of others and those that run nothing, by when they first run.
Blocks in_order(const Graph& graph, const Blocks& found) {
  Blocks outer;
  const auto of = block_of(graph, found);
  for (const ModuleId m : found)
    if (m.index == 0 || of[graph.parent(m)] == kNone) outer.push_back(m);
  const auto of_outer = block_of(graph, outer);
  Blocks out;
  std::vector<char> seen(outer.size(), 0);
  for (const NodeId n : graph.body())
    if (const auto b = of_outer[graph.module(n)]; b != kNone && seen[b] == 0)
      seen[b] = 1, out.push_back(outer[b]);
  return out;
}

/// Every so many-th contraction of a segment, and attention.
void keep_results(const Graph& graph, const Tape& tape, const KeptResults& keep, Segments& out) {
  std::map<std::uint32_t, std::uint64_t> products;
  for (const NodeId n : graph.body()) {
    const auto u = tape.unit_of[n];
    if (u >= tape.turn || out.of[u] == kNone || class_of(graph.op(n)) != OpClass::contraction) continue;
    const bool attends = graph.op(n) == Op::attention;
    if (attends ? keep.attention : keep.products > 0 && products[out.of[u]]++ % keep.products == 0)
      out.kept[u] = 1;
  }
}

}  // namespace

Blocks blocks_named(const Graph& graph, const std::vector<std::string>& patterns) {
  Blocks found;
  for (std::size_t m = 1; m < graph.module_count(); ++m) {
    const auto path = graph.path(ModuleId(m));
    if (std::ranges::any_of(patterns, [&](const auto& pattern) { return text::matches(pattern, path); }))
      found.emplace_back(m);
  }
  return in_order(graph, found);
}

Blocks blocks_found(const Graph& graph, const Tape& tape) {
  std::map<std::string_view, Blocks> classes;
  for (std::size_t m = 1; m < graph.module_count(); ++m)
    if (const auto type = graph.type(ModuleId(m)); !type.empty()) classes[type].emplace_back(m);
  Blocks best;
  auto lowest = peak_bytes(alive(tape));
  for (const auto& [type, modules] : classes) {
    auto blocks = in_order(graph, modules);
    if (blocks.size() < 2) continue;
    const auto made = checkpointed(tape, segments_of(graph, tape, blocks, {}));
    if (const auto peak = peak_bytes(alive(made.tape)); peak < lowest)
      lowest = peak, best = std::move(blocks);
  }
  return best;
}

Segments segments_of(const Graph& graph, const Tape& tape, const Blocks& blocks,
                     std::span<const std::uint32_t> segment, const KeptResults& keep) {
  const auto block = block_of(graph, blocks);
  Segments out{std::vector<std::uint32_t>(tape.units.size(), kNone), std::vector<char>(tape.units.size(), 0)};
  for (std::uint32_t u = 0; u < tape.units.size(); ++u)
    if (const auto b = block[graph.module(tape.units[u].node)]; b != kNone) out.of[u] = segment[b];
  keep_results(graph, tape, keep, out);
  return out;
}

Segments segments_of(const Graph& graph, const Tape& tape, const Blocks& blocks, const KeptResults& keep) {
  std::vector<std::uint32_t> each(blocks.size());
  std::iota(each.begin(), each.end(), 0U);
  return segments_of(graph, tape, blocks, each, keep);
}

}  // namespace alidade::training
