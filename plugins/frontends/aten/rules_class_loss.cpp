// Losses over classes: what their definitions add up to, example by example, then the mean or the sum.
#include <algorithm>

#include "loss.hpp"

namespace alidade::aten {
namespace {

/// For every class but the right one max(0, margin - x[right] + x)^p, summed and divided by their number.
void multi_margin(Operation& o, Op op) {
  const ValueId x = first_operand(o), t = o.tensor("target");
  Loss l(o, o.draft().type_id(x));
  auto rows_dims = dims_of(o, t);
  if (o.rank(x) > 0) rows_dims.emplace_back(1);
  const ValueId right = l.steps()(Op::gather, {x, t}, type_of(o, x, rows_dims));
  const ValueId over = l(Op::add, {l(Op::sub, {l.argument("margin"), right}), x});
  ValueId each = l(Op::maximum, {over, l.number("0")});
  if (o.integer("p", 1) != 1) each = l(Op::mul, {each, each});
  if (o.has("weight")) each = l(Op::mul, {each, o.tensor("weight")});
  const std::vector<std::int64_t> last{std::max(o.rank(x) - 1, 0)};
  const auto reduction = reduction_of(o);
  if (reduction == 0) return void(o.emit(op, {each}, axes_attrs(o, last)));
  const ValueId rows = reduced(o, l.steps(), op, each, last);
  o.emit(reduction == 2 ? Op::reduce_sum : Op::reduce_mean, {rows}, AxesAttrs{});
}

/// For every class that is no target, and every target before the first -1, max(0, 1 - x[target] + x), summed
/// and divided by the number of classes. How many targets there are depends on the data: every pair of
/// classes is worked out, and those that do not belong are left out of the sum.
void multilabel_margin(Operation& o, Op op) {
  const ValueId x = first_operand(o), t = o.tensor("target");
  auto column = dims_of(o, x), row = column, each = column;
  if (row.empty()) row = column = each = {Dim(1)};
  column.emplace_back(1), row.insert(row.end() - 1, Dim(1)), each.push_back(row.back());
  const TypeId classes = o.draft().type_id(x);
  Loss l(o, type_of(o, x, each));
  auto& s = l.steps();
  const ValueId zero = l.number("0"), one = l.number("1");
  const ValueId below = s(Op::sub, {one, s(Op::gather, {x, t}, classes)}, classes);
  const ValueId over = l(Op::add, {reshaped(o, s, below, column), reshaped(o, s, x, row)});
  const ValueId marks = s(Op::scatter, {s(Op::constant, {}, classes), t, one}, classes);
  const ValueId first_gone = s(Op::compare, {t, zero}, classes);
  const ValueId counts = l(Op::logic, {reshaped(o, s, first_gone, column), reshaped(o, s, marks, row)});
  const ValueId kept = l(Op::where, {counts, l(Op::maximum, {over, zero}), zero});
  const auto rank = static_cast<std::int64_t>(each.size());
  const ValueId sums = reduced(o, s, op, kept, {rank - 2, rank - 1});
  end_rows(o, Op::div, {sums, one}, o.draft().type_id(sums), s);
}

/// The logarithms at the targets' places, negated, weighted, and their mean: divided by the weights' sum.
void picked(Operation& o, ValueId logarithms, ValueId target, std::int64_t reduction) {
  Loss l(o, type_of(o, logarithms, dims_of(o, target)));
  const auto axis = o.rank(logarithms) > 1 ? 1 : 0;
  ValueId each = l.steps()(Op::gather, {logarithms, target}, l.type, axes_attrs(o, {axis}));
  ValueId weight = o.tensor("weight");
  if (weight.valid()) {
    weight = l.steps()(Op::gather, {weight, target}, l.type, axes_attrs(o, {0}));
    each = l(Op::mul, {each, weight});
  }
  if (reduction == 0) return void(o.emit(Op::neg, {each}));
  each = l(Op::neg, {each});
  if (reduction == 2 || !weight.valid())
    return void(o.emit(reduction == 2 ? Op::reduce_sum : Op::reduce_mean, {each}, AxesAttrs{}));
  o.emit(Op::div, {reduced(o, l.steps(), Op::reduce_sum, each, {}),
                   reduced(o, l.steps(), Op::reduce_sum, weight, {})});
}
void likelihood(Operation& o, Op) { picked(o, first_operand(o), o.tensor("target"), reduction_of(o)); }

/// A share of the loss comes from the sum over all classes.
void smoothed(Operation& o, Steps& s, ValueId logarithms, const std::vector<std::int64_t>& classes) {
  const ValueId t = o.tensor("target"), share = o.operand("label_smoothing");
  const TypeId rows = type_of(o, logarithms, dims_of(o, t));
  const ValueId chosen =
      s(Op::mul, {s(Op::gather, {logarithms, t}, rows, axes_attrs(o, classes)), share}, rows);
  const ValueId all = s(Op::mul, {reduced(o, s, Op::reduce_sum, logarithms, classes), share}, rows);
  end_rows(o, Op::neg, {s(Op::add, {chosen, all}, rows)}, rows, s);
}

/// log_softmax; then the targets' places, or a sum over the classes with a probability for each.
void cross_entropy(Operation& o, Op op) {
  const ValueId x = first_operand(o), t = o.tensor("target"), weight = o.tensor("weight");
  Steps s(o);
  const TypeId whole = o.draft().type_id(x);
  const std::vector<std::int64_t> classes{o.rank(x) > 1 ? 1 : 0};
  const ValueId logarithms = s(op, {x}, whole, axes_attrs(o, classes));
  const bool smooth = o.real("label_smoothing").value_or(0) > 0;
  if (o.rank(t) != o.rank(x))
    return smooth ? smoothed(o, s, logarithms, classes) : picked(o, logarithms, t, reduction_of(o));
  ValueId each = t;
  if (smooth) {
    const ValueId share = o.operand("label_smoothing");
    each = s(Op::add, {s(Op::mul, {each, share}, whole), share}, whole);
  }
  each = s(Op::mul, {each, logarithms}, whole);
  if (weight.valid()) each = s(Op::mul, {each, along_axis(o, s, weight, x, classes[0])}, whole);
  const ValueId rows = reduced(o, s, Op::reduce_sum, each, classes);
  end_rows(o, Op::neg, {rows}, o.draft().type_id(rows), s);
}

/// The last linear layer and its cross entropy in one operator, which never holds all products at once. It
/// can make gradients too: then it is unknown.
void linear_cross_entropy(Operation& o, Op op) {
  for (const auto* gradient :
       {"compute_input_grad", "compute_linear_weight_grad", "compute_linear_bias_grad"})
    if (o.flag(gradient, false)) return unknown(o);
  const ValueId x = o.tensor("input"), weight = o.tensor("linear_weight"), bias = o.tensor("linear_bias");
  auto made = dims_of(o, x), classes = dims_of(o, weight);
  if (made.size() != 2 || classes.size() != 2) return unknown(o);
  made.back() = classes.front();
  Steps s(o);
  const TypeId whole = type_of(o, x, made);
  const MatmulAttrs transposed{0, 1};
  const ValueId product = bias.valid() ? s(Op::linear, {x, weight, bias}, whole, transposed)
                                       : s(Op::linear, {x, weight}, whole, transposed);
  picked(o, s(op, {product}, whole, axes_attrs(o, {1})), o.tensor("target"), reduction_of(o));
}

constexpr Rule kRules[] = {
    {"multi_margin_loss", Op::reduce_mean, multi_margin},
    {"multilabel_margin_loss", Op::reduce_sum, multilabel_margin},
    {"multilabel_margin_loss_forward", Op::reduce_sum, multilabel_margin},
    {"nll_loss", Op::gather, likelihood},
    {"nll_loss2d", Op::gather, likelihood},
    {"nll_loss_nd", Op::gather, likelihood},
    {"nll_loss_forward", Op::gather, likelihood},
    {"nll_loss2d_forward", Op::gather, likelihood},
    {"cross_entropy_loss", Op::log_softmax, cross_entropy},
    {"torch_nn._linear_cross_entropy_batch_chunked", Op::log_softmax, linear_cross_entropy},
    {"torch_nn._linear_cross_entropy_batch_chunked_no_reduction", Op::log_softmax, linear_cross_entropy},
};

}  // namespace

std::span<const Rule> class_loss_rules() { return kRules; }

}  // namespace alidade::aten
