#include "alidade/sdk/storage.hpp"

#include "alidade/sdk/dependencies.hpp"

namespace alidade {

bool shares_storage(Op op) {
  switch (op) {
    case Op::reshape:
    case Op::identity:
    case Op::dropout:
    case Op::expand:
    case Op::slice:
    case Op::split:
    case Op::sequence:
    case Op::dequantize:
      return true;
    default:
      return false;
  }
}

PerValue<ValueId> storage_roots(const Graph& graph) {
  PerValue<ValueId> root(graph.value_count());
  for (const ValueId v : graph.values())
    if (!graph.producer(v).valid()) root[v] = v;
  const std::size_t regions = region_count(graph);
  for (std::size_t r = 0; r < regions; ++r)  // outer regions first, so that a source's root is known
    for (const NodeId n : graph.body(RegionId(r))) {
      const auto inputs = graph.inputs(n);
      const bool view = shares_storage(graph.op(n)) && !inputs.empty() && inputs[0].valid();
      for (const ValueId v : graph.outputs(n)) root[v] = view ? root[inputs[0]] : v;
    }
  return root;
}

bool is_stored(ValueKind kind) {
  return kind == ValueKind::parameter || kind == ValueKind::buffer || kind == ValueKind::constant;
}

std::uint64_t known_bytes(const Graph& graph, ValueId value) {
  const auto bytes = graph.type(value).size_bytes();
  return bytes ? bytes->get().value_or(0) : 0;
}

}  // namespace alidade
