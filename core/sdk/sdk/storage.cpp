#include "alidade/sdk/storage.hpp"

#include <algorithm>
#include <array>

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

std::string_view torch_name(std::string_view foreign) {
  const auto space = foreign.starts_with("aten::") ? 6u : foreign.starts_with("aten.") ? 5u : 0u;
  return space == 0 ? std::string_view{} : foreign.substr(space, foreign.find('.', space) - space);
}

std::string_view in_place_name(std::string_view foreign) {
  const auto base = torch_name(foreign);
  return base.ends_with('_') && !base.ends_with("__") ? base : std::string_view{};
}

bool overwrites(std::string_view in_place_name) {
  constexpr std::array<std::string_view, 5> kNames{"copy_", "fill_", "zero_", "normal_", "uniform_"};
  return std::ranges::find(kNames, in_place_name) != kNames.end();
}

/// The one of the result's type: the mask of `masked_fill_` comes before the tensor.
ValueId updated_operand(const Graph& graph, NodeId node) {
  const auto name = in_place_name(graph.foreign(node));
  if (name.empty() || overwrites(name) || graph.outputs(node).empty()) return {};
  const TypeId made = graph.type_id(graph.outputs(node)[0]);
  const auto inputs = graph.inputs(node);
  const auto at =
      std::ranges::find_if(inputs, [&](ValueId v) { return v.valid() && graph.type_id(v) == made; });
  return at == inputs.end() ? ValueId() : *at;
}

bool is_stored(ValueKind kind) {
  return kind == ValueKind::parameter || kind == ValueKind::buffer || kind == ValueKind::constant;
}

std::uint64_t known_bytes(const Graph& graph, ValueId value) {
  const auto bytes = graph.type(value).size_bytes();
  return bytes ? bytes->get().value_or(0) : 0;
}

}  // namespace alidade
