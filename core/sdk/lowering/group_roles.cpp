#include "group_roles.hpp"

#include "alidade/sdk/storage.hpp"

namespace alidade::lowering {
namespace {

/// Whether a backend calls a library for it, which writes one type, or nobody knows what it writes.
bool is_call(KernelKind kind, Backend backend) {
  switch (kind) {
    case KernelKind::opaque:
    case KernelKind::control:
      return true;
    case KernelKind::gemm:
    case KernelKind::conv:
    case KernelKind::depthwise:
    case KernelKind::attention:
    case KernelKind::recurrent:
    case KernelKind::sort:
      return backend == Backend::inductor;
    default:
      return false;
  }
}

/// Dequantising is done where its result is read, unless nobody here reads it.
bool works(const FusionInput& input, const LayoutPlan& layout, NodeId n) {
  const Op op = input.graph().op(n);
  if (input.is_folded(n) || layout.is_view[n] != 0) return false;
  if (op == Op::dequantize) return writes_values(input.graph(), n);
  return !is_free(op) || class_of(op) == OpClass::control;
}

}  // namespace

GroupRoles group_roles(const FusionInput& input, const Grouping& grouping,
                       const fusion::OrderedGroups& groups, const LayoutPlan& layout, Backend backend) {
  const auto count = groups.size();
  GroupRoles out;
  out.roles.resize(count), out.calls.resize(count);
  out.end.reserve(count), out.workers.reserve(groups.members.size());
  std::vector<char> attention(count, 0);
  for (std::size_t g = 0; g < count; ++g)
    attention[groups.place[g]] = grouping.stops[g].pattern == "attention" ? 1 : 0;
  for (std::size_t g = 0; g < count; ++g) {
    for (const NodeId n : groups.operators(g))
      if (works(input, layout, n)) out.workers.push_back(n);
    out.end.push_back(static_cast<std::uint32_t>(out.workers.size()));
    if (out.of(g).empty()) continue;
    out.roles[g] = role_of_group(input, out.of(g), attention[g] != 0);
    out.calls[g] = is_call(out.roles[g].kind, backend) ? 1 : 0;
  }
  return out;
}

}  // namespace alidade::lowering
