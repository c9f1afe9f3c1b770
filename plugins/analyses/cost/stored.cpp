#include "stored.hpp"

#include <algorithm>
#include <string>

#include "alidade/base/text.hpp"
#include "alidade/sdk/storage.hpp"

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

/// Elements and bytes of some stored tensors, checked: the least, and whether that is all.
struct Sum {
  Count elements, bytes;
  bool known = true;
  void add(const TensorType& type) {
    const auto size = type.size_bytes();
    elements += type.elements().value_or(0), bytes += size.value_or(0);
    known &= size.has_value();
  }
  [[nodiscard]] Upper upper(Count of) const { return known ? Upper(*of.get()) : Upper::none(); }
};
struct Stored {
  Sum all, params, buffers;
  [[nodiscard]] bool fits() const {
    return all.bytes.fits() && params.elements.fits() && buffers.elements.fits();
  }
};

/// Of weights that are no tensors nothing is known but where they are.
void add_hidden(const Graph& graph, Stored& stored, CostProfile& profile) {
  for (const NodeId n : graph.nodes()) {
    if (!hides_weights(graph, n)) continue;
    stored.all.known = stored.buffers.known = false;
    auto& module = profile.modules[graph.module(n)];
    module.params_upper = module.param_bytes_upper = Upper::none();
  }
}

void add_parameter(const TensorType& type, CostSum& module) {
  Sum one;
  one.add(type);
  module.params += Params(*one.elements.get()), module.params_upper += one.upper(one.elements);
  module.param_bytes += Bytes(*one.bytes.get()), module.param_bytes_upper += one.upper(one.bytes);
}

}  // namespace

Result<void> add_stored(const Graph& graph, CostProfile& profile) {
  const auto first = first_users(graph);
  std::vector<ValueId> shared;
  Stored stored;
  for (const ValueId v : graph.values()) {
    const ValueKind kind = graph.kind(v);
    if (!is_stored(kind)) continue;
    stored.all.add(graph.type(v));
    if (kind == ValueKind::buffer) stored.buffers.add(graph.type(v));
    if (kind == ValueKind::parameter) stored.params.add(graph.type(v));
    if (!stored.fits())
      return fail(Fault::model,
                  "the stored tensors do not fit 63 bits at '" + text::printable(graph.name(v)) + "'");
    if (kind != ValueKind::parameter) continue;
    add_parameter(graph.type(v), profile.modules[first[v]]);
    if (is_shared(graph, v)) shared.push_back(v);
  }
  add_hidden(graph, stored, profile);
  profile.buffers = Params(*stored.buffers.elements.get());
  profile.buffers_upper = stored.buffers.upper(stored.buffers.elements);
  profile.weight_bytes = Bytes(*stored.all.bytes.get());
  profile.weight_bytes_upper = stored.all.upper(stored.all.bytes);
  remark_shared(graph, shared, profile.warnings);
  return {};
}

}  // namespace alidade::cost
