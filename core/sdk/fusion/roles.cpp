#include "roles.hpp"

#include <array>

#include "alidade/sdk/storage.hpp"

namespace alidade::fusion {
namespace {

constexpr unsigned bit(Backend backend) { return 1U << static_cast<unsigned>(backend); }
constexpr unsigned kTensorRt = bit(Backend::tensorrt), kNpu = bit(Backend::npu);
constexpr unsigned kAll = kTensorRt | kNpu | bit(Backend::onnxruntime);  // that go by this table

/// A row of the rule book: a group of this shape takes an operator of this role and becomes that.
struct Rule {
  Shape shape;
  Role role;
  Shape becomes;
  unsigned backends;  ///< that have this rule
};
constexpr std::array kRules{
    Rule{Shape::views, Role::anchor, Shape::anchored, kAll},
    Rule{Shape::views, Role::pointwise, Shape::pointwise, kAll},
    Rule{Shape::views, Role::rowwise, Shape::rowwise, kAll},
    Rule{Shape::views, Role::layout, Shape::pointwise, kAll},
    Rule{Shape::views, Role::alone, Shape::alone, kAll},
    Rule{Shape::anchored, Role::pointwise, Shape::anchored, kAll},
    Rule{Shape::anchored, Role::layout, Shape::anchored, kTensorRt},
    Rule{Shape::attention, Role::pointwise, Shape::attention, kTensorRt | kNpu},
    Rule{Shape::attention, Role::layout, Shape::attention, kTensorRt},
    Rule{Shape::rotary, Role::pointwise, Shape::rotary, kTensorRt | kNpu},
    Rule{Shape::rotary, Role::layout, Shape::rotary, kTensorRt},
    Rule{Shape::pointwise, Role::pointwise, Shape::pointwise, kTensorRt | kNpu},
    Rule{Shape::pointwise, Role::layout, Shape::pointwise, kTensorRt},
    Rule{Shape::pointwise, Role::rowwise, Shape::rowwise, kAll},
    Rule{Shape::rowwise, Role::pointwise, Shape::rowwise, kTensorRt | kNpu},
    Rule{Shape::rowwise, Role::rowwise, Shape::rowwise, kTensorRt | kNpu},
    Rule{Shape::rowwise, Role::layout, Shape::rowwise, kTensorRt},
};

Role role_of_contraction(Op op) {
  return op == Op::rnn || op == Op::lstm || op == Op::gru ? Role::alone : Role::anchor;
}

/// Whether it takes the place that a constant says: no more than a slice.
bool picks_one_place(const Graph& graph, NodeId n) {
  const auto inputs = graph.inputs(n);
  if (graph.op(n) != Op::gather || inputs.size() < 2 || !inputs[1].valid()) return false;
  const NodeId maker = graph.producer(inputs[1]);
  const bool stated = maker.valid() ? graph.op(maker) == Op::constant : is_stored(graph.kind(inputs[1]));
  const auto places = graph.type(inputs[1]).elements();
  return stated && places && places->get() == 1;
}

Role role_of_movement(const Graph& graph, NodeId n) {
  const Op op = graph.op(n);
  if (op == Op::cast) return Role::pointwise;
  if (picks_one_place(graph, n)) return Role::view;
  return op == Op::transpose || op == Op::copy ? Role::layout : Role::alone;
}

}  // namespace

Role role_of(const Graph& graph, NodeId n) {
  const Op op = graph.op(n);
  switch (class_of(op)) {
    case OpClass::contraction:
      return role_of_contraction(op);
    case OpClass::normalisation:
      return op == Op::batch_norm && graph.attrs<NormAttrs>(n).training == 0 ? Role::pointwise
                                                                             : Role::rowwise;
    case OpClass::softmax:
    case OpClass::reduction:
      return Role::rowwise;
    case OpClass::elementwise:
      return Role::pointwise;
    case OpClass::quantisation:
      return op == Op::dequantize && shares_storage(graph, n) ? Role::view : Role::pointwise;
    case OpClass::view:
      return Role::view;
    case OpClass::movement:
      return role_of_movement(graph, n);
    default:
      return Role::alone;
  }
}

std::optional<Shape> joined(Backend backend, Shape shape, Role role) {
  if (role == Role::view) return shape;
  for (const auto& rule : kRules)
    if (rule.shape == shape && rule.role == role && (rule.backends & bit(backend)) != 0) return rule.becomes;
  return std::nullopt;
}

bool joins_written_attention(Backend backend) { return (kAll & bit(backend)) != 0; }
bool joins_kept_sum(Backend backend) { return (kAll & bit(backend)) != 0; }
bool prefers_norm_for_sum(Backend backend) { return backend == Backend::onnxruntime; }
bool joins_products_side_by_side(Backend backend) { return backend == Backend::tensorrt; }

}  // namespace alidade::fusion

namespace alidade {

Folding folding_of(Backend backend) {
  return backend == Backend::eager || backend == Backend::inductor ? Folding::none : Folding::at_load;
}

Concats concats_of(Backend backend) {
  return backend == Backend::tensorrt ? Concats::written_in_place : Concats::copied;
}

std::string_view name(Backend backend) {
  constexpr std::array<std::string_view, 5> names{"tensorrt", "inductor", "onnxruntime", "npu", "eager"};
  return names[static_cast<std::size_t>(backend)];
}

}  // namespace alidade
