#include "alidade/sdk/workspace.hpp"

#include <algorithm>

#include "alidade/sdk/storage.hpp"

namespace alidade {
namespace {

/// Neither depthwise nor pointwise.
bool unrolls(const Graph& g, NodeId n) {
  const auto inputs = g.inputs(n);
  if (g.attrs<ConvAttrs>(n).groups > 1 || inputs.size() < 2 || !inputs[1].valid()) return false;
  const auto kernel = g.type(inputs[1]).dims;
  return kernel.size() > 2 &&
         std::ranges::any_of(kernel.subspan(2), [](Dim d) { return !d.is_known() || d.size() > 1; });
}

/// Every place of the window over one image's result.
std::uint64_t unrolled_bytes(const Graph& g, NodeId n) {
  const auto w = g.type(g.inputs(n)[1]), x = g.type(g.inputs(n)[0]), y = g.type(g.outputs(n)[0]);
  const auto taps = w.elements(), made = y.elements();
  if (!taps || !made || y.rank() < 2) return 0;
  const auto images = y.dim(0), channels = y.dim(1);
  if (!images || !channels || *images * *channels == 0 || !taps->get() || !made->get()) return 0;
  const auto places = *made->get() / static_cast<std::uint64_t>(*images * *channels);
  const auto bytes = stored_bytes(*taps->get() / static_cast<std::uint64_t>(*channels) * places, x.dtype);
  return bytes ? bytes->get().value_or(0) : 0;
}

/// Of what is no weight.
std::uint64_t operand_bytes(const Graph& g, NodeId n) {
  std::uint64_t sum = 0;
  for (const ValueId v : g.inputs(n))
    if (v.valid() && !is_stored(g.kind(v))) sum += known_bytes(g, v);
  return sum;
}

}  // namespace

std::uint64_t workspace_bytes(const Graph& g, NodeId n, WorkspaceRule rule) {
  if (rule == WorkspaceRule::none || g.outputs(n).empty()) return 0;
  switch (g.op(n)) {
    case Op::conv:
      if (!unrolls(g, n)) return 0;
      return rule == WorkspaceRule::unrolled ? unrolled_bytes(g, n) : 2 * operand_bytes(g, n);
    case Op::linear:
    case Op::matmul:
    case Op::routed_matmul:
      return std::max(operand_bytes(g, n), known_bytes(g, g.outputs(n)[0])) / 2;
    case Op::attention:
      return known_bytes(g, g.outputs(n)[0]);
    default:
      return 0;
  }
}

}  // namespace alidade
