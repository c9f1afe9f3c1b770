#include "stored.hpp"

#include <algorithm>
#include <string>

#include "alidade/base/text.hpp"

namespace alidade::cost {
namespace {

constexpr std::size_t kNamed = 3;

/// Calls f(node) for every node in order of execution, those of a region right after the node that owns it.
template <class F>
void each_in_order(const Graph& graph, F&& f) {
  std::vector<std::span<const NodeId>> open{graph.body()};
  while (!open.empty()) {
    if (open.back().empty()) {
      open.pop_back();
      continue;
    }
    const NodeId n = open.back().front();
    open.back() = open.back().subspan(1);
    f(n);
    const auto regions = graph.regions(n);
    for (std::size_t i = regions.size(); i-- > 0;) open.push_back(graph.body(regions[i]));
  }
}

PerValue<ModuleId> first_users(const Graph& graph) {
  PerValue<ModuleId> first(graph.value_count(), ModuleId(0));
  PerValue<char> used(graph.value_count(), 0);
  each_in_order(graph, [&](NodeId n) {
    for (const ValueId v : graph.inputs(n))
      if (v.valid() && used[v] == 0) used[v] = 1, first[v] = graph.module(n);
  });
  return first;
}

bool is_shared(const Graph& graph, ValueId v) {
  const auto users = graph.users(v);
  return std::ranges::any_of(users, [&](NodeId n) { return graph.module(n) != graph.module(users[0]); });
}

void remark_shared(const Graph& graph, const std::vector<ValueId>& shared, std::vector<Diagnostic>& remarks) {
  if (shared.empty()) return;
  std::string names;
  for (std::size_t i = 0; i < std::min(shared.size(), kNamed); ++i)
    names += (i > 0 ? ", " : "") + text::printable(graph.name(shared[i]));
  if (shared.size() > kNamed) names += " and " + std::to_string(shared.size() - kNamed) + " more";
  const std::string subject =
      shared.size() == 1 ? "1 parameter is used by several modules and is"
                         : std::to_string(shared.size()) + " parameters are used by several modules and are";
  remarks.push_back(
      {Severity::note, "shared-parameter", subject + " counted in the first of them: " + names, NodeId()});
}

/// Elements and bytes of everything stored, each sum checked.
struct Stored {
  Count params, buffers, bytes;
  bool sized = true;
  [[nodiscard]] bool fits() const { return params.fits() && buffers.fits() && bytes.fits(); }
};

}  // namespace

Result<void> add_stored(const Graph& graph, CostProfile& profile) {
  const auto first = first_users(graph);
  std::vector<ValueId> shared;
  Stored all;
  for (const ValueId v : graph.values()) {
    const ValueKind kind = graph.kind(v);
    if (kind != ValueKind::parameter && kind != ValueKind::buffer && kind != ValueKind::constant) continue;
    const auto size = graph.type(v).size_bytes();
    const Count elements = graph.type(v).elements().value_or(0), bytes = size.value_or(0);
    all.bytes += bytes, all.sized &= size.has_value();
    if (kind == ValueKind::buffer) all.buffers += elements;
    if (kind == ValueKind::parameter) all.params += elements;
    if (!all.fits())
      return fail(Fault::model,
                  "the stored tensors do not fit 63 bits at '" + text::printable(graph.name(v)) + "'");
    if (kind != ValueKind::parameter) continue;
    profile.modules[first[v]].params += Params(*elements.get());
    profile.modules[first[v]].param_bytes += Bytes(*bytes.get());
    if (is_shared(graph, v)) shared.push_back(v);
  }
  profile.buffers = Params(*all.buffers.get());
  profile.weight_bytes = Bytes(*all.bytes.get());
  profile.weight_bytes_upper = all.sized ? Upper(*all.bytes.get()) : Upper::none();
  remark_shared(graph, shared, profile.warnings);
  return {};
}

}  // namespace alidade::cost
