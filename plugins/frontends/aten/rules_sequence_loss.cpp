// Connectionist temporal classification (Graves et al., 2006), forward and backward: a state for every label
// and the blanks around them, each step from three states of the step before. All examples are counted as
// long as the longest.
#include <algorithm>

#include "backward.hpp"
#include "loss.hpp"

namespace alidade::aten {
namespace {

/// Steps, examples, classes and labels.
struct Sizes {
  Dim steps, examples{1}, classes, labels;
};

Sizes sizes_of(Operation& o) {
  const auto scores = dims_of(o, o.tensor("log_probs")), labels = dims_of(o, o.tensor("targets"));
  Sizes out;
  if (scores.size() < 2) return out;
  out.steps = scores.front(), out.classes = scores.back();
  if (scores.size() == 3) out.examples = scores[1];
  const auto lengths = o.integers("target_lengths");
  if (!lengths.empty() && std::ranges::min(lengths) >= 0)
    out.labels = Dim(std::ranges::max(lengths));
  else if (labels.size() == 2)
    out.labels = labels.back();
  return out;
}
bool is_known(const Sizes& sizes) {
  return sizes.steps.is_known() && sizes.steps.size() > 0 && sizes.labels.is_known();
}

/// Examples, all steps but the first, and the states of each.
TypeId states_of(Operation& o, const Sizes& sizes) {
  return type_of(o, o.tensor("log_probs"),
                 {sizes.examples, Dim(sizes.steps.size() - 1), Dim(2 * sizes.labels.size() + 1)});
}

/// The logarithm of a sum of exponentials, below the greatest of them.
ValueId joined(Elements& e, std::initializer_list<ValueId> terms) {
  ValueId most = *terms.begin(), sum;
  for (const ValueId term : std::span(terms.begin() + 1, terms.end())) most = e(Op::maximum, {most, term});
  for (const ValueId term : terms) {
    const ValueId power = e(Op::exp, {e(Op::sub, {term, most})});
    sum = sum.valid() ? e(Op::add, {sum, power}) : power;
  }
  return e(Op::add, {e(Op::log, {sum}), most});
}

/// What paths through every state add up to, from three of the step before (or behind): views of the same
/// sizes stand for those.
ValueId walked(Elements& e) {
  const ValueId own = e(Op::gather, {e.o.tensor("log_probs"), e.o.tensor("targets")});
  const ValueId a = e(Op::slice, {own}), b = e(Op::slice, {own}), c = e(Op::slice, {own});
  return e(Op::add, {joined(e, {a, b, c}), own});
}

/// Of every example, from its last two states: infinite where no path leads there.
ValueId losses_of(Operation& o, Steps& s, ValueId states, const Sizes& sizes) {
  Elements each(o, type_of(o, o.tensor("log_probs"), {sizes.examples}));
  const ValueId paths = joined(each, {s(Op::slice, {states}, each.type), s(Op::slice, {states}, each.type)});
  const ValueId loss = each(Op::neg, {paths});
  if (!o.flag("zero_infinity", false)) return loss;
  return each(Op::where, {each.truth(Op::compare, {loss, each.number("inf")}), each.number("0"), loss});
}

void ctc(Operation& o, Op op) {
  const auto sizes = sizes_of(o);
  if (!is_known(sizes)) return unknown(o);
  Elements e(o, states_of(o, sizes));
  const ValueId states = walked(e), losses = losses_of(o, e.steps(), states, sizes);
  if (o.results() > 1) {  // with the states, for the backward pass
    o.give(0, losses);
    return o.give(1, e.steps()(Op::pad, {states}, o.result_type(1)));
  }
  const auto reduction = reduction_of(o);
  if (reduction == 0) return o.give(0, losses);
  if (reduction == 2) return void(o.emit(Op::reduce_sum, {losses}, AxesAttrs{}));
  Elements each(o, o.draft().type_id(losses));
  o.emit(op, {each(Op::div, {losses, each.number("1")})}, AxesAttrs{});  // by the number of its labels
}

/// The same walk from the end; each state's paths both ways, joined with those of its class; and
/// (exp(x) - exp(joined + loss - x)) g of every class. The last step has two states of each example alone.
void of_ctc(Operation& o, Op op) {
  const auto sizes = sizes_of(o);
  if (!is_known(sizes)) return unknown(o);
  const ValueId x = o.tensor("log_probs");
  Elements e(o, states_of(o, sizes)), ends(o, type_of(o, x, {sizes.examples, Dim(2)}));
  const ValueId behind = walked(e), before = e(Op::slice, {o.tensor("log_alpha")});
  const ValueId both = e(Op::add, {before, behind});
  const ValueId of_class = joined(e, {e(Op::slice, {both}), both});
  const ValueId last = ends(Op::add, {ends(Op::slice, {before}), ends(Op::slice, {behind})});
  Elements each(o, o.draft().type_id(x));
  const ValueId paths = each(Op::scatter, {each.number("0"), o.tensor("targets"), of_class, last});
  const ValueId apart = each(Op::sub, {each(Op::add, {paths, o.tensor("neg_log_likelihood")}), x});
  o.emit(op, {each(Op::sub, {each(Op::exp, {x}), each(Op::exp, {apart})}), incoming(o)});
}

constexpr Rule kRules[] = {
    {"ctc_loss", Op::reduce_mean, ctc},
    {"_ctc_loss", Op::reduce_mean, ctc},
    {"_ctc_loss_backward", Op::mul, of_ctc},
};

}  // namespace

std::span<const Rule> sequence_loss_rules() { return kRules; }

}  // namespace alidade::aten
