#include "roles.hpp"

#include <array>

namespace alidade::fusion {
namespace {

/// A row of the rule book: a group of this shape takes an operator of this role and becomes that.
struct Rule {
  Shape shape;
  Role role;
  Shape becomes;
  bool product = false;  ///< only around products of two activations
};
constexpr std::array kRules{
    Rule{Shape::views, Role::anchor, Shape::anchored},
    Rule{Shape::views, Role::pointwise, Shape::pointwise},
    Rule{Shape::views, Role::rowwise, Shape::rowwise},
    Rule{Shape::views, Role::layout, Shape::pointwise},
    Rule{Shape::views, Role::alone, Shape::alone},
    Rule{Shape::anchored, Role::pointwise, Shape::anchored},
    Rule{Shape::anchored, Role::layout, Shape::anchored},
    Rule{Shape::anchored, Role::rowwise, Shape::scores, true},
    Rule{Shape::scores, Role::pointwise, Shape::scores},
    Rule{Shape::scores, Role::rowwise, Shape::scores},
    Rule{Shape::scores, Role::anchor, Shape::attention, true},
    Rule{Shape::attention, Role::pointwise, Shape::attention},
    Rule{Shape::attention, Role::layout, Shape::attention},
    Rule{Shape::pointwise, Role::pointwise, Shape::pointwise},
    Rule{Shape::pointwise, Role::layout, Shape::pointwise},
    Rule{Shape::pointwise, Role::rowwise, Shape::rowwise},
    Rule{Shape::rowwise, Role::pointwise, Shape::rowwise},
    Rule{Shape::rowwise, Role::rowwise, Shape::rowwise},
    Rule{Shape::rowwise, Role::layout, Shape::rowwise},
};

Role role_of_contraction(Op op) {
  return op == Op::rnn || op == Op::lstm || op == Op::gru ? Role::alone : Role::anchor;
}

Role role_of_movement(Op op) {
  if (op == Op::cast) return Role::pointwise;
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
      return op == Op::dequantize ? Role::view : Role::pointwise;
    case OpClass::view:
      return Role::view;
    case OpClass::movement:
      return role_of_movement(op);
    default:
      return Role::alone;
  }
}

std::optional<Shape> joined(Shape shape, Role role, bool product) {
  if (role == Role::view) return shape;
  for (const auto& rule : kRules)
    if (rule.shape == shape && rule.role == role && (!rule.product || product)) return rule.becomes;
  return std::nullopt;
}

}  // namespace alidade::fusion
