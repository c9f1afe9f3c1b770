#include "calls.hpp"

#include <algorithm>

namespace alidade::memory {

Calls::Calls(const Graph& graph)
    : body_(graph.body()), place_(graph.node_count(), 0), call_(graph.node_count(), 0) {
  for (std::uint32_t place = 0; place < body_.size(); ++place) enter(graph, body_[place], place);
}

/// Closes the calls that do not hold the node, and opens those that do.
void Calls::enter(const Graph& graph, NodeId n, std::uint32_t place) {
  std::vector<ModuleId> around;  // the node's modules, the innermost first
  for (auto m = graph.module(n); m.valid(); m = graph.parent(m)) around.push_back(m);
  std::ranges::reverse(around);  // now the root first
  std::size_t same = 0;
  while (same < open_.size() && same < around.size() && calls_[open_[same]].module == around[same]) ++same;
  open_.resize(same);
  for (; same < around.size(); ++same) {
    const auto own = static_cast<std::uint32_t>(calls_.size());
    calls_.push_back({around[same], place, place, open_.empty() ? own : open_.back()});
    open_.push_back(own);
  }
  for (const auto call : open_) calls_[call].last = place;
  place_[n] = place, call_[n] = open_.back();
}

NodeId Calls::end_of(NodeId reader, NodeId maker) const {
  NodeId end = reader;
  for (auto call = call_[reader];; call = calls_[call].around) {
    const auto& each = calls_[call];
    if (maker.valid() && place_[maker] >= each.first) return end;
    end = body_[each.last];
    if (each.around == call) return end;
  }
}

}  // namespace alidade::memory
