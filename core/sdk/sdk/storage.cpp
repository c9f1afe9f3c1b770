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

/// "gelu_backward" of the step "gelu_backward/mul1", and of the last one, which has the operator's own name.
std::string_view operator_of(std::string_view step) { return step.substr(0, step.rfind('/')); }

/// Whether a later step of its operator takes what a node makes.
bool is_step(const Graph& graph, NodeId node) {
  const auto goes_on = [&](NodeId user) { return is_same_operator(graph, node, user); };
  return std::ranges::any_of(graph.outputs(node),
                             [&](ValueId v) { return std::ranges::any_of(graph.users(v), goes_on); });
}

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

bool is_same_operator(const Graph& graph, NodeId a, NodeId b) {
  return graph.foreign(a) == graph.foreign(b) && operator_of(graph.name(a)) == operator_of(graph.name(b)) &&
         graph.name(a) != graph.name(b);
}

bool copies_over(const Graph& graph, NodeId node) {
  return graph.op(node) == Op::copy && graph.inputs(node).size() > 1 &&
         in_place_name(graph.foreign(node)) == "copy_";
}

/// What is copied, and the mask and the number of `masked_fill_`, come before the tensor, all else behind it.
ValueId updated_operand(const Graph& graph, NodeId node) {
  const Op op = graph.op(node);
  if (in_place_name(graph.foreign(node)).empty() || graph.outputs(node).empty() || graph.inputs(node).empty())
    return {};
  if (class_of(op) == OpClass::view || op == Op::transpose || is_step(graph, node)) return {};
  if (op == Op::copy) return copies_over(graph, node) ? graph.inputs(node).back() : ValueId();
  return op == Op::where ? graph.inputs(node).back() : graph.inputs(node).front();
}

bool is_stored(ValueKind kind) {
  return kind == ValueKind::parameter || kind == ValueKind::buffer || kind == ValueKind::constant;
}

std::uint64_t known_bytes(const Graph& graph, ValueId value) {
  const auto bytes = graph.type(value).size_bytes();
  return bytes ? bytes->get().value_or(0) : 0;
}

}  // namespace alidade
