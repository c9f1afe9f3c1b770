#include "alidade/sdk/storage.hpp"

#include <algorithm>
#include <array>

#include "alidade/ir/arrays.hpp"

namespace alidade {
namespace {

constexpr std::size_t kMostResults = 1024;  // of all regions, looked through
constexpr std::size_t kMostViews = 16;      // of one dequantization

/// Whether the graph or a region gives a value back.
bool is_given_back(const Graph& graph, ValueId v) {
  std::size_t left = kMostResults;
  for (std::size_t r = 0; r < graph.arrays().regions.size() && left > 0; ++r, --left) {
    const auto results = graph.results(RegionId(r));
    const auto near = results.first(std::min(results.size(), left - 1));
    if (std::ranges::find(near, v) != near.end()) return true;
    left -= near.size();
  }
  return false;
}

/// Values that show what one dequantization makes: its result, and views of that.
class Shown {
 public:
  explicit Shown(const Graph& graph) : g_(graph) {}

  /// Whether one of them has to be in memory for somebody who is no operator.
  bool leaves(NodeId dequantize) {
    add(dequantize);
    for (std::size_t i = 0; i < count_; ++i) {
      if (is_given_back(g_, values_[i])) return true;
      const auto users = g_.users(values_[i]);
      for (const NodeId n : users.first(std::min(users.size(), kMostViews)))
        if (class_of(g_.op(n)) == OpClass::control)
          return true;
        else if (g_.op(n) != Op::dequantize && shares_storage(g_.op(n)))
          add(n);
    }
    return false;
  }

 private:
  void add(NodeId n) {
    for (const ValueId v : g_.outputs(n))
      if (count_ < values_.size()) values_[count_++] = v;
  }

  const Graph& g_;
  std::array<ValueId, kMostViews> values_;
  std::size_t count_ = 0;
};

}  // namespace

bool writes_values(const Graph& graph, NodeId dequantize) { return Shown(graph).leaves(dequantize); }

bool shares_storage(const Graph& graph, NodeId node) {
  const Op op = graph.op(node);
  return op == Op::dequantize ? !writes_values(graph, node) : shares_storage(op);
}

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
