// Gradients of activations, losses and movement: the chain rule, step by step.
#include "backward.hpp"

namespace alidade::aten {
namespace {

/// The gradient, and the element that the activation read or made.
struct Activation {
  explicit Activation(Operation& o) : e(o, o.result_type()), g(incoming(o)) {
    for (const auto* name : {"self", "output", "self_or_result"})
      if (!x.valid()) x = o.tensor(name);
  }
  ValueId one() { return e.number("1"); }
  /// Whether an element lies below, above, or outside of a range.
  ValueId beyond() { return e.truth(Op::compare, {x, e.number("0")}); }
  ValueId outside() { return e.truth(Op::logic, {beyond(), beyond()}); }

  Elements e;
  ValueId g, x;
};

/// g where x > 0
void of_relu(Operation& o, Op op) {
  Activation a(o);
  o.emit(op, {a.beyond(), a.g, a.e.number("0")});
}
/// g where x > 0, else g by the slope
void of_leaky_relu(Operation& o, Op op) {
  Activation a(o);
  o.emit(op, {a.beyond(), a.g, a.e(Op::mul, {a.g, o.operand("negative_slope")})});
}
/// g between the bounds
void of_clip(Operation& o, Op op) {
  Activation a(o);
  o.emit(op, {a.outside(), a.e.number("0"), a.g});
}
/// g (P + x p): the normal distribution and its density
void of_gelu(Operation& o, Op op) {
  Activation a(o);
  auto& e = a.e;
  const ValueId half = e.number("0.5");
  const ValueId erf = e(Op::erf, {e(Op::mul, {a.x, half})});
  const ValueId distribution = e(Op::mul, {e(Op::add, {erf, a.one()}), half});
  const ValueId power = e(Op::exp, {e(Op::mul, {e(Op::mul, {a.x, a.x}), half})});
  const ValueId density = e(Op::mul, {power, half});
  o.emit(op, {a.g, e(Op::add, {distribution, e(Op::mul, {a.x, density})})});
}
/// g s (1 + x (1 - s))
void of_silu(Operation& o, Op op) {
  Activation a(o);
  auto& e = a.e;
  const ValueId s = e(Op::sigmoid, {a.x});
  const ValueId inner = e(Op::add, {e(Op::mul, {a.x, e(Op::sub, {a.one(), s})}), a.one()});
  o.emit(op, {e(Op::mul, {a.g, s}), inner});
}
/// g y (1 - y)
void of_sigmoid(Operation& o, Op op) {
  Activation a(o);
  o.emit(op, {a.g, a.e(Op::mul, {a.x, a.e(Op::sub, {a.one(), a.x})})});
}
/// g (1 - y y)
void of_tanh(Operation& o, Op op) {
  Activation a(o);
  o.emit(op, {a.g, a.e(Op::sub, {a.one(), a.e(Op::mul, {a.x, a.x})})});
}
/// g (x / 3 + 1/2) between -3 and 3, 0 below and g above
void of_hardswish(Operation& o, Op op) {
  Activation a(o);
  auto& e = a.e;
  const ValueId slope = e(Op::add, {e(Op::mul, {a.x, e.number("0.3333")}), e.number("0.5")});
  const ValueId lower = e(op, {a.beyond(), e(Op::mul, {a.g, slope}), e.number("0")});
  o.emit(op, {a.beyond(), a.g, lower});
}
/// g / 6 between -3 and 3
void of_hardsigmoid(Operation& o, Op op) {
  Activation a(o);
  o.emit(op, {a.outside(), a.e.number("0"), a.e(Op::mul, {a.g, a.e.number("0.1667")})});
}
/// g where x > 0, else g a exp(x)
void of_elu(Operation& o, Op op) {
  Activation a(o);
  auto& e = a.e;
  const ValueId below = e(Op::mul, {e(Op::mul, {e(Op::exp, {a.x}), o.operand("alpha")}), a.g});
  o.emit(op, {a.beyond(), a.g, below});
}
/// g (t + x s (1 - t t)), t = tanh(softplus(x)), s = sigmoid(x)
void of_mish(Operation& o, Op op) {
  Activation a(o);
  auto& e = a.e;
  const ValueId t = e(Op::tanh, {e(Op::softplus, {a.x})});
  const ValueId rest = e(Op::sub, {a.one(), e(Op::mul, {t, t})});
  const ValueId inner = e(Op::mul, {e(Op::mul, {a.x, e(Op::sigmoid, {a.x})}), rest});
  o.emit(op, {a.g, e(Op::add, {t, inner})});
}
/// g z / (z + 1), z = exp(x): of the logarithm of a sigmoid, too
void of_softplus(Operation& o, Op op) {
  Activation a(o);
  auto& e = a.e;
  const ValueId z = e(Op::exp, {a.x});
  o.emit(op, {a.g, e(Op::div, {z, e(Op::add, {z, a.one()})})});
}
/// g / (x (1 - x))
void of_logit(Operation& o, Op op) {
  Activation a(o);
  o.emit(op, {a.g, a.e(Op::mul, {a.x, a.e(Op::sub, {a.one(), a.x})})});
}
/// To the input as of a leaky relu; to the slope g x where x is below zero.
void of_prelu(Operation& o, Op op) {
  Activation a(o);
  auto& e = a.e;
  const ValueId below = a.beyond();
  o.give(0, e(op, {below, a.g, e(Op::mul, {a.g, o.tensor("weight")})}));
  o.give(1, e(op, {below, e.number("0"), e(Op::mul, {a.g, a.x})}));
}
/// a sigmoid(b): g s to a, g s a (1 - s) to b, side by side
void of_gate(Operation& o, Op op) {
  const ValueId g = incoming(o), x = o.tensor("self");
  Elements e(o, o.draft().type_id(g));
  const ValueId a = e(Op::slice, {x}), gate = e(Op::sigmoid, {e(Op::slice, {x})});
  const ValueId to_a = e(Op::mul, {g, gate});
  const ValueId to_b = e(Op::mul, {e(Op::mul, {to_a, a}), e(Op::sub, {e.number("1"), gate})});
  o.emit(op, {to_a, to_b}, axes_attrs(o, {o.axis(x, o.integer("dim", -1))}));
}
/// A product with the mask, and the factor that keeps the mean.
void of_dropout(Operation& o, Op op) {
  Elements e(o, o.result_type());
  o.emit(op, {e(Op::mul, {incoming(o), o.tensor("mask")}), o.operand("scale")});
}

/// One number for each example, at its class; the logarithms themselves are not read.
void of_likelihood(Operation& o, Op op) {
  const ValueId target = o.tensor("target"), g = incoming(o);
  Steps s(o);
  const TypeId each = type_of(o, g, dims_of(o, target));
  const ValueId weight = o.has("weight") ? o.tensor("weight") : o.tensor("total_weight");
  const ValueId share = s(Op::mul, {s(Op::expand, {g}, each), s(Op::expand, {weight}, each)}, each);
  o.emit(op, {number_beside(o, g, "0"), target, share}, ScatterAttrs{0, 0});
}
/// 2 (x - t) / n g
void of_squared(Operation& o, Op op) {
  Elements e(o, o.result_type());
  const ValueId apart = e(Op::sub, {o.tensor("self"), o.tensor("target")});
  o.emit(op, {e(Op::mul, {apart, e.number("2")}), incoming(o)});
}
/// g (x - t) / border between the borders, g or -g beyond
void of_huber(Operation& o, Op op) {
  Elements e(o, o.result_type());
  const ValueId border = o.operand(o.has("beta") ? "beta" : "delta"), g = incoming(o);
  const ValueId apart = e(Op::sub, {o.tensor("self"), o.tensor("target")});
  const ValueId inside = e(Op::div, {e(Op::mul, {apart, g}), border});
  const ValueId above = e(op, {e.truth(Op::compare, {apart, border}), g, inside});
  o.emit(op, {e.truth(Op::compare, {apart, border}), g, above});
}
/// g (x - t) / max(x (1 - x), eps)
void of_cross_entropy_of_two(Operation& o, Op op) {
  Elements e(o, o.result_type());
  const ValueId x = o.tensor("self"), weight = o.tensor("weight");
  ValueId above = e(Op::mul, {e(Op::sub, {x, o.tensor("target")}), incoming(o)});
  if (weight.valid()) above = e(Op::mul, {above, weight});
  const ValueId below = e(Op::mul, {x, e(Op::sub, {e.number("1"), x})});
  o.emit(op, {above, e(Op::maximum, {below, e.number("1e-12")})});
}
/// -t g z / (z + 1), z = exp(-t x)
void of_soft_margin(Operation& o, Op op) {
  Elements e(o, o.result_type());
  const ValueId t = o.tensor("target");
  const ValueId z = e(Op::exp, {e(Op::neg, {e(Op::mul, {t, o.tensor("self")})})});
  const ValueId above = e(Op::mul, {e(Op::mul, {t, incoming(o)}), z});
  o.emit(op, {above, e(Op::add, {z, e.number("1")})});
}

/// A part of a tensor goes back to its place among zeros; what was read at many places is added there.
void into_zeros(Operation& o, Op op) { o.emit(op, {incoming(o)}); }
void at_places(Operation& o, Op) { add_to_zeros(o, o.tensor("indices"), incoming(o)); }
/// The same of what was read: zeros have its sizes, whatever they are.
void at_places_of_self(Operation& o, Op op) {
  Steps s(o);
  const ValueId zeros = s(Op::constant, {o.tensor("self")}, o.result_type());
  o.emit(op, {zeros, o.tensor("indices"), incoming(o)}, ScatterAttrs{0, 1});
}

constexpr Rule kRules[] = {
    {"threshold_backward", Op::where, of_relu},
    {"leaky_relu_backward", Op::where, of_leaky_relu},
    {"rrelu_with_noise_backward", Op::where, of_leaky_relu},
    {"_prelu_kernel_backward", Op::where, of_prelu},
    {"hardtanh_backward", Op::where, of_clip},
    {"hardshrink_backward", Op::where, of_clip},
    {"softshrink_backward", Op::where, of_clip},
    {"gelu_backward", Op::mul, of_gelu},
    {"silu_backward", Op::mul, of_silu},
    {"sigmoid_backward", Op::mul, of_sigmoid},
    {"tanh_backward", Op::mul, of_tanh},
    {"hardswish_backward", Op::where, of_hardswish},
    {"hardsigmoid_backward", Op::where, of_hardsigmoid},
    {"elu_backward", Op::where, of_elu},
    {"mish_backward", Op::mul, of_mish},
    {"softplus_backward", Op::mul, of_softplus},
    {"log_sigmoid_backward", Op::mul, of_softplus},
    {"glu_backward", Op::concat, of_gate},
    {"logit_backward", Op::div, of_logit},
    {"native_dropout_backward", Op::mul, of_dropout},
    {"nll_loss_backward", Op::scatter, of_likelihood},
    {"nll_loss2d_backward", Op::scatter, of_likelihood},
    {"mse_loss_backward", Op::mul, of_squared},
    {"smooth_l1_loss_backward", Op::where, of_huber},
    {"huber_loss_backward", Op::where, of_huber},
    {"binary_cross_entropy_backward", Op::div, of_cross_entropy_of_two},
    {"soft_margin_loss_backward", Op::div, of_soft_margin},
    {"embedding_dense_backward", Op::scatter, at_places},
    {"_embedding_bag_dense_backward", Op::scatter, at_places},
    {"unfold_backward", Op::scatter, at_places},
    {"reflection_pad1d_backward", Op::scatter, at_places},
    {"reflection_pad2d_backward", Op::scatter, at_places},
    {"reflection_pad3d_backward", Op::scatter, at_places},
    {"replication_pad1d_backward", Op::scatter, at_places},
    {"replication_pad2d_backward", Op::scatter, at_places},
    {"replication_pad3d_backward", Op::scatter, at_places},
    {"max_pool2d_with_indices_backward", Op::scatter, at_places_of_self},
    {"max_pool3d_with_indices_backward", Op::scatter, at_places_of_self},
    {"adaptive_max_pool2d_backward", Op::scatter, at_places_of_self},
    {"adaptive_max_pool3d_backward", Op::scatter, at_places_of_self},
    {"fractional_max_pool2d_backward", Op::scatter, at_places_of_self},
    {"fractional_max_pool3d_backward", Op::scatter, at_places_of_self},
    {"select_backward", Op::pad, into_zeros},
    {"slice_backward", Op::pad, into_zeros},
    {"diagonal_backward", Op::pad, into_zeros},
};

}  // namespace

std::span<const Rule> backward_rules() { return kRules; }

}  // namespace alidade::aten
