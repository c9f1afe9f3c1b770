// Losses: what their definitions add up to, element by element, then the mean or the sum.
#include "loss.hpp"

namespace alidade::aten {
namespace {

ValueId prediction(Operation& o) { return first_operand(o); }
Loss elementwise(Operation& o) { return {o, broadcast(o, prediction(o), o.tensor("target"))}; }

void squared(Operation& o, Op op) {
  Loss l = elementwise(o);
  const ValueId apart = l(Op::sub, {prediction(o), o.tensor("target")});
  l.end(op, {apart, apart});
}

void absolute(Operation& o, Op op) {
  Loss l = elementwise(o);
  l.end(op, {l(Op::sub, {prediction(o), o.tensor("target")})});
}

/// Squared where the difference is small, linear beyond; the factors are the loss's beta or delta.
void huber(Operation& o, Op op) {
  Loss l = elementwise(o);
  const ValueId border = l.argument(o.has("beta") ? "beta" : "delta");
  const ValueId apart = l(Op::abs, {l(Op::sub, {prediction(o), o.tensor("target")})});
  const ValueId small = l(Op::mul, {l(Op::mul, {apart, apart}), border});
  const ValueId large = l(Op::sub, {apart, border});
  l.end(op, {l(Op::compare, {apart, border}), small, large});
}

/// -(t log p + (1 - t) log (1 - p))
void cross_entropy_of_two(Operation& o, Op op) {
  Loss l = elementwise(o);
  const ValueId p = prediction(o), t = o.tensor("target"), one = l.number("1");
  const ValueId yes = l(Op::mul, {t, l(Op::log, {p})});
  const ValueId no = l(Op::mul, {l(Op::sub, {one, t}), l(Op::log, {l(Op::sub, {one, p})})});
  l.end_weighted(op, {l(Op::add, {yes, no})}, o.tensor("weight"));
}

/// (1 - t) x + w softplus(-x), where w is 1 or (pos_weight - 1) t + 1
void cross_entropy_of_logits(Operation& o, Op op) {
  Loss l = elementwise(o);
  const ValueId x = prediction(o), t = o.tensor("target"), one = l.number("1");
  const ValueId positive = o.tensor("pos_weight");
  const ValueId linear = l(Op::mul, {l(Op::sub, {one, t}), x});
  ValueId soft = l(Op::softplus, {l(Op::neg, {x})});
  if (positive.valid())
    soft = l(Op::mul, {soft, l(Op::add, {l(Op::mul, {l(Op::sub, {positive, one}), t}), one})});
  l.end_weighted(op, {linear, soft}, o.tensor("weight"));
}

/// t (log t - x), or exp(t) (t - x) of a target in logarithms
void divergence(Operation& o, Op op) {
  Loss l = elementwise(o);
  const ValueId x = prediction(o), t = o.tensor("target");
  const bool logarithms = o.flag("log_target", false);
  const ValueId other = l(logarithms ? Op::exp : Op::log, {t});
  l.end(op, {logarithms ? other : t, l(Op::sub, {logarithms ? t : other, x})});
}

/// exp(x) - t x, or x - t log(x + eps); `full` adds Stirling's t log t - t + log(2 pi t) / 2 where t > 1
void poisson(Operation& o, Op op) {
  Loss l = elementwise(o);
  const ValueId x = prediction(o), t = o.tensor("target"), two = l.number("2");
  const bool logarithms = o.flag("log_input", true);
  const ValueId other = logarithms ? l(Op::exp, {x}) : l(Op::log, {l(Op::add, {x, l.argument("eps")})});
  const ValueId product = l(Op::mul, {t, logarithms ? x : other});
  if (!o.flag("full", false)) return l.end(op, {logarithms ? other : x, product});
  const ValueId plain = l(op, {logarithms ? other : x, product});
  const ValueId half = l(Op::mul, {l(Op::log, {l(Op::mul, {t, two})}), two});
  const ValueId stirling = l(Op::add, {l(Op::sub, {l(Op::mul, {t, l(Op::log, {t})}), t}), half});
  l.end(Op::add, {plain, l(Op::where, {l(Op::compare, {t, two}), stirling, two})});
}

/// log(1 + exp(-t x))
void soft_margin(Operation& o, Op op) {
  Loss l = elementwise(o);
  const ValueId power = l(Op::exp, {l(Op::neg, {l(Op::mul, {prediction(o), o.tensor("target")})})});
  l.end(op, {l(Op::add, {power, l.number("1")})});
}

/// x where the target is 1, max(0, margin - x) where it is -1
void hinge(Operation& o, Op op) {
  Loss l = elementwise(o);
  const ValueId x = prediction(o), t = o.tensor("target"), zero = l.number("0");
  const ValueId margin = l(Op::maximum, {l(Op::sub, {l.argument("margin"), x}), zero});
  const ValueId negative = l(Op::where, {l(Op::compare, {t, l.number("1")}), margin, zero});
  const ValueId positive = l(Op::where, {l(Op::compare, {t, l.number("-1")}), x, zero});
  l.end(op, {negative, positive});
}

/// max(0, -t (x1 - x2) + margin)
void ranking(Operation& o, Op op) {
  const ValueId a = o.tensor("input1"), b = o.tensor("input2");
  Loss l(o, broadcast(o, a, b));
  const ValueId signed_apart = l(Op::mul, {l(Op::neg, {o.tensor("target")}), l(Op::sub, {a, b})});
  l.end(op, {l(Op::add, {signed_apart, l.argument("margin")}), l.number("0")});
}

/// 1 - cos where the target is 1, max(0, cos - margin) where it is -1; rows are vectors
void cosine(Operation& o, Op op) {
  const ValueId a = o.tensor("input1"), b = o.tensor("input2");
  const std::vector<std::int64_t> last{o.rank(a) - 1};
  Loss l(o, type_of(o, a, dims_of(o, o.tensor("target"))));
  const auto dot = [&](ValueId x, ValueId y) {
    return reduced(o, l.steps(), Op::reduce_sum, l.steps()(Op::mul, {x, y}, broadcast(o, x, y)), last);
  };
  const ValueId lengths = l(Op::sqrt, {l(Op::mul, {dot(a, a), dot(b, b)})}), zero = l.number("0");
  const ValueId cos = l(Op::div, {dot(a, b), lengths}), t = o.tensor("target");
  const ValueId same = l(Op::where, {l(Op::compare, {t, zero}), l(Op::sub, {l.number("1"), cos}), zero});
  const ValueId margin = l(Op::maximum, {l(Op::sub, {cos, l.argument("margin")}), zero});
  l.end(op, {same, l(Op::where, {l(Op::compare, {t, zero}), margin, zero})});
}

/// max(0, |a - p| - |a - n| + margin); with `swap`, |p - n| where it is the smaller
void triplet(Operation& o, Op op) {
  const ValueId anchor = o.tensor("anchor"), positive = o.tensor("positive"), negative = o.tensor("negative");
  Steps s(o);
  const auto distance = [&](ValueId x, ValueId y) {
    const ValueId apart = s(Op::sub, {x, y}, broadcast(o, x, y));
    return reduced(o, s, Op::reduce, apart, {o.rank(apart) - 1});
  };
  const ValueId near = distance(anchor, positive);
  ValueId far = distance(anchor, negative);
  const TypeId rows = o.draft().type_id(near);
  if (o.flag("swap", false)) far = s(Op::minimum, {far, distance(positive, negative)}, rows);
  const ValueId margin = o.has("margin") ? o.operand("margin") : number_beside(o, near, "1");
  const ValueId sum = s(Op::add, {s(Op::sub, {near, far}, rows), margin}, rows);
  end_rows(o, op, {sum, number_beside(o, near, "0")}, rows, s);
}

constexpr Rule kRules[] = {
    {"mse_loss", Op::mul, squared},
    {"l1_loss", Op::abs, absolute},
    {"smooth_l1_loss", Op::where, huber},
    {"huber_loss", Op::where, huber},
    {"binary_cross_entropy", Op::neg, cross_entropy_of_two},
    {"binary_cross_entropy_with_logits", Op::add, cross_entropy_of_logits},
    {"kl_div", Op::mul, divergence},
    {"poisson_nll_loss", Op::sub, poisson},
    {"soft_margin_loss", Op::log, soft_margin},
    {"hinge_embedding_loss", Op::add, hinge},
    {"margin_ranking_loss", Op::maximum, ranking},
    {"cosine_embedding_loss", Op::add, cosine},
    {"triplet_margin_loss", Op::maximum, triplet},
};

}  // namespace

std::span<const Rule> loss_rules() { return kRules; }

}  // namespace alidade::aten
