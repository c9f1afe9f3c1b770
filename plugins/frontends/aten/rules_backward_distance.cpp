// Gradients of distances: what each element of a pair of rows adds to the gradient of its row.
#include <cmath>

#include "backward.hpp"

namespace alidade::aten {
namespace {

/// Pairs of rows: what each element of them is apart, and of each pair its gradient and its distance.
struct Pairs {
  Elements e;
  ValueId apart, g, far;
};

/// g / far^(p - 1) of each pair, 0 where it has no distance; of sums of absolute values g itself.
ValueId share_of(Operation& o, Pairs& pairs, double norm) {
  if (norm == 1 || std::isinf(norm)) return pairs.g;
  Elements each(o, o.draft().type_id(pairs.far));
  const ValueId power = norm == 2 ? pairs.far : each(Op::pow, {pairs.far, each.number(written(norm - 1))});
  const ValueId none = each.truth(Op::compare, {pairs.far, each.number("0")});
  return each(Op::where, {none, each.number("0"), each(Op::div, {pairs.g, power})});
}

/// The derivative of the norm by each element, times the pair's share: sign(d), d, or d |d|^(p - 2), and of
/// the greatest difference 1 - min(1, ceil(||d| - far|)).
ValueId by_element(Pairs& pairs, double norm, ValueId share, ValueId far) {
  auto& e = pairs.e;
  const ValueId d = pairs.apart;
  if (norm == 2) return e(Op::mul, {d, share});
  if (norm == 1) return e(Op::mul, {e(Op::unary, {d}), share});
  if (!std::isinf(norm)) {
    const ValueId power = e(Op::pow, {e(Op::abs, {d}), e.number(written(norm > 2 ? norm - 2 : norm - 1))});
    return e(Op::mul, {e(Op::mul, {norm > 2 ? d : e(Op::unary, {d}), power}), share});
  }
  const ValueId below = e(Op::round, {e(Op::abs, {e(Op::sub, {e(Op::abs, {d}), far})})});
  const ValueId is_greatest = e(Op::sub, {e.number("1"), e(Op::minimum, {below, e.number("1")})});
  return e(Op::mul, {e(Op::mul, {e(Op::unary, {d}), share}), is_greatest});
}

double norm_of(Operation& o) { return o.real("p").value_or(2); }

/// The gradient of every element of every pair.
ValueId of_pairs(Operation& o, Pairs& pairs) {
  const double norm = norm_of(o);
  auto beside = dims_of(o, pairs.far);
  beside.emplace_back(1);
  const ValueId share = share_of(o, pairs, norm);
  auto& s = pairs.e.steps();
  return by_element(pairs, norm, reshaped(o, s, share, beside), reshaped(o, s, pairs.far, beside));
}

/// Of how many elements differ.
void no_gradient(Operation& o, ValueId x) { o.emit(Op::expand, {number_beside(o, x, "0")}); }

/// Every row of x1 and every row of x2: summed over the rows of x2.
void of_all_distances(Operation& o, Op op) {
  const ValueId a = o.tensor("x1"), b = o.tensor("x2"), far = o.tensor("cdist");
  if (norm_of(o) == 0) return no_gradient(o, a);
  auto all = dims_of(o, far), left = dims_of(o, a), right = dims_of(o, b);
  if (left.size() < 2 || right.size() < 2) return unknown(o);
  all.push_back(left.back());
  left.insert(left.end() - 1, Dim(1)), right.insert(right.end() - 2, Dim(1));
  Elements e(o, type_of(o, a, all));
  const ValueId apart = e(Op::sub, {reshaped(o, e.steps(), a, left), reshaped(o, e.steps(), b, right)});
  Pairs pairs{e, apart, incoming(o), far};
  o.emit(op, {of_pairs(o, pairs)}, axes_attrs(o, {static_cast<std::int64_t>(all.size()) - 2}));
}

/// Every pair of n rows of one tensor: what it makes is added to one of them and taken from the other, so
/// that each row has n - 1 of them.
void of_pair_distances(Operation& o, Op op) {
  const ValueId x = o.tensor("self"), far = o.tensor("pdist");
  if (norm_of(o) == 0) return no_gradient(o, x);
  auto all = dims_of(o, far), rows = dims_of(o, x);
  if (rows.size() != 2 || !rows[0].is_known()) return unknown(o);
  all.push_back(rows[1]);
  Elements e(o, type_of(o, x, all));
  const ValueId apart = e(Op::sub, {e(Op::expand, {x}), e(Op::expand, {x})});
  Pairs pairs{e, apart, incoming(o), far};
  const ValueId made = of_pairs(o, pairs);
  rows.insert(rows.begin() + 1, Dim(rows[0].size() - 1));
  o.emit(op, {e.steps()(Op::expand, {made}, type_of(o, x, rows))}, axes_attrs(o, {1}));
}

constexpr Rule kRules[] = {
    {"_cdist_backward", Op::reduce_sum, of_all_distances},
    {"_pdist_backward", Op::reduce_sum, of_pair_distances},
};

}  // namespace

std::span<const Rule> backward_distance_rules() { return kRules; }

}  // namespace alidade::aten
