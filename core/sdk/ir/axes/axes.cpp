// Along which axes an operator's work can be cut.
#include "alidade/ir/axes.hpp"

#include "alidade/ir/work.hpp"
#include "axis_list.hpp"
#include "sdk/ir/work/operand_reads.hpp"

namespace alidade {
namespace {

using axis_rules::AxisList;

constexpr std::size_t kMostDims = 100;
constexpr std::array<std::string_view, kAxisNames> kNames{
    "batch",         "sequence", "spatial", "channels", "inner", "groups",   "heads",
    "heads_per_key", "queries",  "keys",    "experts",  "table", "direction"};
constexpr std::array kSplitNames{"free", "repeated", "halo", "reduced", "scanned", "routed", "whole"};

void apply_rule(AxisList& list) {
  switch (list.o.op()) {
    case Op::conv:
    case Op::conv_transpose:
      return axis_rules::window_axes(list);
    case Op::einsum:
      return axis_rules::einsum_axes(list);
    case Op::attention:
      return axis_rules::attention_axes(list);
    case Op::rnn:
    case Op::lstm:
    case Op::gru:
      return axis_rules::recurrent_axes(list);
    default:
      break;
  }
  switch (class_of(list.o.op())) {
    case OpClass::contraction:
      return axis_rules::product_axes(list);
    case OpClass::pooling:
    case OpClass::resampling:
      return axis_rules::window_axes(list);
    case OpClass::normalisation:
    case OpClass::softmax:
    case OpClass::reduction:
    case OpClass::selection:
    case OpClass::spectral:
    case OpClass::factorisation:
      return axis_rules::row_axes(list);
    case OpClass::elementwise:
    case OpClass::movement:
    case OpClass::quantisation:
    case OpClass::generator:
      return axis_rules::place_axes(list);
    case OpClass::view:
    case OpClass::control:
    case OpClass::opaque:
      return;
  }
}

/// The dimension of an operand that an axis runs through.
std::optional<Dim> along(const Graph& graph, NodeId node, const Axis& axis, ValueId operand) {
  const auto inputs = graph.inputs(node);
  for (std::size_t i = 0; i < std::min(inputs.size(), Axis::kOperands); ++i)
    if (inputs[i] == operand && axis.operand[i] >= 0)
      return graph.type(operand).dims[static_cast<std::size_t>(axis.operand[i])];
  return std::nullopt;
}

/// The bytes of operands that an axis does not run through, as the cost table counts them. One whose
/// dimension is not known may be repeated along it.
void add_shared(const Graph& graph, NodeId node, std::vector<Axis>& axes) {
  std::vector<work_parts::OperandRead> reads;
  work_parts::operand_reads(graph, node, reads);
  for (auto& axis : axes)
    for (const auto& read : reads) {
      const auto dim = along(graph, node, axis, read.operand);
      if (dim && !dim->is_unknown()) continue;
      const auto bytes = read.bytes ? read.bytes->get() : std::nullopt;
      if (!dim) axis.shared += Bytes(bytes.value_or(0));
      axis.shared_upper += bytes && !dim ? Upper(*bytes) : Upper::none();
    }
}

AxisName name_in_attention(std::size_t dim, std::size_t rank, AttentionPart part, AxisName otherwise) {
  const bool operands = part == AttentionPart::operands;
  if (dim + 1 == rank)
    return part == AttentionPart::scores ? AxisName::keys : operands ? AxisName::channels : otherwise;
  if (dim + 2 == rank) return operands ? AxisName::sequence : AxisName::queries;
  return dim == 0 ? AxisName::batch : AxisName::heads;
}

/// In written attention, and where its operands are made, the places say which axis is which.
void name_attention(std::size_t rank, AttentionPart part, std::vector<Axis>& axes) {
  for (auto& axis : axes) {
    const bool summed = axis.result < 0;
    if (summed && part == AttentionPart::values) axis.name = AxisName::keys;
    const std::int8_t dim = summed && axis.name != AxisName::inner ? axis.operand[0] : axis.result;
    if (dim < 0) continue;
    axis.name = name_in_attention(static_cast<std::size_t>(dim), rank, part, axis.name);
  }
}

}  // namespace

std::string_view name(AxisName axis) { return kNames[static_cast<std::size_t>(axis)]; }
std::string_view name(Split split) { return kSplitNames[static_cast<std::size_t>(split)]; }

bool channels_first(Op op, std::size_t rank) {
  if (rank < 2) return false;
  switch (op) {
    case Op::conv:
    case Op::conv_transpose:
    case Op::batch_norm:
    case Op::group_norm:
    case Op::instance_norm:
    case Op::local_response_norm:
      return true;
    case Op::linear:
    case Op::matmul:
    case Op::routed_matmul:
    case Op::layer_norm:
    case Op::rms_norm:
    case Op::attention:
      return false;
    default:
      return rank >= 4 || class_of(op) == OpClass::pooling || class_of(op) == OpClass::resampling;
  }
}

std::vector<Axis> axes_of(const Graph& graph, NodeId node, AttentionPart part) {
  const work_parts::Operator o(graph, node);
  AxisList list(o);
  if (!list.y.ranked || list.y.rank() > kMostDims || o.in(0).rank() > kMostDims) return {};
  apply_rule(list);
  auto& axes = list.axes();
  std::erase_if(axes, [](const Axis& axis) { return axis.degree && *axis.degree < 2; });
  if (axes.empty()) return {};
  add_shared(graph, node, axes);
  if (part != AttentionPart::none) name_attention(std::max(list.y.rank(), o.in(0).rank()), part, axes);
  return std::move(axes);
}

}  // namespace alidade
